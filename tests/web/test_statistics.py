"""The boards, the keys and the closing, as their readers open them."""

from datetime import UTC, date, datetime

import pytest
from bs4 import Tag
from sqlalchemy import event, select, update

from app.domain.attendance import AttendanceRecord
from app.domain.cubes import Entry
from app.domain.half_year import HalfYear
from app.extensions import db
from app.models.accounts import Counsellor
from app.models.attendance import AttendanceRow, HalfYearClosing, SharingKeyRow
from app.models.places import Commune
from app.services.half_year_closing import close_half_year
from app.services.transaction import write_transaction
from tests.domain.records import one, workshop
from tests.support.page_client import PageClient, page_of
from tests.support.spring import write_entries
from tests.support.team import FOREIGN, OWN, Team

BOARD, KEYS, NEW, CLOSING = (
    f"/agents/statistiques{end}" for end in ("", "/cles", "/cles/nouvelle", "/cloture")
)
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


def ages(client: PageClient) -> Tag:
    """The table of ages of the own commune."""
    page = page_of(client.get(f"{BOARD}?commune={OWN}"))
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


def test_a_key_is_added_and_a_wrong_one_stays_typed(busy: Team) -> None:
    boss = busy.client("coordinator")
    assert "Ces parts viennent des payeurs" in page_of(boss.get(KEYS)).text
    form = boss.get(NEW)
    refused = boss.submit(form, "Enregistrer", valid_from="2026-12-01", part_0="60,5", part_1="x")
    assert refused.status_code == 422
    fields = page_of(refused).soup
    assert fields.select_one("#part_1")["value"] == "x"
    assert "Écrivez une part de 0 à 100" in refused.text
    refused = boss.submit(refused, "Enregistrer", part_1="39")
    assert "doit faire 100" in refused.text
    assert page_of(refused).soup.select_one("#part_0")["value"] == "60,5"
    nobody = boss.submit(refused, "Enregistrer", part_1="39,5", valid_from="")
    assert "premier jour de la clé" in nobody.text
    kept = boss.submit(nobody, "Enregistrer", valid_from="2026-12-01")
    assert kept.status_code == 303
    assert "60,50" in page_of(boss.get(KEYS)).text
    _by_inhabitants(boss)
    with busy.session() as session:
        row_, by_people = session.scalars(select(SharingKeyRow).order_by(SharingKeyRow.id))
        assert (by_people.population_vintage, by_people.valid_until) == (2024, date(2026, 11, 30))
        assert sum(part["hundredths"] for part in by_people.parts.values()) == 10_000
        assert [part["hundredths"] for part in by_people.parts.values()][:2] == [7_500, 2_500]
        assert row_.recorded_by_id == busy.users["coordinator"]
        assert sum(part["hundredths"] for part in row_.parts.values()) == 10_000
    lines = page_of(boss.get("/agents/journal?acte=SHARING_KEY_ADDED")).text
    told = "clé : coût ; valable du : jeudi 1er octobre 2026 ; au : lundi 30 novembre 2026"
    assert told in lines.replace("\u00a0", " ")
    assert busy.client("committee").get(KEYS).status_code == 200
    assert busy.client("committee").get(NEW).status_code == 403


def _by_inhabitants(boss: PageClient) -> None:
    """A key that begins before the other one, from people; what is wrong is told beside it."""
    begun = boss.get(f"{NEW}?nombres=habitants")
    known = page_of(begun).soup
    assert known.select_one("#vintage")["value"] == "2023"
    fields = [each["name"] for each in known.select("input[name^=part_]")]
    assert all(known.select_one(f"#{name}")["value"].isdecimal() for name in fields)
    typed = {**dict.fromkeys(fields, ""), "part_0": "3 000", "part_1": "mille", "vintage": "24"}
    refused = boss.submit(begun, "Enregistrer", valid_from="2026-10-01", **typed)
    assert refused.status_code == 422
    assert "Écrivez l’année de la population" in refused.text
    assert "Écrivez un nombre d’habitants" in refused.text
    assert page_of(refused).soup.select_one("#part_0")["value"] == "3 000"
    nobody = boss.submit(refused, "Enregistrer", vintage="2024", part_0="", part_1="")
    assert "au moins une commune" in nobody.text
    kept = boss.submit(nobody, "Enregistrer", part_0="3 000", part_1="1000")
    assert kept.status_code == 303
    assert "Selon la population de 2024" in page_of(boss.get(KEYS)).text


def test_closing_is_asked_then_done_once(busy: Team) -> None:
    boss = busy.client("coordinator")
    early = boss.get(CLOSING)
    assert "peut être clos à partir du" in early.text
    page = boss.get(f"{CLOSING}?semestre=2025-2")
    assert "1 relevé" in page_of(page).text
    assert boss.submit(page, "Clore ce semestre").status_code == 303
    again = boss.post(CLOSING, data={"semestre": "2025-2", **_token(boss)})
    assert again.status_code == 409
    assert "déjà clos" in again.text
    too_early = boss.post(CLOSING, data={"semestre": "2026-2", **_token(boss)})
    assert too_early.status_code == 409
    assert boss.get(f"{CLOSING}?semestre=1950-1").status_code == 404
    with busy.session() as session:
        assert session.scalars(select(HalfYearClosing.half_year)).all() == ["2025-2"]
    assert row(boss, "Activités", "?periode=2025-2")[0] == "1"
    lines = page_of(boss.get("/agents/journal?acte=HALF_YEAR_CLOSED")).text
    assert "semestre : 2025-2" in lines.replace("\u00a0", " ")


def _token(client: PageClient) -> dict[str, str]:
    form = page_of(client.get(NEW)).soup.select_one("form[method=post] [name=csrf_token]")
    return {"csrf_token": str(form["value"])}


def test_a_board_costs_as_many_queries_whatever_it_holds(busy: Team) -> None:
    boss, insee = busy.client("coordinator"), places(busy)

    def queries() -> int:
        asked: list[str] = []

        def note(*given: object) -> None:
            asked.append(str(given[2]))

        with busy.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        boss.get(BOARD)
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    boss.get(BOARD)
    before = queries()
    told(busy, *(one(code, date(2026, 10, 1)) for code in insee.values() for _ in range(5)))
    assert queries() == before
