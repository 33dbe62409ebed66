"""The refusals of the waiting list, as types; their words are in `app/web/wording.py`."""

from app.domain.errors import DomainError


class OfferGone(DomainError):
    """Its hour is past, it was taken back, or another answer was given: nobody holds it."""

    code, status = "offer_gone", 409


class OfferUnknown(DomainError):
    """The link of an offered place was never made, or is no longer in force."""

    code, status = "offer_unknown", 404


class WaitingUnknown(DomainError):
    """The link of the waiting list was never made, or nobody waits by it any more."""

    code, status = "waiting_unknown", 404


class HalfDayMissing(DomainError):
    code, field = "half_day_missing", "quand"
