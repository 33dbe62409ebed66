"""What every table shares: one registry, one naming convention, one way to store an instant."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


COUNTED = {"sqlite_autoincrement": True}
"""For a table whose numbers are remembered elsewhere, in links, messages or the journal: SQLite
would give the number of its last row again once that row is removed; PostgreSQL never does."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; SQLite forgets the zone, so it is put back on the way out.

    Raises ValueError for a naive value: a wall time that slipped in would be an hour wrong.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime refused: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def named(kind: type[StrEnum], length: int = 24) -> Enum:
    """A column that stores the value of a StrEnum as text; another word is refused by the ORM.

    No CHECK: the lists grow with each issue, and SQLite would recreate the table for it, which
    drops its triggers (the wall of `engagement` is made of them).
    """
    return Enum(
        kind,
        native_enum=False,
        validate_strings=True,
        length=length,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The base of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            datetime: UtcDateTime(),
            str: String(200),
            dict[str, str]: JSON(),
            dict[str, Any]: JSON(),
            list[str]: JSON(),
        },
    )
