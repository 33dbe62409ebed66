"""« Maintenir ou annuler ? »: workshops with too few people, two days before. Nobody decides it but
somebody of the team (product §17).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.workshops import RegistrationStatus, WorkshopStatus, lacks_people
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.programme_changes import Edit, editing, version_of
from app.services.programme_rows import holders_of, standing


@dataclass(frozen=True, slots=True)
class Question:
    """One workshop that may not stand."""

    workshop_id: int
    title: str
    first_at: datetime
    registered: int
    """People, couples counted as two."""
    minimum: int
    counsellor_ids: frozenset[int]
    version: str


def questions(session: Session, catalogue: Catalogue, *, now: datetime) -> list[Question]:
    """Those that nobody has answered yet, the next one first; people, not registrations, count."""
    near = now + timedelta(days=catalogue.settings.workshop_minimum_days)
    people = (
        select(func.coalesce(func.sum(Registration.places), 0))
        .where(
            Registration.workshop_id == Workshop.id,
            Registration.status == RegistrationStatus.REGISTERED,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Workshop, people)
        .where(
            Workshop.status == WorkshopStatus.PLANNED,
            Workshop.upheld_at.is_(None),
            Workshop.first_at > now,
            Workshop.first_at <= near,
        )
        .order_by(Workshop.first_at, Workshop.id)
    ).all()
    return [
        _question(session, row, count)
        for row, count in rows
        if lacks_people(count, row.minimum, row.first_at, now, catalogue.settings)
    ]


def uphold(session: Session, workshop_id: int, edit: Edit) -> None:
    """It stands with so few; nobody is asked again. Twice is once. Raises what `editing` raises."""
    with editing(session, workshop_id, edit) as workshop:
        if workshop.upheld_at is None:
            workshop.upheld_at = edit.at
            subject = JournalSubject.WORKSHOP, workshop_id
            note(session, JournalAction.WORKSHOP_UPHELD, subject, by=edit.by, now=edit.at)


def _question(session: Session, row: Workshop, count: int) -> Question:
    held: list[WorkshopSession] = standing(row)
    return Question(
        workshop_id=row.id,
        title=row.title["fr"],
        first_at=row.first_at,
        registered=count,
        minimum=row.minimum,
        counsellor_ids=frozenset(each for date in held for each in holders_of(date)),
        version=version_of(session, row.id),
    )
