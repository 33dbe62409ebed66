"""The Message-ID of an e-mail, made of the message's own number: the same at each try.

A mail reader that receives it twice shows one message; a bounce that quotes it tells which one.
"""

import hmac
import re
from urllib.parse import urlsplit

from app.services.links import Links

_STAMP = re.compile(r"<?coclico\.(\d{1,12})\.([0-9a-f]{16})@")
PURPOSE = "message-id"


def stamp_of(message_id: int, links: Links, public_url: str) -> str:
    """The Message-ID of that message of this installation."""
    host = urlsplit(public_url).hostname or "localhost"
    return f"<coclico.{message_id}.{_mark(message_id, links)}@{host}>"


def stamped(text: str, links: Links) -> int | None:
    """Which of our messages a Message-ID names; None for that of somebody else, or a forged one."""
    found = _STAMP.match(text.strip())
    if found is None:
        return None
    message_id = int(found[1])
    return message_id if hmac.compare_digest(found[2], _mark(message_id, links)) else None


def _mark(message_id: int, links: Links) -> str:
    """So that a stranger cannot say that somebody's message was lost."""
    return links.digest(f"{PURPOSE}:{message_id}")[:16]
