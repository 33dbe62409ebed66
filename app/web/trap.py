"""What tells a person from a robot: the age of the contact page, and a key that only passing gives.

The check page hands out the key once the contact page was read and filled at a human pace; the
click that books takes no other key, so posting straight to it leads back to the contact page.
"""

import hmac
from uuid import uuid4

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from app.web.links import current_links

FASTEST_SECONDS = 2
"""Nobody reads and fills the contact page faster; a robot does. It is asked again, not refused."""

OLDEST_SECONDS = 24 * 3600
"""A page of the day before is asked again too: a stamp copied once does not serve for ever."""


def new_key() -> str:
    """A key of a form: what makes it another form, and the proof that we gave it."""
    key = uuid4().hex
    return f"{key}.{_proof(key)}"


def known_key(given: str) -> str | None:
    """The key without its proof, or None where it is not one of ours."""
    key, _, proof = given.partition(".")
    is_ours = hmac.compare_digest(proof.encode(), _proof(key).encode())
    return key if is_ours else None


def _proof(key: str) -> str:
    return current_links().digest(f"form-key:{key}")


def stamp() -> str:
    """Proof of when the contact page was first shown."""
    return _signer().sign("contact").decode()


def age_in_seconds(stamped: str | None) -> float | None:
    """How long ago the page was stamped; None where the stamp is absent or not ours."""
    signer = _signer()
    try:
        _, stamped_at = signer.unsign(stamped or "", return_timestamp=True)
    except BadSignature:
        return None
    return float(signer.get_timestamp() - stamped_at.timestamp())


def is_read_by_a_person(stamped: str | None) -> bool:
    """Whether the page was shown long enough ago to be read and filled, and within a day."""
    seconds = age_in_seconds(stamped)
    return seconds is not None and FASTEST_SECONDS <= seconds <= OLDEST_SECONDS


def is_still_good(stamped: str | None) -> bool:
    """Whether that stamp may serve again: ours, not of the day before, nor of a clock put back."""
    seconds = age_in_seconds(stamped)
    return seconds is not None and 0 <= seconds <= OLDEST_SECONDS


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key or "", salt="contact-page")
