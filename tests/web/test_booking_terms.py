"""How a time is written in an address and read again."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import Choice
from app.services.catalogue import Catalogue, read_catalogue
from app.web.booking_terms import local_text, parse_date, parse_local, when_chosen
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.presquile import NOW

WINTER = datetime(2026, 12, 8, 9, tzinfo=UTC)
SUMMER = datetime(2026, 7, 7, 8, tzinfo=UTC)


@pytest.fixture
def catalogue(presquile: Database) -> Catalogue:
    engine = presquile.engine()
    with Session(engine) as session:
        found = read_catalogue(session)
    engine.dispose()
    return found


def test_a_time_travels_as_the_clock_on_the_wall(catalogue: Catalogue) -> None:
    assert local_text(WINTER, catalogue) == "2026-12-08T10:00"
    assert local_text(SUMMER, catalogue) == "2026-07-07T10:00"
    assert parse_local("2026-12-08T10:00", catalogue) == WINTER
    assert parse_local("2026-07-07T10:00", catalogue) == SUMMER


@pytest.mark.parametrize(
    "text",
    ["", "demain", "2026-12-08", "2026-13-08T10:00", "2026-12-08T25:00", "2026-12-08T10:00:00",
     "2026-12-08T10:00+01:00", " 2026-12-08T10:00", "0001-01-01T00:00", "\x00", "hier à midi"],
)  # fmt: skip
def test_what_is_no_time_is_none(catalogue: Catalogue, text: str) -> None:
    assert parse_local(text, catalogue) is None


def test_every_minute_comes_back(catalogue: Catalogue) -> None:
    years = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))

    @settings(max_examples=100, deadline=None)
    @given(years)
    def comes_back(moment: datetime) -> None:
        instant = moment.replace(second=0, microsecond=0, fold=0, tzinfo=UTC)
        found = parse_local(local_text(instant, catalogue), catalogue)
        assert found is not None
        # In the hour that comes twice, the address means the first of the two.
        assert (instant - found).total_seconds() in {0, 3600}

    comes_back()


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-12-08", date(2026, 12, 8)), ("", None), ("hier", None), ("2026-02-30", None)],
)
def test_a_date_is_read_or_filters_nothing(text: str, found: date | None) -> None:
    assert parse_date(text) == found


def test_a_choice_is_said_with_its_hour_or_its_window(
    visitor: PageClient, catalogue: Catalogue
) -> None:
    permanence = Choice(AvailabilityKind.PERMANENCE, "arvert", "email", WINTER, "mairie-arvert")
    visit = Choice(AvailabilityKind.HOME_VISITS, "arvert", "email", WINTER, None)
    with visitor.application.test_request_context("/"):
        assert when_chosen(permanence, catalogue, NOW) == "Mardi 8 décembre à 10\u00a0h"
        assert when_chosen(visit, catalogue, NOW) == (
            "Mardi 8 décembre, entre 10\u00a0h et 10\u00a0h\u00a030"
        )
