"""People, appointments and the wall that keeps any counsellor from being in two places."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    Caller,
    CallOutcome,
    CallReason,
    CallTime,
    CancelledBy,
    ChangeReason,
    Channel,
    Deadline,
    EngagementKind,
    EventKind,
    HelperRelation,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.base import COUNTED, Base, named
from app.models.places import Commune, Topic, Venue

SEARCH_KEY = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Compared byte by byte, so that « begins with » is a range of the index on both databases."""


class Resident(Base):
    """A card. Each public booking makes a new one; only a clerk attaches or merges cards."""

    __tablename__ = "resident"
    __table_args__ = COUNTED

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(index=True)
    """E.164, or NULL when a helper books and the person has no phone."""
    email: Mapped[str | None]
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    """Where the person lives, as they said last; decides which desk sees the card."""
    by_last_name: Mapped[str | None] = mapped_column(SEARCH_KEY, index=True)
    by_first_name: Mapped[str | None] = mapped_column(SEARCH_KEY, index=True)
    by_phone_end: Mapped[str | None] = mapped_column(SEARCH_KEY, index=True)
    """Keys of the desk's search, made by `domain.search_keys`."""
    language: Mapped[str]
    to_reconcile: Mapped[bool] = mapped_column(default=True)
    """« À rapprocher »: a clerk may attach this card to one that exists already."""
    refuses_reminders: Mapped[bool] = mapped_column(default=False, server_default=false())
    refuses_sms: Mapped[bool] = mapped_column(default=False, server_default=false())
    """« STOP », or from the link: no text message of any kind."""
    refuses_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    """When the desk corrected it last."""


class Engagement(Base):
    """Time of a counsellor that something occupies; the database refuses two that overlap.

    The wall itself (EXCLUDE on PostgreSQL, triggers on SQLite) is in the first migration.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index("ix_engagement_counsellor_id_starts_at", "counsellor_id", "starts_at"),
        Index("ix_engagement_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[EngagementKind] = mapped_column(named(EngagementKind))
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    """NULL at somebody's home."""
    occupies: Mapped[bool] = mapped_column(default=True)
    held_until: Mapped[datetime | None]
    """An offer holds the time until then; past it, it counts for nothing and the next booker
    removes it. NULL: it occupies for good.
    """

    counsellor: Mapped[Counsellor] = relationship()
    commune: Mapped[Commune] = relationship()
    venue: Mapped[Venue | None] = relationship()

    @property
    def place(self) -> Place:
        return Place(self.commune_id, self.venue_id)


class Appointment(Base):
    """One person, one topic, one time: at a venue, or at home."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("reference BETWEEN 100000 AND 999999", name="six_digits"),
        CheckConstraint(
            "(status = 'CANCELLED') = (cancelled_by IS NOT NULL)", name="cancelled_by_somebody"
        ),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    """Part of the calendar UID: constant for the life of the appointment."""
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), unique=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    """Where the person lives, which may not be where they come; NULL: in another commune."""
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind))
    topic_minutes: Mapped[int]
    """Length promised at booking: the topic may change later."""
    window_minutes: Mapped[int | None]
    """A visit begins within so many minutes of its start, as promised; NULL at a venue."""
    status: Mapped[AppointmentStatus] = mapped_column(named(AppointmentStatus))
    cancelled_by: Mapped[CancelledBy | None] = mapped_column(named(CancelledBy))
    channel: Mapped[Channel] = mapped_column(named(Channel))
    language: Mapped[str]
    booked_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    """Grows on each change of time or place and on a cancellation (RFC 5546 §2.1.4)."""

    reference: Mapped[int | None] = mapped_column(unique=True)
    """What a person dictates; NULL again 30 days after the appointment."""
    link_version: Mapped[int] = mapped_column(default=1)
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    form_digest: Mapped[str | None]

    message_channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    message_to: Mapped[Recipient] = mapped_column(named(Recipient))
    helper_name: Mapped[str | None]
    helper_phone: Mapped[str | None] = mapped_column(index=True)
    helper_relation: Mapped[HelperRelation | None] = mapped_column(named(HelperRelation))

    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    call_time: Mapped[CallTime | None] = mapped_column(named(CallTime))

    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team booked it; NULL: the person did, online."""
    caller: Mapped[Caller | None] = mapped_column(named(Caller))
    deadline: Mapped[Deadline | None] = mapped_column(named(Deadline))
    note: Mapped[str | None]
    """For the counsellor, 200 characters, erased 30 days after (law B18)."""
    is_recorded: Mapped[bool] = mapped_column(default=False, server_default=false())
    """« Relevé fait »: an attendance record tells of it, and nothing says which."""
    arrived_at: Mapped[datetime | None]
    """A fact beside the status: somebody sits in the waiting room."""
    visit_ended_at: Mapped[datetime | None]
    """« Visite terminée »: the counsellor left the home, or somebody heard that all is well."""

    resident: Mapped[Resident] = relationship()
    engagement: Mapped[Engagement] = relationship()
    commune: Mapped[Commune | None] = relationship()
    topic: Mapped[Topic] = relationship()


class AppointmentEvent(Base):
    """One row for each change of an appointment: who, by which channel, when, what."""

    __tablename__ = "appointment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[EventKind] = mapped_column(named(EventKind))
    actor: Mapped[Actor] = mapped_column(named(Actor))
    channel: Mapped[Channel] = mapped_column(named(Channel))
    old_starts_at: Mapped[datetime | None]
    new_starts_at: Mapped[datetime | None]
    old_counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    new_counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    old_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    new_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team did it."""
    reason: Mapped[ChangeReason | None] = mapped_column(named(ChangeReason))


class CallTask(Base):
    """Somebody of the team must call; a home visit opens one."""

    __tablename__ = "call_task"
    __table_args__ = (
        Index("ix_call_task_closed_at_due_at", "closed_at", "due_at"),
        CheckConstraint(
            "(appointment_id IS NULL) <> (registration_id IS NULL)", name="about_one_thing"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    """Of a workshop, where it is about no appointment."""
    reason: Mapped[CallReason] = mapped_column(named(CallReason))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    outcome: Mapped[CallOutcome | None] = mapped_column(named(CallOutcome))
    tried_at: Mapped[datetime | None]
    """The last call; « pas de réponse » leaves the task open."""
    closed_at: Mapped[datetime | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who called last."""
