"""A programme to plan: a kind of workshop, and plans of Mondays, when nobody on the stage works."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.programme import Numbers, ProgrammePlan, Rhythm, Where
from app.domain.programme_conflicts import DateCheck
from app.domain.workshops import Level
from app.models.accounts import User
from app.services.programme import Confirmation, check_plan, plan_workshops
from app.services.programme_changes import Edit, version_of
from app.services.programme_templates import TemplateSheet, Words, write_template
from app.services.team import AccountRequest, create_user
from tests.support.stage_plan import NOW

WORDS = Words(
    title={"fr": "Mots de passe et arnaques", "en": "Passwords and scams"},
    content={"fr": "Vous apprenez à choisir un mot de passe.", "en": ""},
    prerequisites={},
    bring={"fr": "Votre téléphone."},
    level=Level.BEGINNER,
    themes=("securite_numerique",),
)
SHEET = TemplateSheet(WORDS, minutes=120, numbers=Numbers(6, 3, 2))
MONDAY = date(2026, 12, 7)
AMONT, AVAL = Where("mairie-amont"), Where("mairie-aval")


def somebody(session: Session, first_name: str = "Ada") -> int:
    """The id of an account of the team."""
    known = session.scalar(select(User.id).where(User.first_name == first_name))
    if known is not None:
        return known
    request = AccountRequest(
        email=f"{first_name.lower()}@equipe.invalid",
        first_name=first_name,
        last_name="Essai",
        role=Role.COORDINATOR,
        commune_ids=frozenset(),
        counsellor_id=None,
    )
    return create_user(session, request, by=None, now=NOW)


def a_template(session: Session) -> int:
    return write_template(session, SHEET, now=NOW, by=somebody(session))


def a_plan(session: Session, **changes: Any) -> ProgrammePlan:
    """One Monday from 14 h to 16 h at Amont, by the first counsellor."""
    plan = ProgrammePlan(
        template_id=a_template(session),
        where=AMONT,
        counsellor_ids=(1,),
        rhythm=Rhythm(MONDAY),
        from_time=time(14),
        minutes=120,
        is_cycle=False,
        numbers=Numbers(6, 3, 2),
    )
    return replace(plan, **changes)


def keys(checks: Iterable[DateCheck]) -> tuple[str, ...]:
    """Those that are proposed, ticked as they are."""
    return tuple(each.key for each in checks if each.is_proposed)


def plan(
    session: Session, wanted: ProgrammePlan, *, now: datetime = NOW, form_key: str = "formulaire"
) -> list[int]:
    """Plan what is proposed; the ids."""
    kept = keys(check_plan(session, wanted, now=now))
    return plan_workshops(session, wanted, Confirmation(kept, form_key, somebody(session), now))


def edit(session: Session, workshop_id: int, *, now: datetime = NOW, by: int | None = None) -> Edit:
    """A change of the page as it is now."""
    version = version_of(session, workshop_id)
    return Edit(by or somebody(session), now, version)
