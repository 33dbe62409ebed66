"""Closing an appointment: one anonymous record, in the commit that says so, and never two."""

import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import AppointmentStatus, EventKind
from app.domain.attendance import Told, alone
from app.domain.attendance_errors import (
    AlreadyRecorded,
    LabelRetired,
    LabelUnknown,
    MinutesWrong,
    RecordExists,
    ThemeMissing,
)
from app.domain.errors import DomainError
from app.domain.national_labels import NOT_TOLD
from app.domain.staff_errors import OutcomeTooEarly, StateRefused
from app.models.attendance import AttendanceRow
from app.services.attendance import add_walk_in, record_outcome, remove_walk_in
from app.services.attendance_record_rows import record_of
from app.services.attendance_records import (
    Answer,
    Closed,
    close_appointment,
    close_several,
    find_to_complete,
    likely_themes,
)
from tests.support.agenda_day import DAY, HOUR, TUESDAY, by_id, colleague
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW

EMAIL = Told(themes=frozenset({"email"}), age="70p")
AFTER = TUESDAY + HOUR


def kept(stage: Stage) -> list[AttendanceRow]:
    stage.session.rollback()
    return list(stage.session.scalars(select(AttendanceRow)))


def test_closing_says_present_and_counts_it_in_one_commit(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token)
    told = replace(EMAIL, minutes=60, result="regle", devices=frozenset({"telephone"}))
    close_appointment(stage.session, held.id, Answer(told), by=who, now=AFTER)
    (row,) = kept(stage)
    record = record_of(row)
    assert (row.on, row.counted_on) == (date(2026, 11, 24), date(2026, 11, 24))
    assert (record.minutes, record.place_kind, record.venue) == (
        60,
        "lieu_activite",
        "mairie-amont",
    )
    assert (record.ages, record.genders, record.residences) == (
        {"70p": 1},
        {NOT_TOLD: 1},
        {"17001": 1},
    )
    assert (record.origin, record.result, record.is_copied) == ("rdv_internet", "regle", False)
    closed = stage.appointment(token)
    assert (closed.status, closed.is_recorded) == (AppointmentStatus.ATTENDED, True)
    assert stage.events(token)[-1].kind is EventKind.ATTENDED
    assert (
        find_to_complete(stage.session, stage.catalogue, held.engagement.counsellor_id, now=AFTER)
        == []
    )


def test_nothing_in_the_table_leads_to_the_appointment(stage: Stage) -> None:
    """No foreign key, no number of ours, nothing finer than a day; how many are alone is told."""
    table = AttendanceRow.__table__
    assert not table.foreign_keys
    kinds = {column.name: str(column.type) for column in table.columns}
    assert [name for name, kind in kinds.items() if "TIME" in kind.upper()] == []
    who = colleague(stage)
    for hour in ("09:00", "10:00", "11:00"):
        held = stage.appointment(stage.book(choice(f"2026-11-24T{hour}"), phone=phone())).id
        close_appointment(stage.session, held, Answer(EMAIL), by=who, now=AFTER + 3 * HOUR)
    visit = stage.appointment(stage.book(choice("2026-11-25T14:00", None), phone=phone())).id
    close_appointment(stage.session, visit, Answer(EMAIL), by=who, now=AFTER + 2 * DAY)
    records = [record_of(row) for row in kept(stage)]
    assert all(row.id.version == 4 for row in kept(stage))
    how_many = alone(records)
    of_all = f"{how_many} of {len(records)}"
    sys.stdout.write(f"{of_all} records are alone on (day, counsellor, place, type)\n")
    assert how_many == 1


def test_who_closes_second_is_told_and_nothing_is_doubled(stage: Stage) -> None:
    first, second = colleague(stage), colleague(stage, "Claude")
    held = stage.appointment(stage.book()).id
    close_appointment(stage.session, held, Answer(EMAIL), by=first, now=AFTER)
    for who in (first, second):
        with pytest.raises(AlreadyRecorded):
            close_appointment(stage.session, held, Answer(EMAIL), by=who, now=AFTER)
    assert len(kept(stage)) == 1


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        (Told(), ThemeMissing),
        (replace(EMAIL, minutes=0), MinutesWrong),
        (replace(EMAIL, minutes=24 * 60), MinutesWrong),
        (replace(EMAIL, age="centenaire"), LabelUnknown),
        (replace(EMAIL, themes=frozenset({"minitel"})), LabelUnknown),
    ],
)
def test_a_bad_answer_changes_nothing(stage: Stage, told: Told, refusal: type[DomainError]) -> None:
    who, token = colleague(stage), stage.book()
    with pytest.raises(refusal):
        close_appointment(
            stage.session, stage.appointment(token).id, Answer(told), by=who, now=AFTER
        )
    assert kept(stage) == []
    row = stage.appointment(token)
    assert (row.status, row.is_recorded) == (AppointmentStatus.BOOKED, False)


