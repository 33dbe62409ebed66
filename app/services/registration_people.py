"""The registrations of one person, or one of them, as the team reads them: title, dates, number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.appointment import CancelledBy, MessageChannel, Recipient
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement, Resident
from app.models.workshops import Registration, Workshop, WorkshopEngagement, WorkshopSession
from app.services.registration_search import subject_of_registration


@dataclass(frozen=True, slots=True)
class PersonRegistration:
    """A registration with its workshop; no name in it. Instants are UTC."""

    registration_id: int
    resident_id: int
    workshop_id: int
    title: Mapping[str, str]
    slug: str
    first_at: datetime
    last_at: datetime
    dates: int
    """How many sessions stand."""
    status: RegistrationStatus
    cancelled_by: CancelledBy | None
    is_workshop_cancelled: bool
    places: int
    devices_wanted: int
    reference: int | None
    channel: MessageChannel
    message_to: Recipient
    booked_by_id: int | None
    registered_at: datetime
    subject: Subject

    @property
    def is_expected(self) -> bool:
        """They have a place, and the workshop stands."""
        return self.status is RegistrationStatus.REGISTERED and not self.is_workshop_cancelled

    @property
    def is_live(self) -> bool:
        """They have a place or wait, and the workshop stands."""
        return self.status is not RegistrationStatus.CANCELLED and not self.is_workshop_cancelled


@dataclass(frozen=True, slots=True)
class Reached:
    """Whose registration it is, and at which numbers."""

    first_name: str
    last_name: str
    phone: str | None
    helper_name: str | None
    helper_phone: str | None
    companion: str
    """Who comes with them; empty: nobody, or nobody knows any more."""
    registration: PersonRegistration


def registrations_of(session: Session, resident_id: int) -> list[PersonRegistration]:
    """Theirs, the latest workshop first."""
    return registrations_where(session, Registration.resident_id == resident_id)


def registration_for_staff(session: Session, registration_id: int) -> PersonRegistration:
    """That one. Raises SubjectUnknown."""
    found = registrations_where(session, Registration.id == registration_id)
    if not found:
        raise SubjectUnknown
    return found[0]


def registrations_where(session: Session, condition: Any) -> list[PersonRegistration]:
    """Those of a condition on `Registration`, the latest workshop first. Three queries."""
    rows = session.execute(
        select(Registration, Workshop)
        .join(Registration.workshop)
        .where(condition)
        .order_by(Workshop.first_at.desc(), Registration.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    ids = {row.Workshop.id for row in rows}
    holders, dates = holders_of(session, ids), _dates(session, ids)
    return [
        _told(row.Registration, row.Workshop, holders[row.Workshop.id], dates[row.Workshop.id])
        for row in rows
    ]


def holders_of(session: Session, workshop_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The counsellors who hold a date of each of these workshops, cancelled dates included."""
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    ids = list(workshop_ids)
    if not ids:
        return found
    query = (
        select(WorkshopSession.workshop_id, Engagement.counsellor_id)
        .join(WorkshopEngagement, WorkshopEngagement.session_id == WorkshopSession.id)
        .join(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
        .where(WorkshopSession.workshop_id.in_(ids))
        .distinct()
    )
    for workshop_id, counsellor_id in session.execute(query):
        found[workshop_id] |= {counsellor_id}
    return found


def _dates(session: Session, workshop_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    query = select(WorkshopSession.workshop_id).where(
        WorkshopSession.workshop_id.in_(list(workshop_ids)),
        WorkshopSession.status == WorkshopStatus.PLANNED,
    )
    for workshop_id in session.scalars(query):
        found[workshop_id] += 1
    return found


def _told(
    row: Registration, workshop: Workshop, holders: frozenset[int], dates: int
) -> PersonRegistration:
    return PersonRegistration(
        registration_id=row.id,
        resident_id=row.resident_id,
        workshop_id=workshop.id,
        title=workshop.title,
        slug=workshop.slug,
        first_at=workshop.first_at,
        last_at=workshop.last_at,
        dates=dates,
        status=row.status,
        cancelled_by=row.cancelled_by,
        is_workshop_cancelled=workshop.status is WorkshopStatus.CANCELLED,
        places=row.places,
        devices_wanted=row.devices_wanted,
        reference=row.reference,
        channel=row.message_channel,
        message_to=row.message_to,
        booked_by_id=row.booked_by_id,
        registered_at=row.registered_at,
        subject=subject_of_registration(row, workshop, holders),
    )


def reach(session: Session, registration_ids: Iterable[int]) -> dict[int, Reached]:
    """Once for each: (names and numbers, registration)."""
    ids = set(registration_ids)
    if not ids:
        return {}
    told = {
        each.registration_id: each
        for each in registrations_where(session, Registration.id.in_(ids))
    }
    rows = session.execute(
        select(Registration, Resident).join(Registration.resident).where(Registration.id.in_(ids))
    )
    return {
        row.Registration.id: Reached(
            first_name=row.Resident.first_name,
            last_name=row.Resident.last_name,
            phone=row.Resident.phone,
            helper_name=row.Registration.helper_name,
            helper_phone=row.Registration.helper_phone,
            companion=companion_of(row.Registration),
            registration=told[row.Registration.id],
        )
        for row in rows
    }


def companion_of(row: Registration) -> str:
    """First and last name of the second person; empty where there is none."""
    return " ".join(filter(None, (row.companion_first_name, row.companion_last_name)))


def reached(session: Session, registration_id: int) -> Reached:
    """Whose registration that is. Raises SubjectUnknown."""
    found = reach(session, [registration_id])
    if registration_id not in found:
        raise SubjectUnknown
    return found[registration_id]
