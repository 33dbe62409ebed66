"""Who carries a message out of the house, chosen by the scheme of SMTP_URL and SMS_URL.

Only `file:DIR` exists today: each message becomes one file of that folder.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from app.domain.appointment import MessageChannel
from app.domain.gsm7 import segments
from app.gateways.messages import Email

FILE_SCHEME = "file:"
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class SenderUnavailable(ValueError):
    """The configuration asks for a way of sending that does not exist yet; one sentence says so."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave, with the address it goes to."""

    name: str
    """The same at each try, so that a second try replaces the first: letters, digits, hyphens."""
    to: str
    content: Email | str
    """An SMS is only a text."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """What the carrier said when it took a message."""

    provider_id: str | None = None
    """Its own name for it, under which receipts come back."""
    segments: int | None = None
    """Of an SMS: how many it bills."""


class AddressRefused(Exception):
    """The carrier will never take a message to this address: no other try, somebody calls."""


class TryLater(OSError):
    """Not now; the carrier asks to wait at least so long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"try again in {wait}")
        self.wait = wait


class Sender(Protocol):
    """Sends. Raises OSError: tried again later; AddressRefused: never again to this address."""

    def send(self, parcel: Parcel) -> Handed: ...


Senders = Mapping[MessageChannel, Sender]


class MessageSettings(Protocol):
    """What of the configuration decides how messages leave."""

    @property
    def smtp_url(self) -> str | None: ...
    @property
    def sms_url(self) -> str | None: ...
    @property
    def mail_from(self) -> str | None: ...
    @property
    def sms_sender(self) -> str | None: ...


def is_configured(channel: MessageChannel, settings: MessageSettings) -> bool:
    """Whether messages of that channel can leave: a page promises no other."""
    urls = {MessageChannel.EMAIL: settings.smtp_url, MessageChannel.SMS: settings.sms_url}
    return bool(urls.get(channel))


def make_senders(settings: MessageSettings) -> Senders:
    """A sender for each configured channel. Raises SenderUnavailable, to be shown at the start."""
    senders: dict[MessageChannel, Sender] = {}
    if settings.smtp_url:
        folder = _folder("SMTP_URL", settings.smtp_url)
        senders[MessageChannel.EMAIL] = FileSender(folder, settings.mail_from or "")
    if settings.sms_url:
        folder = _folder("SMS_URL", settings.sms_url)
        senders[MessageChannel.SMS] = FileSender(folder, settings.sms_sender or "")
    return MappingProxyType(senders)


def _folder(variable: str, url: str) -> Path:
    scheme, _, folder = url.partition(":")
    if f"{scheme}:" != FILE_SCHEME:
        raise SenderUnavailable(
            f"{variable}: « {scheme}: » is not available yet in this version; "
            "give file:FOLDER (each message is written there), or nothing."
        )
    if not folder:
        raise SenderUnavailable(f"{variable}: say in which folder, as in file:/var/lib/messages.")
    return Path(folder)


@dataclass(frozen=True, slots=True)
class FileSender:
    """Writes each message as one file: `.eml` for an e-mail, `.txt` for an SMS."""

    folder: Path
    sender: str

    def send(self, parcel: Parcel) -> Handed:
        """The file appears whole or not at all; raises OSError where the folder refuses it."""
        handed = Handed()
        if isinstance(parcel.content, Email):
            name, content = f"{parcel.name}.eml", _mail(parcel, parcel.content, self.sender)
        else:
            name = f"{parcel.name}.txt"
            heading = f"From: {self.sender}\nTo: {parcel.to}\n\n"
            content = f"{heading}{parcel.content}\n".encode()
            handed = Handed(segments=segments(parcel.content))
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)
        return handed


def _mail(parcel: Parcel, email: Email, sender: str) -> bytes:
    """The e-mail as a mail server would receive it, the same bytes for the same message."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = parcel.to
    mail["Subject"] = _LINE_BREAKS.sub(" ", email.subject)
    mail["Date"] = format_datetime(parcel.at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(email.text, cte="quoted-printable")
    for attachment in email.attachments:
        main, _, rest = attachment.content_type.partition("/")
        sub, _, parameters = rest.partition(";")
        mail.add_attachment(
            attachment.content,
            maintype=main,
            subtype=sub,
            filename=attachment.name,
            params=dict([parameters.strip().split("=", 1)]) if parameters else None,
        )
    if mail.is_multipart():
        mail.set_boundary(f"=={parcel.name}==")
    return mail.as_bytes()
