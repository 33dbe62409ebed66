"""Rows as the person they are about may read them: every column, but for our own keys."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Base

OUR_KEYS = frozenset(
    {
        "link_token_hash", "form_key", "form_digest", "by_last_name", "by_first_name",
        "by_phone_end", "leased_until", "attempts", "engagement_id", "resident_id", "subject_id",
        "subject_kind", "appointment_id", "user_id", "booked_by_id", "topic_id", "commune_id",
        "venue_id", "counsellor_id", "old_venue_id", "new_venue_id", "old_counsellor_id",
        "new_counsellor_id", "occupies", "entry_id", "closed_by_id", "registration_id",
        "workshop_id", "session_id",
    }
)  # fmt: skip
"""What opens doors or joins tables, and tells the person nothing; places and topics go by name."""
Facts = dict[str, Any]


def row_facts(row: Base, **more: Any) -> Facts:
    """The row, column by column; `more` says in words what our keys lead to."""
    table: Any = row.__table__
    names = [column.name for column in table.columns if column.name not in OUR_KEYS]
    return {name: plain(getattr(row, name)) for name in names} | more


def plain(value: Any) -> Any:
    """A text, a number, or an ISO 8601 instant (UTC)."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def rows_of(
    session: Session, model: type[Base], owner: Any, ids: Sequence[int], *only: Any
) -> dict[int, list[Facts]]:
    """The rows of a table by what they belong to."""
    found: dict[int, list[Facts]] = {each: [] for each in ids}
    rows = session.scalars(select(model).where(owner.in_(ids), *only).order_by(*_key(model)))
    for row in rows:
        found[getattr(row, owner.key)].append(row_facts(row))
    return found


def _key(model: type[Base]) -> Iterable[Any]:
    table: Any = model.__table__
    return tuple(table.primary_key)
