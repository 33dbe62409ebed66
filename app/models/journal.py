"""Who did what: rows that are only ever added, without any personal content."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.journal import JournalAction, JournalSubject
from app.models.base import Base, named


class JournalEntry(Base):
    """One act of a signed-in person. The database refuses to change a row (trigger)."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_at", "at"),
        Index("ix_journal_entry_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    """NULL: a command of the operator."""
    action: Mapped[JournalAction] = mapped_column(named(JournalAction, 40))
    subject_kind: Mapped[JournalSubject] = mapped_column(named(JournalSubject))
    subject_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    """Codes, counts and dates only; never a name, a number or what somebody typed."""


class TimetableChange(Base):
    """One confirmed change of the timetable, and the steps that undo it."""

    __tablename__ = "timetable_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[JournalAction] = mapped_column(named(JournalAction, 40))
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    steps: Mapped[dict[str, Any]]
    """What to put back, by table and id; no personal content."""
    undone_at: Mapped[datetime | None]
