"""The switch of all sending: one pause at a time, and who did it is known."""

from datetime import timedelta

from sqlalchemy import func, select

from app.domain.journal import JournalAction
from app.models.journal import JournalEntry
from app.models.outbox import SendingPause
from app.services.sending_pause import is_paused, open_pause, pause, resume
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

LATER = NOW + timedelta(hours=1)


def acts(stage: Stage) -> list[JournalAction]:
    told = (JournalAction.SENDING_PAUSED, JournalAction.SENDING_RESUMED)
    rows = select(JournalEntry.action).where(JournalEntry.action.in_(told))
    return list(stage.session.scalars(rows.order_by(JournalEntry.id)))


def test_messages_leave_until_somebody_stops_them(stage: Stage) -> None:
    anne = clerk(stage)
    assert not is_paused(stage.session)
    assert open_pause(stage.session) is None
    pause(stage.session, by=anne, now=NOW)
    assert is_paused(stage.session)
    told = open_pause(stage.session)
    assert told is not None
    assert (told.paused_at, told.first_name) == (NOW, "Anne")


def test_they_leave_again_once_resumed(stage: Stage) -> None:
    anne, rose = clerk(stage), clerk(stage, "Rose")
    pause(stage.session, by=anne, now=NOW)
    resume(stage.session, by=rose, now=LATER)
    assert not is_paused(stage.session)
    row = stage.session.scalars(select(SendingPause)).one()
    assert (row.paused_by_id, row.resumed_by_id, row.resumed_at) == (anne, rose, LATER)
    assert acts(stage) == [JournalAction.SENDING_PAUSED, JournalAction.SENDING_RESUMED]


def test_pressed_twice_it_is_one_pause(stage: Stage) -> None:
    anne = clerk(stage)
    for _ in range(2):
        pause(stage.session, by=anne, now=NOW)
    assert stage.session.scalar(select(func.count()).select_from(SendingPause)) == 1
    for _ in range(2):
        resume(stage.session, by=anne, now=LATER)
    assert acts(stage) == [JournalAction.SENDING_PAUSED, JournalAction.SENDING_RESUMED]


def test_a_second_pause_is_another_one(stage: Stage) -> None:
    anne = clerk(stage)
    for at in (NOW, LATER):
        pause(stage.session, by=anne, now=at)
        resume(stage.session, by=anne, now=at)
    pause(stage.session, by=anne, now=LATER)
    told = open_pause(stage.session)
    assert told is not None
    assert told.paused_at == LATER
