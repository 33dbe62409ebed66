"""An appointment that exists, for whoever holds its link."""

from app.web.appointment import (
    lost_number,
    moving,
    own_messages,
    registration_changes,
    routes,
)

__all__ = ["lost_number", "moving", "own_messages", "registration_changes", "routes"]
