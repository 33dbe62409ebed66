"""The list of a month's records: by day, folded for who reads those of everybody."""

from datetime import date

import pytest

from app.models.accounts import Counsellor
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.records import keep_record, record
from tests.support.team import Team

LINES = "/agents/frequentation/releves?mois=2026-11"


@pytest.fixture
def two_days(team: Team) -> Team:
    """Two records of the 20th, one of the 19th, of the first counsellor."""
    with team.session() as session:
        own = session.get_one(Counsellor, team.subjects["counsellor_id"][0])
        own.first_name = "Jeanne-Rose"
        for day, is_copied in ((20, True), (20, False), (19, True)):
            one = record(own.code, on=date(2026, 11, day), is_copied=is_copied)
            keep_record(session, one)
    return team


def days(client: PageClient) -> list[tuple[str, bool, int]]:
    """What each day says, whether it is open, and how many records it has."""
    found = page_of(client.get(LINES)).soup.select("details:has(.records)")
    return [
        (
            " ".join(each.summary.get_text().split()),  # type: ignore[union-attr]
            each.has_attr("open"),
            len(each.select(".records__one")),
        )
        for each in found
    ]


def test_the_coordination_opens_a_day_and_reads_who_it_was(two_days: Team) -> None:
    coordinator = two_days.client("coordinator")
    assert days(coordinator) == [
        ("Vendredi 20 novembre : 2 relevés, 1 à saisir", True, 2),
        ("Jeudi 19 novembre : 1 relevé", False, 1),
    ]
    assert "Jeanne-Rose" in said(coordinator.get(LINES))


def test_a_counsellor_has_all_ones_own_before_the_eyes(two_days: Team) -> None:
    counsellor = two_days.client("counsellor")
    assert [is_open for _words, is_open, _count in days(counsellor)] == [True, True]
    assert "Jeanne-Rose" not in said(counsellor.get(LINES))
