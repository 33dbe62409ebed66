"""The texts that the coordinator wrote instead of those that ship; the worker reads them too."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.models.outbox import MessageText

Texts = Mapping[tuple[str, MessageChannel, MessageKind, str], str]
"""(language, channel, kind, part) → the text."""


def read_texts(session: Session) -> Texts:
    """All own texts; a key that is missing has the text that ships. A few rows at most."""
    rows = session.scalars(select(MessageText))
    return {(row.language, row.channel, row.kind, row.part): row.text for row in rows}
