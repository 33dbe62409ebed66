"""All who come or wait are told of a change: by a machine or by a call, before they set out."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind, OutboxState, Receipt
from app.domain.workshops import WorkshopStatus
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import Workshop, WorkshopSession
from app.services.appointment_rows import Act
from app.services.receipts import note_receipt
from app.services.registration_calls import call_registration_once
from app.services.registrations import cancel_registration
from app.services.transaction import write_transaction
from app.services.workshop_announcing import Told
from tests.support.stage import Stage
from tests.support.stage_plan import NOW
from tests.support.workshop_post import FIRST, NIGHT, Post


@pytest.fixture
def post(stage: Stage, tmp_path: Path) -> Post:
    return Post(stage, tmp_path)


def test_all_are_told_of_a_change_by_a_machine_or_by_a_call(stage: Stage, tmp_path: Path) -> None:
    post = Post(stage, tmp_path, capacity=2)
    comes, deaf, waits = post.add(), post.add(), post.add()
    voice = post.add(message_channel=MessageChannel.NONE)
    gone = post.add()
    cancel_registration(post.session, gone.id, Act(NOW))
    with write_transaction(post.session):
        post.session.execute(
            update(Resident).where(Resident.id == deaf.resident_id).values(refuses_sms=True)
        )
    assert post.tell_changed(NIGHT) == Told(messages=2, calls=2)
    assert post.tell_changed(NIGHT) == Told(messages=2, calls=2)  # a second change
    moved = CallReason.MOVED_BY_SERVICE
    assert post.calls() == [(deaf.id, moved), (voice.id, moved)]
    changed = [each for each in post.rows() if each.kind is MessageKind.CHANGED]
    assert {each.subject_id for each in changed} == {comes.id, waits.id}
    assert all(each.due_at == NIGHT + timedelta(hours=10) for each in changed)
    day = changed[0].due_at
    assert post.outcomes(day).count(OutboxState.SENT) >= 2
    assert sum("changé" in each for each in post.told()) == 2


def test_a_workshop_that_is_off_is_told_even_where_the_carrier_fails(post: Post) -> None:
    row = post.add()
    post.outcomes()
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
        post.session.execute(update(WorkshopSession).values(status=WorkshopStatus.CANCELLED))
        post.session.execute(update(Resident).values(phone="+33536490000"))
    assert post.tell_cancelled() == Told(messages=1, calls=0)
    assert post.calls() == []
    day = post.rows()[-1].due_at
    assert post.outcomes(day) == [OutboxState.SKIPPED]  # no mobile any more
    assert post.calls() == [(row.id, CallReason.CANCELLED_BY_SERVICE)]


def test_a_workshop_of_today_that_is_off_is_told_at_any_hour(post: Post) -> None:
    post.add()
    post.outcomes()
    early = FIRST.replace(hour=5)  # 6 h in winter
    with write_transaction(post.session):
        post.session.execute(update(WorkshopSession).values(status=WorkshopStatus.CANCELLED))
    post.tell_cancelled(early)
    assert post.rows()[-1].due_at == early


def test_an_urgent_date_that_a_carrier_refused_once_is_tried_again_before_the_hours(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, dates=2)
    post.add()
    post.outcomes()
    early = FIRST.replace(hour=5)  # 6 h in winter; it was this afternoon
    post.change(0, status=WorkshopStatus.CANCELLED)
    post.tell_changed(early)
    with write_transaction(post.session):  # the first try has failed
        urgent = update(OutboxMessage).where(OutboxMessage.kind == MessageKind.CHANGED)
        post.session.execute(urgent.values(attempts=1))
    assert post.outcomes(early + timedelta(minutes=1)) == [OutboxState.SENT]


def test_a_cancellation_that_would_leave_after_the_start_leaves_in_the_closed_hours(
    post: Post,
) -> None:
    post.add()
    post.outcomes()
    sunday = FIRST - timedelta(days=2)
    post.change(0, starts_at=sunday, ends_at=sunday + timedelta(hours=2))
    night_before = sunday - timedelta(hours=15)
    assert post.tell_cancelled(night_before) == Told(messages=1, calls=0)
    row = post.rows()[-1]
    assert (row.due_at, row.expires_at > sunday) == (night_before, True)
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
    assert post.outcomes(night_before) == [OutboxState.SENT]


def test_each_date_of_a_cycle_that_changed_is_told_by_its_own_name(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, dates=3)
    post.add()
    post.outcomes()
    week, hour = timedelta(weeks=1), timedelta(hours=1)
    for turn in range(2):  # the first move never leaves, its hour is what they knew
        was_at = FIRST + week + turn * hour
        post.change(1, starts_at=was_at + hour, ends_at=was_at + 2 * hour)
        post.tell_changed(NIGHT + turn * timedelta(minutes=1), rank=1, was_at=was_at)
    post.change(0, status=WorkshopStatus.CANCELLED)
    post.tell_changed(NIGHT + timedelta(minutes=2))
    day = post.rows()[-1].due_at
    sent, skipped = OutboxState.SENT, OutboxState.SKIPPED
    assert post.outcomes(day) == [skipped, sent, sent]
    moved, off = post.told()[1:]
    assert "la date du 15 décembre à 14h passe au mardi 15 décembre à 16h" in moved
    assert "pas d'atelier" in off
    assert "le mardi 8 décembre à 14h. Il continue" in off
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
    post.tell_cancelled(day, rank=1)
    assert post.outcomes(day) == [sent]
    assert "l'atelier du mardi 15 décembre à 16h" in post.told()[-1]


def test_a_change_that_nobody_heard_is_still_told_by_voice_when_another_date_changes(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, dates=3)
    row, voice = post.add(), post.add()
    post.outcomes()
    week, hour = timedelta(weeks=1), timedelta(hours=1)

    def put_off(rank: int, turn: int) -> datetime:
        """That date is an hour later; when the message about it leaves."""
        was_at, now = post.dates()[rank].starts_at, NIGHT + turn * timedelta(days=1)
        post.change(rank, starts_at=was_at + hour, ends_at=was_at + 2 * hour)
        post.tell_changed(now, rank=rank, was_at=was_at)
        return post.rows()[-1].due_at

    def unheard() -> set[tuple[int | None, CallReason]]:
        return {each for each in post.calls() if each[0] == row.id}

    assert OutboxState.SENT in post.outcomes(put_off(1, 0))
    lost = next(each.id for each in post.rows()[::-1] if each.subject_id == row.id)
    assert note_receipt(post.session, lost, Receipt.LOST, NIGHT + timedelta(hours=12))
    call_about(post, voice.id, CallReason.MOVED_BY_SERVICE)
    call_about(post, row.id, CallReason.REMINDER)
    put_off(2, 1)
    assert unheard() == {(row.id, CallReason.UNDELIVERED)}
    assert (voice.id, CallReason.MOVED_BY_SERVICE) in post.calls()
    put_off(1, 2)
    assert unheard() == set(), "the newer message tells of that very date"
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
    post.tell_cancelled(FIRST - week)
    assert post.calls() == []


def call_about(post: Post, registration_id: int, reason: CallReason) -> None:
    with write_transaction(post.session):
        assert call_registration_once(post.session, registration_id, reason, now=NIGHT)


def test_a_date_of_today_that_moves_is_told_now_and_what_comes_too_late_by_a_call(
    post: Post,
) -> None:
    row = post.add()
    post.outcomes()
    before_dawn = FIRST.replace(hour=4)

    assert post.tell_changed(before_dawn) == Told(messages=1, calls=0)
    assert post.rows()[-1].due_at == before_dawn
    sunday = FIRST - timedelta(days=2)
    with write_transaction(post.session):
        post.session.execute(
            update(WorkshopSession).values(starts_at=sunday, ends_at=sunday + timedelta(hours=2))
        )
    night_before = sunday - timedelta(hours=13)
    assert post.tell_changed(night_before) == Told(messages=0, calls=1)
    assert post.calls() == [(row.id, CallReason.MOVED_BY_SERVICE)]
