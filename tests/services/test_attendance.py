"""Arrived, present, absent, without an appointment: one press each, and twice is once."""

from datetime import timedelta

import pytest

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CancelledBy,
    Channel,
    EventKind,
)
from app.domain.staff_errors import (
    NoSessionToday,
    OutcomeTooEarly,
    StateRefused,
    SubjectUnknown,
)
from app.services.agenda import Period, find_entries
from app.services.appointment_rows import Act, open_call_task
from app.services.attendance import add_walk_in, mark_arrived, record_outcome, remove_walk_in
from app.services.delay import announce_delay
from app.services.handover import reassign
from tests.support.agenda_day import DAY, HOUR, TUESDAY, by_id, colleague, journalled
from tests.support.stage import Stage, choice
from tests.support.stage_plan import NOW, at

KEY = "0" * 32


def test_arrived_is_a_fact_beside_the_state_and_is_noted_once(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    mark_arrived(stage.session, held, by=who, now=TUESDAY)
    mark_arrived(stage.session, held, by=who, now=TUESDAY + HOUR)
    row = by_id(stage, held)
    assert (row.arrived_at, row.status) == (TUESDAY, AppointmentStatus.BOOKED)
    assert journalled(stage) == [("ARRIVED", held, who)]


def test_who_gets_another_hour_has_not_arrived_for_it(stage: Stage) -> None:
    """The same hour and place keeps it, whoever receives them."""
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token).id
    early = TUESDAY - HOUR
    mark_arrived(stage.session, held, by=who, now=early)
    by = Act(early, Actor.STAFF, Channel.DESK, who)
    reassign(stage.session, held, stage.counsellor("karim"), now=early, by=by)
    assert by_id(stage, held).arrived_at == early
    stage.move(token, choice("2026-11-26T12:35"), now=early, by=by)
    assert by_id(stage, held).arrived_at is None


def test_nobody_arrives_on_another_day_or_after_cancelling(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token).id
    with pytest.raises(StateRefused):
        mark_arrived(stage.session, held, by=who, now=NOW)
    stage.cancel(token)
    with pytest.raises(StateRefused):
        mark_arrived(stage.session, held, by=who, now=TUESDAY)
    assert journalled(stage) == []


def test_present_is_in_the_history_and_the_journal_once(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token).id
    for _ in range(2):
        record_outcome(stage.session, held, True, by=who, now=TUESDAY)
    assert by_id(stage, held).status is AppointmentStatus.ATTENDED
    last = stage.events(token)[-1]
    assert (last.kind, last.user_id) == (EventKind.ATTENDED, who)
    assert journalled(stage) == [("ATTENDED", held, who)]


def test_absent_is_taken_back_within_seven_days_and_not_after(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    record_outcome(stage.session, held, False, by=who, now=TUESDAY)
    assert by_id(stage, held).status is AppointmentStatus.NO_SHOW
    record_outcome(stage.session, held, True, by=who, now=TUESDAY + 7 * DAY)
    assert by_id(stage, held).status is AppointmentStatus.ATTENDED
    with pytest.raises(StateRefused):
        record_outcome(stage.session, held, False, by=who, now=TUESDAY + 8 * DAY)


@pytest.mark.parametrize("came", [True, False])
def test_nobody_is_called_any_more_once_it_is_over(stage: Stage, came: bool) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token)
    ask(stage, token, CallReason.TO_MOVE)
    late(stage, held.engagement.counsellor_id)
    assert open_calls(stage, token) == [CallReason.TO_MOVE, CallReason.RUNNING_LATE]
    record_outcome(stage.session, stage.appointment(token).id, came, by=who, now=TUESDAY)
    assert open_calls(stage, token) == []
    assert {task.outcome for task in stage.call_tasks(token)} == {CallOutcome.NOT_NEEDED}


