"""Today, the week, one appointment, the calls to make: all their pages, as one blueprint."""

from app.web.agenda import (
    attendance,
    calls,
    card,
    changing,
    moving,
    registration_calls,
    today,
    week,
)
from app.web.agenda.blueprint import blueprint

__all__ = [
    "attendance",
    "blueprint",
    "calls",
    "card",
    "changing",
    "moving",
    "registration_calls",
    "today",
    "week",
]
