"""Workshops: the programme, who is registered, who comes. A workshop is what one registers for.

A workshop has one session, or several: then it is a cycle, with one registration for all of them.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.appointment import (
    Caller,
    CancelledBy,
    Channel,
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.waiting import OfferOutcome
from app.domain.workshops import Level, ParticipationState, RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement, Resident
from app.models.base import COUNTED, Base, named
from app.models.places import Commune, Venue
from app.models.waiting import OPEN


class WorkshopTemplate(Base):
    """A kind of workshop, written once: its dates copy what people read. Never deleted."""

    __tablename__ = "workshop_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The beginning of its addresses: « mots-de-passe »."""
    title: Mapped[dict[str, str]]
    """Texts by language, as those of a topic; a language that is missing shows the French."""
    content: Mapped[dict[str, str]]
    """« Ce que vous allez faire »."""
    prerequisites: Mapped[dict[str, str]]
    """« Il faut savoir »; empty: nothing."""
    bring: Mapped[dict[str, str]]
    level: Mapped[Level] = mapped_column(named(Level))
    themes: Mapped[list[str]]
    """Codes of the national record."""
    minutes: Mapped[int]
    capacity: Mapped[int]
    minimum: Mapped[int]
    devices: Mapped[int]
    """How many devices can be lent."""
    active: Mapped[bool] = mapped_column(default=True)
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Workshop(Base):
    """What one registers for: some places on one date, or on all dates of a cycle."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="room_for_somebody"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="never_too_many"),
        CheckConstraint("kept_places BETWEEN 0 AND capacity", name="kept_of_capacity"),
        Index("ix_workshop_first_at", "first_at"),
        Index("ix_workshop_last_at", "last_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("workshop_template.id"), index=True)
    series: Mapped[str | None] = mapped_column(index=True)
    """Shared by the workshops that were made in one go, as a series of single dates."""
    title: Mapped[dict[str, str]]
    content: Mapped[dict[str, str]]
    prerequisites: Mapped[dict[str, str]]
    bring: Mapped[dict[str, str]]
    level: Mapped[Level] = mapped_column(named(Level))
    themes: Mapped[list[str]]
    host_commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    """The commune that hosts it: messages are charged to it, places may be kept for it."""
    capacity: Mapped[int]
    minimum: Mapped[int]
    devices: Mapped[int]
    kept_places: Mapped[int] = mapped_column(default=0)
    """So many are for residents of the host commune alone until `kept_until`, that day included."""
    kept_until: Mapped[date | None]
    taken: Mapped[int] = mapped_column(default=0)
    """Places of who is registered, and those held by open offers: the wall against one too many.
    Written under the lock of the workshop only, by `services/workshop_places`.
    """
    status: Mapped[WorkshopStatus] = mapped_column(named(WorkshopStatus))
    first_at: Mapped[datetime]
    """Start of its first session that still stands: what lists and limits look at."""
    last_at: Mapped[datetime]
    """End of its last session that still stands."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Grows on each change that people are told, and on each of its texts."""
    upheld_at: Mapped[datetime | None]
    """When the coordinator answered that it stands with so few; NULL: nobody has, or need not."""
    reworded_at: Mapped[datetime | None]
    """When its texts changed last; NULL: they are as they were planned."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    template: Mapped[WorkshopTemplate] = relationship()
    host_commune: Mapped[Commune] = relationship()
    sessions: Mapped[list["WorkshopSession"]] = relationship(
        back_populates="workshop", order_by="WorkshopSession.starts_at"
    )


class WorkshopSession(Base):
    """One date of a workshop, at a venue or at any place that has a name and an address."""

    __tablename__ = "workshop_session"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint(
            "(venue_id IS NULL) = (place_name IS NOT NULL)", name="at_a_venue_or_a_place"
        ),
        Index("ix_workshop_session_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    """Part of the calendar UID: constant for the life of the session."""
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """What people read; the counsellors are engaged longer (set-up and tidying)."""
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    place_name: Mapped[str | None]
    place_address: Mapped[str | None]
    status: Mapped[WorkshopStatus] = mapped_column(named(WorkshopStatus))
    sequence: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When the attendance sheet was closed."""
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    is_recorded: Mapped[bool] = mapped_column(default=False, server_default=false())
    """« Relevé fait »: an attendance record tells of it, or it is known that nobody came."""
    is_deserted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """« Personne n’est venu »: held, its time unused, and no record tells of it."""
    walk_ins: Mapped[int] = mapped_column(default=0)
    """Who came without being registered: a count, no name."""
    lent: Mapped[int] = mapped_column(default=0)
    """Devices lent that day."""

    workshop: Mapped[Workshop] = relationship(back_populates="sessions")
    commune: Mapped[Commune] = relationship()
    venue: Mapped[Venue | None] = relationship()
    holds: Mapped[list["WorkshopEngagement"]] = relationship(back_populates="session")


