"""The accounts of the demo, as documented: one password, which opens nothing anywhere else."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.gateways.passwords import hash_password
from app.models.accounts import Counsellor, User, UserCommune
from app.models.places import Commune
from app.services.transaction import write_transaction

DEMO_PASSWORD = "demo-coclico-2026"  # noqa: S105 # nosec B105 - printed by the command
SALT = b"salt of the demo"
DOMAIN = "demo.invalid"


def open_accounts(session: Session, rng: Random, now: datetime) -> None:
    """A coordinator, each counsellor, a desk and a referent a commune, a committee member."""
    password_hash = hash_password(DEMO_PASSWORD, SALT)
    with write_transaction(session):
        for user in _accounts(session):
            user.password_hash = password_hash
            user.nonce = f"{rng.getrandbits(128):032x}"
            user.active, user.created_at = True, now
            session.add(user)


def _accounts(session: Session) -> Iterator[User]:
    yield _user("coordination", "Camille", Role.COORDINATOR)
    counsellors = session.scalars(select(Counsellor).order_by(Counsellor.id))
    for number, counsellor in enumerate(counsellors, 1):
        user = _user(f"conseiller{number}", counsellor.first_name, Role.COUNSELLOR)
        user.counsellor_id = counsellor.id
        yield user
    for commune in session.scalars(select(Commune).order_by(Commune.position)):
        for name, first_name, role in (
            ("accueil", "Dominique", Role.CCAS_AGENT),
            ("referent", "Claude", Role.REFERENT),
        ):
            user = _user(f"{name}.{commune.slug}", first_name, role)
            user.communes = [UserCommune(commune_id=commune.id)]
            yield user
    yield _user("copil", "Sacha", Role.COMMITTEE)


def _user(name: str, first_name: str, role: Role) -> User:
    return User(
        email=f"{name}@{DOMAIN}", first_name=first_name, last_name="Démonstration", role=role
    )
