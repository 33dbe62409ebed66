"""The tables about people, as each reader of a board is given them."""

from datetime import UTC, date, datetime

import pytest
from bs4 import Tag
from sqlalchemy import update

from app.domain.half_year import HalfYear
from app.domain.nomenclature import Family
from app.models.places import Territory
from app.services.half_year_closing import close_half_year
from app.web.statistics.words import FAMILIES
from tests.domain.records import one, workshop
from tests.support.page_client import PageClient, page_of
from tests.support.september import BOARD, busy_september, places, told
from tests.support.team import OWN, Team
from tests.support.territory_change import change


@pytest.fixture
def busy(team: Team) -> Team:
    return busy_september(team)


def ages(client: PageClient, more: str = "") -> Tag:
    """The table of ages of the own commune."""
    page = page_of(client.get(f"{BOARD}?commune={OWN}{more}"))
    return next(
        each for each in page.soup.select(".figure") if each.h3 and each.h3.get_text() == "Âge"
    )


READERS = ("committee", "desk", "referent")


def test_people_of_an_open_half_year_are_told_to_the_team_alone(busy: Team) -> None:
    """Two readings of it would tell by subtraction who came between them."""
    for reader in READERS:
        page = page_of(busy.client(reader).get(f"{BOARD}?commune={OWN}"))
        assert "publiés à la clôture" in page.text, reader
        assert not [each for each in page.soup.select(".figure h3") if each.get_text() == "Âge"]
    assert ages(busy.client("coordinator")).select("td")[0].get_text() == "3"


def test_small_numbers_are_hidden_outside_the_team(busy: Team, monday: object) -> None:
    after = datetime(2027, 2, 1, 9, tzinfo=UTC)
    with busy.session() as session:
        for half in (HalfYear(2025, 2), HalfYear(2026, 1), HalfYear(2026, 2)):
            by = busy.users["coordinator"]
            close_half_year(session, half, by=by, accepted_missing=1_000, now=after)
    for reader in READERS:
        table = ages(busy.client(reader))
        assert {cell.get_text() for cell in table.select("td")} == {"–"}, reader
        assert "trop petit pour être montré" in table.get_text()
        assert table.select("tbody th")[0].get_text() == "Moins de 25 ans"
    assert ages(busy.client("coordinator")).select("td")[0].get_text() == "3"


def test_answers_stand_in_the_order_of_the_form(team: Team) -> None:
    """Not by their codes, where « Moins de 12 ans » comes after « 70 ans et plus »."""
    told_ages = ("nc", "70p", "m12", "12_17")
    told(team, *(one(places(team)[OWN], date(2026, 9, 8), age=age) for age in told_ages))
    rows = ages(team.client("coordinator")).select("tbody th")
    assert [each.get_text() for each in rows] == [
        "Moins de 12 ans",
        "12 - 17 ans",
        "70 ans et plus",
        "Non communiqué",
    ]


def test_a_territory_may_hide_more_than_the_rule_asks(team: Team) -> None:
    told(team, *(one(places(team)[OWN], date(2025, 9, 9), age="70p") for _ in range(12)))
    after = datetime(2026, 2, 1, 9, tzinfo=UTC)
    with team.session() as session:
        by = team.users["coordinator"]
        close_half_year(session, HalfYear(2025, 2), by=by, accepted_missing=0, now=after)
    committee, closed = team.client("committee"), "&periode=2025-2"
    assert ages(committee, closed).select("td")[0].get_text() == "12"
    change(team.database, update(Territory).values(settings={"published_people": 13}))
    assert {cell.get_text() for cell in ages(committee, closed).select("td")} == {"–"}


def test_parts_of_activities_are_parts_of_activities_where_one_is_masked(team: Team) -> None:
    """29 results of appointments; a workshop of 11 people has none, so nobody divides by 40."""
    results = {"regle": 20, "partiel": 6, "non_regle": 3}
    day, mine = date(2025, 9, 9), places(team)[OWN]
    told(
        team,
        *(one(mine, day, result=code) for code, many in results.items() for _ in range(many)),
        workshop(mine, day, ages={"70p": 11}),
    )
    after = datetime(2026, 2, 1, 9, tzinfo=UTC)
    with team.session() as session:
        by = team.users["coordinator"]
        close_half_year(session, HalfYear(2025, 2), by=by, accepted_missing=0, now=after)
    board = page_of(team.client("committee").get(f"{BOARD}?periode=2025-2"))
    table = next(
        each
        for each in board.soup.select(".figure")
        if each.h3 and each.h3.get_text() == FAMILIES[Family.RESULT]
    )
    cells = [
        [cell.get_text(" ").replace("\u00a0", " ") for cell in each.select("td")]
        for each in table.select("tbody tr")
    ]
    assert ["20", "69 %"] in cells
    assert ["–", "–"] in cells
