"""Two cards of one person: likely ones are shown, and only a clerk attaches them (T2)."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import search_keys
from app.domain.staff_errors import CardsDiffer, SubjectUnknown
from app.models.appointment import Appointment, Resident
from app.services.catalogue import Catalogue
from app.services.desk_search import Card, read_cards
from app.services.erasure_requests import move_request
from app.services.export_requests import move_export_request
from app.services.journal import note
from app.services.links import Links
from app.services.person_changes import locked_card, refuse_out_of_date, renew_links
from app.services.registration_cards import move_registrations, renew_registrations
from app.services.transaction import write_transaction
from app.services.waiting_cards import locks_of, move_entries, renew_entries

MOST_DOUBLES = 5
MOST_WAITING, LATEST = 20, 300
"""The latest cards of residents' own bookings are compared; older ones on their own page."""
BLANKS = ("phone", "email", "commune_id")
"""What the kept card takes over where it says nothing itself."""
REFUSALS = ("refuses_reminders", "refuses_sms", "refuses_mail")


def _alike(one: Any, other: Any) -> Any:
    """The same phone, or the same names: enough to ask, never enough to decide."""
    return or_(
        one.phone == other.phone,
        one.by_last_name == other.by_last_name,
        one.by_last_name == other.by_first_name,
    )


def find_doubles(
    session: Session, catalogue: Catalogue, resident_id: int, *, now: datetime
) -> list[Card]:
    """The cards that may be of the same person; whether one may be shown is still to be asked."""
    own = aliased(Resident)
    alike = (
        select(Resident.id)
        .join(own, _alike(Resident, own))
        .where(own.id == resident_id, Resident.id != resident_id)
        .order_by(Resident.to_reconcile, Resident.id)
        .limit(MOST_DOUBLES)
    )
    return read_cards(session, catalogue, session.scalars(alike).all(), now=now)


def find_to_reconcile(session: Session, catalogue: Catalogue, *, now: datetime) -> list[Card]:
    """The latest cards « à rapprocher » that look like an older one, the newest first."""
    latest = (
        select(Resident.id, Resident.phone, Resident.by_last_name, Resident.by_first_name)
        .where(Resident.to_reconcile)
        .order_by(Resident.id.desc())
        .limit(LATEST)
        .subquery()
    )
    older = aliased(Resident)
    is_double = select(older.id).where(older.id < latest.c.id, _alike(latest.c, older)).exists()
    waiting = select(latest.c.id).where(is_double).order_by(latest.c.id.desc()).limit(MOST_WAITING)
    return read_cards(session, catalogue, session.scalars(waiting).all(), now=now)


def keep_apart(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """The clerk says that this is nobody else. Raises SubjectUnknown."""
    with write_transaction(session):
        row = locked_card(session, resident_id)
        if not row.to_reconcile:
            return
        row.to_reconcile, row.updated_at = False, now
        subject = JournalSubject.RESIDENT, resident_id
        action, fields = JournalAction.PERSON_CORRECTED, ["to_reconcile"]
        note(session, action, subject, by=by, now=now, fields=fields)


def check_alike(session: Session, kept_id: int, other_id: int) -> None:
    """Raises SubjectUnknown, or CardsDiffer for two cards that share neither phone nor names."""
    rows = [session.get(Resident, each) for each in (kept_id, other_id)]
    kept, other = rows
    if kept is None or other is None:
        raise SubjectUnknown
    if not _may_be_one(kept, other):
        raise CardsDiffer


def merge_cards(
    session: Session,
    kept_id: int,
    other_id: int,
    *,
    by: int,
    now: datetime,
    links: Links,
    versions: tuple[str, str] | None = None,
) -> None:
    """Both cards are one person: the appointments of the other go to the kept one, which stays.

    What the kept card does not say is taken over; a refusal of either holds. Where the phones
    differ, old links of the moved appointments are dead. Raises SubjectUnknown, CardsDiffer for
    two cards that share neither phone nor names, or EditedMeanwhile where the page that showed both
    (`versions`: of the kept one, of the other) is out of date.
    """
    with write_transaction(session, locks_of(session, [kept_id, other_id])):
        rows = {each: locked_card(session, each) for each in sorted({kept_id, other_id})}
        kept, other = rows[kept_id], rows[other_id]
        if not _may_be_one(kept, other):
            raise CardsDiffer
        for row, version in zip((kept, other), versions or (), strict=False):
            refuse_out_of_date(session, row, version)
        if kept.phone != other.phone:
            renew_links(session, other_id, links)
            renew_entries(session, other_id, links, now)
            renew_registrations(session, other_id, links, now)
        move_entries(session, kept_id, other_id)
        move_request(session, kept_id, other_id)
        move_export_request(session, kept_id, other_id, now=now)
        move_registrations(session, kept_id, other_id)
        count = _move(session, kept_id, other_id)
        _take_over(kept, other, now)
        session.flush()
        session.execute(delete(Resident).where(Resident.id == other_id))
        # Number and instant name the card that goes: should a restore bring it back after the
        # erasure of the kept one, the register knows it (`merged_into`).
        gone = {"from": other_id, "made_at": other.created_at.isoformat()}
        for subject_id, facts in (
            (kept_id, gone),
            (other_id, {"into": kept_id, "appointments": count}),
        ):
            subject = JournalSubject.RESIDENT, subject_id
            note(session, JournalAction.PERSON_MERGED, subject, by=by, now=now, **facts)


def _may_be_one(one: Resident, other: Resident) -> bool:
    if one.id == other.id:
        return False
    has_same_phone = one.phone is not None and one.phone == other.phone
    return has_same_phone or other.by_last_name in {one.by_last_name, one.by_first_name}


def _move(session: Session, kept_id: int, other_id: int) -> int:
    moved = session.execute(
        update(Appointment).where(Appointment.resident_id == other_id).values(resident_id=kept_id)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _take_over(kept: Resident, other: Resident, now: datetime) -> None:
    for name in BLANKS:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(other, name))
    for name, key in search_keys(kept.first_name, kept.last_name, kept.phone).items():
        setattr(kept, name, key)
    for name in REFUSALS:
        setattr(kept, name, getattr(kept, name) or getattr(other, name))
    kept.to_reconcile, kept.updated_at = False, now
