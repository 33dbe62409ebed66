"""The texts that the coordinator wrote instead of those that ship; the worker reads them too."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.gateways.message_words import Texts
from app.models.outbox import MessageText

ON_A_PAGE = MessageChannel.NONE
"""The « channel » of the three questions: nothing sends them, a page asks them."""


def read_texts(session: Session) -> Texts:
    """All own texts; a key that is missing has the text that ships. A few rows at most."""
    rows = session.scalars(select(MessageText))
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
