"""Mails that come back: read from the mailbox of MAIL_FROM, to know which message was lost.

BOUNCE_IMAP_URL is `imaps://USER:PASSWORD@HOST/FOLDER` (TLS at once, port 993) or `imap://…`
(STARTTLS, port 143); `?ca=FILE` trusts one more authority, `?tls=off` is for this very machine.
"""

import imaplib
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.gateways.deadline import cut_after
from app.gateways.parcels import SenderUnavailable
from app.gateways.smtp import is_this_machine

PORTS = {"imap": 143, "imaps": 993}
OPTIONS = frozenset({"ca", "tls"})
LARGEST_MAIL = 262_144
"""Bytes that are read of one mail: reports quote the message at their end, after a few kB."""
FAILED = "failed"
UNREADABLE = (RecursionError, ValueError, LookupError, TypeError, AttributeError)
"""What the parser of e-mails raises for parts within parts without end, and for parameters in
encodings that do not exist (RFC 2231): every malformed mail, but no fault of the machine.
"""
_UID_LIST = re.compile(rb"[0-9 ]*")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mails come back, and how long reading them may take."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls_at_once: bool = True
    without_tls: bool = False
    ca: str | None = None
    answer_seconds: float = 20.0
    whole_seconds: float = 120.0


def read_mailbox_url(url: str) -> Mailbox:
    """The mailbox that BOUNCE_IMAP_URL names. Raises SenderUnavailable, in one sentence."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _refused("it must look like imaps://USER:PASSWORD@HOST/INBOX") from None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not (parts.hostname and parts.username and parts.password) or options.keys() - OPTIONS:
        raise _refused("it must look like imaps://USER:PASSWORD@HOST/INBOX (options: ca, tls)")
    without_tls = options.get("tls") == "off"
    if without_tls and not is_this_machine(parts.hostname):
        raise _refused("tls=off is only for a mail server on this very machine")
    return Mailbox(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls_at_once=parts.scheme == "imaps",
        without_tls=without_tls,
        ca=options.get("ca"),
    )


def _refused(why: str) -> SenderUnavailable:
    return SenderUnavailable(f"BOUNCE_IMAP_URL: {why}.")


def lost_message_id(content: bytes) -> str | None:
    """The Message-ID that a report of non-delivery is about; None for any other mail.

    RFC 3464: one of its recipients « failed », for good; a delay is no loss yet. The message
    itself, or its headers, are quoted in its last part (RFC 6522). Anybody can write to that
    mailbox: what cannot be read is no report.
    """
    try:
        return _lost_message_id(content)
    except UNREADABLE:
        return None


def _lost_message_id(content: bytes) -> str | None:
    mail = message_from_bytes(content, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    parts = [part for part in mail.walk() if part is not mail]
    if not any(_has_failed(part) for part in parts):
        return None
    quoted = (_quoted_id(part) for part in parts)
    return next((found for found in quoted if found), None)


def _has_failed(part: Message) -> bool:
    """`message/delivery-status` is a list of blocks of headers, each read as a message."""
    if part.get_content_type() != "message/delivery-status":
        return False
    blocks = part.get_payload()
    return isinstance(blocks, list) and any(
        str(block.get("Action", "")).strip().lower() == FAILED
        for block in blocks
        if isinstance(block, Message)
    )


def _quoted_id(part: Message) -> str | None:
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        part = message_from_bytes(text if isinstance(text, bytes) else b"")
    elif kind == "message/rfc822":
        inside: Any = part.get_payload()
        part = inside[0] if isinstance(inside, list) and inside else part
    else:
        return None
    return str(part.get("Message-ID") or "") or None


class OpenMailbox:
    """A mailbox that is being read."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        self._line = line

    def unread(self, limit: int) -> Iterator[tuple[bytes, bytes]]:
        """Number and beginning of each unread mail, the oldest first; they stay unread."""
        _, found = self._line.uid("SEARCH", "UNSEEN")
        numbers = found[0] if found and isinstance(found[0], bytes) else b""
        if not _UID_LIST.fullmatch(numbers):
            raise imaplib.IMAP4.error("the answer to SEARCH is no list")
        for number in numbers.split()[:limit]:
            _, answer = self._line.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST_MAIL}>)")
            yield number, next((each[1] for each in answer if isinstance(each, tuple)), b"")

    def mark_read(self, number: bytes) -> None:
        """Not to be read again; a person still finds it there."""
        self._line.uid("STORE", number.decode(), "+FLAGS.SILENT", r"(\Seen)")

    def remove(self, number: bytes) -> None:
        """It has served: a report holds an address."""
        self._line.uid("STORE", number.decode(), "+FLAGS.SILENT", r"(\Seen \Deleted)")


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[OpenMailbox]:
    """The mailbox until the block ends; what was removed is then gone.

    Raises OSError where it does not answer in time, or refuses us.
    """
    ended, lines = threading.Event(), list[imaplib.IMAP4]()
    try:
        with cut_after(mailbox.whole_seconds, lambda: lines[0].sock if lines else None, ended):
            lines.append(_dialled(mailbox))
            line = lines[0]
            line.login(mailbox.user, mailbox.password)
            status, _ = line.select(_quoted(mailbox.folder))
            if status != "OK":
                raise imaplib.IMAP4.error("no such folder")
            yield OpenMailbox(line)
            line.expunge()
    except (imaplib.IMAP4.error, OSError) as failure:
        why = "took too long" if ended.is_set() else type(failure).__name__
        raise OSError(f"the mailbox of bounces: {why}") from failure
    finally:
        for line in lines:
            with suppress(imaplib.IMAP4.error, OSError):
                line.logout()
            with suppress(OSError):
                line.shutdown()


def _dialled(mailbox: Mailbox) -> imaplib.IMAP4:
    trust = ssl.create_default_context(cafile=mailbox.ca)
    if mailbox.tls_at_once:
        return imaplib.IMAP4_SSL(
            mailbox.host, mailbox.port, ssl_context=trust, timeout=mailbox.answer_seconds
        )
    line = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=mailbox.answer_seconds)
    try:
        if not mailbox.without_tls:
            line.starttls(trust)
    except BaseException:
        with suppress(OSError):
            line.shutdown()
        raise
    return line


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
