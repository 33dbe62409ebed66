"""Signing in, and one's own account."""

from app.web.accounts import own
from app.web.accounts.routes import blueprint

__all__ = ["blueprint", "own"]
