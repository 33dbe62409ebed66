"""Settings, team and journal."""

from app.web.administration import journal, settings, team
from app.web.administration.blueprint import blueprint

__all__ = ["blueprint", "journal", "settings", "team"]
