"""The boards of figures, as their readers open them."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
import time_machine
from sqlalchemy import event, select

from app.domain.availability import AvailabilityKind
from app.domain.half_year import HalfYear
from app.domain.publication import CATALOGUE
from app.extensions import db
from app.models.attendance import HalfYearClosing, HoursCube
from app.models.places import Commune
from app.services.transaction import write_transaction
from app.services.usage import SLOT_TAKEN, UNMET, count
from app.web.statistics.definitions import PUBLICS
from app.web.statistics.words import FAMILIES, mean_words
from tests.domain.records import one
from tests.support.page_client import PageClient, page_of
from tests.support.september import BOARD, SEPTEMBER, busy_september, places, told
from tests.support.team import FOREIGN, OWN, Team


@pytest.fixture
def busy(team: Team) -> Team:
    return busy_september(team)


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


def test_a_counsellors_board_says_that_lines_are_gone_and_leaves_out_what_they_told(
    busy: Team, monday: time_machine.Traveller
) -> None:
    """Closed and a year old, they are being removed: what is left of them would be told too low."""
    asked = f"?periode=2025-2&conseiller={busy.subjects['counsellor_id'][0]}"
    close(busy, HalfYear(2025, 2))
    monday.move_to(datetime(2026, 7, 15, 9, tzinfo=UTC))
    boss = busy.client("coordinator")
    kept = page_of(boss.get(BOARD + asked)).text
    assert "Semestre clos." in kept
    assert "ne changent plus" not in kept
    assert row(boss, "Activités", asked)[0] == "1"
    monday.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
    boss = busy.client("coordinator")
    old = page_of(boss.get(f"{BOARD}{asked}&trajet=oui"))
    assert "Les relevés de cette période ne sont plus tous gardés" in old.text
    assert not {"activites", "mois", "personnes"} & {each["id"] for each in old.soup.select("[id]")}
    assert "Tenues avec trajet" not in old.text
    assert row(boss, "Heures tenues", asked), "hours follow the timetable, which is kept"
    assert "ne changent plus" in page_of(boss.get(f"{BOARD}?periode=2025-2")).text


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


def test_a_mean_below_two_is_no_plural() -> None:
    means = (Fraction(1), Fraction(1, 2), Fraction(194, 100), Fraction(196, 100))
    assert [mean_words(each, "jour").replace("\u00a0", " ") for each in means] == [
        "1 jour",
        "0,5 jour",
        "1,9 jour",
        "2 jours",
    ]


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
