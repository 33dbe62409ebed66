"""Own texts: written, read by the worker, taken back; the journal tells which, not the words."""

import pytest
from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind
from app.domain.staff_errors import EditedMeanwhile
from app.gateways.message_words import TextKey
from app.models.journal import JournalEntry
from app.models.outbox import MessageText
from app.services.message_texts import (
    ON_A_PAGE,
    TextEdit,
    read_questions,
    read_texts,
    restore_text,
    version_of,
    write_text,
)
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

pytestmark = pytest.mark.both_databases

KEY: TextKey = ("fr", MessageChannel.SMS, MessageKind.REMINDER, "venue")
QUESTION: TextKey = ("fr", ON_A_PAGE, MessageKind.SATISFACTION, "helped")


def told(stage: Stage) -> list[dict[str, str]]:
    acts = JournalEntry.action == JournalAction.MESSAGE_TEXT_CHANGED
    return list(stage.session.scalars(select(JournalEntry.facts).where(acts)))


def edit(stage: Stage, key: TextKey, by: int) -> TextEdit:
    """Of somebody whose page shows the text as it is now."""
    return TextEdit(version_of(stage.session, key), by, NOW)


def test_who_saw_an_older_text_is_told_who_changed_it(stage: Stage) -> None:
    by = clerk(stage)
    seen, other = edit(stage, KEY, by), edit(stage, QUESTION, by)
    write_text(stage.session, KEY, "un", seen)
    for change in (
        lambda: write_text(stage.session, KEY, "deux", seen),
        lambda: restore_text(stage.session, KEY, seen),
    ):
        with pytest.raises(EditedMeanwhile) as refused:
            change()
        assert refused.value.facts["at"] == NOW
    write_text(stage.session, QUESTION, "Content ?", other)
    assert read_texts(stage.session) == {KEY: "un", QUESTION: "Content ?"}


def test_a_text_is_written_changed_and_taken_back(stage: Stage) -> None:
    by = clerk(stage)
    assert read_texts(stage.session) == {}
    for text in ("un", "deux", "deux"):
        write_text(stage.session, KEY, text, edit(stage, KEY, by))
    assert read_texts(stage.session) == {KEY: "deux"}
    row = stage.session.scalars(select(MessageText)).one()
    assert (row.edited_at, row.edited_by_id) == (NOW, by)
    for _ in range(2):
        restore_text(stage.session, KEY, edit(stage, KEY, by))
    assert read_texts(stage.session) == {}
    facts = {"kind": "REMINDER", "channel": "SMS", "language": "fr", "part": "venue"}
    assert told(stage) == [facts] * 3


def test_questions_are_read_by_language_apart_from_messages(stage: Stage) -> None:
    by = clerk(stage)
    write_text(stage.session, KEY, "un", edit(stage, KEY, by))
    write_text(stage.session, QUESTION, "Content ?", edit(stage, QUESTION, by))
    assert read_questions(stage.session, "fr") == {"helped": "Content ?"}
    assert read_questions(stage.session, "en") == {}
