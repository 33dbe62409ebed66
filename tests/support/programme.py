"""A programme to plan: a kind of workshop, and plans of Mondays, when nobody on the stage works."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import CallReason
from app.domain.messages import MessageKind, SubjectKind
from app.domain.programme import Numbers, ProgrammePlan, Rhythm, Where
from app.domain.programme_conflicts import DateCheck
from app.domain.workshops import Level
from app.models.accounts import User
from app.models.appointment import CallTask
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Workshop, WorkshopSession
from app.services.programme import Confirmation, check_plan, plan_workshops
from app.services.programme_changes import (
    DateChange,
    Edit,
    change_date,
    check_date_change,
    version_of,
)
from app.services.programme_templates import TemplateSheet, Words, write_template
from app.services.registrations import register
from app.services.team import AccountRequest, create_user
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, registration

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
SAME = DateChange(MONDAY, time(14), 120, AMONT, (1,))


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


class Planned:
    """A workshop of one Monday, or a cycle of three, with its people."""

    def __init__(self, stage: Stage, *, dates: int = 1, capacity: int = 3) -> None:
        self.stage, self.session = stage, stage.session
        until = MONDAY + timedelta(weeks=dates - 1) if dates > 1 else None
        rhythm, numbers = Rhythm(MONDAY, until), Numbers(capacity, min(3, capacity), 2)
        wanted = a_plan(stage.session, rhythm=rhythm, is_cycle=dates > 1, numbers=numbers)
        (self.id,) = plan(stage.session, wanted)

    def enrol(self, *, two: bool = False, **changes: object) -> None:
        asked = (couple if two else registration)(self.id, **changes)
        register(self.session, asked, now=NOW, links=LINKS)

    @property
    def row(self) -> Workshop:
        self.session.rollback()
        return self.session.get_one(Workshop, self.id)

    def dates(self) -> list[WorkshopSession]:
        return sorted(self.row.sessions, key=lambda each: each.starts_at)

    def move(self, change: DateChange, *, rank: int = 0, now: datetime = NOW) -> None:
        date_id = self.dates()[rank].id
        seen = check_date_change(self.session, self.id, date_id, change, now=now).key
        by = edit(self.session, self.id, now=now)
        change_date(self.session, self.id, date_id, change, by, seen=seen)

    def offers(self) -> list[PlacesOffer]:
        self.session.rollback()
        return list(self.session.scalars(select(PlacesOffer).order_by(PlacesOffer.id)))

    def told(self) -> list[MessageKind]:
        self.session.rollback()
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.subject_kind == SubjectKind.REGISTRATION)
            .order_by(OutboxMessage.id)
        )
        return [each.kind for each in rows]

    def calls(self) -> list[CallReason]:
        self.session.rollback()
        return list(self.session.scalars(select(CallTask.reason).order_by(CallTask.id)))
