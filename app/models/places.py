"""The territory: who runs the service, its communes, venues, travel minutes, topics and payers.

All of it is loaded from a file of `territories/`: nothing here knows any commune by name.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base


class Territory(Base):
    """The one grouping of communes that this database serves (a single row, id 1)."""

    __tablename__ = "territory"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    department: Mapped[str]
    timezone: Mapped[str]
    school_zone: Mapped[str]
    population_vintage: Mapped[int | None]
    service: Mapped[dict[str, Any]]
    """[service] of the file: name, slogan, phone, hours, e-mail, SMS names; texts by language."""
    texts: Mapped[dict[str, Any]]
    """[texts] of the file: what the legal pages need."""
    settings: Mapped[dict[str, Any]]
    """[settings] of the file: only what differs from the defaults of domain.settings."""
    colours: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with each change of territory or timetable: what was computed from it is then stale."""
    loaded_at: Mapped[datetime]


class Commune(Base):
    __tablename__ = "commune"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    official_name: Mapped[str]
    name_in: Mapped[str]
    name_of: Mapped[str]
    insee_code: Mapped[str] = mapped_column(unique=True)
    postal_code: Mapped[str]
    siren: Mapped[str | None]
    population: Mapped[int | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    bookable: Mapped[bool] = mapped_column(default=True)
    """False: pays without access to the counsellors' help; never offered to residents."""
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]
    town_hall: Mapped[dict[str, Any]]
    position: Mapped[int]


class Venue(Base):
    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    postal_line: Mapped[str]
    access_notes: Mapped[dict[str, str]]
    sms_name: Mapped[str]
    card: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    """What the team knows of it: room, Wi-Fi, printer, ramp, parking, keys, hours."""
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]

    commune: Mapped[Commune] = relationship()


class TravelTime(Base):
    """Minutes by car between two communes, one way; where no pair is listed, coordinates decide."""

    __tablename__ = "travel_time"
    __table_args__ = (
        UniqueConstraint("from_commune_id", "to_commune_id"),
        CheckConstraint("minutes >= 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    to_commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    minutes: Mapped[int]


class Topic(Base):
    """What a resident needs help with; codes are stable, labels may be renamed."""

    __tablename__ = "topic"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[dict[str, str]]
    minutes: Mapped[int]
    step_minutes: Mapped[int | None]
    bring: Mapped[dict[str, str]]
    themes: Mapped[list[str]]
    sensitive: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]


class Payer(Base):
    """Who pays a part of the service: a commune (with access or not) or a body that is none."""

    __tablename__ = "payer"
    __table_args__ = (
        CheckConstraint("share_hundredths BETWEEN 0 AND 10000", name="share_in_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    share_hundredths: Mapped[int | None]
    """Hundredths of a percent of the cost; NULL: pro rata of the population."""
    valid_from: Mapped[date | None]
