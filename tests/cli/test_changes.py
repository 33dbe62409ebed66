"""A change on one line, as the operator reads it."""

from datetime import date, time

import pytest

from app.cli.changes import describe
from app.services.changes import Change, ChangeKind


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (3917, 3920, "3917 → 3920"),
        (None, date(2026, 12, 31), "rien → 2026-12-31"),
        ("", "05 36 49 00 00", "rien → 05 36 49 00 00"),
        (True, False, "oui → non"),
        (time(9), time(9, 30), "09:00 → 09:30"),
        (["é"], [], '["é"] → []'),
    ],
)
def test_a_changed_value_is_told_before_and_after(
    before: object, after: object, expected: str
) -> None:
    change = Change(ChangeKind.CHANGED, "communes[amont].x", before, after)
    assert describe(change) == f"~ communes[amont].x : {expected}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ChangeKind.ADDED, "+ venues[salle]"),
        (ChangeKind.ENDED, "- venues[salle] (n'est plus utilisé)"),
        (ChangeKind.REMOVED, "- venues[salle]"),
    ],
)
def test_what_comes_and_goes_is_told_by_its_key(kind: ChangeKind, expected: str) -> None:
    assert describe(Change(kind, "venues[salle]")) == expected
