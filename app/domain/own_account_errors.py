"""What is refused to somebody about their own account. Words: web/staff_wording.py."""

from app.domain.errors import DomainError


class OwnPasswordNeeded(DomainError):
    """Whoever finds a session open may not weaken its account: « Mon compte » asks the password."""

    code, status = "own_password_needed", 403


class SameAddress(DomainError):
    """« Mon compte »: that address is theirs already, so nothing changes and no session ends."""

    code, field = "same_address", "email"


class TooManyCodes(DomainError):
    """So many wrong codes for one account within an hour, wherever they were typed."""

    code, status = "too_many_codes", 429
