"""Moving: either the new time is theirs, or the old one still is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.domain import errors
from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    ChangeReason,
    Channel,
    EventKind,
    MessageChannel,
)
from app.domain.booking import OTHER_COMMUNE, Choice
from app.domain.messages import MessageKind
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.models.places import Topic
from app.services.appointment_rows import Act, open_call_task
from app.services.links import first_version
from app.services.throttle import Quota
from app.services.transaction import write_transaction
from tests.support.stage import TUESDAY_AT_NINE, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at, territory

NEW = "2026-11-26T13:05"
IN_BUTTE = "2026-11-26T13:00"
LATER = NOW + timedelta(hours=1)


def test_a_moved_appointment_leaves_its_old_time_to_others(stage: Stage) -> None:
    token = stage.book()
    number = stage.appointment(token).reference
    stage.move(token, choice(NEW), now=LATER)
    assert stage.where(token) == ("karim", at(NEW), "mairie-amont")
    moved = stage.appointment(token)
    assert (moved.status, moved.sequence) == (AppointmentStatus.BOOKED, 1)
    assert (moved.updated_at, moved.booked_at) == (LATER, NOW)
    assert (moved.reference, moved.link_version) == (number, first_version(NOW))
    assert moved.engagement.ends_at == at(NEW) + timedelta(minutes=45)
    assert stage.where(stage.book(phone=phone()))[:2] == ("jeanne", at(TUESDAY_AT_NINE))
    assert stage.count(Engagement) == 2


def test_the_history_says_where_it_was_and_where_it_is(stage: Stage) -> None:
    token = stage.book()
    old_venue = stage.appointment(token).engagement.venue_id
    by = Act(LATER, Actor.STAFF, Channel.PHONE)
    stage.move(token, choice(IN_BUTTE, "mairie-butte"), now=LATER, by=by)
    event = stage.events(token)[-1]
    assert (event.kind, event.actor, event.channel, event.at) == (
        EventKind.MOVED, Actor.STAFF, Channel.PHONE, LATER,
    )  # fmt: skip
    assert (event.old_starts_at, event.new_starts_at) == (at(TUESDAY_AT_NINE), at(IN_BUTTE))
    assert event.old_counsellor_id == event.new_counsellor_id == stage.counsellor("jeanne")
    assert event.old_venue_id == old_venue
    assert event.new_venue_id == stage.appointment(token).engagement.venue_id != old_venue


def test_each_move_is_told_once_under_its_own_version(stage: Stage) -> None:
    token = stage.book()
    for hour in (NEW, "2026-11-26T14:05"):
        stage.move(token, choice(hour), now=LATER)
    told = [(message.kind, message.version) for message in stage.messages(token)]
    assert told == [
        (MessageKind.CONFIRMATION, 0), (MessageKind.CHANGED, 1), (MessageKind.CHANGED, 2),
    ]  # fmt: skip
    assert stage.messages(token)[-1].expires_at == at("2026-11-26T14:05")


def test_nothing_is_written_for_who_wants_no_message(stage: Stage) -> None:
    token = stage.book(message_channel=MessageChannel.NONE)
    stage.move(token, choice(NEW))
    assert stage.messages(token) == []


def test_moving_to_where_it_is_changes_nothing(stage: Stage) -> None:
    permanence = stage.book()
    visit = stage.book(choice(WEDNESDAY_VISIT, None), phone=phone())
    stage.move(permanence, choice())
    stage.move(visit, choice(WEDNESDAY_VISIT, None))
    assert [stage.appointment(token).sequence for token in (permanence, visit)] == [0, 0]
    assert stage.count(AppointmentEvent) == stage.count(OutboxMessage) == 2


def test_its_own_time_is_in_nobodys_way(stage: Stage) -> None:
    """A quarter of an hour later overlaps the old hour, which only this appointment held."""
    for _ in range(2):
        token = stage.book(phone=phone())
    stage.move(token, choice("2026-11-24T09:15"))
    assert stage.where(token) == ("karim", at("2026-11-24T09:15"), "mairie-amont")


def test_a_moved_appointment_keeps_the_length_it_was_promised(stage: Stage) -> None:
    token = stage.book(choice(topic_code="demarche"))
    stage.session.execute(update(Topic).values(minutes=20, active=False))
    stage.session.commit()
    stage.move(token, choice(NEW, topic_code="demarche"))
    held = stage.appointment(token).engagement
    assert held.ends_at - held.starts_at == timedelta(minutes=60)


def test_the_call_before_a_visit_follows_it(stage: Stage) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    stage.move(token, choice("2026-11-26T14:30", None))
    (task,) = stage.call_tasks(token)
    assert task.due_at == at("2026-11-26T14:30") - timedelta(days=1)


def test_a_call_already_made_stays_made(stage: Stage) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    due_at = stage.call_tasks(token)[0].due_at
    stage.session.execute(update(CallTask).values(outcome=CallOutcome.REACHED, closed_at=NOW))
    stage.session.commit()
    stage.move(token, choice("2026-11-26T14:30", None))
    (task,) = stage.call_tasks(token)
    assert (task.reason, task.outcome, task.due_at) == (
        CallReason.BEFORE_HOME_VISIT, CallOutcome.REACHED, due_at,
    )  # fmt: skip


ABOUT_ITS_HOUR = [CallReason.RUNNING_LATE, CallReason.TO_MOVE]
ABOUT_NEWS = [CallReason.MOVED_BY_SERVICE, CallReason.UNDELIVERED]


def test_no_call_is_left_about_an_hour_that_it_has_no_more(stage: Stage) -> None:
    """The team moves it: what was never told still is to be. They ask for it: they know."""
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    held = stage.appointment(token).id
    with write_transaction(stage.session):
        for reason in ABOUT_ITS_HOUR + ABOUT_NEWS:
            open_call_task(stage.session, held, reason, starts_at=NOW, now=NOW)

    def still_open() -> list[CallReason]:
        return [each.reason for each in stage.call_tasks(token) if each.closed_at is None]

    by_service = Act(NOW, Actor.STAFF, reason=ChangeReason.COUNSELLOR_AWAY)
    stage.move(token, choice("2026-11-26T14:30", None), by=by_service)
    assert still_open() == [CallReason.BEFORE_HOME_VISIT, *ABOUT_NEWS]
    asked = Act(NOW, Actor.STAFF, reason=ChangeReason.PERSON_ASKED)
    stage.move(token, choice(WEDNESDAY_VISIT, None), by=asked)
    assert still_open() == [CallReason.BEFORE_HOME_VISIT]


def unmoved(stage: Stage, token: str, wanted: Choice, now: datetime = NOW) -> Any:
    """The refusal of a move, after which nothing has changed."""
    before = (stage.where(token), stage.appointment(token).sequence)
    rows = stage.count(AppointmentEvent), stage.count(OutboxMessage)
    with pytest.raises(errors.DomainError) as refusal:
        stage.move(token, wanted, now=now)
    assert (stage.where(token), stage.appointment(token).sequence) == before
    assert (stage.count(AppointmentEvent), stage.count(OutboxMessage)) == rows
    return refusal.type


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (choice("2026-11-24T09:10"), errors.SlotNotOffered),
        (choice(NEW, "nulle-part"), errors.SlotNotOffered),
        (choice("2026-11-23T07:00"), errors.SlotTooSoon),
        (choice("2026-12-03T12:20"), errors.SlotTooFar),
        (choice(NEW, commune_slug="nulle-part"), errors.CommuneUnknown),
        (choice(NEW, topic_code="inconnu"), errors.TopicUnknown),
    ],
)
def test_a_refused_move_keeps_the_old_time(
    stage: Stage, wanted: Choice, refusal: type[errors.DomainError]
) -> None:
    assert unmoved(stage, stage.book(), wanted) is refusal


def test_a_move_to_a_taken_time_keeps_the_old_one(stage: Stage) -> None:
    stage.book(choice(NEW), phone=phone())
    token = stage.book()
    assert unmoved(stage, token, choice(NEW)) is errors.SlotTaken
    assert unmoved(stage, token, choice("2026-11-26T12:50")) is errors.SlotTaken


def test_a_move_obeys_the_notice_of_its_new_time(stage: Stage) -> None:
    token = stage.book(choice("2026-11-26T14:30", None))
    same_day = choice("2026-11-25T14:00", None)
    assert unmoved(stage, token, same_day, NOW + timedelta(days=1)) is errors.SlotTooSoon


@pytest.mark.parametrize(
    ("minutes_before", "refusal"), [(121, None), (120, errors.TooLateToChange)]
)
def test_two_hours_before_it_is_too_late_to_move(
    stage: Stage, minutes_before: int, refusal: type[errors.DomainError] | None
) -> None:
    token = stage.book()
    now = at(TUESDAY_AT_NINE) - timedelta(minutes=minutes_before)
    if refusal:
        assert unmoved(stage, token, choice(NEW), now) is refusal
    else:
        stage.move(token, choice(NEW), now=now)


def test_a_cancelled_appointment_is_not_moved(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token)
    assert unmoved(stage, token, choice(NEW)) is errors.AppointmentCancelled


def test_who_was_there_is_not_moved(stage: Stage) -> None:
    token = stage.book()
    stage.session.execute(update(Appointment).values(status=AppointmentStatus.ATTENDED))
    stage.session.commit()
    assert unmoved(stage, token, choice(NEW)) is errors.AppointmentPast


def test_who_has_an_appointment_may_move_it_after_their_commune_has_left(stage: Stage) -> None:
    token = stage.book()
    stage.change_agreement("amont", active_until=TODAY - timedelta(days=1))
    assert unmoved(stage, token, choice(NEW)) is errors.SlotNotOffered  # nobody comes there now
    stage.move(token, choice("2026-11-25T09:00", "mairie-butte"))
    assert stage.where(token)[1:] == (at("2026-11-25T09:00"), "mairie-butte")


def test_a_move_counts_once_and_beyond_the_quota_keeps_the_old_time(stage: Stage) -> None:
    quota = Quota("a hash of an appointment", 1, 60, errors.TooManyChanges)
    token = stage.book()
    stage.move(token, choice(NEW), quotas=[quota])
    stage.move(token, choice(NEW), quotas=[quota])
    with pytest.raises(errors.TooManyChanges):
        stage.move(token, choice(), quotas=[quota])
    assert stage.where(token)[1] == at(NEW)
    stage.move(token, choice(), now=NOW + timedelta(hours=1), quotas=[quota])
    assert stage.where(token)[1] == at(TUESDAY_AT_NINE)


def test_the_window_of_a_visit_is_promised_with_its_time(stage: Stage) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    stage.change_territory(territory(visit_window_minutes=60))
    assert stage.appointment(token).window_minutes == 30
    stage.move(token, choice("2026-11-26T14:30", None))
    assert stage.appointment(token).window_minutes == 60


def test_an_orphan_may_be_moved_to_where_somebody_is(stage: Stage) -> None:
    """Its counsellor fell ill: the old place is no opening any more, the new one is."""
    token = stage.book()
    day = TODAY + timedelta(days=1)
    absent = {"counsellor": "jeanne", "from": day, "to": day}
    stage.change_timetable(absences=[absent])
    stage.move(token, choice(), now=LATER)
    assert stage.where(token)[0] == "jeanne"
    stage.move(token, choice("2026-11-24T09:15"), now=LATER)
    assert stage.where(token)[0] == "karim"


def test_somebody_of_another_commune_moves_too_even_when_it_is_no_longer_let_in(
    stage: Stage,
) -> None:
    stage.change_territory(territory(other_commune="allow"))
    token = stage.book(choice(commune_slug=OTHER_COMMUNE))
    stage.change_territory(territory())
    stage.move(token, choice(NEW, commune_slug=OTHER_COMMUNE))
    assert stage.where(token)[1] == at(NEW)
    assert stage.appointment(token).commune_id is None


def test_the_team_does_not_move_what_is_cancelled(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token)
    with pytest.raises(errors.AppointmentCancelled):
        stage.move(token, choice(NEW), by=Act(LATER, Actor.STAFF, Channel.PHONE))
    assert not stage.appointment(token).engagement.occupies
