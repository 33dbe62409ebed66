"""Who came to a workshop, on a telephone in the hand."""

from app.web.sheets import routes
from app.web.sheets.blueprint import blueprint

__all__ = ["blueprint", "routes"]
