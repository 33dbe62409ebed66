"""« Être prévenu des prochains ateliers »: asking for it, and ending it."""

from app.web.news.routes import blueprint

__all__ = ["blueprint"]
