"""Planning workshops: shown with all that is in the way, then written in one transaction."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.programme import ProgrammePlan, Term
from app.domain.programme_conflicts import DateCheck
from app.domain.programme_errors import (
    ConflictsChanged,
    DatesRefused,
    NoDates,
    TemplateMissing,
)
from app.models.workshops import Workshop, WorkshopTemplate
from app.services.catalogue import Catalogue, read_catalogue
from app.services.holds import remove_dead_holds
from app.services.journal import note
from app.services.planning import check_at_work
from app.services.programme_board import check_date, place_of, read_board
from app.services.programme_rows import Hours, programme_locks, write_workshop
from app.services.transaction import write_transaction
from app.services.wall import walled


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One press of « Enregistrer »."""

    kept: tuple[str, ...]
    """The keys of the dates that were ticked (`DateCheck.key`)."""
    form_key: str
    """Of the form: pressed twice, it plans once."""
    by: int
    at: datetime


def check_plan(session: Session, plan: ProgrammePlan, *, now: datetime) -> list[DateCheck]:
    """Each date of the plan with what is in its way; nothing is saved.

    Raises the refusals of ProgrammePlan.check, TemplateMissing, AgendaClosed, PlaceMissing.
    """
    catalogue = read_catalogue(session)
    plan.check(catalogue.today(now))
    open_template(session, plan.template_id)
    for each in plan.counsellor_ids:
        check_at_work(session, each)
    return _checks(session, catalogue, plan, now)


def plan_workshops(session: Session, plan: ProgrammePlan, confirmation: Confirmation) -> list[int]:
    """Write the dates that were kept, all or none; the ids of the workshops, one for a cycle.

    Raises what `check_plan` raises; NoDates where none is kept, DatesRefused where something stands
    in the way of one of them, ConflictsChanged where the page did not show what is true now, and
    SlotTaken by the wall.
    """
    series = series_of(confirmation, plan)
    with walled(), write_transaction(session, programme_locks(plan.counsellor_ids, series)):
        known = planned_as(session, series)
        if known:
            return known
        now = confirmation.at
        remove_dead_holds(session, plan.counsellor_ids, now)
        kept = kept_of(check_plan(session, plan, now=now), confirmation.kept)
        return _write(session, plan, kept, series, confirmation)


def series_of(confirmation: Confirmation, wanted: ProgrammePlan | Term) -> str:
    """The name of what one form makes: with the same answers it makes the same."""
    given = repr((confirmation.form_key, wanted, sorted(confirmation.kept)))
    return hashlib.sha256(given.encode()).hexdigest()[:24]


def planned_as(session: Session, series: str) -> list[int]:
    """What that form has made already."""
    made = select(Workshop.id).where(Workshop.series.startswith(series))
    return list(session.scalars(made.order_by(Workshop.first_at, Workshop.id)))


def open_template(session: Session, template_id: int) -> WorkshopTemplate:
    """The kind of workshop, where it is still offered. Raises TemplateMissing."""
    template = session.get(WorkshopTemplate, template_id)
    if template is None or not template.active:
        raise TemplateMissing
    return template


def kept_of(checks: Iterable[DateCheck], keys: Collection[str]) -> list[DateCheck]:
    """The dates that were ticked. Raises NoDates, DatesRefused or ConflictsChanged."""
    if not keys:
        raise NoDates
    days = {key.partition(".")[0] for key in keys}
    kept = [each for each in checks if each.on.isoformat() in days]
    if any(each.is_refused for each in kept):
        raise DatesRefused
    if {each.key for each in kept} != set(keys):
        raise ConflictsChanged
    return kept


def note_planned(session: Session, workshop: Workshop, confirmation: Confirmation) -> None:
    """A line of the journal for each."""
    subject = JournalSubject.WORKSHOP, workshop.id
    dates = len(workshop.sessions)
    action = JournalAction.WORKSHOP_PLANNED
    note(session, action, subject, by=confirmation.by, now=confirmation.at, dates=dates)


def _checks(
    session: Session, catalogue: Catalogue, plan: ProgrammePlan, now: datetime
) -> list[DateCheck]:
    place, dates = place_of(catalogue, plan.where), plan.rhythm.dates()
    board = read_board(session, catalogue, now=now, last=dates[-1])
    return [
        check_date(
            catalogue,
            board,
            place,
            plan.span(day, catalogue.timezone),
            plan.counsellor_ids,
            is_extra=plan.rhythm.is_extra(day),
        )
        for day in dates
    ]


def _write(
    session: Session,
    plan: ProgrammePlan,
    kept: list[DateCheck],
    series: str,
    confirmation: Confirmation,
) -> list[int]:
    catalogue = read_catalogue(session)
    hours: list[Hours] = [(each.starts_at, each.ends_at) for each in kept]
    seat = plan.where, place_of(catalogue, plan.where), plan.counsellor_ids
    made = []
    for dates in [hours] if plan.is_cycle else [[each] for each in hours]:
        workshop = write_workshop(
            session,
            catalogue,
            open_template(session, plan.template_id),
            dates,
            [seat] * len(dates),
            numbers=plan.numbers,
            series=series,
            recorded_at=confirmation.at,
            recorded_by_id=confirmation.by,
        )
        note_planned(session, workshop, confirmation)
        made.append(workshop.id)
    return made
