"""Who carries a message out of the house, chosen by the scheme of SMTP_URL and SMS_URL.

`file:DIR` writes each message as a file of that folder; the others are real.
"""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from app.domain.appointment import MessageChannel
from app.gateways.file_sender import FileSender
from app.gateways.parcels import (
    AddressRefused,
    CarrierFailed,
    Handed,
    Parcel,
    Sender,
    Senders,
    SenderUnavailable,
    TryLater,
)
from app.gateways.sms_http import HttpSms, read_gateway
from app.gateways.sms_ovh import OvhSms, read_ovh_url
from app.gateways.smtp import SmtpSender, read_smtp_url

__all__ = [
    "AddressRefused",
    "CarrierFailed",
    "FileSender",
    "Handed",
    "Parcel",
    "Sender",
    "SenderUnavailable",
    "Senders",
    "TryLater",
    "carried",
    "is_configured",
    "make_quick_mailer",
    "make_senders",
]


class MessageSettings(Protocol):
    """What of the configuration decides by which channels messages leave."""

    @property
    def smtp_url(self) -> str | None: ...
    @property
    def sms_url(self) -> str | None: ...


class SenderSettings(MessageSettings, Protocol):
    """What of the configuration the carriers need."""

    @property
    def public_url(self) -> str: ...
    @property
    def mail_from(self) -> str | None: ...
    @property
    def sms_sender(self) -> str | None: ...
    @property
    def sms_http_body(self) -> str | None: ...
    @property
    def sms_http_headers(self) -> str | None: ...
    @property
    def sms_http_secret(self) -> str | None: ...
    @property
    def sms_http_id(self) -> str | None: ...


def is_configured(channel: MessageChannel, settings: MessageSettings) -> bool:
    """Whether messages of that channel can leave: a page promises no other."""
    urls = {MessageChannel.EMAIL: settings.smtp_url, MessageChannel.SMS: settings.sms_url}
    return bool(urls.get(channel))


def carried(settings: MessageSettings) -> frozenset[MessageChannel]:
    """The channels by which messages can leave."""
    return frozenset(each for each in MessageChannel if is_configured(each, settings))


def make_senders(settings: SenderSettings) -> Senders:
    """A sender for each configured channel. Raises SenderUnavailable, to be shown at the start."""
    senders: dict[MessageChannel, Sender] = {}
    if settings.smtp_url:
        senders[MessageChannel.EMAIL] = _mail_sender(settings.smtp_url, settings)
    if settings.sms_url:
        senders[MessageChannel.SMS] = _sms_sender(settings.sms_url, settings)
    return MappingProxyType(senders)


def make_quick_mailer(settings: SenderSettings, seconds: float) -> Sender | None:
    """A sender of e-mails for whoever waits on a page; None where no e-mail leaves.

    `seconds`: for one message in all. Raises SenderUnavailable.
    """
    if not settings.smtp_url:
        return None
    return _mail_sender(settings.smtp_url, settings, seconds)


def _mail_sender(url: str, settings: SenderSettings, seconds: float | None = None) -> Sender:
    sender = settings.mail_from or ""
    if url.startswith("file:"):
        return FileSender(_folder("SMTP_URL", url), sender)
    if "@" not in sender:
        raise SenderUnavailable(
            "MAIL_FROM: say which address e-mails come from, "
            "like « Coclic’O <rendez-vous@example.fr> »."
        )
    server = read_smtp_url(url, urlsplit(settings.public_url).hostname or "")
    if seconds:
        server = replace(server, answer_seconds=seconds, whole_seconds=seconds)
    return SmtpSender(server, sender)


def _sms_sender(url: str, settings: SenderSettings) -> Sender:
    sender = settings.sms_sender or ""
    if url.startswith("file:"):
        return FileSender(_folder("SMS_URL", url), sender)
    if not sender:
        raise SenderUnavailable(
            "SMS_SENDER: say which name text messages come from (11 letters or digits at most)."
        )
    if url.startswith("ovh:"):
        return OvhSms(read_ovh_url(url), sender)
    gateway = read_gateway(
        url,
        sender,
        body=settings.sms_http_body,
        headers=settings.sms_http_headers,
        secret=settings.sms_http_secret,
        id_path=settings.sms_http_id,
    )
    return HttpSms(gateway)


def _folder(variable: str, url: str) -> Path:
    folder = url.removeprefix("file:")
    if not folder:
        raise SenderUnavailable(f"{variable}: say in which folder, as in file:/var/lib/messages.")
    return Path(folder)
