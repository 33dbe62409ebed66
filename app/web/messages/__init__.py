"""What leaves, what did not, and the texts of messages."""

from app.web.messages import outgoing, texts
from app.web.messages.blueprint import blueprint

__all__ = ["blueprint", "outgoing", "texts"]
