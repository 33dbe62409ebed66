"""Somebody of the team on the stage, and the Tuesday of the appointments that they look after."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.access import Role
from app.models.appointment import Appointment
from app.models.journal import JournalEntry
from app.services.agenda_card import Card, read_card
from app.services.team import AccountRequest, create_user
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, at

TUESDAY = at("2026-11-24T09:00")
"""When the first appointment of the stage begins."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def colleague(stage: Stage, name: str = "Dominique") -> int:
    """The id of a coordinator's account of that first name."""
    email = f"{name.lower()}@equipe.invalid"
    request = AccountRequest(email, name, "Essai", Role.COORDINATOR)
    return create_user(stage.session, request, by=None, now=NOW)


def journalled(stage: Stage) -> list[tuple[str, int | None, int | None]]:
    """Act, appointment and user of each line about an appointment, in order."""
    stage.session.rollback()
    rows = stage.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.subject_kind == "APPOINTMENT")
        .order_by(JournalEntry.id)
    )
    return [(row.action.value, row.subject_id, row.user_id) for row in rows]


def by_id(stage: Stage, appointment_id: int) -> Appointment:
    """The row as the database has it now."""
    stage.session.rollback()
    return stage.session.get_one(Appointment, appointment_id)


def card_of(stage: Stage, token: str) -> Card:
    """The appointment of that link, as its page shows it."""
    return read_card(stage.session, stage.catalogue, stage.appointment(token).id)
