"""What happened in a week is counted, without anybody in it."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.models.outbox import UsageCount
from app.services.usage import SLOT_TAKEN, UNMET, count, count_once

MONDAY = date(2026, 11, 23)


def counted(session: Session) -> list[tuple[date, str, int, int]]:
    session.rollback()
    columns = UsageCount.week, UsageCount.name, UsageCount.commune_id, UsageCount.count
    return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]


def test_each_time_adds_one(session: Session) -> None:
    for _ in range(3):
        count(session, SLOT_TAKEN, 1, today=MONDAY)
    assert counted(session) == [(MONDAY, "slot_taken", 1, 3)]


def test_a_week_begins_on_its_monday(session: Session) -> None:
    for day in range(22, 31):
        count(session, SLOT_TAKEN, 1, today=date(2026, 11, day))
    assert counted(session) == [
        (date(2026, 11, 16), "slot_taken", 1, 1),
        (MONDAY, "slot_taken", 1, 7),
        (date(2026, 11, 30), "slot_taken", 1, 1),
    ]


def test_weeks_figures_and_communes_are_apart(session: Session) -> None:
    count(session, SLOT_TAKEN, 1, today=MONDAY)
    count(session, SLOT_TAKEN, 2, today=MONDAY)
    count(session, "nothing_free", 1, today=MONDAY)
    count(session, SLOT_TAKEN, 1, today=date(2026, 11, 30))
    assert counted(session) == [
        (MONDAY, "nothing_free", 1, 1),
        (MONDAY, "slot_taken", 1, 1),
        (MONDAY, "slot_taken", 2, 1),
        (date(2026, 11, 30), "slot_taken", 1, 1),
    ]


def test_the_same_journey_counts_once_a_day(session: Session) -> None:
    begun = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for hours in (0, 1, 23, 24, 25):
        now = begun + timedelta(hours=hours)
        count_once(session, UNMET[AvailabilityKind.PERMANENCE], 1, once="k", today=MONDAY, now=now)
    count_once(session, UNMET[AvailabilityKind.HOME_VISITS], 1, once="l", today=MONDAY, now=begun)
    assert counted(session) == [
        (MONDAY, "unmet_permanence", 1, 2),
        (MONDAY, "unmet_visit", 1, 1),
    ]
