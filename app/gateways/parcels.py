"""What a carrier is given, and what it may answer: the one contract of all drivers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.appointment import MessageChannel
from app.gateways.messages import Email


class SenderUnavailable(ValueError):
    """The configuration asks for a way of sending that cannot be; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave, with the address it goes to."""

    name: str
    """The same at each try, so that a second try replaces the first: letters, digits, hyphens."""
    to: str
    content: Email | str
    """An SMS is only a text."""
    at: datetime
    message_id: str = ""
    """Of an e-mail: the same at each try, so that a double is recognised as the same message."""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What the carrier said when it took a message."""

    provider_id: str | None = None
    """Its own name for it, under which receipts come back."""
    segments: int | None = None
    """Of an SMS: how many it bills."""


LONGEST_ID = 100


def kept_id(told: str) -> str | None:
    """A carrier's own name for a message, if it can be one; None: the message left all the same.

    No database keeps every sign, and a part of a name finds no receipt.
    """
    return told if told.isprintable() and 0 < len(told) <= LONGEST_ID else None


class AddressRefused(Exception):
    """The carrier will never take a message to this address: no other try, somebody calls."""


class TryLater(OSError):
    """Not now; the carrier asks to wait at least so long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"try again in {wait}")
        self.wait = wait


class CarrierFailed(OSError):
    """The carrier did not take it this time; the text says why, in words for who installs."""


class Sender(Protocol):
    """Sends. Raises OSError: tried again later; AddressRefused: never again to this address."""

    def send(self, parcel: Parcel) -> Handed: ...

    def hang_up(self) -> None:
        """Nothing more to send for now: a line that was kept open for the next one is closed."""


Senders = Mapping[MessageChannel, Sender]
