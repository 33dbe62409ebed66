"""The cards of people: found, corrected, merged, exported, erased."""

from app.web.people import card, correcting, doubles, held, search, wishing
from app.web.people.blueprint import blueprint

__all__ = ["blueprint", "card", "correcting", "doubles", "held", "search", "wishing"]
