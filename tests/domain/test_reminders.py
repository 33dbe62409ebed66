"""Which reminder is due when: early and late bookings, Sundays, holidays, nights of 23 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages import MessageKind
from app.domain.open_hours import OpenHours
from app.domain.reminders import MOST_SHIFT, USEFUL, Reminder, reminder_for
from app.domain.settings import Settings

PARIS = ZoneInfo("Europe/Paris")
EASTER = frozenset({date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 8), date(2026, 12, 25)})
HOURS = OpenHours(8, 20, PARIS, EASTER)
SETTINGS = Settings()
FIRST, LAST = MessageKind.REMINDER, MessageKind.LAST_REMINDER
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def paris(text: str) -> datetime:
    """That wall time in Paris, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def plan(starts_at: str, settled_at: datetime, **settings: int) -> Reminder | None:
    chosen = Settings.from_mapping(settings)
    hours = OpenHours(chosen.quiet_until_hour, chosen.quiet_from_hour, PARIS, EASTER)
    return reminder_for(paris(starts_at), settled_at, chosen, hours)


@pytest.mark.parametrize(
    ("starts_at", "due_at"),
    [
        ("2026-11-26T14:00", "2026-11-24T10:00"),
        ("2026-11-26T09:00", "2026-11-24T10:00"),
        ("2026-11-24T09:00", "2026-11-21T10:00"),
        ("2026-11-23T09:00", "2026-11-21T10:00"),
        ("2027-03-31T09:00", "2027-03-27T10:00"),
        ("2027-03-30T09:00", "2027-03-27T10:00"),
        ("2027-05-10T09:00", "2027-05-07T10:00"),
        ("2026-12-27T09:00", "2026-12-24T10:00"),
        ("2026-10-26T09:00", "2026-10-24T10:00"),
    ],
)
def test_two_days_before_at_ten_or_earlier_where_that_day_is_closed(
    starts_at: str, due_at: str
) -> None:
    expected = Reminder(FIRST, paris(due_at), paris(starts_at) - USEFUL)
    assert plan(starts_at, LONG_AGO) == expected


@pytest.mark.parametrize(
    ("before", "kind", "due_at"),
    [
        (timedelta(minutes=30), None, None),
        (timedelta(hours=16), None, None),
        (timedelta(hours=20), LAST, "2026-11-25T18:00"),
        (timedelta(hours=47), LAST, "2026-11-25T18:00"),
        (timedelta(hours=48), LAST, "2026-11-25T18:00"),
        (timedelta(hours=49), FIRST, "2026-11-24T10:00"),
    ],
)
def test_booked_so_long_before_ten_on_a_thursday(
    before: timedelta, kind: MessageKind | None, due_at: str | None
) -> None:
    starts_at = "2026-11-26T10:00"
    found = plan(starts_at, paris(starts_at) - before)
    assert (found and found.kind, found and found.due_at) == (kind, due_at and paris(due_at))


@pytest.mark.parametrize(
    ("starts_at", "settled_at", "due_at"),
    [
        ("2026-11-24T09:00", "2026-11-21T10:30", "2026-11-23T18:00"),
        ("2026-11-23T09:00", "2026-11-21T10:30", "2026-11-21T18:00"),
        ("2027-03-30T09:00", "2027-03-27T12:00", "2027-03-27T18:00"),
    ],
)
def test_the_evening_before_or_the_last_open_one(
    starts_at: str, settled_at: str, due_at: str
) -> None:
    found = plan(starts_at, paris(settled_at))
    assert found == Reminder(LAST, paris(due_at), paris(starts_at) - USEFUL)


@pytest.mark.parametrize("settled_at", ["2026-11-21T18:00", "2026-11-22T12:00"])
def test_nobody_is_reminded_who_booked_after_the_last_evening(settled_at: str) -> None:
    assert plan("2026-11-23T09:00", paris(settled_at)) is None


@pytest.mark.parametrize(
    ("settings", "due_at"),
    [
        ({"reminder_hours_before": 24}, "2026-11-25T10:00"),
        ({"reminder_hours_before": 1}, "2026-11-25T10:00"),
        ({"reminder_hours_before": 240}, "2026-11-16T10:00"),
        ({"reminder_at_hour": 19}, "2026-11-24T19:00"),
        ({"reminder_at_hour": 19, "quiet_from_hour": 17}, "2026-11-24T16:00"),
        ({"reminder_at_hour": 8, "quiet_until_hour": 11}, "2026-11-24T11:00"),
    ],
)
def test_a_territory_chooses_when_within_its_open_hours(
    settings: dict[str, int], due_at: str
) -> None:
    found = plan("2026-11-26T10:00", LONG_AGO, **settings)
    assert found is not None
    assert found.due_at == paris(due_at)