def test_who_has_arrived_is_not_told_of_a_delay(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    held = stage.appointment(token)
    ask(stage, token, CallReason.TO_MOVE)
    late(stage, held.engagement.counsellor_id)
    mark_arrived(stage.session, stage.appointment(token).id, by=who, now=TUESDAY)
    assert open_calls(stage, token) == [CallReason.TO_MOVE]


def late(stage: Stage, counsellor_id: int) -> None:
    """Where no text message leaves: everybody who waits is to be called."""
    announce_delay(stage.session, counsellor_id, 15, now=TUESDAY - HOUR, sms_leaves=False)


def ask(stage: Stage, token: str, reason: CallReason) -> None:
    held = stage.appointment(token)
    starts_at = held.engagement.starts_at
    open_call_task(stage.session, held.id, reason, starts_at=starts_at, now=NOW)
    stage.session.commit()


def open_calls(stage: Stage, token: str) -> list[CallReason]:
    return [task.reason for task in stage.call_tasks(token) if task.closed_at is None]


def test_nobody_is_present_nor_absent_before_the_hour(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    for came in (True, False):
        with pytest.raises(OutcomeTooEarly):
            record_outcome(stage.session, held, came, by=who, now=TUESDAY - timedelta(seconds=1))
    assert by_id(stage, held).status is AppointmentStatus.BOOKED
    record_outcome(stage.session, held, True, by=who, now=TUESDAY)
    assert by_id(stage, held).status is AppointmentStatus.ATTENDED


def test_an_appointment_that_does_not_exist_is_unknown(stage: Stage) -> None:
    with pytest.raises(SubjectUnknown):
        record_outcome(stage.session, 999, True, by=colleague(stage), now=TUESDAY)


def test_somebody_comes_without_an_appointment_at_the_hour_of_another(stage: Stage) -> None:
    stage.book()
    who, jeanne = colleague(stage), stage.counsellor("jeanne")
    now = TUESDAY + timedelta(minutes=7, seconds=21)
    first = add_walk_in(stage.session, jeanne, KEY, by=who, now=now)
    assert add_walk_in(stage.session, jeanne, KEY, by=who, now=now) == first
    row = by_id(stage, first)
    assert (row.channel, row.status) == (Channel.WALK_IN, AppointmentStatus.ATTENDED)
    assert (row.resident.first_name, row.resident.phone, row.reference) == ("", None, None)
    held = row.engagement
    assert (held.occupies, held.venue and held.venue.slug) == (False, "mairie-amont")
    assert (held.starts_at, held.ends_at - held.starts_at) == (
        TUESDAY + timedelta(minutes=7),
        timedelta(minutes=30),
    )
    assert row.commune_id == held.commune_id
    assert journalled(stage) == [("ATTENDED", first, who)]
    today = Period(TUESDAY.date(), TUESDAY.date())
    entries = find_entries(stage.session, stage.catalogue, today)
    assert [each.is_walk_in for each in entries] == [False, True]


@pytest.mark.parametrize(
    ("hour", "venue"),
    [("08:00", "mairie-amont"), ("12:18", "mediatheque-amont"), ("20:00", "mediatheque-amont")],
)
def test_between_two_sessions_the_nearest_one_counts(stage: Stage, hour: str, venue: str) -> None:
    now = at(f"2026-11-24T{hour}")
    jeanne = stage.counsellor("jeanne")
    added = add_walk_in(stage.session, jeanne, KEY, by=colleague(stage), now=now)
    held = by_id(stage, added).engagement
    assert held.venue is not None
    assert held.venue.slug == venue


def test_without_a_session_today_nobody_comes(stage: Stage) -> None:
    with pytest.raises(NoSessionToday):
        add_walk_in(stage.session, stage.counsellor("jeanne"), KEY, by=colleague(stage), now=NOW)


def test_a_slip_is_taken_back_the_same_day_only(stage: Stage) -> None:
    who = colleague(stage)
    added = add_walk_in(stage.session, stage.counsellor("jeanne"), KEY, by=who, now=TUESDAY)
    with pytest.raises(StateRefused):
        remove_walk_in(stage.session, added, by=who, now=TUESDAY + DAY)
    for _ in range(2):
        remove_walk_in(stage.session, added, by=who, now=TUESDAY + HOUR)
    row = by_id(stage, added)
    assert (row.status, row.cancelled_by) == (AppointmentStatus.CANCELLED, CancelledBy.SERVICE)
    assert [act for act, *_ in journalled(stage)] == ["ATTENDED", "APPOINTMENT_CANCELLED"]
    assert stage.count() == 1


def test_an_appointment_that_was_booked_is_no_slip(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    record_outcome(stage.session, held, True, by=who, now=TUESDAY)
    with pytest.raises(StateRefused):
        remove_walk_in(stage.session, held, by=who, now=TUESDAY)


def test_what_somebody_came_for_is_the_last_answer_of_the_list(stage: Stage) -> None:
    jeanne, who = stage.counsellor("jeanne"), colleague(stage)
    added = add_walk_in(stage.session, jeanne, KEY, by=who, now=TUESDAY)
    assert by_id(stage, added).topic.code == "demarche"
