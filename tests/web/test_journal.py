"""The journal's page: narrowed, fifty lines at a time, as a table to keep."""

import csv
import io

import pytest

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.services.journal import note
from app.services.transaction import write_transaction
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import Team

JOURNAL, FILE = "/agents/journal", "/agents/journal.csv"


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def lines(client: PageClient, query: str = "") -> list[str]:
    found = page_of(client.get(JOURNAL + query)).soup.select(".records li")
    return [" ".join(each.get_text(" ").replace("\u00a0", " ").split()) for each in found]


def seen(team: Team, count: int) -> None:
    with team.session() as session, write_transaction(session):
        for _ in range(count):
            subject = JournalSubject.RESIDENT, team.subjects["resident_id"][0]
            by = team.users["desk"]
            note(session, JournalAction.PERSON_SEEN, subject, by=by, now=NOW)


def test_who_did_what_when_with_a_way_there(boss: PageClient, team: Team) -> None:
    seen(team, 1)
    first = lines(boss)[0]
    assert first == "Lundi 23 novembre à 10 h Desk Essai A ouvert une fiche, fiche 1"
    page = page_of(boss.get(JOURNAL))
    assert page.soup.select_one(".records a[href='/agents/personnes/1']")
    assert any("rôle : accueil (ccas, mairie)" in line for line in lines(boss))
    proof = {"cards": 3, "tries": 40}
    with team.session() as session, write_transaction(session):
        subject = JournalSubject.TERRITORY, None
        note(session, JournalAction.PURGED, subject, by=None, now=NOW, **proof)
    told = "fiches de personnes effacées, avec leur aidant : 3 ; comptes d’essais : 40"
    assert told in lines(boss)[0]


def test_fifty_lines_and_the_older_ones(boss: PageClient, team: Team) -> None:
    seen(team, 60)
    assert len(lines(boss)) == 50
    page = page_of(boss.get(f"{JOURNAL}?acte=PERSON_SEEN"))
    older = next(a["href"] for a in page.soup.main("a") if "Plus ancien" in a.get_text())
    rest = page_of(boss.get(older))
    assert len(rest.soup.select(".records li")) == 10
    assert "Plus ancien" not in rest.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?acte=PERSON_SEEN", 3),
        ("?qui=desk", 3),
        ("?acte=PERSON_SEEN&du=2026-11-23&au=2026-11-23", 3),
        ("?acte=PERSON_SEEN&du=2026-11-24", 0),
        ("?acte=PERSON_SEEN&au=2026-11-22", 0),
        ("?acte=PERSON_SEEN&du=hier&au=0001-01-01&qui=²&avant=x", 3),
        ("?acte=PERSON_SEEN&du=9999-12-31&au=2100-12-31", 3),
        ("?acte=PERSON_SEEN&qui=999999999", 0),
    ],
)
def test_the_filter_is_in_the_address(boss: PageClient, team: Team, query: str, count: int) -> None:
    seen(team, 3)
    assert len(lines(boss, query.replace("qui=desk", f"qui={team.users['desk']}"))) == count


def test_nothing_is_said_kindly(boss: PageClient) -> None:
    assert "Rien dans le journal" in said(boss.get(f"{JOURNAL}?du=2026-12-01"))


def test_the_table_has_no_formula_and_its_export_is_told(boss: PageClient, team: Team) -> None:
    seen(team, 1)
    with team.session() as session:
        session.get_one(User, team.users["desk"]).first_name = "=HYPERLINK(1)"
        session.commit()
    answer = boss.get(f"{FILE}?acte=PERSON_SEEN")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("\ufeffDate;Heure;Qui;")
    assert "\r\n" in answer.text
    [_, row] = csv.reader(io.StringIO(answer.text[1:], newline=""), delimiter=";")
    assert row[:4] == ["23/11/2026", "10:00:00", "'=HYPERLINK(1) Essai", "A ouvert une fiche"]
    assert "A exporté le journal" in lines(boss)[0]
    assert boss.get(f"{FILE}?acte=PERSON_SEEN").text == answer.text


def test_too_long_a_period_is_asked_again(
    boss: PageClient, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.journal_reading.MOST_EXPORTED", 1)
    refused = boss.get(FILE)
    assert refused.status_code == 422
    assert "Choisissez une période plus courte." in said(refused)
