"""What is held on a person about workshops, for that person (law B23)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messages import SubjectKind
from app.models.appointment import CallTask, Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import (
    Participation,
    PlacesOffer,
    Registration,
    WorkshopNews,
    WorkshopSession,
)
from app.services.catalogue import Catalogue
from app.services.export_rows import Facts, plain, row_facts, rows_of
from app.services.registration_cards import news_of


def export_registrations(
    session: Session, catalogue: Catalogue, person: Resident
) -> dict[str, list[Facts]]:
    """Their registrations with their dates, offers, calls and messages; and the news they asked."""
    rows = session.scalars(
        select(Registration)
        .where(Registration.resident_id == person.id)
        .order_by(Registration.registered_at, Registration.id)
    ).all()
    return {
        "registrations": _told(session, catalogue, list(rows)),
        "news": _news(session, catalogue, person),
    }


def _told(session: Session, catalogue: Catalogue, rows: list[Registration]) -> list[Facts]:
    ids = [row.id for row in rows]
    of_each = {
        "dates": _dates(session, ids),
        "offers": rows_of(session, PlacesOffer, PlacesOffer.registration_id, ids),
        "calls": rows_of(session, CallTask, CallTask.registration_id, ids),
        "messages": _messages(session, ids),
    }
    return [
        row_facts(
            row,
            workshop=row.workshop.title["fr"],
            starts_at=plain(row.workshop.first_at),
            ends_at=plain(row.workshop.last_at),
            commune=catalogue.commune_by_id(row.commune_id).name if row.commune_id else None,
        )
        | {name: found[row.id] for name, found in of_each.items()}
        for row in rows
    ]


def _dates(session: Session, ids: list[int]) -> dict[int, list[Facts]]:
    """What became of each date, where something is known of it."""
    found: dict[int, list[Facts]] = {each: [] for each in ids}
    query = (
        select(Participation, WorkshopSession.starts_at)
        .join(WorkshopSession, WorkshopSession.id == Participation.session_id)
        .where(Participation.registration_id.in_(ids))
        .order_by(WorkshopSession.starts_at)
    )
    for row, starts_at in session.execute(query):
        found[row.registration_id].append(row_facts(row, starts_at=plain(starts_at)))
    return found


def _messages(session: Session, ids: list[int]) -> dict[int, list[Facts]]:
    """About the registration itself, then about the places offered."""
    of_offer = session.execute(
        select(PlacesOffer.id, PlacesOffer.registration_id).where(
            PlacesOffer.registration_id.in_(ids)
        )
    ).all()
    is_own = OutboxMessage.subject_kind == SubjectKind.REGISTRATION
    is_offer = OutboxMessage.subject_kind == SubjectKind.PLACES
    found = rows_of(session, OutboxMessage, OutboxMessage.subject_id, ids, is_own)
    offer_ids = [row.id for row in of_offer]
    told = rows_of(session, OutboxMessage, OutboxMessage.subject_id, offer_ids, is_offer)
    for row in of_offer:
        found[row.registration_id] += told[row.id]
    return found


def _news(session: Session, catalogue: Catalogue, person: Resident) -> list[Facts]:
    wanted = news_of(person)
    if wanted is None:
        return []
    return [
        row_facts(
            row, commune=catalogue.commune_by_id(row.commune_id).name if row.commune_id else None
        )
        for row in session.scalars(select(WorkshopNews).where(wanted).order_by(WorkshopNews.id))
    ]