def test_an_evening_that_is_closed_reminds_before_it_closes() -> None:
    found = plan("2026-11-26T10:00", paris("2026-11-25T09:00"), quiet_from_hour=17)
    assert found is not None
    assert found.due_at == paris("2026-11-25T16:00")


def test_one_reminded_on_the_day_itself_is_not_reminded_twice() -> None:
    """An hour before is « the same day at ten » for an afternoon: later than « the evening »."""
    settled_at = paris("2026-11-26T11:00")
    assert plan("2026-11-26T15:00", settled_at, reminder_hours_before=3) is None


@pytest.mark.parametrize(
    ("now", "leaves_at"),
    [
        ("2026-11-23T12:00", "2026-11-24T10:00"),
        ("2026-11-24T10:00", "2026-11-24T10:00"),
        ("2026-11-24T19:59", "2026-11-24T19:59"),
        ("2026-11-24T22:00", "2026-11-25T08:00"),
        ("2026-11-26T07:00", "2026-11-26T08:00"),
        ("2026-11-26T10:59", "2026-11-26T10:59"),
        ("2026-11-26T11:00", None),
    ],
)
def test_a_missed_hour_is_made_up_for_in_open_hours_while_it_helps(
    now: str, leaves_at: str | None
) -> None:
    found = plan("2026-11-26T13:00", LONG_AGO)
    assert found is not None
    assert found.leaves_at(paris(now), HOURS) == (leaves_at and paris(leaves_at))


def test_nothing_leaves_in_the_night_for_an_early_morning() -> None:
    found = plan("2026-11-26T09:30", LONG_AGO)
    assert found is not None
    assert found.leaves_at(paris("2026-11-25T21:00"), HOURS) is None


starts = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)),
    # The nights of 23 and of 25 hours, and the days around them.
    *(
        st.datetimes(night - timedelta(days=3), night + timedelta(days=3), timezones=st.just(UTC))
        for night in (datetime(2027, 3, 28), datetime(2026, 10, 25))
    ),
)
minutes_before = st.integers(0, 30 * 24 * 60)
some_settings = st.builds(
    Settings,
    reminder_hours_before=st.integers(1, 240),
    reminder_at_hour=st.integers(8, 19),
    quiet_from_hour=st.integers(12, 23),
    quiet_until_hour=st.integers(0, 11),
)


@given(starts, minutes_before, some_settings)
def test_what_is_planned_is_in_open_hours_and_of_use(
    starts_at: datetime, minutes: int, settings: Settings
) -> None:
    hours = OpenHours(settings.quiet_until_hour, settings.quiet_from_hour, PARIS, EASTER)
    settled_at = starts_at - timedelta(minutes=minutes)
    found = reminder_for(starts_at, settled_at, settings, hours)
    if found is None:
        return
    assert hours.is_open(found.due_at)
    assert found.due_at < found.expires_at == starts_at - USEFUL
    assert settled_at < found.due_at
    earliest = starts_at - timedelta(hours=settings.reminder_hours_before) - MOST_SHIFT
    assert found.due_at > earliest


@given(starts, minutes_before, minutes_before)
def test_who_booked_earlier_is_not_reminded_later(
    starts_at: datetime, minutes: int, more: int
) -> None:
    early, late = (
        reminder_for(starts_at, starts_at - timedelta(minutes=each), SETTINGS, HOURS)
        for each in (minutes + more, minutes)
    )
    if late is not None:
        assert early is not None
        assert early.due_at <= late.due_at


@given(starts)
def test_it_is_never_later_than_two_days_before_at_ten(starts_at: datetime) -> None:
    found = reminder_for(starts_at, LONG_AGO - timedelta(days=99), SETTINGS, HOURS)
    assert found is not None
    day = (starts_at - timedelta(hours=48)).astimezone(PARIS).date()
    due = found.due_at.astimezone(PARIS)
    assert (due.hour, due.minute) == (10, 0)
    assert due.date() <= day
    assert found.kind is FIRST


@given(starts, minutes_before, st.integers(0, 40 * 24 * 60))
def test_what_leaves_late_leaves_in_open_hours_and_in_time(
    starts_at: datetime, minutes: int, ago: int
) -> None:
    found = reminder_for(starts_at, starts_at - timedelta(minutes=minutes), SETTINGS, HOURS)
    now = starts_at - timedelta(minutes=ago)
    at = found.leaves_at(now, HOURS) if found else None
    if found is None or at is None:
        return
    assert HOURS.is_open(at)
    assert max(now, found.due_at) <= at < found.expires_at
