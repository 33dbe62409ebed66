"""Workshops for residents: the programme, one workshop, and registering for it."""

from app.web.workshops import monthly, registering, routes
from app.web.workshops.blueprint import blueprint

__all__ = ["blueprint", "monthly", "registering", "routes"]
