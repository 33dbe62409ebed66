"""The refusals about messages and the three questions, on the pages of the team."""

from app.domain.errors import DomainError


class MessageTooLate(DomainError):
    """Its hour is over: sent now, it would only confuse."""

    code, status = "message_too_late", 409


class MessageTextRefused(DomainError):
    """An own text of a message that cannot be sent; `problems` are plain French sentences."""

    code, field = "message_text_refused", "texte"


class PlaceKindMissing(DomainError):
    code, field = "place_kind_missing", "lieu"


class SlipCountWrong(DomainError):
    code, field = "slip_count_wrong", "nombre"


class TooManyTypedSlips(DomainError):
    """More paper slips typed by one colleague in a day than anybody collects."""

    code, status = "too_many_typed_slips", 429
