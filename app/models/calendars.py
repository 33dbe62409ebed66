"""Calendars that go out (feeds) and that come in (a counsellor's own agenda)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.feeds import FeedLevel
from app.models.base import Base, named


class CalendarFeed(Base):
    """A secret address that a calendar program reads: of a counsellor, or of a venue."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint("(counsellor_id IS NULL) <> (venue_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    level: Mapped[FeedLevel] = mapped_column(named(FeedLevel))
    with_travel: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    fetched_by: Mapped[str | None]
    """The program that read it last, as it calls itself."""


class BusyCalendar(Base):
    """The address of a counsellor's own agenda: only when they are busy is taken from it."""

    __tablename__ = "busy_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), unique=True)
    url: Mapped[str] = mapped_column(String(2000))
    added_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    """The last time it was understood: the busy times are of that moment."""
    failure: Mapped[str | None]
    """The code of what went wrong at the last try; NULL when it was read."""
    etag: Mapped[str | None]


class BusyTime(Base):
    """An hour that the own agenda says is taken; without its title nor its place."""

    __tablename__ = "busy_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        Index("ix_busy_time_counsellor_id_starts_at", "counsellor_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
