"""The texts that the coordinator wrote instead of those that ship; the worker reads them too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import MessageKind
from app.gateways.message_words import TextKey, Texts
from app.models.outbox import MessageText
from app.services.journal import last_change, note, refuse_edited
from app.services.transaction import Locks, write_transaction

TERRITORY = JournalSubject.TERRITORY, 1
ON_A_PAGE = MessageChannel.NONE
"""The « channel » of the three questions: nothing sends them, a page asks them."""


_TEXTS = select(
    MessageText.language,
    MessageText.channel,
    MessageText.kind,
    MessageText.part,
    MessageText.text,
)
"""Made once, as plain rows: a worker asks it for each message."""


def read_texts(session: Session) -> Texts:
    """All own texts; a key that is missing has the text that ships. A few rows at most."""
    rows = session.connection().execute(_TEXTS)
    return {(row.language, row.channel, row.kind, row.part): row.text for row in rows}


def read_questions(session: Session, language: str) -> dict[str, str]:
    """The own words of the three questions, by their code; one that is missing has its own."""
    rows = session.execute(
        select(MessageText.part, MessageText.text).where(
            MessageText.language == language,
            MessageText.channel == ON_A_PAGE,
            MessageText.kind == MessageKind.SATISFACTION,
        )
    )
    return {row.part: row.text for row in rows}


def version_of(session: Session, key: TextKey) -> str:
    """Which state of that text it is: what a page that changes it sends back."""
    return last_change(session, TERRITORY, [JournalAction.MESSAGE_TEXT_CHANGED], _facts(key))


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Who changes a text, when, and which state of it their page showed."""

    version: str
    by: int
    now: datetime


def write_text(session: Session, key: TextKey, text: str, edit: TextEdit) -> None:
    """Keep an own text, which its rules were asked about before; journalled without its words.

    Raises EditedMeanwhile where a colleague changed it since the page was opened.
    """
    with write_transaction(session, _lock(key)):
        row = session.scalars(select(MessageText).where(*_named(key))).one_or_none()
        if row is not None and row.text == text:
            return
        _refuse_newer(session, key, edit)
        if row is None:
            language, channel, kind, part = key
            row = MessageText(language=language, channel=channel, kind=kind, part=part)
            session.add(row)
        row.text, row.edited_at, row.edited_by_id = text, edit.now, edit.by
        _note(session, key, edit)


def restore_text(session: Session, key: TextKey, edit: TextEdit) -> None:
    """The text that ships is sent again; nothing where it is already. Raises EditedMeanwhile."""
    with write_transaction(session, _lock(key)):
        found = session.scalars(select(MessageText.id).where(*_named(key))).one_or_none()
        if found is None:
            return
        _refuse_newer(session, key, edit)
        session.execute(delete(MessageText).where(MessageText.id == found))
        _note(session, key, edit)


def _refuse_newer(session: Session, key: TextKey, edit: TextEdit) -> None:
    if edit.version != version_of(session, key):
        refuse_edited(session, TERRITORY, [JournalAction.MESSAGE_TEXT_CHANGED], _facts(key))


def _lock(key: TextKey) -> Locks:
    return Locks.of(keys={f"text:{':'.join(key)}"})


def _named(key: TextKey) -> tuple[ColumnElement[bool], ...]:
    language, channel, kind, part = key
    return (
        MessageText.language == language,
        MessageText.channel == channel,
        MessageText.kind == kind,
        MessageText.part == part,
    )


def _facts(key: TextKey) -> dict[str, str]:
    language, channel, kind, part = key
    return {"kind": kind.value, "channel": channel.value, "language": language, "part": part}


def _note(session: Session, key: TextKey, edit: TextEdit) -> None:
    action = JournalAction.MESSAGE_TEXT_CHANGED
    note(session, action, TERRITORY, by=edit.by, now=edit.now, **_facts(key))
