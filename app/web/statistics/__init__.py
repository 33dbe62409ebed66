"""Figures: boards of the territory, a commune, a counsellor; sharing keys; closing a half-year."""

from app.web.statistics import closing, keys, routes
from app.web.statistics.blueprint import blueprint

__all__ = ["blueprint", "closing", "keys", "routes"]
