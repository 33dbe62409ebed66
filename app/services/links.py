"""The link of a message: made again for each message from a key, stored only as a hash."""

import hashlib
import hmac
import string
from dataclasses import dataclass
from datetime import datetime

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 12
"""12 characters of 62: 71 bits, more than the 60 that law.md B26 asks."""
VERSIONS = 2**30


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and recognises tokens with the installation's LINK_KEY."""

    key: str

    def token(self, appointment_id: int, version: int) -> str:
        """The token of that appointment's link; another version makes the old one dead."""
        return self._token(f"{appointment_id}:{version}")

    def purpose_token(self, purpose: str, number: int, version: int = 1) -> str:
        """The token of another thing than an appointment; `purpose` is a word, never a number."""
        return self._token(f"{purpose}:{number}:{version}")

    def _token(self, text: str) -> str:
        digest = hmac.new(self.key.encode(), text.encode(), hashlib.sha256)
        number = int.from_bytes(digest.digest(), "big")
        characters = []
        for _ in range(LENGTH):
            number, rest = divmod(number, len(ALPHABET))
            characters.append(ALPHABET[rest])
        return "".join(characters)

    def digest(self, text: str) -> str:
        """A keyed hash for things that must be recognised but not read."""
        return hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()


def first_version(now: datetime) -> int:
    """The version of a thing's first link: the second in which the thing is made.

    After a restore the database gives numbers again that are in links sent since the backup: made
    at another instant, the new thing has another link. Below 2³⁰, as the columns want.
    """
    return int(now.timestamp()) % VERSIONS


def hash_token(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(text: str) -> bool:
    """Whether the text has the shape of a token."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)
