"""Two people close the same thing at once, each with a connection of their own; both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.attendance import Group, Told
from app.domain.errors import DomainError
from app.models.appointment import Appointment
from app.models.attendance import AttendanceRow, VolumeCube
from app.models.workshops import WorkshopSession
from app.services.attendance_lines import find_lines, withdraw_line
from app.services.attendance_records import (
    Answer,
    close_appointment,
    close_several,
)
from app.services.attendance_workshops import record_workshop
from app.services.figures_cubes import read_entries
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from tests.domain.three_communes import SPRING
from tests.support.agenda_day import DAY, HOUR, TUESDAY, colleague
from tests.support.spring import AFTER as AFTER_SPRING
from tests.support.spring import live_spring
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop

AFTER = TUESDAY + DAY
EMAIL = Told(themes=frozenset({"email"}))
DONE = "done"
Act = Callable[[Session], object]


def at_once(stage: Stage, *acts: Act) -> Counter[str]:
    """What each was told, all of them having begun together: DONE, or the code of a refusal."""
    engine, start = stage.session.get_bind(), Barrier(len(acts))
    stage.session.rollback()

    def run(act: Act) -> str:
        with Session(engine) as session:
            start.wait(timeout=30)
            try:
                act(session)
            except DomainError as refusal:
                return refusal.code
            return DONE

    with ThreadPoolExecutor(len(acts)) as pool:
        told = Counter(pool.map(run, acts))
    stage.session.rollback()
    return told


def count(stage: Stage, table: type[object]) -> int:
    return stage.session.scalars(select(func.count()).select_from(table)).one()


def test_one_appointment_is_counted_once_whoever_closes_it(stage: Stage) -> None:
    """Alone, in a half-day, and while its record is withdrawn."""
    first, second = colleague(stage), colleague(stage, "Claude")
    held = stage.appointment(stage.book()).id

    def alone(by: int) -> Act:
        return lambda session: close_appointment(session, held, Answer(EMAIL), by=by, now=AFTER)

    def together(session: Session) -> None:
        close_several(session, {held: Answer(EMAIL)}, by=second, now=AFTER)

    for _round in range(5):
        told = at_once(stage, alone(first), alone(second), alone(first), alone(second))
        assert told == {DONE: 1, "already_recorded": 3}
        (line,) = (each.id for each in find_lines(stage.session, TUESDAY.date(), AFTER.date()))
        drop = partial(withdraw_line, appointment_id=held, line_id=line)
        told = at_once(stage, drop, drop)
        assert (told[DONE], told.total()) == (1, 2)
        assert count(stage, AttendanceRow) == 0
    assert at_once(stage, alone(first), together)[DONE] in (1, 2)
    assert count(stage, AttendanceRow) == 1
    assert stage.session.get_one(Appointment, held).is_recorded


def test_one_workshop_is_counted_once_whichever_of_two_closes_it(stage: Stage) -> None:
    plan_workshop(stage.session, TUESDAY + 10 * HOUR, recorded_at=NOW)
    held = stage.session.scalars(select(WorkshopSession.id)).one()
    group = Group(3, 0, frozenset({"email"}))

    def close(code: str) -> Act:
        own = stage.counsellor(code)
        return lambda session: record_workshop(session, held, group, by_counsellor=own, now=AFTER)

    told = at_once(stage, close("jeanne"), close("karim"))
    assert told == {DONE: 1, "already_recorded": 1}
    assert count(stage, AttendanceRow) == 1


def test_a_half_year_is_closed_once_and_its_cubes_are_written_once(stage: Stage) -> None:
    live_spring(stage)
    clerk = coordinator(stage.session)
    before = read_entries(stage.session, SPRING)

    def close(session: Session) -> None:
        close_half_year(session, SPRING, by=clerk, accepted_missing=0, now=AFTER_SPRING)

    told = at_once(stage, close, close, close)
    assert told == {DONE: 1, "half_year_closed_already": 2}
    assert SPRING in closed_half_years(stage.session)
    of_spring = VolumeCube.month.between(SPRING.first, SPRING.last)
    activities = select(func.sum(VolumeCube.activities)).where(of_spring)
    assert stage.session.scalars(activities).one() == len(before)
