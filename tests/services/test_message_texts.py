"""Own texts: written, read by the worker, taken back; the journal tells which, not the words."""

from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind
from app.gateways.message_words import TextKey
from app.models.journal import JournalEntry
from app.models.outbox import MessageText
from app.services.message_texts import (
    ON_A_PAGE,
    read_questions,
    read_texts,
    restore_text,
    write_text,
)
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

KEY: TextKey = ("fr", MessageChannel.SMS, MessageKind.REMINDER, "venue")
QUESTION: TextKey = ("fr", ON_A_PAGE, MessageKind.SATISFACTION, "helped")


def told(stage: Stage) -> list[dict[str, str]]:
    acts = JournalEntry.action == JournalAction.MESSAGE_TEXT_CHANGED
    return list(stage.session.scalars(select(JournalEntry.facts).where(acts)))


def test_a_text_is_written_changed_and_taken_back(stage: Stage) -> None:
    by = clerk(stage)
    assert read_texts(stage.session) == {}
    for text in ("un", "deux", "deux"):
        write_text(stage.session, KEY, text, by=by, now=NOW)
    assert read_texts(stage.session) == {KEY: "deux"}
    row = stage.session.scalars(select(MessageText)).one()
    assert (row.edited_at, row.edited_by_id) == (NOW, by)
    for _ in range(2):
        restore_text(stage.session, KEY, by=by, now=NOW)
    assert read_texts(stage.session) == {}
    facts = {"kind": "REMINDER", "channel": "SMS", "language": "fr", "part": "venue"}
    assert told(stage) == [facts] * 3


def test_questions_are_read_by_language_apart_from_messages(stage: Stage) -> None:
    by = clerk(stage)
    write_text(stage.session, KEY, "un", by=by, now=NOW)
    write_text(stage.session, QUESTION, "Content ?", by=by, now=NOW)
    assert read_questions(stage.session, "fr") == {"helped": "Content ?"}
    assert read_questions(stage.session, "en") == {}
