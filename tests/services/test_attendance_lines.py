"""The lines that are kept: corrected until the closing, copied, withdrawn, and blended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.domain.attendance import AttendanceRecord, duplicate
from app.domain.attendance_errors import (
    HalfYearClosedAlready,
    MinutesWrong,
    RecordInFuture,
)
from app.domain.staff_errors import EditedMeanwhile, StateRefused, SubjectUnknown
from app.models.attendance import AttendanceRow, HalfYearClosing
from app.services.attendance_lines import (
    Line,
    add_line,
    blend_records,
    correct_line,
    find_lines,
    mark_copied,
    read_line,
    withdraw_line,
)
from app.services.attendance_record_rows import row_of
from app.services.attendance_records import Answer, close_appointment
from tests.services.test_attendance_records import EMAIL
from tests.support.agenda_day import DAY, HOUR, TUESDAY, by_id, colleague
from tests.support.records import record
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import TODAY

AT_AMONT = {"place_commune": "17001", "venue": "mairie-amont"}
KEY = "f" * 32


def of_jeanne(**changes: object) -> AttendanceRecord:
    return record("jeanne", **{"on": TODAY, **AT_AMONT, **changes})


def keep(stage: Stage, told: AttendanceRecord, counted_on: date | None = None) -> Line:
    row = row_of(told, counted_on or told.on)
    stage.session.add(row)
    stage.session.commit()
    return read_line(stage.session, row.id)


def close_half_year(stage: Stage, code: str) -> None:
    """As far as lines can tell."""
    stage.session.add(
        HalfYearClosing(half_year=code, closed_on=TODAY, closed_by_id=colleague(stage), missing=0)
    )
    stage.session.commit()


def with_minutes(minutes: int) -> Callable[[AttendanceRecord], AttendanceRecord]:
    return lambda before: replace(before, minutes=minutes)


def test_a_line_is_corrected_by_one_at_a_time(stage: Stage) -> None:
    line = keep(stage, of_jeanne())
    correct_line(stage.session, line.id, with_minutes(60), version=line.version, now=TUESDAY)
    assert read_line(stage.session, line.id).record.minutes == 60
    with pytest.raises(EditedMeanwhile):
        correct_line(stage.session, line.id, with_minutes(90), version=line.version, now=TUESDAY)
    correct_line(stage.session, line.id, with_minutes(60), version=line.version, now=TUESDAY)
    now = read_line(stage.session, line.id)
    with pytest.raises(MinutesWrong):
        correct_line(stage.session, line.id, with_minutes(0), version=now.version, now=TUESDAY)
    with pytest.raises(SubjectUnknown):
        read_line(stage.session, UUID(int=0))


def test_a_closed_half_year_changes_no_more_and_late_facts_count_today(stage: Stage) -> None:
    old = keep(stage, of_jeanne(on=date(2026, 6, 12)))
    close_half_year(stage, "2026-1")
    old = read_line(stage.session, old.id)
    assert old.is_closed
    with pytest.raises(HalfYearClosedAlready):
        correct_line(stage.session, old.id, with_minutes(60), version=old.version, now=TUESDAY)
    mark_copied(stage.session, old.id, is_copied=True)
    assert read_line(stage.session, old.id).record.is_copied
    assert add_line(stage.session, duplicate(old.record, old.record.on), KEY, now=TUESDAY)
    (late,) = [
        each
        for each in find_lines(stage.session, date(2026, 6, 1), date(2026, 6, 30))
        if each.is_late
    ]
    assert (late.counted_on, late.is_closed) == (TUESDAY.date(), False)


def test_a_copy_is_kept_once_and_never_of_a_day_to_come(stage: Stage) -> None:
    line = keep(stage, of_jeanne(travel_minutes=20, is_copied=True))
    again = duplicate(line.record, TODAY)
    assert [add_line(stage.session, again, KEY, now=TUESDAY) for _ in range(2)] == [True, False]
    lines = find_lines(stage.session, TODAY, TODAY, counsellor="jeanne")
    assert [each.record.travel_minutes for each in lines if each.id != line.id] == [0]
    with pytest.raises(RecordInFuture):
        add_line(stage.session, duplicate(again, TUESDAY.date() + DAY), "e" * 32, now=TUESDAY)
    assert find_lines(stage.session, TODAY, TODAY, counsellor="karim") == []


def test_a_withdrawn_line_leaves_its_appointment_to_be_closed_again(stage: Stage) -> None:
    who = colleague(stage)
    first, second = (
        stage.appointment(stage.book(choice(f"2026-11-24T{hour}"), phone=phone())).id
        for hour in ("09:00", "10:00")
    )
    close_appointment(stage.session, first, Answer(EMAIL), by=who, now=TUESDAY + 3 * HOUR)
    counsellor = by_id(stage, first).engagement.counsellor.code
    (line,) = find_lines(stage.session, TUESDAY.date(), TUESDAY.date())
    elsewhere = keep(stage, of_jeanne())
    for appointment_id, wrong in ((second, line.id), (first, elsewhere.id)):
        with pytest.raises(StateRefused):
            withdraw_line(stage.session, appointment_id, wrong)
    assert counsellor == line.record.counsellor
    withdraw_line(stage.session, first, line.id)
    assert not by_id(stage, first).is_recorded
    assert [each.id for each in find_lines(stage.session, TODAY, TUESDAY.date())] == [elsewhere.id]


def test_past_lines_are_blended_so_that_the_database_forgets_their_order(stage: Stage) -> None:
    """Written anew by one transaction: on PostgreSQL all bear its mark, and stand in any order."""
    kept = [keep(stage, of_jeanne(minutes=minutes)) for minutes in range(10, 40)]
    today = keep(stage, of_jeanne(on=TUESDAY.date()))
    assert blend_records(stage.session, TUESDAY, 200) == len(kept)
    assert blend_records(stage.session, TUESDAY, 200) == 0
    assert {each.id for each in kept} == {
        each.id for each in find_lines(stage.session, TODAY, TODAY)
    }
    assert [read_line(stage.session, each.id).record for each in kept] == [
        each.record for each in kept
    ]
    assert stage.session.get_one(AttendanceRow, today.id).is_blended is False
    stage.session.rollback()
    if stage.session.get_bind().dialect.name == "postgresql":
        marks = text('SELECT DISTINCT xmin::text FROM attendance_record WHERE "on" < :today')
        assert len(stage.session.execute(marks, {"today": TUESDAY.date()}).all()) == 1
        places = text("SELECT minutes FROM attendance_record WHERE is_blended ORDER BY ctid")
        order = [row.minutes for row in stage.session.execute(places)]
        assert order != sorted(order)
    assert stage.session.scalar(select(func.count()).select_from(AttendanceRow)) == 31