def test_a_future_day_and_a_cancelled_appointment_have_no_record(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token).id
    with pytest.raises(OutcomeTooEarly):
        close_appointment(stage.session, held, Answer(EMAIL), by=who, now=NOW)
    stage.cancel(token)
    with pytest.raises(StateRefused):
        close_appointment(stage.session, held, Answer(EMAIL), by=who, now=AFTER)
    assert kept(stage) == []


def test_a_half_day_is_closed_whole_or_not_at_all(stage: Stage) -> None:
    who = colleague(stage)
    came, absent, closed = (
        stage.appointment(stage.book(choice(f"2026-11-24T{hour}"), phone=phone())).id
        for hour in ("09:00", "10:00", "11:00")
    )
    now = AFTER + 3 * HOUR
    close_appointment(stage.session, closed, Answer(EMAIL), by=who, now=now)
    with pytest.raises(ThemeMissing) as refused:
        close_several(stage.session, {absent: None, came: Answer(Told())}, by=who, now=now)
    assert refused.value.facts["appointment_id"] == came
    assert by_id(stage, absent).status is AppointmentStatus.BOOKED
    answers = {came: Answer(EMAIL), absent: None, closed: Answer(EMAIL)}
    assert close_several(stage.session, answers, by=who, now=now) == Closed(1, 1, 1)
    assert close_several(stage.session, answers | {absent: None}, by=who, now=now).recorded == 0
    assert len(kept(stage)) == 2
    assert by_id(stage, absent).status is AppointmentStatus.NO_SHOW


def test_a_walk_in_is_on_the_list_and_tells_where_they_live(stage: Stage) -> None:
    who, jeanne = colleague(stage), stage.counsellor("jeanne")
    came = add_walk_in(stage.session, jeanne, "0" * 32, by=who, now=TUESDAY)
    (entry,) = find_to_complete(stage.session, stage.catalogue, jeanne, now=TUESDAY)
    assert (entry.appointment_id, entry.is_walk_in) == (came, True)
    answer = Answer(EMAIL, residence="autre", is_remote=True)
    close_appointment(stage.session, came, answer, by=who, now=TUESDAY)
    record = record_of(kept(stage)[0])
    assert (record.origin, record.residences, record.minutes) == ("sans_rdv", {"autre": 1}, 30)
    assert (record.place_kind, record.place_commune) == ("a_distance", None)
    with pytest.raises(RecordExists):
        remove_walk_in(stage.session, came, by=who, now=TUESDAY)


def test_absent_after_a_record_asks_to_withdraw_it_first(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    close_appointment(stage.session, held, Answer(EMAIL), by=who, now=AFTER)
    with pytest.raises(RecordExists):
        record_outcome(stage.session, held, False, by=who, now=AFTER)
    assert by_id(stage, held).status is AppointmentStatus.ATTENDED


def test_the_themes_of_the_need_come_first(stage: Stage) -> None:
    themes = likely_themes(stage.session)
    topic = stage.catalogue.topic("email")
    assert themes[topic.id]


def test_a_label_of_another_time_is_refused(stage: Stage) -> None:
    """The form never shows it; a page left open, or an answer made up, may send it."""
    who, held = colleague(stage), stage.appointment(stage.book())
    appointment_id, engagement = held.id, held.engagement
    engagement.starts_at -= timedelta(days=700)
    engagement.ends_at -= timedelta(days=700)
    stage.session.commit()
    told = replace(EMAIL, themes=frozenset({"intelligence_artificielle"}))
    with pytest.raises(LabelRetired):
        close_appointment(stage.session, appointment_id, Answer(told), by=who, now=AFTER)
