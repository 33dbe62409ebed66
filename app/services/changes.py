"""What a loaded file changes: told before and after, and applied to the rows in one place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.models.base import Base

Row = Mapping[str, Any]


class ChangeKind(StrEnum):
    ADDED = "ADDED"
    CHANGED = "CHANGED"
    ENDED = "ENDED"
    """Taken out of use: the row stays for the figures of the past."""
    REMOVED = "REMOVED"
    LEAVING = "LEAVING"
    """Still in use until the day `after`: nothing is changed yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the file and the database; `key` is as in the file."""

    kind: ChangeKind
    key: str
    before: object = None
    after: object = None


def added(table: str, key: object) -> Change:
    return Change(ChangeKind.ADDED, f"{table}[{key}]")


def ended(table: str, key: object) -> Change:
    return Change(ChangeKind.ENDED, f"{table}[{key}]")


def leaving(table: str, key: object, on: date) -> Change:
    return Change(ChangeKind.LEAVING, f"{table}[{key}]", after=on)


def removed(table: str, key: object) -> Change:
    return Change(ChangeKind.REMOVED, f"{table}[{key}]")


def update(row: Base, path: str, values: Row) -> list[Change]:
    """Give the row those values; one change for each column, or key of one, that had another."""
    changes: list[Change] = []
    for column, after in values.items():
        before = getattr(row, column)
        if before != after:
            setattr(row, column, after)
            changes += _differences(f"{path}.{column}" if path else column, before, after)
    return changes


def _differences(path: str, before: object, after: object) -> Iterator[Change]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        yield Change(ChangeKind.CHANGED, path, before, after)
        return
    for key in (*before, *(key for key in after if key not in before)):
        if before.get(key) != after.get(key):
            yield from _differences(f"{path}.{key}", before.get(key), after.get(key))


def upsert(
    session: Session,
    table: str,
    make: Callable[..., Base],
    existing: Mapping[Any, Base],
    wanted: Mapping[Any, Row],
) -> list[Change]:
    """Add the rows that are new, update the others; both mappings share their keys."""
    changes: list[Change] = []
    for key, values in wanted.items():
        row = existing.get(key)
        if row is None:
            session.add(make(**values))
            changes.append(added(table, key))
        else:
            changes += update(row, f"{table}[{key}]", values)
    session.flush()
    return changes
