"""The waiting list: one's own place on it, and a place that is offered."""

from app.web.waiting import earlier, offers, own, staff
from app.web.waiting.blueprint import blueprint

__all__ = ["blueprint", "earlier", "offers", "own", "staff"]
