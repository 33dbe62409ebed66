"""Colleagues before a real browser: accounts with passwords in the live site's database."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.models.accounts import Counsellor, User
from app.models.places import Commune
from app.services.team import AccountRequest, create_user
from tests.support.browser_site import LiveSite
from tests.support.browser_walk import Walk, WalkWithoutScripts
from tests.support.passwords import PASSWORD, give_password
from tests.support.presquile import NOW

SIGN_IN = "/agents/connexion"


@dataclass(frozen=True)
class Colleague:
    """An account that signs in with PASSWORD."""

    user_id: int
    email: str


@contextmanager
def session_of(site: LiveSite) -> Iterator[Session]:
    """The database behind the live site."""
    engine = site.database.engine()
    with Session(engine) as session:
        yield session
    engine.dispose()


def colleague(site: LiveSite, role: Role, *communes: str, **columns: object) -> Colleague:
    """Open an account of that role, of these communes; a counsellor is the first without one.

    `columns` are further columns of the account.
    """
    email = f"{role.value.lower().replace('_', '.')}.{secrets.token_hex(4)}@equipe.invalid"
    with session_of(site) as session:
        ids = session.scalars(select(Commune.id).where(Commune.slug.in_(communes))).all()
        agenda = _free_agenda(session) if role is Role.COUNSELLOR else None
        request = AccountRequest(
            email, "Camille", "Essai", role, frozenset(ids), counsellor_id=agenda
        )
        user_id = create_user(session, request, by=None, now=NOW)
        give_password(session, user_id, **columns)
    return Colleague(user_id, email)


def _free_agenda(session: Session) -> int | None:
    """Of a counsellor who has no account yet."""
    taken = select(User.counsellor_id).where(User.counsellor_id.is_not(None))
    free = select(Counsellor.id).where(Counsellor.id.not_in(taken)).order_by(Counsellor.id)
    return session.scalars(free).first()


class StaffWalk(Walk):
    """A walk on the staff pages: in French only, so there is no switch to follow."""

    def _other_language(self) -> str:
        return ""

    def _same_page_elsewhere(self) -> str:
        return ""


class StaffWalkWithoutScripts(StaffWalk, WalkWithoutScripts):
    """The same where the browser runs no script."""


def sign_in(walk: Walk, who: Colleague, onward: str = "/agents") -> None:
    """Through the page, as they do."""
    walk.open(f"{SIGN_IN}?suite={onward}")
    walk.write(email=who.email, mot_de_passe=PASSWORD)
    walk.press("Se connecter")
