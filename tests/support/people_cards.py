"""Cards of people on the stage, and the account that works on them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.domain.access import Role
from app.domain.booking import Person, Phone
from app.domain.journal import JournalAction
from app.models.appointment import Appointment, Resident
from app.models.journal import JournalEntry
from app.services.team import AccountRequest, create_user
from tests.support.stage import Stage, choice, phone, request
from tests.support.stage_plan import NOW


def clerk(stage: Stage, first_name: str = "Anne", role: Role = Role.COORDINATOR) -> int:
    """An account; its id."""
    email = f"{first_name.lower()}@equipe.invalid"
    asked = AccountRequest(email, first_name, "Essai", role)
    return create_user(stage.session, asked, by=None, now=NOW)


def book_card(
    stage: Stage,
    first_name: str,
    last_name: str,
    number: Phone | None = None,
    start: str = "2026-11-24T09:00",
    **changes: Any,
) -> Appointment:
    """Somebody books online: a new card, « à rapprocher »; the appointment."""
    person = Person(first_name, last_name, number or phone(), changes.pop("email", None))
    wanted = replace(request(choice(start)), person=person, **changes)
    return stage.appointment(stage.book(wanted))


def card_of(stage: Stage, resident_id: int) -> Resident:
    """The card as the database has it now."""
    stage.session.rollback()
    return stage.session.get_one(Resident, resident_id, populate_existing=True)


def acts_on(stage: Stage, resident_id: int | None) -> list[tuple[JournalAction, dict[str, Any]]]:
    """What the journal tells of that card."""
    rows = stage.session.execute(
        select(JournalEntry.action, JournalEntry.facts)
        .where(JournalEntry.subject_kind == "RESIDENT", JournalEntry.subject_id == resident_id)
        .order_by(JournalEntry.id)
    )
    return [(action, facts) for action, facts in rows]
