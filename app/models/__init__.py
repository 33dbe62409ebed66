"""The tables. Importing this package registers all of them on `Base.metadata`."""

from app.models import (
    accounts,
    appointment,
    attendance,
    calendars,
    erasure,
    journal,
    outbox,
    places,
    schedule,
    survey,
    waiting,
    workshops,
)
from app.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "appointment",
    "attendance",
    "calendars",
    "erasure",
    "journal",
    "outbox",
    "places",
    "schedule",
    "survey",
    "waiting",
    "workshops",
]
