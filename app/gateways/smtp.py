"""E-mail by SMTP (RFC 5321), over TLS, on a line that serves a whole turn of the worker.

SMTP_URL is `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS, port 587) or `smtps://…` (TLS at once, port
465); `?ca=FILE` trusts one more authority, `?tls=off` is for a relay on this very machine.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from app.gateways.deadline import Watchman
from app.gateways.mail import write_mail
from app.gateways.messages import Email
from app.gateways.parcels import (
    AddressRefused,
    CarrierFailed,
    Handed,
    Parcel,
    SenderUnavailable,
)

PORTS = {"smtp": 587, "smtps": 465}
OPTIONS = frozenset({"ca", "tls"})
OUR_FAULT = frozenset({b"5.7", b"5.5"})
"""Enhanced codes (RFC 3463) of a refusal that says nothing of the address: not authenticated, no
relaying, a policy, a protocol error. Tried again, since somebody may correct it.
"""
NOT_SIGNED_IN = frozenset({503, 530, 535})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mails are handed over, and how long that may take."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls_at_once: bool = False
    without_tls: bool = False
    ca: str | None = None
    own_name: str = "localhost"
    """What we call ourselves in EHLO."""
    answer_seconds: float = 20.0
    """For one answer of the server."""
    whole_seconds: float = 60.0
    """For one message in all, well under the lease of a worker."""


def read_smtp_url(url: str, own_name: str = "localhost") -> SmtpServer:
    """The server that SMTP_URL names. Raises SenderUnavailable, with one sentence without secrets.

    A password never travels in clear to another machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _refused("it must look like smtp://USER:PASSWORD@HOST:587") from None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not parts.hostname or options.keys() - OPTIONS or parts.path.strip("/"):
        raise _refused("it must look like smtp://USER:PASSWORD@HOST:587 (options: ca, tls)")
    without_tls = options.get("tls") == "off"
    if without_tls and not is_this_machine(parts.hostname):
        raise _refused("tls=off is only for a mail server on this very machine")
    return SmtpServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=parts.scheme == "smtps",
        without_tls=without_tls,
        ca=options.get("ca"),
        own_name=own_name,
    )


def _refused(why: str) -> SenderUnavailable:
    return SenderUnavailable(f"SMTP_URL: {why}.")


def is_this_machine(host: str) -> bool:
    """Whether what is said to that host never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class SmtpSender:
    """Hands e-mails to one server, over one line as long as both sides keep it."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        """`sender` is MAIL_FROM. Raises SenderUnavailable for an authority that cannot be read."""
        self.server, self.sender = server, sender
        self._from = parseaddr(sender)[1]
        self._line: smtplib.SMTP | None = None
        self._watchman: Watchman | None = None
        try:
            self._trust = ssl.create_default_context(cafile=server.ca)
        except (OSError, ssl.SSLError):
            raise _refused("the file that ca= names holds no certificate") from None

    def send(self, parcel: Parcel) -> Handed:
        """Hand it over. Raises AddressRefused, or OSError where another try may succeed.

        A line that the server closed meanwhile is opened again, once and before the message itself
        is given: nothing is ever handed over twice by one call.
        """
        if not isinstance(parcel.content, Email):
            raise TypeError("an e-mail carries an Email")
        content = write_mail(parcel, parcel.content, self.sender)
        to, options = _route(parcel.to)
        with self._within_time():
            line = self._begun(options)
            _check(*line.rcpt(to))
            _check(*line.data(content))
        return Handed()

    def hang_up(self) -> None:
        """Say goodbye; a server that does not answer is left as it is."""
        line, self._line = self._line, None
        watchman, self._watchman = self._watchman, None
        if line is not None:
            with suppress(OSError):
                line.quit()
        if watchman is not None:
            watchman.dismiss()

    @contextmanager
    def _within_time(self) -> Iterator[None]:
        """A failure forgets the line; a refused address leaves it ready for the next message."""
        if self._watchman is None:
            self._watchman = Watchman(self.server.whole_seconds, self._socket)
        watchman = self._watchman
        try:
            with watchman.watching():
                yield
        except AddressRefused:
            self._reset()
            raise
        except BaseException as failure:
            self._forget()
            if watchman.has_cut:
                raise CarrierFailed("the mail server took too long") from failure
            raise

    def _begun(self, options: tuple[str, ...]) -> smtplib.SMTP:
        """A line on which the server has agreed to take a message from us."""
        if self._line is not None:
            try:
                self._begin(self._line, options)
            except OSError:  # it had enough of this line
                self._forget()
            else:
                return self._line
        line = self._opened()
        self._begin(line, options)
        return line

    def _begin(self, line: smtplib.SMTP, options: tuple[str, ...]) -> None:
        """Raises AddressRefused where the server does not know what such an address asks for."""
        if options and not line.has_extn("smtputf8"):
            raise AddressRefused("the server takes no such address")
        _check(*line.mail(self._from, options), is_ours=True)

    def _opened(self) -> smtplib.SMTP:
        """A new line, on which we are known. It is ours before it rings: it may be cut then too."""
        server = self.server
        self._line = line = self._new_line()
        line._host = server.host  # type: ignore[attr-defined] # the name that TLS must prove
        code, _ = line.connect(server.host, server.port)
        if code != 220:
            raise CarrierFailed(f"the mail server answered {code}")
        line.ehlo_or_helo_if_needed()
        if not (server.tls_at_once or server.without_tls):
            line.starttls(context=self._trust)
        if server.user:
            line.login(server.user, server.password)
        return line

    def _new_line(self) -> smtplib.SMTP:
        name, seconds = self.server.own_name, self.server.answer_seconds
        if self.server.tls_at_once:
            return smtplib.SMTP_SSL(local_hostname=name, timeout=seconds, context=self._trust)
        return smtplib.SMTP(local_hostname=name, timeout=seconds)

    def _socket(self) -> socket.socket | None:
        return self._line.sock if self._line else None

    def _reset(self) -> None:
        if self._line is not None:
            try:
                self._line.rset()
            except OSError:
                self._forget()

    def _forget(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _route(to: str) -> tuple[str, tuple[str, ...]]:
    """The address as SMTP takes it, and what the server must know for it (RFC 6531)."""
    local, _, domain = to.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        raise AddressRefused("no such domain can be") from None
    return f"{local}@{domain}", () if local.isascii() else ("SMTPUTF8",)


def _check(code: int, words: bytes, *, is_ours: bool = False) -> None:
    """Nothing for a yes. Raises AddressRefused for a refusal that no other try will change.

    `is_ours`: what was refused is our own name, not the person's address.
    """
    if code // 100 == 2:
        return
    about_us = is_ours or code in NOT_SIGNED_IN or words[:3] in OUR_FAULT
    if code // 100 == 5 and not about_us:
        raise AddressRefused(f"the mail server answered {code}")
    raise CarrierFailed(f"the mail server answered {code}")
