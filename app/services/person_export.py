"""All that is held on a person, for that person (law B23): every column, but for our own keys."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SubjectKind
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement, Resident
from app.models.journal import JournalEntry
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.erasure_register import merged_into
from app.services.export_rows import Facts, plain, row_facts, rows_of
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.registration_export import export_registrations
from app.services.transaction import write_transaction


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
        "exported_at": plain(now),
        "person": row_facts(person, commune=_commune(catalogue, person.commune_id)),
        "appointments": appointments,
        "waiting": _waiting(session, catalogue, resident_id),
        **export_registrations(session, catalogue, person),
        "looks": _looks(session, person),
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
        "history": rows_of(session, AppointmentEvent, AppointmentEvent.appointment_id, ids),
        "calls": rows_of(session, CallTask, CallTask.appointment_id, ids),
        "messages": _messages(session, ids),
    }
    return [
        row_facts(
            row.Appointment,
            starts_at=plain(row.Engagement.starts_at),
            ends_at=plain(row.Engagement.ends_at),
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
    offers = rows_of(session, Offer, Offer.entry_id, [each.id for each in entries])
    return [
        row_facts(
            each,
            commune=_commune(catalogue, each.commune_id),
            topic=_topic(catalogue, each.topic_id),
            offers=offers[each.id],
        )
        for each in entries
    ]


def _messages(session: Session, ids: Sequence[int]) -> dict[int, list[Facts]]:
    of_appointments = OutboxMessage.subject_kind == SubjectKind.APPOINTMENT
    return rows_of(session, OutboxMessage, OutboxMessage.subject_id, ids, of_appointments)


def _looks(session: Session, person: Resident) -> list[Facts]:
    """When the team looked at the card or changed it, and at the cards that were merged into it.

    Never who: that is theirs to answer for.
    """
    own = _acts(session, person.id)
    looks = [act for act in own if act.at >= person.created_at]  # before, it was another card
    for number, made_at in merged_into(session, [(person.id, person.created_at)]):
        looks += _until_merged(_acts(session, number), made_at)
    looks.sort(key=lambda each: each.id)
    return [{"at": plain(each.at), "action": plain(each.action)} for each in looks]


def _acts(session: Session, resident_id: int) -> list[JournalEntry]:
    query = select(JournalEntry).where(
        JournalEntry.subject_kind == JournalSubject.RESIDENT,
        JournalEntry.subject_id == resident_id,
    )
    return list(session.scalars(query.order_by(JournalEntry.id)))


def _until_merged(acts: Iterable[JournalEntry], made_at: datetime) -> Iterator[JournalEntry]:
    """Of the card that was made then; its number may be somebody else's since, and was before."""
    for act in acts:
        if act.at < made_at:
            continue
        if act.action is JournalAction.PERSON_MERGED and "into" in act.facts:
            return  # told once, by the card that was kept
        yield act


def _commune(catalogue: Catalogue, commune_id: int | None) -> str | None:
    return catalogue.commune_by_id(commune_id).name if commune_id else None


def _place(catalogue: Catalogue, held: Engagement) -> str:
    if held.venue_id:
        return catalogue.venue_by_id(held.venue_id).name
    return f"à domicile, {catalogue.commune_by_id(held.commune_id).name_in}"


def _topic(catalogue: Catalogue, topic_id: int) -> str:
    return next(each for each in catalogue.topics if each.id == topic_id).label["fr"]