class WorkshopEngagement(Base):
    """Who holds a session: one engagement, under the same wall as the appointments."""

    __tablename__ = "workshop_engagement"

    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id"), primary_key=True)
    engagement_id: Mapped[int] = mapped_column(
        ForeignKey("engagement.id"), primary_key=True, unique=True
    )

    session: Mapped[WorkshopSession] = relationship(back_populates="holds")
    engagement: Mapped[Engagement] = relationship()


class Registration(Base):
    """One or two people who come together, registered or waiting."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 2", name="one_or_two"),
        CheckConstraint("reference BETWEEN 100000 AND 999999", name="six_digits"),
        CheckConstraint(
            "(status = 'CANCELLED') = (cancelled_by IS NOT NULL)", name="cancelled_by_somebody"
        ),
        Index("ix_registration_workshop_id_status", "workshop_id", "status"),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    """Where they live; NULL: in another commune."""
    places: Mapped[int] = mapped_column(default=1)
    companion_first_name: Mapped[str | None]
    companion_last_name: Mapped[str | None]
    accepts_one: Mapped[bool] = mapped_column(default=False)
    """Of two who wait: one of them would come alone where a single place is free."""
    devices_wanted: Mapped[int] = mapped_column(default=0)
    """How many devices to lend them: 0, 1 or 2."""
    status: Mapped[RegistrationStatus] = mapped_column(named(RegistrationStatus))
    cancelled_by: Mapped[CancelledBy | None] = mapped_column(named(CancelledBy))
    channel: Mapped[Channel] = mapped_column(named(Channel))
    language: Mapped[str]
    registered_at: Mapped[datetime]
    """Also their rank on the waiting list; kept when one of two gives up."""
    left_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Cancelled while they waited: no place was given up."""
    updated_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    reference: Mapped[int | None] = mapped_column(unique=True)
    """Of the same pool as those of appointments; NULL 30 days after the last session."""
    link_version: Mapped[int] = mapped_column(default=1)
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    form_digest: Mapped[str | None]
    message_channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    message_to: Mapped[Recipient] = mapped_column(named(Recipient))
    helper_name: Mapped[str | None]
    helper_phone: Mapped[str | None] = mapped_column(index=True)
    helper_relation: Mapped[HelperRelation | None] = mapped_column(named(HelperRelation))
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team registered them; NULL: they did, online."""
    caller: Mapped[Caller | None] = mapped_column(named(Caller))

    workshop: Mapped[Workshop] = relationship()
    resident: Mapped[Resident] = relationship()


class PlacesOffer(Base):
    """Places of a workshop held for who waits until they answer: they count as taken meanwhile."""

    __tablename__ = "places_offer"
    __table_args__ = (
        Index("ix_places_offer_closed_at_answer_by", "closed_at", "answer_by"),
        Index("uq_places_offer_open", "registration_id", unique=True, **OPEN),
        CheckConstraint("places BETWEEN 1 AND 2", name="one_or_two"),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    places: Mapped[int]
    """One, for two who have said that one of them would come alone."""
    offered_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    link_version: Mapped[int] = mapped_column(default=1)
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    outcome: Mapped[OfferOutcome | None] = mapped_column(named(OfferOutcome))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team noted the answer, by telephone."""

    workshop: Mapped[Workshop] = relationship()
    registration: Mapped[Registration] = relationship()


class Participation(Base):
    """What became of a registration on one session; no row: they are expected."""

    __tablename__ = "participation"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("workshop_session.id"), primary_key=True, index=True
    )
    state: Mapped[ParticipationState] = mapped_column(named(ParticipationState))
    came: Mapped[int] = mapped_column(default=0)
    """How many of their places were used: 0, 1 or 2."""


class WorkshopNews(Base):
    """« Être prévenu des prochains ateliers »: a consent of its own, with a way out of its own."""

    __tablename__ = "workshop_news"
    __table_args__ = (
        CheckConstraint("(email IS NULL) <> (phone IS NULL)", name="one_way_to_tell"),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    """E.164, only where the gateway takes « STOP »."""
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    """Its workshops are told first; NULL: all by date."""
    language: Mapped[str]
    consented_at: Mapped[datetime]
    link_version: Mapped[int] = mapped_column(default=1)
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    told_on: Mapped[date | None]
    """Local day of the last digest."""
