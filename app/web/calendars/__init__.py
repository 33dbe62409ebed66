"""Calendar feeds, and the counsellors' own agendas."""

from app.web.calendars import manage, personal
from app.web.calendars.routes import blueprint

__all__ = ["blueprint", "manage", "personal"]
