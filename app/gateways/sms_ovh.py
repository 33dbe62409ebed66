"""SMS through OVHcloud, by its official client: an extra that is installed only where it serves.

SMS_URL is `ovh://APPLICATION_KEY:APPLICATION_SECRET@SERVICE?consumer_key=KEY`, with
`&endpoint=ovh-eu` where it is another one.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.domain.gsm7 import segments
from app.gateways.deadline import LastLine, Watchman
from app.gateways.parcels import (
    AddressRefused,
    CarrierFailed,
    Handed,
    Parcel,
    SenderUnavailable,
    kept_id,
)

ENDPOINT = "ovh-eu"
FORM = "ovh://APPLICATION_KEY:APPLICATION_SECRET@SERVICE?consumer_key=KEY"


@dataclass(frozen=True, slots=True)
class OvhAccount:
    """Whose SMS these are, and how long one answer may take."""

    service: str
    application_key: str
    application_secret: str
    consumer_key: str
    endpoint: str = ENDPOINT
    answer_seconds: float = 20.0
    whole_seconds: float = 60.0
    """One message, whatever comes: long before another worker may take it over."""


def read_ovh_url(url: str) -> OvhAccount:
    """The account that SMS_URL names. Raises SenderUnavailable, in one sentence without secrets."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    # The service is read from the text itself: `hostname` would make small letters of it.
    service = parts.netloc.rpartition("@")[2]
    wanted = (service, parts.username, parts.password, options.get("consumer_key"))
    if not all(wanted) or options.keys() - {"consumer_key", "endpoint"}:
        raise SenderUnavailable(f"SMS_URL: must look like {FORM}.")
    return OvhAccount(
        service=service,
        application_key=unquote(parts.username or ""),
        application_secret=unquote(parts.password or ""),
        consumer_key=options["consumer_key"],
        endpoint=options.get("endpoint", ENDPOINT),
    )


class OvhSms:
    """Hands text messages to OVHcloud."""

    def __init__(self, account: OvhAccount, sender: str) -> None:
        """Raises SenderUnavailable where the client is not installed or knows no such endpoint."""
        try:
            import ovh  # noqa: PLC0415 - an extra: only who sends by OVHcloud needs it
        except ImportError:
            raise SenderUnavailable(
                "SMS_URL: ovh:// needs one more package, see docs/messages.md: pip install ovh."
            ) from None
        self.account, self.sender = account, sender
        self._failures: type[Exception] = ovh.APIError
        try:
            self._client: Any = ovh.Client(
                endpoint=account.endpoint,
                application_key=account.application_key,
                application_secret=account.application_secret,
                consumer_key=account.consumer_key,
                timeout=account.answer_seconds,
            )
        except ovh.exceptions.InvalidRegion:
            raise SenderUnavailable("SMS_URL: no such endpoint (ovh-eu, ovh-ca).") from None
        self._line = LastLine(self._client._session)  # the client itself times each read only

    def send(self, parcel: Parcel) -> Handed:
        """Hand it over. Raises AddressRefused for a number that OVHcloud finds invalid, or OSError.

        `noStopClause`: these are no advertisements, so no « STOP » is added to the one segment.
        """
        if not isinstance(parcel.content, str):
            raise TypeError("an SMS is a text")
        watchman = Watchman(self.account.whole_seconds, self._line)
        try:
            with watchman.watching():
                answer = self._post(parcel.to, parcel.content, parcel.name)
        except self._failures as failure:
            raise CarrierFailed(f"OVHcloud refused ({type(failure).__name__})") from None
        except (AttributeError, TypeError) as failure:  # the client trips over what is no answer
            raise CarrierFailed("OVHcloud answered something unreadable") from failure
        finally:
            watchman.dismiss()
        return _handed(answer, parcel.content)

    def _post(self, to: str, text: str, name: str) -> object:
        return self._client.post(
            f"/sms/{self.account.service}/jobs",
            receivers=[to],
            message=text,
            sender=self.sender,
            noStopClause=True,
            coding="7bit",
            charset="UTF-8",
            priority="high",
            tag=name[:20],
        )

    def hang_up(self) -> None:
        """The client keeps its own line."""


def _handed(answer: object, text: str) -> Handed:
    """What the answer says. Raises AddressRefused, CarrierFailed."""
    said = answer if isinstance(answer, dict) else {}
    if said.get("invalidReceivers"):
        raise AddressRefused("OVHcloud finds the number invalid")
    ids = said.get("ids")
    if not isinstance(ids, list) or not ids:
        raise CarrierFailed("OVHcloud gave no number to the message")
    return Handed(kept_id(str(ids[0])), segments(text))
