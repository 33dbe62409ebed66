"""The timetable: recurring availabilities, and the dated facts that change them.

Nothing here is ever deleted: figures of past periods are computed from the versions then in force.
"""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.recurrence import Frequency
from app.domain.schedule import AvailabilityKind
from app.models.base import Base, named


class Availability(Base):
    """One version of a recurring block of reception hours, in local wall time."""

    __tablename__ = "availability"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("from_time < to_time", name="hours_in_order"),
        CheckConstraint(
            "(kind = 'PERMANENCE') = (venue_id IS NOT NULL)", name="permanence_has_venue"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    """The stable key of the rule in the timetable file; its versions share it."""
    version: Mapped[int] = mapped_column(default=1)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), index=True)
    kind: Mapped[AvailabilityKind] = mapped_column(named(AvailabilityKind))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    commune_slugs: Mapped[list[str]]
    """Where home visits are made; empty for a permanence."""
    frequency: Mapped[Frequency] = mapped_column(named(Frequency))
    weekday: Mapped[int]
    every_weeks: Mapped[int] = mapped_column(default=1)
    nth: Mapped[int | None]
    first_on: Mapped[date]
    """Anchor of « every n weeks »: kept from version to version."""
    from_time: Mapped[time]
    to_time: Mapped[time]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """Last day in force; before `valid_from` when a version was replaced before it began."""
    skipped_dates: Mapped[list[str]]
    extra_dates: Mapped[list[str]]
    desk_until_days: Mapped[int | None]
    """Reserved to the phone desk until that many calendar days before."""
    recorded_at: Mapped[datetime]


class Absence(Base):
    """A counsellor is away. Never a reason: that would be medical."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    series: Mapped[str | None]
    """Shared by the dates of one recurring absence."""
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Replacement(Base):
    """A counsellor holds the sessions of another for a while."""

    __tablename__ = "replacement"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("absent_id <> substitute_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Closure(Base):
    """A venue is closed (works, elections): no permanence there; home visits go on."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
