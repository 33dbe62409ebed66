"""A plan that is written and not saved yet, and the appointments that it touches."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.appointment import PlaceKind
from app.domain.availability import AvailabilityKind, Timetable
from app.domain.facts import OpeningIndex
from app.domain.impact import Board, Touched
from app.domain.slots import Facts, Wish
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.services.agenda_workshops import HeldWorkshop
from app.services.catalogue import Catalogue, read_catalogue
from app.services.choosing import NO_COMMUNE
from app.services.handover import active_counsellors, engaged
from app.services.orphans import lost_rows, unheld_rows, upcoming_rows
from app.services.planning import Plan, Steps
from app.services.slots import fresh_timetable, index_of, load_facts, read_timetable
from app.services.stranded_workshops import newly_stranded, upcoming_workshops


@dataclass(frozen=True, slots=True)
class Draft:
    """What decides, once the plan is written; `rows` are what it touches, by time."""

    catalogue: Catalogue
    board: Board
    counsellors: Sequence[Counsellor]
    """Those at work."""
    rows: Sequence[Any]
    steps: Steps
    workshops: Sequence[HeldWorkshop] = ()
    """Those that it keeps from taking place: told, never moved."""
    held_again: Set[int] = frozenset()
    """The appointments that had lost their place, and stand again."""
    substitute_id: int | None = None
    """Who replaces somebody else: their own appointments give way to those they take over."""

    def gives_way(self, row: Any) -> bool:
        return bool(row.Engagement.counsellor_id == self.substitute_id)

    def in_order_to_settle(self) -> list[Any]:
        """What gives way leaves first: what comes in its place finds the hour free."""
        return sorted(self.rows, key=lambda row: not self.gives_way(row))


def draft_plan(session: Session, plan: Plan, now: datetime) -> Draft:
    """Write the plan and look at it, inside a write transaction. Raises what the plan refuses."""
    catalogue = read_catalogue(session)
    rows = upcoming_rows(session, now)
    facts, last = whole_facts(session, catalogue, rows, now)
    held = upcoming_workshops(session, catalogue, now)
    last = max([last, *(catalogue.today(each.ends_at) for each in held)])
    was = read_timetable(catalogue, last)
    before = _homeless(session, rows, was, facts.index)
    steps = plan.write(session, now)
    session.flush()
    timetable = fresh_timetable(session, catalogue, last)
    facts = replace(facts, openings=index_of(catalogue, timetable, facts.today, last))
    after = _homeless(session, rows, timetable, facts.index)
    unheld, lost = after[0] - before[0], after[1] - before[1]
    touched = [row for row in rows if row.Appointment.id in unheld | lost]
    found = _draft(session, catalogue, (timetable, facts), touched, steps)
    return replace(
        found,
        held_again=before[2] - after[2],
        substitute_id=getattr(plan, "substitute_id", None),
        workshops=newly_stranded(held, was, timetable),
    )


def draft_orphans(session: Session, now: datetime, only: int | None = None) -> Draft:
    """The orphans (or one of them), as if a plan had touched them just now."""
    catalogue = read_catalogue(session)
    rows = upcoming_rows(session, now)
    facts, last = whole_facts(session, catalogue, rows, now)
    timetable = read_timetable(catalogue, last)
    lost = lost_rows(session, rows, timetable, facts.index)
    wanted = [row for row in lost if only in (None, row.Appointment.id)]
    return _draft(session, catalogue, (timetable, facts), wanted, {})


def _draft(
    session: Session,
    catalogue: Catalogue,
    picture: tuple[Timetable, Facts],
    rows: Sequence[Any],
    steps: Steps,
) -> Draft:
    people = active_counsellors(session)
    timetable, facts = picture
    board = Board(facts, list(timetable.absences), [each.id for each in people])
    return Draft(catalogue, board, people, rows, steps)


def _homeless(
    session: Session, rows: Sequence[Any], timetable: Timetable, openings: OpeningIndex
) -> tuple[set[int], ...]:
    """The appointments without an opening; of those, the ones that no agreement holds; and those
    again by the timetable alone, whatever somebody is still asked to call about.
    """
    found = [
        unheld_rows(rows, openings),
        lost_rows(session, rows, timetable, openings),
        lost_rows(session, rows, timetable, openings, apart_from_calls=True),
    ]
    return tuple({row.Appointment.id for row in each} for each in found)


def whole_facts(
    session: Session, catalogue: Catalogue, rows: Sequence[Any], now: datetime
) -> tuple[Facts, date]:
    """The facts up to the horizon, or to the last of those rows; and that day."""
    horizon = catalogue.today(now) + timedelta(days=catalogue.settings.booking_window_days)
    last = max([horizon, *(catalogue.today(row.Engagement.ends_at) for row in rows)])
    return load_facts(session, catalogue, now=now, last=last), last


def touched_of(catalogue: Catalogue, row: Any) -> Touched:
    """The row in the terms of the rules."""
    appointment, held = row.Appointment, engaged(row.Engagement)
    is_visit = appointment.place_kind is PlaceKind.HOME
    steps = {topic.id: topic.step_minutes for topic in catalogue.topics}
    wish = Wish(
        kind=AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE,
        commune_id=held.place.commune_id,
        duration_minutes=appointment.topic_minutes,
        step_minutes=steps[appointment.topic_id] or catalogue.settings.candidate_step_minutes,
        venue_id=held.place.venue_id,
        resident_commune_id=appointment.commune_id or NO_COMMUNE,
    )
    return Touched(appointment.id, held, wish)


def neighbours(draft: Draft, touched: Touched) -> list[int]:
    """The other served communes, nearest by car first."""
    here, travel = touched.held.place, draft.catalogue.travel
    served = draft.catalogue.served_communes(draft.board.facts.today)
    others = [each.id for each in served if each.id != here.commune_id]
    return sorted(others, key=lambda each: travel.between(here, Place(each, None)))
