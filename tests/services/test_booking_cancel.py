"""Cancelling frees the time at once, tells the person, and ends the story."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain import errors
from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CancelledBy,
    ChangeReason,
    Channel,
    EventKind,
)
from app.domain.messages import MessageKind
from app.models.appointment import Appointment, AppointmentEvent
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import Act
from tests.support.stage import TUESDAY_AT_NINE, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, at, territory

LATER = NOW + timedelta(hours=1)


def test_a_cancelled_appointment_frees_its_slot(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token, now=LATER)
    cancelled = stage.appointment(token)
    assert (cancelled.status, cancelled.cancelled_by) == (
        AppointmentStatus.CANCELLED, CancelledBy.PERSON,
    )  # fmt: skip
    assert (cancelled.sequence, cancelled.updated_at) == (1, LATER)
    assert cancelled.engagement.starts_at == at(TUESDAY_AT_NINE)
    assert not cancelled.engagement.occupies
    assert stage.where(stage.book(phone=phone()))[0] == "jeanne"


def test_the_history_says_where_it_was_and_that_it_is_nowhere(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token, now=LATER)
    event = stage.events(token)[-1]
    assert (event.kind, event.actor, event.channel, event.at) == (
        EventKind.CANCELLED, Actor.RESIDENT, Channel.WEB, LATER,
    )  # fmt: skip
    assert (event.old_starts_at, event.new_starts_at) == (at(TUESDAY_AT_NINE), None)
    assert (event.old_counsellor_id, event.new_counsellor_id) == (
        stage.counsellor("jeanne"), None,
    )  # fmt: skip
    assert event.old_venue_id is not None
    assert event.new_venue_id is None


def test_the_person_is_told_that_it_is_cancelled(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token, now=LATER)
    message = stage.messages(token)[-1]
    assert (message.kind, message.version) == (MessageKind.CANCELLED_BY_PERSON, 1)
    assert stage.call_tasks(token) == []


def staff(actor: Actor) -> Act | None:
    """Who of the team acts; nobody where it is the person."""
    return Act(LATER, actor, Channel.DESK) if actor is Actor.STAFF else None


def test_a_person_who_calls_to_cancel_is_not_called_back(stage: Stage) -> None:
    token = stage.book()
    asked = Act(LATER, Actor.STAFF, Channel.PHONE, reason=ChangeReason.PERSON_ASKED)
    stage.cancel(token, now=LATER, by=asked)
    assert stage.appointment(token).cancelled_by is CancelledBy.PERSON
    assert stage.call_tasks(token) == []
    assert stage.events(token)[-1].reason is ChangeReason.PERSON_ASKED


def test_cancelling_twice_is_cancelling_once(stage: Stage) -> None:
    token = stage.book()
    for minutes in range(3):
        stage.cancel(token, now=LATER + timedelta(minutes=minutes))
    assert stage.appointment(token).sequence == 1
    assert stage.count(AppointmentEvent) == stage.count(OutboxMessage) == 2


def test_the_service_excuses_itself_and_calls(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token, now=LATER, by=Act(LATER, Actor.STAFF, Channel.DESK))
    assert stage.appointment(token).cancelled_by is CancelledBy.SERVICE
    assert stage.messages(token)[-1].kind is MessageKind.CANCELLED_BY_SERVICE
    (task,) = stage.call_tasks(token)
    assert (task.reason, task.due_at) == (CallReason.CANCELLED_BY_SERVICE, LATER)
    assert task.closed_at is None
    event = stage.events(token)[-1]
    assert (event.actor, event.channel) == (Actor.STAFF, Channel.DESK)


@pytest.mark.parametrize("actor", [Actor.RESIDENT, Actor.STAFF])
def test_nobody_is_called_to_prepare_a_cancelled_visit(stage: Stage, actor: Actor) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    stage.cancel(token, now=LATER, by=staff(actor))
    prepared = stage.call_tasks(token)[0]
    assert (prepared.outcome, prepared.closed_at) == (CallOutcome.NOT_NEEDED, LATER)
    still_open = [task.reason for task in stage.call_tasks(token) if task.closed_at is None]
    assert still_open == ([] if actor is Actor.RESIDENT else [CallReason.CANCELLED_BY_SERVICE])


def test_a_person_cancels_until_it_begins(stage: Stage) -> None:
    token = stage.book()
    with pytest.raises(errors.AppointmentPast):
        stage.cancel(token, now=at(TUESDAY_AT_NINE))
    assert stage.occupied() == 1
    stage.cancel(token, now=at(TUESDAY_AT_NINE) - timedelta(seconds=1))
    assert stage.occupied() == 0


def test_the_deadline_is_a_setting(stage: Stage) -> None:
    stage.change_territory(territory(cancel_until_minutes=60))
    token = stage.book()
    with pytest.raises(errors.TooLateToCancel):
        stage.cancel(token, now=at(TUESDAY_AT_NINE) - timedelta(minutes=60))


def test_the_service_may_cancel_what_has_begun(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token, now=at("2026-11-24T09:10"), by=staff(Actor.STAFF))
    assert stage.appointment(token).status is AppointmentStatus.CANCELLED


@pytest.mark.parametrize("status", [AppointmentStatus.ATTENDED, AppointmentStatus.NO_SHOW])
@pytest.mark.parametrize("actor", [Actor.RESIDENT, Actor.STAFF])
def test_what_took_place_or_was_missed_is_not_cancelled(
    stage: Stage, status: AppointmentStatus, actor: Actor
) -> None:
    token = stage.book()
    stage.session.execute(update(Appointment).values(status=status))
    stage.session.commit()
    with pytest.raises(errors.AppointmentPast):
        stage.cancel(token, now=LATER, by=staff(actor))
    assert stage.appointment(token).status is status
