"""What became of places in workshops; and what is told of them after the closing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import CancelledBy
from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction
from app.domain.national_labels import INDIVIDUAL, WORKSHOP
from app.domain.statistics import Outcomes
from app.models.journal import JournalEntry
from app.models.workshops import Registration, WorkshopSession
from app.services import sheets
from app.services.appointment_rows import Act
from app.services.figures_outcomes import OutcomeCube, OutcomeKey, read_outcomes
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from app.services.links import hash_token
from app.services.registrations import cancel_registration, excuse, register
from app.services.transaction import write_transaction
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
WEEK = timedelta(weeks=1)
AUTUMN, SPRING = HalfYear(2026, 2), HalfYear(2027, 1)
AFTER = datetime(2027, 2, 1, 9, tzinfo=UTC)
DECEMBER, FEBRUARY = date(2026, 12, 1), date(2027, 2, 1)
DELAY = (FIRST.date() - NOW.date()).days


def enrol(stage: Stage, workshop_id: int, *, two: bool = False) -> int:
    found = register(
        stage.session, (couple if two else registration)(workshop_id), now=NOW, links=LINKS
    )
    opened = Registration.link_token_hash == hash_token(found.token)
    return stage.session.scalars(select(Registration.id).where(opened)).one()


def outcomes(stage: Stage, counsellor_id: int | None = None) -> OutcomeCube:
    closed = closed_half_years(stage.session)
    halves = [AUTUMN, SPRING]
    return read_outcomes(
        stage.session, stage.catalogue, halves, closed, counsellor_id=counsellor_id
    )


@dataclass(frozen=True)
class Cycle:
    """Six places on two dates of December, all taken: one is cancelled, one date is excused."""

    first: int
    second: int
    came: int
    pair: int


@pytest.fixture
def cycle(stage: Stage) -> Cycle:
    session, number = stage.session, plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW)
    came, pair, away = enrol(stage, number), enrol(stage, number, two=True), enrol(stage, number)
    gone, _untold = enrol(stage, number), enrol(stage, number)
    waited = enrol(stage, number)
    for each in (gone, waited):
        cancel_registration(session, each, Act(NOW))
    rows = {each.id: each for each in session.scalars(select(Registration))}
    assert (rows[gone].left_list, rows[waited].left_list) == (False, True)
    by_hour = select(WorkshopSession.id).order_by(WorkshopSession.starts_at)
    first, second = session.scalars(by_hour).all()
    excuse(session, away, first, Act(NOW))
    return Cycle(first, second, came, pair)


def test_places_of_a_cycle_are_counted_once_however_late_its_sheets_are_closed(
    stage: Stage, cycle: Cycle
) -> None:
    """The first sheet is closed in time, the second in February: the half-year is closed."""
    session, by = stage.session, clerk(stage)
    for number in (cycle.came, cycle.pair):
        sheets.mark(session, cycle.first, number, 1, now=FIRST)
    cancelled = Outcomes(cancelled_by_person=2)  # one place, two dates
    assert sum(outcomes(stage).values(), Outcomes()) == cancelled, "nobody has told the rest"

    sheets.close_sheet(session, cycle.first, by=by, now=FIRST)
    # Came: one, and one of two; absent: the other of them, and who was not told of.
    told = cancelled + Outcomes(2, 2, 1, 0, 4 * DELAY)
    (key,) = outcomes(stage)
    frozen = {OutcomeKey(DECEMBER, key.commune, WORKSHOP): told}
    assert outcomes(stage) == outcomes(stage, stage.counsellor("jeanne")) == frozen
    assert outcomes(stage, stage.counsellor("karim")) == {}

    close_half_year(session, AUTUMN, by=by, accepted_missing=9, now=AFTER)
    assert outcomes(stage) == frozen
    sheets.mark(session, cycle.second, cycle.came, 1, now=AFTER)
    for _ in range(2):
        sheets.close_sheet(session, cycle.second, by=by, now=AFTER)
    late = Outcomes(1, 4, 0, 0, 5 * (DELAY + WEEK.days))
    caught_up = {OutcomeKey(FEBRUARY, key.commune, WORKSHOP): late}
    assert outcomes(stage) == frozen | caught_up
    in_august = AFTER + timedelta(days=200)
    close_half_year(session, SPRING, by=by, accepted_missing=9, now=in_august)
    assert outcomes(stage) == frozen | caught_up, "counted once, in the half-year that was open"
    is_closing = JournalEntry.action == JournalAction.HALF_YEAR_CLOSED
    acts = session.scalars(select(JournalEntry).where(is_closing).order_by(JournalEntry.id))
    assert [(each.facts, each.user_id) for each in acts] == [
        ({"half_year": "2026-2", "missing": 2}, by),
        ({"half_year": "2027-1", "missing": 0}, by),
    ]


def test_a_date_that_the_service_cancels_is_no_absence(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    enrol(stage, workshop, two=True)
    with write_transaction(stage.session):
        row = stage.session.scalars(select(WorkshopSession)).one()
        row.status = type(row.status).CANCELLED
    assert list(outcomes(stage).values()) == [Outcomes(cancelled_by_service=2)]
    with write_transaction(stage.session):
        own = stage.session.scalars(select(Registration)).one()
        own.status, own.cancelled_by = type(own.status).CANCELLED, CancelledBy.SERVICE
    assert list(outcomes(stage).values()) == [Outcomes(cancelled_by_service=2)]
    assert INDIVIDUAL not in {key.type for key in outcomes(stage)}
