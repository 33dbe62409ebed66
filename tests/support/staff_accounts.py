"""Who of the team does it, in tests of services."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.models.accounts import User
from app.services.team import AccountRequest, create_user
from tests.support.stage_plan import NOW

EMAIL = "coordination@equipe.invalid"


def coordinator(session: Session) -> int:
    """The id of a coordinator's account, opened the first time."""
    known = session.scalar(select(User.id).where(User.email == EMAIL))
    if known is not None:
        return known
    request = AccountRequest(EMAIL, "Camille", "Essai", Role.COORDINATOR)
    return create_user(session, request, by=None, now=NOW)
