"""Anonymous attendance: records until they are cubed, sums that stay for ever, keys and closings.

No column here leads to a person or an appointment: no foreign key, no instant finer than a day, an
identifier drawn at random (statistics §4).
"""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.nomenclature import Family
from app.domain.sharing import KeyKind
from app.models.base import Base, named


class AttendanceRow(Base):
    """One `domain.attendance.AttendanceRecord`, in no order: the table is kept by its random id."""

    __tablename__ = "attendance_record"
    __table_args__ = (
        Index("ix_attendance_record_counted_on", "counted_on"),
        Index("ix_attendance_record_counsellor_on", "counsellor", "on"),
        CheckConstraint("participants >= 1", name="somebody_came"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    on: Mapped[date]
    counted_on: Mapped[date]
    """The day under which it counts: its own, or later as « rattrapage »."""
    counsellor: Mapped[str]
    type: Mapped[str]
    minutes: Mapped[int]
    place_kind: Mapped[str]
    place_commune: Mapped[str | None]
    """INSEE code; NULL at a distance."""
    venue: Mapped[str | None]
    participants: Mapped[int]
    themes: Mapped[list[str]]
    procedures: Mapped[list[str]]
    genders: Mapped[dict[str, Any]]
    ages: Mapped[dict[str, Any]]
    statuses: Mapped[dict[str, Any]]
    residences: Mapped[dict[str, Any]]
    already_helped: Mapped[int]
    devices: Mapped[list[str]]
    result: Mapped[str | None]
    autonomy: Mapped[str | None]
    redirection: Mapped[str | None]
    title: Mapped[str]
    """Of a workshop: the programme's own, never typed at the closing."""
    level: Mapped[str | None]
    origin: Mapped[str | None]
    leaders: Mapped[int]
    travel_minutes: Mapped[int]
    preparation_minutes: Mapped[int]
    is_copied: Mapped[bool] = mapped_column(default=False, server_default=false())
    """« Saisi » in the national tool."""
    is_blended: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Written again among others since its day, so that not even the database tells the order."""


class VolumeCube(Base):
    """Month × commune of the place × type × kind of place."""

    __tablename__ = "volume_cube"

    month: Mapped[date] = mapped_column(primary_key=True)
    commune: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    place_kind: Mapped[str] = mapped_column(primary_key=True)
    activities: Mapped[int]
    participants: Mapped[int]
    already_helped: Mapped[int]
    minutes: Mapped[int]
    travel_minutes: Mapped[int]
    preparation_minutes: Mapped[int]
    late_activities: Mapped[int]


class ResidenceCube(Base):
    """Month × commune of residence."""

    __tablename__ = "residence_cube"

    month: Mapped[date] = mapped_column(primary_key=True)
    commune: Mapped[str] = mapped_column(primary_key=True)
    participants: Mapped[int]
    minutes: Mapped[int]


class PublicCube(Base):
    """Half-year × territory or commune × family × code."""

    __tablename__ = "public_cube"

    half_year: Mapped[str] = mapped_column(primary_key=True)
    commune: Mapped[str] = mapped_column(primary_key=True)
    """INSEE code; empty: the territory."""
    family: Mapped[Family] = mapped_column(named(Family), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class HoursCube(Base):
    """Month × commune: the minutes as they were when the half-year was closed.

    A month in which a time key begins or ends has a row for each part of it.
    """

    __tablename__ = "hours_cube"

    month: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the month, or of that part of it."""
    commune: Mapped[str] = mapped_column(primary_key=True)
    """INSEE code; empty: the territory's own line."""
    planned: Mapped[int]
    held: Mapped[int]
    used: Mapped[int]
    lost: Mapped[dict[str, Any]]
    """Minutes by cause shown outside the team."""
    travel_minutes: Mapped[int]
    preparation_minutes: Mapped[int]


class OutcomeCount(Base):
    """Month × commune × type: what became of appointments and of places in workshops.

    Written at the closing; before it, only what is told late of a half-year that is closed.
    """

    __tablename__ = "outcome_count"

    month: Mapped[date] = mapped_column(primary_key=True)
    commune: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    attended: Mapped[int]
    absent: Mapped[int]
    cancelled_by_person: Mapped[int]
    cancelled_by_service: Mapped[int]
    delay_days: Mapped[int]


class HalfYearClosing(Base):
    """A half-year whose figures never change any more."""

    __tablename__ = "half_year_closing"

    half_year: Mapped[str] = mapped_column(primary_key=True)
    """« 2026-2 »."""
    closed_on: Mapped[date]
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    missing: Mapped[int]
    """How many appointments held were without a record, as the coordination accepted."""
    annual_cost_cents: Mapped[int | None]
    """What the service cost in a year on that day: the money of this half-year for ever."""


class SharingKeyRow(Base):
    """One `domain.sharing.SharingKey`; never changed once a closed half-year has used it."""

    __tablename__ = "sharing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[KeyKind] = mapped_column(named(KeyKind))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """Its own last day, as agreed; the next key of its kind ends it all the same."""
    population_vintage: Mapped[int | None]
    parts: Mapped[dict[str, Any]]
    """By code: hundredths, is_commune, has_access."""
    recorded_on: Mapped[date]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Erasure(Base):
    """A card that was erased; the same line stands in a file beside the backups."""

    __tablename__ = "erasure"

    resident_id: Mapped[int] = mapped_column(primary_key=True)
    """The number of the card, no foreign key: the card itself may come back by a restore."""
    erased_on: Mapped[date]
