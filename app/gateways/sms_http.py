"""SMS through any gateway that takes an HTTP POST: what is said to it comes from the environment.

SMS_URL is its address, SMS_HTTP_BODY the template of what is posted, SMS_HTTP_HEADERS a JSON object
of headers, SMS_HTTP_SECRET signs the body, SMS_HTTP_ID says where its answer holds its own number.
docs/messages.md shows each for a real gateway.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from string import Template
from types import MappingProxyType
from urllib.parse import SplitResult, quote_plus, urlsplit

from app.domain.gsm7 import segments
from app.gateways.deadline import cut_after
from app.gateways.parcels import (
    AddressRefused,
    CarrierFailed,
    Handed,
    Parcel,
    SenderUnavailable,
    TryLater,
    kept_id,
)

AGENT = "Coclico/1 (messages)"
DEFAULT_BODY = '{"to": "$to", "from": "$sender", "text": "$text", "id": "$id"}'
NAMES = frozenset({"to", "sender", "text", "id"})
NEEDED = frozenset({"to", "text"})
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SIGNATURE = "X-Signature"
WRONG_ADDRESS = frozenset({400, 404, 410, 422})
TOO_MANY = 429
LONGEST_ANSWER = 65_536
LONGEST_WAIT = timedelta(hours=12)
ANY_ANSWER = "none"
"""SMS_HTTP_ID for a gateway that answers no JSON: any yes that is no page is a yes."""


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """Where text messages are handed over, in which words, and how long that may take."""

    address: SplitResult
    sender: str
    body: str = DEFAULT_BODY
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    secret: str = ""
    id_path: str = "id"
    """Keys and numbers between dots: « id », « messages.0.id »."""
    trust: ssl.SSLContext | None = None
    answer_seconds: float = 15.0
    whole_seconds: float = 30.0
    """For one message in all, well under the lease of a worker."""

    @property
    def content_type(self) -> str:
        """As the headers say; JSON where they say nothing."""
        found = (value for name, value in self.headers.items() if name.lower() == "content-type")
        return next(found, JSON)


def read_gateway(
    url: str,
    sender: str,
    *,
    body: str | None,
    headers: str | None,
    secret: str | None,
    id_path: str | None,
) -> HttpGateway:
    """The gateway of these variables. Raises SenderUnavailable, in one sentence without secrets."""
    try:
        address = urlsplit(url)
        is_fine = bool(address.hostname) and (address.port or 1) > 0
    except ValueError:
        is_fine = False
    if not is_fine or address.username:
        raise SenderUnavailable(
            "SMS_URL: must be the address of the gateway, like https://sms.example.fr/send; "
            "a password belongs in SMS_HTTP_HEADERS."
        )
    gateway = HttpGateway(
        address=address,
        sender=sender,
        body=body or DEFAULT_BODY,
        headers=_headers(headers),
        secret=secret or "",
        id_path=id_path or "id",
    )
    _check_template(gateway)
    return gateway


def _headers(text: str | None) -> Mapping[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    is_fine = isinstance(found, dict) and all(
        isinstance(value, str) and f"{name}{value}".isprintable() and f"{name}{value}".isascii()
        for name, value in found.items()
    )
    if not is_fine:
        raise SenderUnavailable(
            'SMS_HTTP_HEADERS: must be a JSON object of texts, like {"Authorization": "Bearer …"}.'
        )
    return MappingProxyType(found)


def _check_template(gateway: HttpGateway) -> None:
    template = Template(gateway.body)
    asked = set(template.get_identifiers()) if template.is_valid() else set()
    if not NEEDED <= asked <= NAMES:
        raise SenderUnavailable(
            "SMS_HTTP_BODY: must hold $to and $text, and no other words than $sender and $id "
            "($$ for a dollar)."
        )
    if gateway.content_type.startswith(JSON):
        try:
            json.loads(template.substitute(dict.fromkeys(NAMES, "0")))
        except ValueError:
            raise SenderUnavailable("SMS_HTTP_BODY: is no JSON once it is filled.") from None


@dataclass(frozen=True, slots=True)
class HttpSms:
    """Posts each text message to the gateway."""

    gateway: HttpGateway

    def send(self, parcel: Parcel) -> Handed:
        """Hand it over. Raises AddressRefused, TryLater where it asked to wait, or OSError.

        A gateway that keeps the `Idempotency-Key` recognises a second try of the same message.
        """
        if not isinstance(parcel.content, str):
            raise TypeError("an SMS is a text")
        text, gateway = parcel.content, self.gateway
        body = _filled(gateway, parcel, text).encode()
        connection, ended = _connection(gateway), threading.Event()
        line = None
        try:
            with cut_after(gateway.whole_seconds, lambda: line or connection.sock, ended):
                connection.connect()
                line = connection.sock  # the connection forgets it once the answer begins
                connection.request("POST", _target(gateway), body, self._headers(parcel, body))
                answer = connection.getresponse()
                content = answer.read(LONGEST_ANSWER)
        except (http.client.HTTPException, OSError) as failure:
            why = type(failure).__name__
            raise CarrierFailed(f"the SMS gateway did not answer ({why})") from failure
        finally:
            connection.close()
        if ended.is_set():  # what came before the cut looks like a whole answer
            raise CarrierFailed("the SMS gateway took too long")
        _check(answer, parcel.at)
        return Handed(_provider_id(gateway, content), segments(text))

    def hang_up(self) -> None:
        """Each message has its own connection."""

    def _headers(self, parcel: Parcel, body: bytes) -> dict[str, str]:
        headers = {
            "User-Agent": AGENT,
            "Content-Type": JSON,
            "Accept": JSON,
            "Idempotency-Key": parcel.name,
            "Connection": "close",
        }
        if self.gateway.secret:
            key = self.gateway.secret.encode()
            headers[SIGNATURE] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
        own = {name.lower() for name in self.gateway.headers}
        kept = {name: value for name, value in headers.items() if name.lower() not in own}
        return kept | dict(self.gateway.headers)


def _filled(gateway: HttpGateway, parcel: Parcel, text: str) -> str:
    """The body, each word written so that nothing in it can leave its place."""
    escape = quote_plus if gateway.content_type.startswith(FORM) else _in_json
    words = {"to": parcel.to, "sender": gateway.sender, "text": text, "id": parcel.name}
    return Template(gateway.body).substitute({name: escape(word) for name, word in words.items()})


def _in_json(word: str) -> str:
    return json.dumps(word)[1:-1]


def _connection(gateway: HttpGateway) -> http.client.HTTPConnection:
    host, port = gateway.address.hostname or "", gateway.address.port
    if gateway.address.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=gateway.answer_seconds)
    trust = gateway.trust or ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=gateway.answer_seconds, context=trust)


def _target(gateway: HttpGateway) -> str:
    address = gateway.address
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


def _check(answer: http.client.HTTPResponse, now: datetime) -> None:
    """Nothing for a yes."""
    status = answer.status
    if status == TOO_MANY:
        raise TryLater(_wait(answer.getheader("Retry-After", ""), now))
    if status in WRONG_ADDRESS:
        raise AddressRefused(f"the SMS gateway answered {status}")
    if status // 100 != 2:
        raise CarrierFailed(f"the SMS gateway answered {status}")


def _wait(asked: str, now: datetime) -> timedelta:
    """How long `Retry-After` asks to wait: seconds or a date (RFC 9110), half a day at most."""
    if asked.isdecimal():
        return min(timedelta(seconds=min(int(asked), 10**6)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return timedelta()
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), LONGEST_WAIT)


def _provider_id(gateway: HttpGateway, content: bytes) -> str | None:
    """What the gateway calls the message; None where it gives no number.

    A page, or what is no JSON, comes from something else than the gateway (a proxy, a maintenance
    page): raises CarrierFailed.
    """
    if gateway.id_path == ANY_ANSWER:
        if content.lstrip()[:1] == b"<":
            raise CarrierFailed("the SMS gateway answered a page instead of a yes")
        return None
    if not content.strip():
        return None
    try:
        found = json.loads(content)
    except ValueError:
        raise CarrierFailed("the SMS gateway answered something else than JSON") from None
    for step in gateway.id_path.split("."):
        found = _inside(found, step)
    is_plain = isinstance(found, str | int) and not isinstance(found, bool)
    return kept_id(str(found)) if is_plain else None


def _inside(found: object, step: str) -> object:
    if isinstance(found, dict):
        return found.get(step)
    if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
        return found[int(step)]
    return None
