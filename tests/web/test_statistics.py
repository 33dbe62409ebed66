"""The boards of figures, as their readers open them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import Tag
from sqlalchemy import event, select, update

from app.domain.attendance import AttendanceRecord
from app.domain.availability import AvailabilityKind
from app.domain.cubes import Entry
from app.domain.half_year import HalfYear
from app.domain.nomenclature import Family
from app.domain.publication import CATALOGUE
from app.extensions import db
from app.models.accounts import Counsellor
from app.models.attendance import AttendanceRow, HalfYearClosing, HoursCube
from app.models.places import Commune, Territory
from app.services.half_year_closing import close_half_year
from app.services.transaction import write_transaction
from app.services.usage import SLOT_TAKEN, UNMET, count
from app.web.statistics.definitions import PUBLICS
from app.web.statistics.words import FAMILIES
from tests.domain.records import one, workshop
from tests.support.page_client import PageClient, page_of
from tests.support.spring import write_entries
from tests.support.team import FOREIGN, OWN, Team
from tests.support.territory_change import change

BOARD = "/agents/statistiques"
SEPTEMBER = date(2026, 9, 8)


def places(team: Team) -> dict[str, str]:
    with team.session() as session:
        return dict(session.execute(select(Commune.slug, Commune.insee_code)).all())


def told(team: Team, *records: AttendanceRecord) -> None:
    """Those records, each by the first counsellor of the team, under their own day."""
    with team.session() as session, write_transaction(session):
        write_entries(session, [Entry(each, each.on) for each in records])


@pytest.fixture
def busy(team: Team) -> Team:
    """In September: 3 people in the own commune, a workshop of 6 elsewhere; a year before 1."""
    insee = places(team)
    with team.session() as session:
        own = session.get_one(Counsellor, team.subjects["counsellor_id"][0]).code
    mine, theirs = insee[OWN], insee[FOREIGN]
    told(
        team,
        *(one(mine, SEPTEMBER, age="70p", gender="f") for _ in range(3)),
        workshop(theirs, SEPTEMBER, ages={"70p": 6}),
        one(mine, date(2025, 9, 9)),
    )
    with team.session() as session, write_transaction(session):
        session.execute(
            update(AttendanceRow).where(AttendanceRow.place_commune == mine).values(counsellor=own)
        )
    return team


def ages(client: PageClient, more: str = "") -> Tag:
    """The table of ages of the own commune."""
    page = page_of(client.get(f"{BOARD}?commune={OWN}{more}"))
    return next(
        each for each in page.soup.select(".figure") if each.h3 and each.h3.get_text() == "Âge"
    )


def row(client: PageClient, name: str, query: str = "") -> list[str]:
    """The cells of the figure of that name."""
    page = page_of(client.get(BOARD + query))
    found = next(
        each
        for each in page.soup.select("tr")
        if each.th and each.th.get_text(" ").startswith(name)
    )
    return [cell.get_text().replace("\u00a0", " ") for cell in found.select("td")]


def test_the_board_of_each_reader(busy: Team) -> None:
    boss, own = busy.client("coordinator"), busy.client("counsellor")
    assert row(boss, "Activités") == ["4", "1", "+300 %"]
    assert row(boss, "Accompagnements") == ["9", "1", "+800 %"]
    assert row(boss, "Participations")[0] == "6"
    assert row(boss, "Temps des activités")[0] == "4 h 15 min"
    assert row(boss, "Activités", f"?commune={FOREIGN}")[:2] == ["1", "0"]
    assert row(boss, "Activités", "?periode=2025-2")[:2] == ["1", "–"]
    assert row(boss, "Activités", "?periode=2026")[:2] == ["4", "1"]
    assert row(own, "Activités")[:2] == ["3", "1"], "a counsellor reads their own figures"
    desk = busy.client("desk")
    assert row(desk, "Activités")[:2] == ["3", "1"], "a desk reads those of its commune"
    page = page_of(boss.get(BOARD))
    assert page.soup.select("svg.chart[aria-label]"), "each drawing says what it is"
    assert {"70 ans et plus", "E-mail"} <= {th.get_text() for th in page.soup.select("tbody th")}
    for client, query in (
        (own, f"?commune={OWN}"),
        (own, f"?conseiller={busy.subjects['counsellor_id'][1]}"),
        (desk, f"?commune={FOREIGN}"),
        (busy.client("committee"), f"?conseiller={busy.subjects['counsellor_id'][0]}"),
        (boss, "?periode=1950-2"),
        (boss, "?periode=demain"),
        (boss, "?commune=nulle-part"),
        (boss, "?conseiller=0"),
    ):
        assert client.get(BOARD + query).status_code == 404, query


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
    assert ages(busy.client("coordinator")).select("td")[0].get_text() == "3"


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


def close(team: Team, half: HalfYear) -> None:
    """As the closing marks it; its figures are what the test writes."""
    with team.session() as session, write_transaction(session):
        by = team.users["coordinator"]
        session.add(
            HalfYearClosing(
                half_year=half.code, closed_on=half.closable_on, closed_by_id=by, missing=0
            )
        )


def worked(team: Team, month: date, *communes: str, used: int = 120) -> None:
    """Four hours planned, three held, two used there; one lost, and a road of half an hour."""
    with team.session() as session, write_transaction(session):
        session.add_all(
            HoursCube(
                month=month,
                commune=commune,
                planned=240,
                held=180,
                used=used,
                lost={"PLACE_CLOSED": 60},
                travel_minutes=30,
                preparation_minutes=15,
            )
            for commune in communes
        )


def test_last_year_counts_the_months_of_this_year_alone(
    busy: Team, monday: time_machine.Traveller
) -> None:
    """Of a closed half-year too; the heading says up to when, since its months are whole."""
    boss, insee = busy.client("coordinator"), places(busy)
    close(busy, HalfYear(2025, 2))
    for month in (date(2025, 9, 1), date(2025, 11, 1), date(2025, 12, 1)):
        worked(busy, month, insee[OWN])
    assert row(boss, "Heures tenues")[:2] == ["0 h", "6 h"]
    page = page_of(boss.get(BOARD))
    assert page.text.count("Un an avant, jusqu’à fin novembre") == 3
    assert "Le mois en cours n’est pas fini." in page.text
    over = page_of(boss.get(f"{BOARD}?periode=2025-2"))
    assert "jusqu’à fin" not in over.text
    assert row(boss, "Heures tenues", "?periode=2025-2")[0] == "9 h"
    monday.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    boss = busy.client("coordinator")
    assert row(boss, "Heures tenues")[1] == "6 h", "hours are those held until yesterday"
    assert row(boss, "Activités")[0] == "4"


def test_hours_are_read_by_commune_and_with_their_road(busy: Team) -> None:
    boss, insee = busy.client("coordinator"), places(busy)
    close(busy, HalfYear(2025, 2))
    worked(busy, date(2025, 9, 1), insee[OWN], insee[FOREIGN])
    closed = "?periode=2025-2"
    assert row(boss, "Heures perdues", closed)[0] == "2 h"
    assert row(boss, "Heures libres", closed)[0] == "2 h"
    worked(busy, date(2025, 9, 1), insee["arvert"], used=240)
    assert row(boss, "Heures libres", closed)[0] == "2 h", "the sum of the lines of the table"
    assert row(boss, "Vaux-sur-Mer", closed) == [
        "4 h", "3 h", "2 h", "1 h", "1 h (Lieu fermé : 1 h)",
    ]  # fmt: skip
    road = f"{closed}&trajet=oui&preparation=oui"
    assert row(boss, "Tenues avec trajet et préparation", road)[0] == "11 h 15 min"
    assert row(boss, "Vaux-sur-Mer", road)[2] == "3 h 45 min"
    assert boss.get(f"{BOARD}?trajet=peut-etre").status_code == 404


def test_each_figure_has_its_definition(busy: Team) -> None:
    """One tap away, beside the figure, the column or the table."""
    page = page_of(busy.client("coordinator").get(f"{BOARD}?trajet=oui"))
    tables = page.soup.select("main table")
    assert len(tables) > 10
    for table in tables:
        headings = [each.get_text() for each in table.select("thead th")][1:]
        if headings[0] == "Période":
            figures = table.select("tbody th")
            assert all(each.select_one("details p") for each in figures)
        elif headings == ["Nombre", "Part"]:
            assert table.find_parent(class_="figure").select_one("details p").get_text(), headings
        else:
            terms = table.find_previous("details").select("dt")
            assert [each.get_text() for each in terms] == headings
            assert all(each.find_next("dd").get_text() for each in terms)
    assert set(PUBLICS) == set(FAMILIES) == set(CATALOGUE)


def test_searches_that_found_nothing_are_told(busy: Team) -> None:
    with busy.session() as session:
        home = session.scalars(select(Commune).where(Commune.slug == OWN)).one()
        for kind in (*AvailabilityKind, AvailabilityKind.PERMANENCE):
            count(session, UNMET[kind], home.id, today=SEPTEMBER)
        count(session, SLOT_TAKEN, home.id, today=SEPTEMBER)
    boss = busy.client("coordinator")
    assert row(boss, "Recherches sans heure libre")[0] == "2"
    assert row(boss, "Recherches de visite", f"?commune={OWN}")[0] == "1"
    assert row(boss, "Recherches sans heure libre", f"?commune={FOREIGN}")[0] == "0"
    mine = busy.subjects["counsellor_id"][0]
    assert "Recherches" not in page_of(boss.get(f"{BOARD}?conseiller={mine}")).text


def test_a_board_costs_as_many_queries_whatever_it_holds(busy: Team) -> None:
    """Of lines, and of the cubes of a half-year that was closed."""
    boss, insee = busy.client("coordinator"), places(busy)

    def queries(period: str) -> int:
        asked: list[str] = []

        def note(*given: object) -> None:
            asked.append(str(given[2]))

        with busy.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        boss.get(f"{BOARD}?periode={period}")
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    close(busy, HalfYear(2025, 2))
    worked(busy, date(2025, 9, 1), insee[OWN])
    queries("2025-2")
    before = queries("2026-2"), queries("2025-2")
    told(busy, *(one(code, date(2026, 10, 1)) for code in insee.values() for _ in range(5)))
    worked(busy, date(2025, 10, 1), *insee.values())
    assert (queries("2026-2"), queries("2025-2")) == before
