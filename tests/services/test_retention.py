"""What goes away after thirty days, and what stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import CallTime
from app.models.outbox import ThrottleCount
from app.services.retention import (
    KEPT,
    MANIFEST,
    THIRTY_DAYS,
    WINDOW,
    columns_under,
    erase_after_thirty_days,
    tidy_throttle_counts,
)
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW, Town, make_town

LONG_AGO = NOW - timedelta(days=30, minutes=45)
"""An appointment of 45 minutes that began then ended thirty days ago to the minute."""


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def visit(town: Town, **changes: Any) -> int:
    filled = {
        "form_key": f"key {changes}",
        "form_digest": "digest",
        "address_line1": "12 impasse du Moulin",
        "address_line2": "Étage 2",
        "call_time": CallTime.ANY,
        "note": "Sonner deux fois",
    }
    return town.book(at_home=True, announced=False, **(filled | changes))


def of_thirty_days(town: Town, appointment_id: int) -> dict[str, object]:
    row = town.appointment(appointment_id)
    return {name: getattr(row, name) for name in columns_under(THIRTY_DAYS, "appointment")}


def test_thirty_days_after_the_end_number_and_address_are_empty(town: Town) -> None:
    appointment_id = visit(town, starts_at=LONG_AGO)
    assert None not in of_thirty_days(town, appointment_id).values()
    assert erase_after_thirty_days(town.session, NOW, 10) == 1
    assert set(of_thirty_days(town, appointment_id).values()) == {None}


def test_what_figures_need_and_the_card_stay(town: Town) -> None:
    row = town.appointment(visit(town, starts_at=LONG_AGO))
    kept = (row.status, row.topic_id, row.commune_id, row.sequence, row.updated_at)
    card = (row.resident.first_name, row.resident.phone, row.link_token_hash)
    erase_after_thirty_days(town.session, NOW, 10)
    row = town.appointment(row.id)
    assert (row.status, row.topic_id, row.commune_id, row.sequence, row.updated_at) == kept
    assert (row.resident.first_name, row.resident.phone, row.link_token_hash) == card


def test_a_second_before_nothing_is_touched(town: Town) -> None:
    appointment_id = visit(town, starts_at=LONG_AGO + timedelta(seconds=1))
    before = of_thirty_days(town, appointment_id)
    assert erase_after_thirty_days(town.session, NOW, 10) == 0
    assert of_thirty_days(town, appointment_id) == before


def test_one_filled_column_is_enough(town: Town) -> None:
    empty = dict.fromkeys(columns_under(THIRTY_DAYS, "appointment"))
    names = list(empty)
    for days, name in enumerate(names):
        value = 123_456 if name == "reference" else CallTime.ANY if name == "call_time" else "text"
        starts_at = LONG_AGO - timedelta(days=days)
        town.book(announced=False, starts_at=starts_at, **(empty | {name: value}))
    assert erase_after_thirty_days(town.session, NOW, 100) == len(names)
    assert erase_after_thirty_days(town.session, NOW, 100) == 0


def test_it_goes_part_by_part(town: Town) -> None:
    for days in range(5):
        visit(town, starts_at=LONG_AGO - timedelta(days=days))
    assert [erase_after_thirty_days(town.session, NOW, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_windows_of_tries_go_when_they_end(session: Session) -> None:
    with write_transaction(session):
        for n, seconds in enumerate((-5, 0, 1)):
            ends_at = NOW + timedelta(seconds=seconds)
            session.add(ThrottleCount(key=f"{n}", window_ends_at=ends_at, count=1))
    assert [tidy_throttle_counts(session, NOW, 1) for _ in range(3)] == [1, 1, 0]
    assert session.scalars(select(ThrottleCount.key)).all() == ["2"]
    assert session.scalar(select(func.sum(ThrottleCount.count))) == 1


def test_the_periods_are_those_of_the_law() -> None:
    periods = {
        "appointment.reference": 30,
        "appointment.address_line1": 30,
        "resident.phone": 365,
        "appointment.helper_name": 365,
        "outbox_message.recipient": 185,
    }
    assert {name: MANIFEST[name].days for name in periods} == periods
    assert WINDOW.period == timedelta()


def test_what_is_kept_has_no_period() -> None:
    with pytest.raises(ValueError, match="kept"):
        _ = KEPT.period
