"""From when to when the demo goes, which days it leaves out, and who takes whose place."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.domain.appointment import EngagementKind
from app.domain.availability import Cause
from app.domain.calendar import local_day
from app.domain.schedule import expand, explain
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.schedule import Absence, Replacement
from app.services.catalogue import read_catalogue
from app.services.slots import read_timetable
from tests.support.demo_days import DAYS, Demo, demo_of

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = 4
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture(params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest, run_folder: Path) -> Demo:
    return demo_of(run_folder, request.param)


def test_it_fills_four_weeks_back_and_eight_ahead_but_no_public_holiday(demo: Demo) -> None:
    first, end = demo.day - 4 * ONE_WEEK, demo.day + 8 * ONE_WEEK
    with demo.session() as session:
        is_appointment = Engagement.kind == EngagementKind.APPOINTMENT
        starts = session.scalars(select(Engagement.starts_at).where(is_appointment)).all()
        timetable = read_timetable(read_catalogue(session), end)
    booked = {local_day(each, PARIS) for each in starts}
    assert first <= min(booked) < first + ONE_WEEK
    assert end - ONE_WEEK <= max(booked) < end
    holidays = {on for on in timetable.holidays if first <= on < end}
    opened = {each.on for each in expand(timetable, first, end - ONE_DAY)}
    lost = [each for each in explain(timetable, first, end) if each.cause is Cause.PUBLIC_HOLIDAY]
    work = {on for on in holidays if on.weekday() < FRIDAY}
    assert {each.opening.on for each in lost} & holidays or not work, "sessions fall out"
    assert not holidays & (booked | opened)


def test_one_morning_is_taken_over_and_two_days_are_not(demo: Demo) -> None:
    with demo.session() as session:
        codes = dict(session.execute(select(Counsellor.id, Counsellor.code)).all())
        absences = session.scalars(select(Absence)).all()
        (taken_over,) = session.scalars(select(Replacement))
    assert (codes[taken_over.absent_id], codes[taken_over.substitute_id]) == ("karim", "jeanne")
    covered = [
        each
        for each in absences
        if each.counsellor_id == taken_over.absent_id
        and (each.starts_at, each.ends_at) == (taken_over.starts_at, taken_over.ends_at)
    ]
    assert len(covered) == 1
    left = [each for each in absences if codes[each.counsellor_id] == "jeanne"]
    assert [local_day(each.ends_at, PARIS) - local_day(each.starts_at, PARIS) for each in left] == [
        2 * ONE_DAY
    ]
