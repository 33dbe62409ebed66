"""What is to be sent, what was counted: rows written beside the fact that causes them."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.base import Base, named


class OutboxMessage(Base):
    """A message to send: no text, no address; both are taken from current facts when sending."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint(
            "subject_kind",
            "subject_id",
            "kind",
            "version",
            "channel",
            "recipient",
            name="uq_outbox_message_once",
        ),
        Index("ix_outbox_message_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(named(SubjectKind))
    subject_id: Mapped[int]
    kind: Mapped[MessageKind] = mapped_column(named(MessageKind))
    version: Mapped[int]
    """The appointment's `sequence` when the fact was written: an older one is superseded."""
    channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    recipient: Mapped[Recipient] = mapped_column(named(Recipient))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[OutboxState] = mapped_column(named(OutboxState), default=OutboxState.PENDING)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """Why it was skipped, or what the last failure said: never a name, a number or an address."""


class ThrottleCount(Base):
    """Tries within a window of time; the key is a keyed hash, never a phone or an address."""

    __tablename__ = "throttle_count"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


class UsageCount(Base):
    """How often something happened in a week; no person in it."""

    __tablename__ = "usage_count"

    week: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class JobRun(Base):
    """When each registered job of the worker ran last, so that several workers share them."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
