"""What is to be sent, what was counted: rows written beside the fact that causes them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.models.base import COUNTED, Base, named


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
            "round",
            name="uq_outbox_message_once",
        ),
        Index("ix_outbox_message_state_due_at", "state", "due_at"),
        Index("ix_outbox_message_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_outbox_message_provider_id", "provider_id"),
        Index("ix_outbox_message_closed_at", "closed_at"),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(named(SubjectKind))
    subject_id: Mapped[int]
    kind: Mapped[MessageKind] = mapped_column(named(MessageKind))
    version: Mapped[int]
    """The appointment's `sequence` when the fact was written: an older one is superseded."""
    channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    recipient: Mapped[Recipient] = mapped_column(named(Recipient))
    round: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The how-manieth of its kind for that version: « J’ai du retard » may be said twice a day."""
    minutes: Mapped[int | None]
    """How late the counsellor is; of a date of a workshop, by how much it moved (may be negative).
    """
    session_id: Mapped[int | None]
    """Which date of a workshop it tells of; without one, it tells the next."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[OutboxState] = mapped_column(named(OutboxState), default=OutboxState.PENDING)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """Why it was skipped, or what the last failure said: never a name, a number or an address."""
    provider_id: Mapped[str | None]
    """What the carrier calls it: its receipts come back under that name."""
    receipt: Mapped[Receipt | None] = mapped_column(named(Receipt))
    receipt_at: Mapped[datetime | None]
    segments: Mapped[int | None]
    """Of an SMS: how many the carrier bills."""
    cost: Mapped[int | None]
    """In hundredths of a cent, by the unit price of that day."""
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    """Which commune the cost is charged to: of the place, of the home for a visit."""


class MessageCount(Base):
    """What was sent in a month, once the messages themselves are gone: no person in it."""

    __tablename__ = "message_count"

    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(named(MessageKind), primary_key=True)
    channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel), primary_key=True)
    state: Mapped[OutboxState] = mapped_column(named(OutboxState), primary_key=True)
    commune_id: Mapped[int] = mapped_column(primary_key=True)
    """0: charged to nobody."""
    count: Mapped[int]
    segments: Mapped[int]
    cost: Mapped[int]
    """In hundredths of a cent."""


class SendingPause(Base):
    """Somebody stopped all sending, until somebody resumed it. One at most is open."""

    __tablename__ = "sending_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime]
    paused_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    resumed_at: Mapped[datetime | None]
    resumed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class MessageText(Base):
    """A sentence that the coordinator wrote instead of the one that ships."""

    __tablename__ = "message_text"
    __table_args__ = (
        UniqueConstraint("language", "channel", "kind", "part", name="uq_message_text_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    kind: Mapped[MessageKind] = mapped_column(named(MessageKind))
    part: Mapped[str]
    """A key of the shipped table: venue, visit, both, subject."""
    text: Mapped[str] = mapped_column(String(2000))
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


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
