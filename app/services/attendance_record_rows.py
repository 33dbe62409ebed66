"""From an attendance record to its row and back. Commits nothing."""

import hashlib
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from app.domain.attendance import AttendanceRecord
from app.models.attendance import AttendanceRow

CODES = ("themes", "procedures", "devices")
"""Sets of codes: stored as sorted lists, so that their order tells nothing either."""
COUNTS = ("genders", "ages", "statuses", "residences")


def columns_of(record: AttendanceRecord) -> dict[str, Any]:
    """The columns that the record fills."""
    columns = asdict(record)
    for name in CODES:
        columns[name] = sorted(columns[name])
    for name in COUNTS:
        columns[name] = dict(sorted(columns[name].items()))
    return columns


def row_of(record: AttendanceRecord, counted_on: date) -> AttendanceRow:
    """A new row, with an identifier drawn at random."""
    return AttendanceRow(**columns_of(record), counted_on=counted_on)


def record_of(row: AttendanceRow) -> AttendanceRecord:
    """The record of a row."""
    columns = {name: getattr(row, name) for name in AttendanceRecord.__dataclass_fields__}
    for name in CODES:
        columns[name] = frozenset(columns[name])
    for name in COUNTS:
        columns[name] = dict(columns[name])
    return AttendanceRecord(**columns)


def version_of(record: AttendanceRecord) -> str:
    """A digest of its answers: what a second writer is compared with, since no instant is kept."""
    told = json.dumps(columns_of(record), sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
