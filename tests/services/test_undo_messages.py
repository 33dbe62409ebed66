"""Taking back a change of the timetable: which messages are true again, and which never were."""

from app.domain.appointment import Actor, CallReason, ChangeReason, MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.domain.sending import Ending
from app.services.appointment_rows import Act
from tests.services.test_undo import away, elsewhere, save, take_back
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW


def test_the_news_is_not_sent_and_the_confirmation_is_true_again(stage: Stage) -> None:
    token = stage.book()
    change = save(stage, away(stage), {token: elsewhere(stage, token, "2026-11-26T12:35")})
    take_back(stage, change)
    confirmation, news = stage.messages(token)
    assert (confirmation.kind, confirmation.state, confirmation.version) == (
        MessageKind.CONFIRMATION, OutboxState.PENDING, stage.appointment(token).sequence,
    )  # fmt: skip
    assert (news.kind, news.state, news.outcome) == (
        MessageKind.CHANGED, OutboxState.SKIPPED, Ending.UNDONE,
    )  # fmt: skip


def test_what_was_out_of_date_before_the_change_stays_so(stage: Stage) -> None:
    """Two moves of the person's own: only the news of the second is true again."""
    token = stage.book()
    for hour in ("2026-11-24T10:00", "2026-11-24T11:00"):
        stage.move(token, choice(hour), now=NOW)
    given = stage.book(choice("2026-11-24T09:00"), phone=phone())
    change = save(stage, away(stage), {token: elsewhere(stage, token, "2026-11-26T12:35")})
    take_back(stage, change)
    sequence = stage.appointment(token).sequence
    assert sequence == 4
    assert [each.version == sequence for each in stage.messages(token)] == [
        False, False, True, False
    ]  # fmt: skip
    (confirmation,) = stage.messages(given)
    assert confirmation.version == stage.appointment(given).sequence == 2


def test_whom_an_earlier_move_was_never_told_is_still_called_once(stage: Stage) -> None:
    token = stage.book(message_channel=MessageChannel.VOICE)
    by = Act(NOW, Actor.STAFF, reason=ChangeReason.COUNSELLOR_AWAY)
    stage.move(token, choice("2026-11-24T10:00"), by=by)
    change = save(stage, away(stage), {token: elsewhere(stage, token, "2026-11-26T12:35")})
    assert open_calls(stage, token) == [CallReason.MOVED_BY_SERVICE]
    take_back(stage, change)
    assert open_calls(stage, token) == [CallReason.MOVED_BY_SERVICE]


def open_calls(stage: Stage, token: str) -> list[CallReason]:
    return [each.reason for each in stage.call_tasks(token) if each.closed_at is None]
