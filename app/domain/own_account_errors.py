"""What nobody does to their own account from the page of the team. Words: web/staff_wording.py."""

from app.domain.errors import DomainError


class OwnPasswordNeeded(DomainError):
    """Whoever finds a session open may not weaken its account: « Mon compte » asks the password."""

    code, status = "own_password_needed", 403
