"""When a half-year may be closed, and where later facts are counted."""

from datetime import date

import pytest

from app.domain import attendance_errors as errors
from app.domain.closing import check_closing, counted_on
from app.domain.errors import DomainError
from app.domain.half_year import HalfYear

AUTUMN_2025, SPRING, AUTUMN = HalfYear(2025, 2), HalfYear(2026, 1), HalfYear(2026, 2)
READY = date(2026, 7, 30)


def close(today: date = READY, **changes: object) -> None:
    facts = {"closed": {AUTUMN_2025}, "oldest": AUTUMN_2025, "missing": 0, "is_confirmed": False}
    facts.update(changes)
    closed = facts.pop("closed")
    check_closing(SPRING, today, closed, **facts)  # type: ignore[arg-type]


def test_a_half_year_is_closed_after_thirty_days() -> None:
    close()
    close(missing=3, is_confirmed=True)
    close(closed=(), oldest=SPRING)


@pytest.mark.parametrize(
    ("changes", "refusal", "facts"),
    [
        (
            {"today": date(2026, 7, 29)},
            errors.HalfYearOpenYet,
            {"half_year": "2026-1", "closable_on": READY},
        ),
        ({"closed": {AUTUMN_2025, SPRING}}, errors.HalfYearClosedAlready, {"half_year": "2026-1"}),
        ({"closed": ()}, errors.EarlierHalfYearOpen, {"half_year": "2025-2"}),
        ({"missing": 3}, errors.RecordsMissing, {"missing": 3}),
    ],
)
def test_a_closing_is_refused(
    changes: dict[str, object], refusal: type[DomainError], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        close(**changes)  # type: ignore[arg-type]
    assert refused.value.facts == facts


def test_what_is_told_after_the_closing_counts_in_the_open_period() -> None:
    june, august = date(2026, 6, 30), date(2026, 8, 5)
    assert counted_on(june, august, {SPRING}) == august
    assert counted_on(june, august, {AUTUMN_2025}) == june
    assert counted_on(date(2024, 9, 2), august, {SPRING}) == august, "before all that was closed"
    assert counted_on(date(2026, 7, 1), august, {SPRING}) == date(2026, 7, 1)
