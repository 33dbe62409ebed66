"""Dates and hours in words (the forms of product.md, 1 and 2)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways import dates

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)  # 10 h in Paris


def said(text: str) -> str:
    """The text with its no-break spaces made plain, for those who read the test."""
    return text.replace(dates.NBSP, " ")


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        (TUESDAY, "fr", "mardi 8 décembre"),
        (TUESDAY, "en", "Tuesday 8 December"),
        (date(2026, 1, 1), "fr", "jeudi 1er janvier"),
        (date(2026, 1, 1), "en", "Thursday 1 January"),
        (date(2027, 8, 1), "fr", "dimanche 1er août 2027"),
        (date(2027, 8, 1), "en", "Sunday 1 August 2027"),
    ],
)
def test_a_date_has_its_weekday_and_whole_month(
    value: date | datetime, language: str, words: str
) -> None:
    assert dates.long_date(value, language, PARIS, this_year=2026) == words


def test_the_day_is_the_one_of_the_territory() -> None:
    late_in_utc = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert dates.long_date(late_in_utc, "fr", PARIS, 2026) == "vendredi 1er janvier 2027"
    assert dates.long_date(late_in_utc, "fr", PARIS, 2027) == "vendredi 1er janvier"


def test_without_a_current_year_the_year_is_left_out() -> None:
    assert dates.long_date(date(2031, 3, 4), "fr", PARIS) == "mardi 4 mars"


@pytest.mark.parametrize(
    ("wall", "french", "english"),
    [
        (time(10), "10 h", "10 am"),
        (time(9, 5), "9 h 05", "9.05 am"),
        (time(14, 30), "14 h 30", "2.30 pm"),
        (time(12), "midi", "midday"),
        (time(12, 15), "12 h 15", "12.15 pm"),
        (time(0), "minuit", "midnight"),
        (time(0, 45), "0 h 45", "12.45 am"),
    ],
)
def test_an_hour_is_said_as_people_say_it(wall: time, french: str, english: str) -> None:
    assert said(dates.clock(wall, "fr", PARIS)) == french
    assert said(dates.clock(wall, "en", PARIS)) == english


def test_an_hour_follows_summer_and_winter_time() -> None:
    before = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)
    assert said(dates.clock(before, "fr", PARIS)) == "10 h"
    assert said(dates.clock(before + timedelta(days=1), "fr", PARIS)) == "9 h"


def test_an_hour_never_parts_from_its_letter() -> None:
    assert " " not in dates.clock(time(14, 30), "fr", PARIS)
    assert " " not in dates.clock(time(14, 30), "en", PARIS)


def test_dates_with_hours_and_ranges_use_words() -> None:
    end = TUESDAY + timedelta(hours=2)
    assert said(dates.date_time(TUESDAY, "fr", PARIS, 2026)) == "mardi 8 décembre à 10 h"
    assert said(dates.date_time(TUESDAY, "en", PARIS, 2026)) == "Tuesday 8 December at 10 am"
    assert said(dates.time_range(TUESDAY, end, "fr", PARIS)) == "de 10 h à midi"
    assert said(dates.time_range(TUESDAY, end, "en", PARIS)) == "from 10 am to midday"
    assert said(dates.window(TUESDAY, end, "fr", PARIS)) == "entre 10 h et midi"
    assert said(dates.window(TUESDAY, end, "en", PARIS)) == "between 10 am and midday"
    assert said(dates.date_window(TUESDAY, end, "fr", PARIS, 2026)) == (
        "mardi 8 décembre, entre 10 h et midi"
    )


def test_who_arrives_on_the_hour_arrives_between_no_two() -> None:
    at_ten = dates.date_window(TUESDAY, TUESDAY, "fr", PARIS, 2026)
    assert said(at_ten) == "mardi 8 décembre à 10 h"
    assert said(dates.window(TUESDAY, TUESDAY, "fr", PARIS)) == "à 10 h"
    assert said(dates.window(TUESDAY, TUESDAY, "en", PARIS)) == "at 10 am"


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        dates.clock(datetime(2026, 12, 8, 9, 0), "fr", PARIS)


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(("fr", "en")))
def test_every_instant_has_words(instant: datetime, language: str) -> None:
    try:
        words = dates.date_time(instant, language, PARIS, 2026)
    except OverflowError:  # the last hour of the calendar
        return
    assert "/" not in words
    assert words.strip() == words
    assert str(instant.astimezone(PARIS).day) in words


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (1, "1 minute", "1 minute"),
        (45, "45 minutes", "45 minutes"),
        (60, "1 heure", "1 hour"),
        (90, "1 heure 30", "1 hour 30 minutes"),
        (121, "2 heures 01", "2 hours 1 minute"),
    ],
)
def test_a_length_is_said_in_hours_and_minutes(count: int, french: str, english: str) -> None:
    assert said(dates.minutes(count, "fr")) == french
    assert said(dates.minutes(count, "en")) == english


def test_a_number_of_appointment_is_read_in_two_groups() -> None:
    assert said(dates.reference(482913)) == "482 913"
    assert said(dates.reference("100000")) == "100 000"
    assert dates.reference("12 34") == "12 34"
