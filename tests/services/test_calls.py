"""Who is to be called, why, until when; and what a call leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.domain.access import Actor, Role
from app.domain.appointment import Actor as By
from app.domain.appointment import CallOutcome, CallReason, ChangeReason, MessageChannel
from app.domain.staff_errors import SubjectUnknown
from app.models.appointment import CallTask, Resident
from app.services.appointment_rows import Act
from app.services.calls import Call, find_calls, record_call
from app.services.delay import announce_delay
from tests.support.agenda_day import DAY, HOUR, TUESDAY, colleague
from tests.support.stage import LANDLINE, WEDNESDAY_VISIT, Stage, choice, phone, request
from tests.support.stage_plan import NOW, at

THURSDAY = choice("2026-11-26T09:00", "mairie-aval")
VISIT = choice(WEDNESDAY_VISIT, None)
DAY_BEFORE_VISIT = at("2026-11-24T15:00")
COORDINATOR = Actor(1, Role.COORDINATOR)


def calls(stage: Stage, actor: Actor = COORDINATOR, **how: Any) -> list[Call]:
    stage.session.rollback()
    return find_calls(stage.session, stage.catalogue, actor, **({"now": NOW} | how))


def reasons(stage: Stage, actor: Actor = COORDINATOR, **how: Any) -> list[CallReason]:
    return [each.reason for each in calls(stage, actor, **how)]


def by_landline(stage: Stage, **changes: Any) -> str:
    """An appointment of Thursday, for somebody with a landline and no e-mail."""
    given = {"phone": LANDLINE, "message_channel": MessageChannel.NONE} | changes
    return stage.book(request(THURSDAY, **given))


def test_a_visit_is_prepared_until_it_is_over(stage: Stage) -> None:
    token = stage.book(VISIT)
    (call,) = calls(stage)
    assert (call.reason, call.phone) == (CallReason.BEFORE_HOME_VISIT, "+33639980001")
    assert call.due_at == stage.appointment(token).engagement.starts_at - DAY
    assert reasons(stage, now=NOW + 3 * DAY) == []


def test_who_was_cancelled_by_the_service_is_called_for_a_month(stage: Stage) -> None:
    token = stage.book()
    act = Act(NOW, By.STAFF, reason=ChangeReason.COUNSELLOR_AWAY)
    stage.cancel(token, by=act)
    assert reasons(stage, now=TUESDAY + 29 * DAY) == [CallReason.CANCELLED_BY_SERVICE]
    assert reasons(stage, now=TUESDAY + 31 * DAY) == []


def test_each_role_reads_its_own_calls(stage: Stage) -> None:
    token = stage.book(VISIT)
    row = stage.appointment(token)
    holder, home = row.engagement.counsellor_id, row.commune_id or 0
    for actor, count in (
        (Actor(1, Role.COUNSELLOR, counsellor_id=holder), 1),
        (Actor(1, Role.COUNSELLOR, counsellor_id=holder + 1), 0),
        (Actor(1, Role.CCAS_AGENT, frozenset({home})), 1),
        (Actor(1, Role.REFERENT, frozenset({home + 1})), 0),
    ):
        assert len(calls(stage, actor)) == count, actor


def test_a_landline_is_reminded_by_telephone_two_days_before(stage: Stage) -> None:
    by_landline(stage)
    assert reasons(stage) == []
    assert reasons(stage, now=NOW + DAY + 2 * HOUR) == [CallReason.REMINDER]
    assert reasons(stage, now=NOW + 4 * DAY) == []


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        ({"refuses_sms": True}, [CallReason.REMINDER]),
        ({"refuses_mail": True}, []),
        ({"refuses_sms": True, "refuses_reminders": True}, []),
    ],
)
def test_who_refuses_text_messages_is_reminded_by_voice(
    stage: Stage, refusal: dict[str, bool], expected: list[CallReason]
) -> None:
    token = stage.book(THURSDAY)
    for name, value in refusal.items():
        setattr(stage.appointment(token).resident, name, value)
    stage.session.commit()
    assert reasons(stage, now=at("2026-11-24T10:00")) == expected


def test_a_machine_reminds_the_others(stage: Stage) -> None:
    two_days_before = NOW + DAY + 2 * HOUR
    stage.book(request(THURSDAY, phone=phone()))
    stage.book(
        request(choice("2026-11-26T09:45", "mairie-aval"), phone=phone(),
                message_channel=MessageChannel.NONE)
    )  # fmt: skip
    assert reasons(stage, now=two_days_before) == []


def test_a_voice_is_a_call_whatever_the_telephone(stage: Stage) -> None:
    by_landline(stage, phone=phone(), message_channel=MessageChannel.VOICE)
    assert reasons(stage, now=NOW + DAY + 2 * HOUR) == [CallReason.REMINDER]


def test_nobody_is_reminded_against_their_will(stage: Stage) -> None:
    token = by_landline(stage)
    stage.session.add(
        CallTask(
            appointment_id=stage.appointment(by_landline_again(stage)).id,
            reason=CallReason.REMINDER,
            created_at=NOW,
            due_at=NOW,
        )
    )
    assert stage.appointment(token)
    stage.session.execute(update(Resident).values(refuses_reminders=True))
    stage.session.commit()
    assert reasons(stage, now=NOW + DAY + 2 * HOUR) == []


def by_landline_again(stage: Stage, now: datetime = NOW) -> str:
    other = choice("2026-11-26T09:45", "mairie-aval")
    given: Any = {"phone": LANDLINE, "message_channel": MessageChannel.NONE}
    return stage.book(request(other, **given), now=now)


def test_who_booked_the_day_before_needs_no_reminder(stage: Stage) -> None:
    by_landline(stage)
    late = at("2026-11-25T10:00")
    by_landline_again(stage, late)
    assert len(reasons(stage, now=late + HOUR)) == 1


@pytest.mark.parametrize("number", [None, "+33 zero"])
def test_without_a_number_that_can_be_dialled_nobody_is_reminded_by_phone(
    stage: Stage, number: str | None
) -> None:
    by_landline(stage)
    stage.session.execute(update(Resident).values(phone=number))
    stage.session.commit()
    found = reasons(stage, now=NOW + DAY + 2 * HOUR)
    assert found == ([CallReason.REMINDER] if number else [])


def test_a_reminder_has_its_task_from_the_first_call_on(stage: Stage) -> None:
    who, token = colleague(stage), by_landline(stage)
    held, now = stage.appointment(token).id, NOW + DAY + 2 * HOUR
    for minutes in range(2):
        record_call(
            stage.session, held, CallReason.REMINDER, CallOutcome.NO_ANSWER,
            by=who, now=now + timedelta(minutes=minutes),
        )  # fmt: skip
    (call,) = calls(stage, now=now)
    assert call.tries == (now, now + timedelta(minutes=1))
    assert record_call(
        stage.session, held, CallReason.REMINDER, CallOutcome.REACHED, by=who, now=now
    )
    assert calls(stage, now=now) == []
    (task,) = stage.call_tasks(token)
    assert (task.outcome, task.closed_at, task.user_id) == (CallOutcome.REACHED, now, who)
    assert not record_call(
        stage.session, held, CallReason.REMINDER, CallOutcome.MESSAGE_LEFT, by=who, now=now
    )
    assert stage.call_tasks(token)[0].outcome is CallOutcome.REACHED


def test_a_call_that_nobody_asked_for_is_unknown(stage: Stage) -> None:
    held = stage.appointment(stage.book()).id
    with pytest.raises(SubjectUnknown):
        record_call(
            stage.session, held, CallReason.TO_MOVE, CallOutcome.REACHED,
            by=colleague(stage), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({"phone": phone(), "message_channel": MessageChannel.SMS}, NOW + DAY + 2 * HOUR),
        ({"phone": phone()}, NOW + DAY + 2 * HOUR),
        ({}, NOW),
    ],
    ids=["a machine reminds them", "a mobile", "too early"],
)
def test_a_reminder_that_nobody_asked_for_is_unknown(
    stage: Stage, changes: dict[str, Any], now: datetime
) -> None:
    token = by_landline(stage, **changes)
    with pytest.raises(SubjectUnknown):
        record_call(
            stage.session, stage.appointment(token).id, CallReason.REMINDER, CallOutcome.REACHED,
            by=colleague(stage), now=now,
        )  # fmt: skip
    assert stage.call_tasks(token) == []


def test_a_call_that_ended_is_no_try_of_the_next_one(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book())
    jeanne, held_id, now = held.engagement.counsellor_id, held.id, TUESDAY - HOUR
    for _ in range(2):
        announce_delay(stage.session, jeanne, 15, now=now, sms_leaves=False)
        (call,) = calls(stage, now=now)
        assert call.tries == ()
        for outcome in (CallOutcome.NO_ANSWER, CallOutcome.REACHED):
            record_call(stage.session, held_id, CallReason.RUNNING_LATE, outcome, by=who, now=now)


def test_who_was_reminded_of_another_date_is_reminded_of_the_new_one(stage: Stage) -> None:
    """By the same way on; nobody is called about a date that they were given the day before."""
    who, token = colleague(stage), by_landline(stage)
    held, called_at = stage.appointment(token).id, NOW + DAY + 2 * HOUR
    reached = CallOutcome.REACHED
    record_call(stage.session, held, CallReason.REMINDER, reached, by=who, now=called_at)
    assert reasons(stage, now=called_at) == []
    moved_at = called_at + HOUR
    by = Act(moved_at, By.STAFF, user_id=who, reason=ChangeReason.PERSON_ASKED)
    stage.move(token, choice("2026-11-27T09:00"), now=moved_at, by=by)
    later = called_at + DAY
    assert reasons(stage, now=later) == [CallReason.REMINDER]
    assert record_call(stage.session, held, CallReason.REMINDER, reached, by=who, now=later)
    assert reasons(stage, now=later) == []
    soon = at("2026-11-26T10:00")
    stage.move(token, choice("2026-11-27T09:45"), now=soon, by=replace(by, at=soon))
    assert reasons(stage, now=soon + HOUR) == []
