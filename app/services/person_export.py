"""All that is held on a person, for that person (law B23): every column, but for our own keys."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SubjectKind
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement, Resident
from app.models.base import Base
from app.models.journal import JournalEntry
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.transaction import write_transaction

OUR_KEYS = frozenset(
    {
        "link_token_hash", "form_key", "form_digest", "by_last_name", "by_first_name",
        "by_phone_end", "leased_until", "attempts", "engagement_id", "resident_id", "subject_id",
        "subject_kind", "appointment_id", "user_id", "booked_by_id", "topic_id", "commune_id",
        "venue_id", "counsellor_id", "old_venue_id", "new_venue_id", "old_counsellor_id",
        "new_counsellor_id", "occupies", "entry_id", "closed_by_id",
    }
)  # fmt: skip
"""What opens doors or joins tables, and tells the person nothing; places and topics go by name."""
Facts = dict[str, Any]


def export_person(
    session: Session, catalogue: Catalogue, resident_id: int, *, by: int, now: datetime
) -> Facts:
    """The card, its appointments with what was done and sent, and when the team looked at it.

    Values are plain: texts, numbers, ISO 8601 instants in UTC. Journalled. Raises SubjectUnknown.
    """
    with write_transaction(session):
        locked_card(session, resident_id)
        subject = JournalSubject.RESIDENT, resident_id
        note(session, JournalAction.PERSON_EXPORTED, subject, by=by, now=now)
    person = session.get_one(Resident, resident_id)
    appointments = _appointments(session, catalogue, resident_id)
    return {
        "exported_at": _plain(now),
        "person": _row(person, commune=_commune(catalogue, person.commune_id)),
        "appointments": appointments,
        "waiting": _waiting(session, catalogue, resident_id),
        "looks": _looks(session, resident_id),
    }


def _appointments(session: Session, catalogue: Catalogue, resident_id: int) -> list[Facts]:
    rows = session.execute(
        select(Appointment, Engagement, Counsellor.first_name)
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(Appointment.resident_id == resident_id)
        .order_by(Engagement.starts_at, Engagement.id)
    ).all()
    ids = [row.Appointment.id for row in rows]
    of_each = {
        "history": _of(session, AppointmentEvent, AppointmentEvent.appointment_id, ids),
        "calls": _of(session, CallTask, CallTask.appointment_id, ids),
        "messages": _messages(session, ids),
    }
    return [
        _row(
            row.Appointment,
            starts_at=_plain(row.Engagement.starts_at),
            ends_at=_plain(row.Engagement.ends_at),
            counsellor=row.first_name,
            commune=_commune(catalogue, row.Appointment.commune_id),
            place=_place(catalogue, row.Engagement),
            topic=_topic(catalogue, row.Appointment.topic_id),
        )
        | {name: found[row.Appointment.id] for name, found in of_each.items()}
        for row in rows
    ]


def _waiting(session: Session, catalogue: Catalogue, resident_id: int) -> list[Facts]:
    """What they wait for, and the places that they were offered."""
    own = select(WaitingEntry).where(WaitingEntry.resident_id == resident_id)
    entries = session.scalars(own.order_by(WaitingEntry.id)).all()
    offers = _of(session, Offer, Offer.entry_id, [each.id for each in entries])
    return [
        _row(
            each,
            commune=_commune(catalogue, each.commune_id),
            topic=_topic(catalogue, each.topic_id),
            offers=offers[each.id],
        )
        for each in entries
    ]


def _of(
    session: Session, model: type[Base], owner: Any, ids: Sequence[int], *only: Any
) -> dict[int, list[Facts]]:
    """The rows of a table by the appointment that they belong to."""
    found: dict[int, list[Facts]] = {each: [] for each in ids}
    rows = session.scalars(select(model).where(owner.in_(ids), *only).order_by(*_key(model)))
    for row in rows:
        found[getattr(row, owner.key)].append(_row(row))
    return found


def _messages(session: Session, ids: Sequence[int]) -> dict[int, list[Facts]]:
    of_appointments = OutboxMessage.subject_kind == SubjectKind.APPOINTMENT
    return _of(session, OutboxMessage, OutboxMessage.subject_id, ids, of_appointments)


def _key(model: type[Base]) -> Iterable[Any]:
    table: Any = model.__table__
    return tuple(table.primary_key)


def _looks(session: Session, resident_id: int) -> list[Facts]:
    """When the team looked at the card or changed it; never who: that is theirs to answer for."""
    rows = session.execute(
        select(JournalEntry.at, JournalEntry.action)
        .where(
            JournalEntry.subject_kind == JournalSubject.RESIDENT,
            JournalEntry.subject_id == resident_id,
        )
        .order_by(JournalEntry.id)
    )
    return [{"at": _plain(at), "action": _plain(action)} for at, action in rows]


def _row(row: Base, **more: Any) -> Facts:
    table: Any = row.__table__
    names = [column.name for column in table.columns if column.name not in OUR_KEYS]
    return {name: _plain(getattr(row, name)) for name in names} | more


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def _commune(catalogue: Catalogue, commune_id: int | None) -> str | None:
    return catalogue.commune_by_id(commune_id).name if commune_id else None


def _place(catalogue: Catalogue, held: Engagement) -> str:
    if held.venue_id:
        return catalogue.venue_by_id(held.venue_id).name
    return f"à domicile, {catalogue.commune_by_id(held.commune_id).name_in}"


def _topic(catalogue: Catalogue, topic_id: int) -> str:
    return next(each for each in catalogue.topics if each.id == topic_id).label["fr"]
