"""Codes of an authenticator application (RFC 6238): six digits, a new one every 30 seconds."""

import re
from datetime import datetime

import pyotp

SECRET = re.compile("[A-Z2-7]{32}")
STEP_S = 30
DRIFT_STEPS = 1
"""A telephone's clock may be half a minute wrong."""


def new_secret() -> str:
    """A secret of 160 bits, in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether that is a secret as `new_secret` makes them."""
    return SECRET.fullmatch(text) is not None


def matching_step(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """The time step that the code belongs to; None where it is wrong, too old, or used before.

    `after` is the last step accepted: nothing at or before it opens anything again.
    """
    digits = "".join(each for each in code if each in "0123456789")
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        is_new = after is None or step > after
        if is_new and pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def address(secret: str, email: str, service: str) -> str:
    """What the QR code says to the application."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service)
