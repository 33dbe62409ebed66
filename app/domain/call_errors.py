"""Refusals about what became of a call."""

from app.domain.errors import DomainError


class CallOutcomeMissing(DomainError):
    """A call ends with one of the answers of the list."""

    code, field = "call_outcome_missing", "resultat"


class CallHourChanged(DomainError):
    """Who was called was told another hour than that of now."""

    code, status = "call_hour_changed", 409
