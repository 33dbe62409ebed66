"""The waiting list: who waits for a place, and the places that were offered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.appointment import HelperRelation, MessageChannel, PlaceKind, Recipient
from app.domain.waiting import HalfDay, OfferOutcome
from app.models.appointment import Appointment, Engagement, Resident
from app.models.base import COUNTED, Base, named

OPEN: Any = {f"{dialect}_where": text("closed_at IS NULL") for dialect in ("sqlite", "postgresql")}
"""Nobody has two places offered at a time: the wall behind the rule."""


class WaitingEntry(Base):
    """Somebody waits; the row goes as soon as they have a place, leave, or after 60 days."""

    __tablename__ = "waiting_entry"
    __table_args__ = COUNTED

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), unique=True)
    """They have this appointment, and would like an earlier one; NULL: they have nothing."""
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind))
    half_day: Mapped[HalfDay] = mapped_column(named(HalfDay))
    reach_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How far they would travel to another commune; 0: their own only."""
    language: Mapped[str]
    message_channel: Mapped[MessageChannel] = mapped_column(named(MessageChannel))
    message_to: Mapped[Recipient] = mapped_column(named(Recipient))
    helper_name: Mapped[str | None]
    helper_phone: Mapped[str | None]
    helper_relation: Mapped[HelperRelation | None] = mapped_column(named(HelperRelation))
    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    joined_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    refusals: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    link_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team wrote it down; NULL: the person did, online."""

    resident: Mapped[Resident] = relationship()
    appointment: Mapped[Appointment | None] = relationship()


class Offer(Base):
    """A place held for one person until they answer. Workshops will offer places by it too."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_counsellor_id_starts_at", "counsellor_id", "starts_at"),
        Index("ix_offer_closed_at_answer_by", "closed_at", "answer_by"),
        Index("uq_offer_open", "entry_id", unique=True, **OPEN),
        COUNTED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("waiting_entry.id"), index=True)
    """NULL once the entry is gone: the offer is then closed, and only counts refusals."""
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"), unique=True)
    """The hold; once accepted, the appointment's own; NULL for any other closed offer."""
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    window_minutes: Mapped[int | None]
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    offered_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    link_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    link_token_hash: Mapped[str | None] = mapped_column(unique=True)
    outcome: Mapped[OfferOutcome | None] = mapped_column(named(OfferOutcome))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """Who of the team noted the answer, by telephone."""

    entry: Mapped[WaitingEntry | None] = relationship()
    engagement: Mapped[Engagement | None] = relationship()
