"""A real SMTP server on this machine: what it answers to whom is the test's choice."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "coclico", "s3cret/word"
HOST = "127.0.0.1"


@dataclass
class MailServer:
    """What it does, and what it received."""

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict)
    """What it answers at RCPT, by address."""
    refuses_content: str | None = None
    """What it answers once it has the whole message."""
    waits_s: float = 0.0
    """Before it answers to the content."""
    drops_at: str | None = None
    """The command at which it closes the line: MAIL, RCPT or DATA (mid-message)."""
    drops: int = 10**6
    """How many times it still does so."""
    lines: int = 0
    """How many connections it had."""
    accepted: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it accepted, as a mail reader shows it."""
        found = []
        for _, content in self.accepted:
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
        return found

    def is_dropping(self, command: str) -> bool:
        if self.drops_at != command or not self.drops:
            return False
        self.drops -= 1
        return True

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.is_dropping("MAIL"):
            _cut(server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.is_dropping("RCPT"):
            _cut(server)
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.waits_s:
            await asyncio.sleep(self.waits_s)
        if self.refuses_content:
            return self.refuses_content
        content = envelope.original_content or b""
        self.accepted.append((envelope.rcpt_tos[0], content))
        return "250 OK"


class _Protocol(SMTP):
    """Counts its lines, and drops one while the message is on its way."""

    def connection_made(self, transport: Any) -> None:
        if not isinstance(transport, asyncio.sslproto._SSLProtocolTransport):
            self.event_handler.lines += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str | None) -> None:
        if self.event_handler.is_dropping("DATA"):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            _cut(self)
            return
        await super().smtp_DATA(arg)


def _cut(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Protocol(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Rings itself once at its start: at the port that the system gave."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    is_known = given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=is_known)


@dataclass
class Authority:
    """Whose certificates the tests trust, and those of their mail server."""

    authority: trustme.CA = field(default_factory=trustme.CA)

    def of_server(self, name: str = HOST) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        return context

    def write(self, folder: Path) -> Path:
        """The file that `?ca=` names."""
        path = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(path)
        return path


@contextmanager
def mail_server(
    context: ssl.SSLContext | None = None,
    *,
    at_once: bool = False,
    asks_who: bool = False,
    knows_utf8: bool = True,
) -> Iterator[MailServer]:
    """The server until the block ends: with STARTTLS, with TLS `at_once`, or in clear."""
    server = MailServer()
    known: dict[str, Any] = {"enable_SMTPUTF8": knows_utf8}
    if context and at_once:
        known["ssl_context"] = context
    elif context:
        known["tls_context"] = context
        known["require_starttls"] = True
    if asks_who:
        known |= {"authenticator": _knows, "auth_required": True}
    controller = _Controller(server, hostname=HOST, port=0, **known)
    controller.start()
    try:
        server.lines, server.port = 0, controller.port
        yield server
    finally:
        controller.stop()
