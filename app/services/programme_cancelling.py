"""Cancelling one date of a cycle, a workshop, or what is left of a series; who would be touched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SENT_CHANNELS, MessageKind
from app.domain.programme_errors import DateOver
from app.domain.workshop_errors import WorkshopCancelled
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.announcing import refuses
from app.services.catalogue import read_catalogue
from app.services.journal import note
from app.services.programme_changes import Edit, editing, follow, read_date, version_of
from app.services.programme_rows import free, holders_of, standing
from app.services.workshop_announcing import tell_cancelled, tell_changed
from app.services.workshop_offers import refill_workshop, withdraw_all_places
from app.services.workshop_places import settle


@dataclass(frozen=True, slots=True)
class Impact:
    """Who would be touched by a change: counts, and how many must be called."""

    workshops: int
    people: int
    """Registered, couples counted as two."""
    waiting: int
    calls: int
    """Registrations that no machine tells."""


def impact_of(
    session: Session, workshop_ids: Iterable[int], *, is_too_late: bool = False
) -> Impact:
    """Of these workshops together; everybody is called where a message would come too late."""
    ids = list(workshop_ids)
    rows = session.scalars(
        select(Registration)
        .where(
            Registration.workshop_id.in_(ids),
            Registration.status != RegistrationStatus.CANCELLED,
        )
        .options(joinedload(Registration.resident))
    ).all()
    waiting = [each for each in rows if each.status is RegistrationStatus.WAITING]
    people = sum(row.places for row in rows) - sum(row.places for row in waiting)
    calls = sum(is_too_late or is_called(row) for row in rows)
    return Impact(len(ids), people, len(waiting), calls)


def is_called(row: Registration) -> bool:
    """Whether somebody must call them: no machine tells them, or they refuse its messages."""
    channel = row.message_channel
    if channel not in SENT_CHANNELS:
        return True
    return refuses(row.resident, MessageKind.CANCELLED_BY_SERVICE, channel)


def rest_of_series(session: Session, workshop_id: int, now: datetime) -> list[int]:
    """The workshops made with this one that still stand, from its first date on, itself first."""
    row = session.get_one(Workshop, workshop_id)
    if row.series is None:
        return [row.id]
    query = select(Workshop.id).where(
        Workshop.series == row.series,
        Workshop.status == WorkshopStatus.PLANNED,
        Workshop.first_at >= max(row.first_at, now),
        Workshop.id != row.id,
    )
    return [row.id, *session.scalars(query.order_by(Workshop.first_at, Workshop.id))]


def cancel_date(session: Session, workshop_id: int, date_id: int, edit: Edit) -> None:
    """One date does not take place; the last one that stood is the end of the workshop.

    All who come or wait are told; places that were offered with it are offered again without.
    Twice is once. Raises SessionUnknown, DateOver, and what
    `editing` raises.
    """
    row = read_date(session, workshop_id, date_id)
    with editing(session, workshop_id, edit, holders_of(row)) as workshop:
        row = read_date(session, workshop_id, date_id)
        if row.status is WorkshopStatus.CANCELLED:
            return
        if row.starts_at <= edit.at:
            raise DateOver
        others = [each for each in standing(workshop) if each is not row]
        if not any(each.starts_at > edit.at for each in others):
            _cancel(session, workshop, edit)
            return
        _drop(row, edit.at)
        follow(read_catalogue(session), workshop)
        workshop.sequence += 1
        withdraw_all_places(session, workshop.id, edit.at)
        tell_changed(session, workshop, row, was_at=row.starts_at, now=edit.at, act=edit.act)
        settle(session, workshop)
        _note(session, workshop, edit, what="one_date")
    refill_workshop(session, workshop_id, edit.at)


def cancel_workshop(session: Session, workshop_id: int, edit: Edit) -> None:
    """It does not take place: its counsellors are free, offers are withdrawn, all are told.

    Dates that are over stay as they were. Twice is once. Raises DateOver where none is left, and
    what `editing` raises.
    """
    counsellors = _holders(session, workshop_id)
    try:
        with editing(session, workshop_id, edit, counsellors) as workshop:
            if not any(each.starts_at > edit.at for each in standing(workshop)):
                raise DateOver
            _cancel(session, workshop, edit)
    except WorkshopCancelled:
        return


def cancel_series(session: Session, workshop_ids: Sequence[int], edit: Edit) -> None:
    """Each of them, one after the other: who is told of one is told of one.

    The `version` of the edit is that of the first one. Raises what `cancel_workshop` raises.
    """
    for rank, each in enumerate(workshop_ids):
        own = edit if not rank else Edit(edit.by, edit.at, version_of(session, each))
        cancel_workshop(session, each, own)


def _cancel(session: Session, workshop: Workshop, edit: Edit) -> None:
    lost = [each for each in standing(workshop) if each.starts_at > edit.at]
    for row in lost:
        _drop(row, edit.at)
    workshop.status = WorkshopStatus.CANCELLED
    workshop.sequence += 1
    withdraw_all_places(session, workshop.id, edit.at)
    settle(session, workshop)
    tell_cancelled(session, workshop, lost, now=edit.at, act=edit.act)
    _note(session, workshop, edit)


def _drop(row: WorkshopSession, now: datetime) -> None:
    row.status, row.updated_at = WorkshopStatus.CANCELLED, now
    row.sequence += 1
    free(row)


def _holders(session: Session, workshop_id: int) -> set[int]:
    dates = select(WorkshopSession).where(WorkshopSession.workshop_id == workshop_id)
    return {each for row in session.scalars(dates) for each in holders_of(row)}


def _note(session: Session, workshop: Workshop, edit: Edit, **facts: object) -> None:
    subject = JournalSubject.WORKSHOP, workshop.id
    note(session, JournalAction.WORKSHOP_CANCELLED, subject, by=edit.by, now=edit.at, **facts)
