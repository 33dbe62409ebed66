"""One row in every table, each column filled, all of one instant: what a purge has to show for."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Boolean, Date, Enum, Integer, Table, Uuid, insert, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import AppointmentStatus
from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import OutboxState
from app.models import Base
from app.models.base import UtcDateTime
from app.services.retention import WAITING

NUMBER = 1000
"""The id of each row: numbers that the database gives meanwhile are smaller."""
LENGTH = timedelta(minutes=45)
Row = dict[str, Any]
Picture = dict[str, dict[tuple[Any, ...], Row]]


def fill_every_table(session: Session, at: datetime) -> None:
    """A row in each table that has none: a person and all that was ever known of them, at `at`."""
    keys: dict[str, Row] = {}
    for table in Base.metadata.sorted_tables:
        found = session.execute(select(table).limit(1)).mappings().one_or_none()
        if found is None:
            row = {column.name: _value(column, keys, at) for column in table.columns}
            row |= _exceptions(at).get(table.name, {})
            if table.name == "replacement":
                row["substitute_id"] = row["absent_id"] + 1
            session.execute(insert(table), row)
            found = session.execute(select(table)).mappings().one()
        keys[table.name] = dict(found)
    session.commit()


def _value(column: Any, keys: dict[str, Row], at: datetime) -> Any:
    for key in column.foreign_keys:
        return keys[key.column.table.name][key.column.name]
    if column.name == "starts_at":
        return at - LENGTH
    kinds: list[tuple[type, Any]] = [
        (Enum, next(iter(column.type.enum_class)) if isinstance(column.type, Enum) else None),
        (UtcDateTime, at),
        (Date, at.date()),
        (Boolean, True),
        (Uuid, uuid4()),
        (JSON, {}),
        (Integer, NUMBER if column.name == "id" else 1),
    ]
    return next(
        (value for kind, value in kinds if isinstance(column.type, kind)), f"some {column.name}"
    )


def _exceptions(at: datetime) -> dict[str, Row]:
    """What the constraints of some tables ask for, and what a period is counted from."""
    return {
        "engagement": {"held_until": None},
        "user": {"role": Role.COUNSELLOR, "active": False},
        "appointment": {
            "reference": 123_456,
            "status": AppointmentStatus.ATTENDED,
            "cancelled_by": None,
        },
        "registration": {"reference": 123_458, "cancelled_by": None, "left_list": False},
        "call_task": {"registration_id": None},
        "calendar_feed": {"venue_id": None},
        "workshop_news": {"phone": None},
        "workshop_session": {"place_name": None},
        "waiting_entry": {"appointment_id": None, "expires_at": at + WAITING.period},
        "outbox_message": {"state": OutboxState.SENT, "subject_id": NUMBER},
        "half_year_closing": {"half_year": HalfYear.of(at.date()).code},
        "journal_entry": {
            "action": JournalAction.USER_DISABLED,
            "subject_kind": JournalSubject.USER,
            "subject_id": NUMBER,
        },
        "message_count": {"month": date(2020, 1, 1)},
        "erasure": {"resident_id": NUMBER + 1},
    }


def picture_of(session: Session) -> Picture:
    """Every row of every table, by its key."""
    session.rollback()
    return {table.name: _rows(session, table) for table in Base.metadata.sorted_tables}


def _rows(session: Session, table: Table) -> dict[tuple[Any, ...], Row]:
    names = [column.name for column in table.primary_key.columns]
    rows = [dict(row) for row in session.execute(select(table)).mappings()]
    return {tuple(row[name] for name in names): row for row in rows}
