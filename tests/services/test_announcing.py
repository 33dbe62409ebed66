"""When the news of a change leaves: the person's own at once, the team's in open hours."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app.domain.appointment import (
    Actor,
    CallOutcome,
    CallReason,
    ChangeReason,
    Channel,
    MessageChannel,
)
from app.domain.messages import MessageKind
from app.models.outbox import OutboxMessage
from app.models.places import Territory
from app.services.appointment_rows import Act
from app.services.outbox_claims import claim_due
from tests.support.outbox_rows import add_message
from tests.support.stage import Stage, choice, request
from tests.support.stage_plan import NOW, at, territory

CHANGED, OFF = MessageKind.CHANGED, MessageKind.CANCELLED_BY_SERVICE
THURSDAY = choice("2026-11-26T09:00", "mairie-aval")
FRIDAY = choice("2026-11-27T09:00", "mairie-amont")
EVENING, NEXT_MORNING = at("2026-11-24T21:00"), at("2026-11-25T08:00")
SMS = (MessageChannel.SMS,)


def team(now: datetime, reason: ChangeReason = ChangeReason.COUNSELLOR_AWAY) -> Act:
    return Act(now, Actor.STAFF, Channel.DESK, reason=reason)


def news(stage: Stage, token: str) -> list[OutboxMessage]:
    """What was written since the confirmation."""
    found = stage.messages(token)
    return [each for each in found if each.kind is not MessageKind.CONFIRMATION]


def test_the_person_s_own_change_is_answered_at_any_hour(stage: Stage) -> None:
    moved, off = stage.book(THURSDAY), stage.book(FRIDAY)
    stage.move(moved, choice("2026-11-27T10:30", "mairie-amont"), now=EVENING)
    stage.cancel(off, now=EVENING)
    assert [each.due_at for token in (moved, off) for each in news(stage, token)] == [EVENING] * 2


@pytest.mark.parametrize(
    ("now", "due_at"),
    [(EVENING, NEXT_MORNING), (at("2026-11-24T15:00"), at("2026-11-24T15:00"))],
)
def test_what_the_team_does_waits_for_the_open_hours(
    stage: Stage, now: datetime, due_at: datetime
) -> None:
    moved, off = stage.book(THURSDAY), stage.book(FRIDAY)
    stage.move(moved, choice("2026-11-27T10:30", "mairie-amont"), now=now, by=team(now))
    stage.cancel(off, now=now, by=team(now))
    found = [each for token in (moved, off) for each in news(stage, token)]
    assert [(each.kind, each.due_at) for each in found] == [(CHANGED, due_at), (OFF, due_at)]


def test_what_the_person_asked_the_team_to_do_is_their_own(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    act = team(EVENING, ChangeReason.PERSON_ASKED)
    stage.cancel(token, now=EVENING, by=act)
    (found,) = news(stage, token)
    assert (found.kind, found.due_at) == (MessageKind.CANCELLED_BY_PERSON, EVENING)


def test_an_appointment_of_today_is_off_at_once(stage: Stage) -> None:
    token, early = stage.book(THURSDAY), at("2026-11-26T06:30")
    stage.cancel(token, now=early, by=team(early))
    (found,) = news(stage, token)
    assert (found.kind, found.due_at) == (OFF, early)
    assert [each.reason for each in stage.call_tasks(token)] == [CallReason.CANCELLED_BY_SERVICE]


def reasons(stage: Stage, token: str) -> list[CallReason]:
    return [each.reason for each in stage.call_tasks(token)]


def test_who_refuses_the_way_they_had_chosen_is_called_when_the_team_moves(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    stage.appointment(token).resident.refuses_sms = True
    stage.session.commit()
    stage.move(token, FRIDAY, now=EVENING, by=team(EVENING))
    assert news(stage, token) == []
    assert reasons(stage, token) == [CallReason.UNDELIVERED]


def test_who_moves_it_themselves_is_not_called(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    stage.appointment(token).resident.refuses_sms = True
    stage.session.commit()
    stage.move(token, FRIDAY, now=EVENING)
    assert news(stage, token) == []
    assert reasons(stage, token) == []


def test_news_that_would_come_too_late_are_a_call(stage: Stage) -> None:
    """The service opens at eleven; the appointment is moved in the night to nine, and again."""
    stage.change_territory(territory(quiet_until_hour=11))
    token, night = stage.book(FRIDAY), at("2026-11-26T21:00")
    for hour in ("09:45", "10:30"):
        wanted = choice(f"2026-11-27T{hour}", "mairie-amont")
        stage.move(token, wanted, now=night, by=team(night))
    assert news(stage, token) == []
    assert reasons(stage, token) == [CallReason.UNDELIVERED]


def test_who_wanted_no_message_gets_none_and_no_call(stage: Stage) -> None:
    token = stage.book(request(THURSDAY, message_channel=MessageChannel.NONE))
    stage.move(token, FRIDAY, now=EVENING, by=team(EVENING))
    assert (news(stage, token), reasons(stage, token)) == ([], [])


@pytest.mark.parametrize("channel", [MessageChannel.VOICE, MessageChannel.PAPER])
def test_who_is_told_by_voice_or_on_paper_is_called_once_when_the_team_moves(
    stage: Stage, channel: MessageChannel
) -> None:
    token = stage.book(request(THURSDAY, message_channel=channel))
    for hour in ("09:00", "10:30"):
        wanted = choice(f"2026-11-27T{hour}", "mairie-amont")
        stage.move(token, wanted, now=EVENING, by=team(EVENING))
    assert (news(stage, token), reasons(stage, token)) == ([], [CallReason.MOVED_BY_SERVICE])
    act = team(EVENING, ChangeReason.PERSON_ASKED)
    stage.move(token, FRIDAY, now=EVENING, by=act)
    (call,) = stage.call_tasks(token)
    assert (call.reason, call.outcome) == (CallReason.MOVED_BY_SERVICE, CallOutcome.NOT_NEEDED)


def claimed(stage: Stage, now: datetime) -> list[int]:
    stage.session.rollback()
    claims = claim_due(stage.session, now, SMS, limit=50)
    return [each.message_id for each in claims]


HELD: dict[MessageKind, dict[str, Any]] = {
    MessageKind.REMINDER: {},
    MessageKind.LAST_REMINDER: {},
    MessageKind.MISSED: {},
    MessageKind.SATISFACTION: {},
    MessageKind.OFFER: {},
    CHANGED: {"created_at": EVENING - timedelta(hours=2)},
    OFF: {"created_at": EVENING - timedelta(hours=2)},
}
"""What was due at eight in the evening, while no worker was up."""
AT_TEN_TO_EIGHT = EVENING.replace(minute=50) - timedelta(hours=2)
LATE = [
    (CHANGED, {"created_at": AT_TEN_TO_EIGHT, "due_at": AT_TEN_TO_EIGHT}),
    (OFF, {"created_at": AT_TEN_TO_EIGHT, "due_at": AT_TEN_TO_EIGHT}),
    (CHANGED, {"created_at": AT_TEN_TO_EIGHT, "attempts": 1}),
    (OFF, {"created_at": AT_TEN_TO_EIGHT, "attempts": 1}),
    (CHANGED, {"attempts": 1}),
]
"""Written in our hours and not sent in them, or an answer that failed: it is not at once any more.
"""


@pytest.mark.parametrize(
    ("kind", "changes"),
    [*((kind, {"due_at": EVENING - timedelta(hours=1)} | HELD[kind]) for kind in HELD), *LATE],
)
def test_a_worker_that_comes_back_at_night_lets_people_sleep(
    stage: Stage, kind: MessageKind, changes: dict[str, Any]
) -> None:
    held_id = stage.appointment(stage.book(THURSDAY)).id
    confirmation = claimed(stage, NOW)
    life = {"expires_at": EVENING + timedelta(days=9)}
    made = add_message(stage.session, held_id, EVENING, kind=kind, **(life | changes))
    assert len(confirmation) == 1
    stage.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(confirmation)))
    stage.session.commit()
    for now in (EVENING, at("2026-11-25T07:59"), at("2026-11-29T12:00")):
        assert claimed(stage, now) == []
    assert claimed(stage, NEXT_MORNING) == [made]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (MessageKind.CONFIRMATION, {}),
        (MessageKind.LOST_NUMBER, {}),
        (MessageKind.CANCELLED_BY_PERSON, {}),
        (CHANGED, {}),
        (OFF, {}),
        (OFF, {"attempts": 1}),
    ],
)
def test_answers_leave_at_night(stage: Stage, kind: MessageKind, changes: dict[str, Any]) -> None:
    held_id = stage.appointment(stage.book(THURSDAY)).id
    claimed(stage, NOW)
    made = add_message(stage.session, held_id, EVENING, **({"kind": kind, "version": 1} | changes))
    assert made in claimed(stage, EVENING)


def test_without_a_territory_nobody_knows_the_hours_and_what_waits_leaves(stage: Stage) -> None:
    """A database that is being restored: its messages are not lost."""
    held_id = stage.appointment(stage.book(THURSDAY)).id
    made = add_message(stage.session, held_id, EVENING)
    stage.session.execute(delete(Territory))
    stage.session.commit()
    assert made in claimed(stage, EVENING)
