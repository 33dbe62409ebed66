"""Closing appointments and workshops; the lines that are kept, corrected, copied and exported."""

from app.web.attendance import closing, half_day, lines, months, removing, workshop
from app.web.attendance.blueprint import blueprint

__all__ = ["blueprint", "closing", "half_day", "lines", "months", "removing", "workshop"]
