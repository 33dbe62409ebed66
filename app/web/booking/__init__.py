"""Booking: the questions, the times, the answers about the person; and the waiting list."""

from app.web.booking import answers, waiting
from app.web.booking.routes import blueprint

__all__ = ["answers", "blueprint", "waiting"]
