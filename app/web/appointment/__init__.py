"""An appointment that exists, for whoever holds its link."""

from app.web.appointment import moving, own_messages, routes

__all__ = ["moving", "own_messages", "routes"]
