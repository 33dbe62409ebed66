"""Fetch a foreign https address without being led into our own network (threats T13).

The name is resolved once, the address is checked, and the connection goes to that very address:
a name that answers differently the second time leads nowhere. Each redirect starts again.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.domain.busy_calendars import CalendarFailure
from app.gateways.deadline import cut_after

PORT = 443
REDIRECTS = {301, 302, 303, 307, 308}
OK, UNCHANGED = 200, 304
CHUNK = 65_536
LONGEST_ETAG = 200
AGENT = "Coclico/1 (agenda)"
SAFE = "/%:@!$&'()*+,;=~-._?"
GLOBAL_IPV6 = IPv6Network("2000::/3")
TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4 hold an IPv4 address, which may be one of ours."""
NOT_PUBLIC = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
"""Relays of 6to4 (RFC 7526) and examples in documents (RFC 9637), unknown to older Pythons."""


class FetchFailed(Exception):
    """It could not be fetched; `failure` says why."""

    def __init__(self, failure: CalendarFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came; `body` is None where it has not changed since `etag`."""

    body: bytes | None
    etag: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, how long in all, how long for one answer of the network, how many redirects."""

    size: int = 2_000_000
    seconds: float = 10.0
    read_seconds: float = 5.0
    redirects: int = 3


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def dial(address: str, port: int, timeout: float) -> socket.socket:
    """A connection to that very address. Raises OSError."""
    return socket.create_connection((address, port), timeout=timeout)


@dataclass(frozen=True, slots=True)
class Network:
    """How names become addresses, how those are called, and whose certificates are good."""

    resolve: Callable[[str, int], list[str]] = resolve
    dial: Callable[[str, int, float], socket.socket] = dial
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def is_public(address: str) -> bool:
    """Whether an IP address is on the open internet, and carries no other address inside it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_global(found)
    in_tunnel = any(found in tunnel for tunnel in TUNNELS)
    return found in GLOBAL_IPV6 and not in_tunnel and _is_global(found)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    is_set_apart = any(address in network for network in NOT_PUBLIC)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_set_apart)


def fetch(
    url: str,
    etag: str | None = None,
    *,
    network: Network | None = None,
    limits: Limits = Limits(),
) -> Fetched:
    """What is at that https address, unless it is still what `etag` named. Raises FetchFailed."""
    network, until = network or Network(), time.monotonic() + limits.seconds
    for _ in range(limits.redirects + 1):
        parts = _checked(url)
        with (
            _connected(parts, network, limits, until) as connection,
            _asked(connection, parts, etag) as answer,
        ):
            if answer.status not in REDIRECTS:
                return _received(answer, etag, limits)
            url = urljoin(url, answer.getheader("Location", ""))
    raise FetchFailed(CalendarFailure.TOO_MANY_REDIRECTS)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme == "https" and parts.hostname and (parts.port or PORT)
    except ValueError:
        is_fine = None
    if not is_fine or parts.username:
        raise FetchFailed(CalendarFailure.NOT_HTTPS)
    return parts


@contextmanager
def _connected(
    parts: SplitResult, network: Network, limits: Limits, until: float
) -> Iterator[http.client.HTTPSConnection]:
    """A connection that ends at the last moment, whatever the other side does or does not."""
    host, port = parts.hostname or "", parts.port or PORT
    ended = threading.Event()
    try:
        address = _public_address(network, host, port)
        raw = network.dial(address, port, min(limits.read_seconds, _left(until)))
        raw.settimeout(limits.read_seconds)
        with (
            raw,
            network.trust.wrap_socket(
                raw, server_hostname=host, do_handshake_on_connect=False
            ) as secured,
            cut_after(_left(until), lambda: secured, ended),
        ):
            secured.do_handshake()
            connection = http.client.HTTPSConnection(host, port, context=network.trust)
            connection.sock = secured
            yield connection
    except (OSError, http.client.HTTPException, ValueError, FetchFailed) as failure:
        raise FetchFailed(_why(failure, ended)) from failure
    if ended.is_set():
        raise FetchFailed(CalendarFailure.TOO_SLOW)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise FetchFailed(CalendarFailure.TOO_SLOW)
    return left


def _public_address(network: Network, host: str, port: int) -> str:
    try:
        addresses = network.resolve(host, port)
    except (OSError, UnicodeError) as failure:
        raise FetchFailed(CalendarFailure.NO_SUCH_HOST) from failure
    found = next(filter(is_public, addresses), None)
    if found is None:
        raise FetchFailed(CalendarFailure.PRIVATE_ADDRESS)
    return found


def _why(failure: Exception, ended: threading.Event) -> CalendarFailure:
    if ended.is_set() or isinstance(failure, TimeoutError):
        return CalendarFailure.TOO_SLOW
    if isinstance(failure, FetchFailed):
        return failure.failure
    if isinstance(failure, ssl.SSLCertVerificationError):
        return CalendarFailure.NOT_TRUSTED
    if isinstance(failure, OSError):
        return CalendarFailure.UNREACHABLE
    return CalendarFailure.REFUSED


def _asked(
    connection: http.client.HTTPSConnection, parts: SplitResult, etag: str | None
) -> http.client.HTTPResponse:
    target = quote(parts.path or "/", safe=SAFE)
    if parts.query:
        target += f"?{quote(parts.query, safe=SAFE)}"
    headers = {
        "User-Agent": AGENT,
        "Accept": "text/calendar",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **({"If-None-Match": etag} if etag else {}),
    }
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _received(answer: http.client.HTTPResponse, etag: str | None, limits: Limits) -> Fetched:
    if answer.status == UNCHANGED and etag:
        return Fetched(None, etag)
    if answer.status != OK:
        raise FetchFailed(CalendarFailure.REFUSED)
    body = bytearray()
    while chunk := answer.read(CHUNK):
        body += chunk
        if len(body) > limits.size:
            raise FetchFailed(CalendarFailure.TOO_BIG)
    if answer.length:  # it promised more: half an agenda is none
        raise FetchFailed(CalendarFailure.UNREACHABLE)
    return Fetched(bytes(body), _kept(answer.getheader("ETag")))


def _kept(etag: str | None) -> str | None:
    """Only what may be sent back as it is."""
    is_fine = etag and len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable()
    return etag if is_fine else None
