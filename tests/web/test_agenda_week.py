"""The agenda of a week: who is where, the roads between, and as little of people as may be."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from app.domain.access import Role
from app.domain.journal import JournalAction
from app.models.appointment import Resident
from app.models.journal import JournalEntry
from app.models.schedule import Absence, Closure
from tests.support.agenda_site import TheDay
from tests.support.golden import assert_golden
from tests.support.page_client import page_of
from tests.support.team import book_a_person
from tests.web.test_agenda_today import words

AGENDA = "/agents/agenda"
FILE = f"{AGENDA}.csv"
ALL = f"{AGENDA}?conseiller=tous&commune=toutes"


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements sent to any database meanwhile."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield statements
    event.remove(Engine, "before_cursor_execute", listen)


def blocks(response: Any, kind: str) -> list[str]:
    """The words of the blocks of that kind, in the order of the page."""
    found = page_of(response).soup.select(f".block--{kind}")
    return [" ".join(each.get_text(" ").replace("\u00a0", " ").split()) for each in found]


def test_a_counsellor_first_sees_their_own_week(the_day: TheDay) -> None:
    page = the_day.team.client("counsellor").get(AGENDA)
    assert "Apolline Baiebrune" in words(page)
    assert {each.get_text() for each in page_of(page).soup.select(".week__name")} == {"Jeanne"}
    assert any("Mairie de Breuillet" in each for each in blocks(page, "opening"))
    assert any(each.startswith("Route 1") for each in blocks(page, "road"))


def test_each_sees_of_people_what_they_may_know(the_day: TheDay) -> None:
    week = f"{ALL}&debut={the_day.starts_at.date()}"
    said = {who: " ".join(blocks(the_day.team.client(who).get(week), "entry")) for who in (
        "coordinator", "colleague", "desk", "foreign_desk",
    )}  # fmt: skip
    assert "Apolline Baiebrune" in said["coordinator"]
    assert "Apolline B." in said["colleague"]
    assert "Apolline Baiebrune" in said["desk"]
    assert "Apolline" not in said["foreign_desk"]
    assert "Occupé" in said["foreign_desk"]


def test_a_desk_first_sees_its_own_commune(the_day: TheDay) -> None:
    page = the_day.team.client("desk").get(AGENDA)
    assert "Mairie de Breuillet" in words(page)
    assert all("Breuillet" in each or "Visites" in each for each in blocks(page, "opening"))
    wide = the_day.team.client("desk").get(ALL)
    assert any("Vaux-sur-Mer" in each for each in blocks(wide, "opening"))


def test_the_filters_are_in_the_address_and_kept_by_every_link(the_day: TheDay) -> None:
    client = the_day.team.client("coordinator")
    page = client.get(f"{AGENDA}?vue=jour&debut=2026-12-01&conseiller=tous&commune=breuillet")
    assert page_of(page).h1.replace("\u00a0", " ") == "Agenda du mardi 1er décembre"
    later = page_of(page).soup.select(".week-moves a")[-1]["href"]
    assert later == f"{AGENDA}?vue=jour&debut=2026-12-02&conseiller=tous&commune=breuillet"
    chosen = [each["value"] for each in page_of(page).soup.select("option[selected]")]
    assert chosen == ["breuillet"]


@pytest.mark.parametrize("debut", ["", "demain", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_what_cannot_be_read_filters_nothing(the_day: TheDay, debut: str) -> None:
    page = the_day.team.client("coordinator").get(
        f"{AGENDA}?vue=mois&debut={debut}&conseiller=personne&commune=nulle-part"
    )
    assert page.status_code == 200
    monday = the_day.starts_at.date() - timedelta(days=the_day.starts_at.weekday())
    assert f"debut={monday}" in page.text


def test_a_day_has_one_column_for_each_counsellor(the_day: TheDay) -> None:
    page = the_day.team.client("coordinator").get(f"{ALL}&vue=jour&debut=2026-11-29")
    assert len(page_of(page).soup.select(".week__day")) == 1
    assert len(page_of(page).soup.select(".week__name")) == 2
    assert page_of(page).soup.select(".week__nothing")


def test_absences_closures_and_holidays_are_named(the_day: TheDay) -> None:
    venue = the_day.team.subjects["venue_id"][0]
    start = datetime(2026, 12, 21, 5, tzinfo=UTC)
    with the_day.team.session() as session:
        week = {"recorded_at": start, "starts_at": start, "ends_at": start + timedelta(days=4)}
        session.add(Absence(counsellor_id=the_day.team.subjects["counsellor_id"][1], **week))
        session.add(Closure(venue_id=venue, reason="Travaux", **week))
        territory = session.connection().exec_driver_sql
        territory("UPDATE territory SET revision = revision + 1")
        session.commit()
    page = the_day.team.client("coordinator").get(f"{ALL}&debut=2026-12-21")
    assert "Absent" in blocks(page, "absence")
    assert any("Fermé : Mairie de Breuillet" in each for each in blocks(page, "lost"))
    assert "férié : Noël" in words(page)


def test_a_walk_in_beside_an_appointment_has_its_own_lane(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    the_day.go(timedelta(minutes=5))
    client.submit(client.get("/agents/aujourdhui"), "Venu sans rendez-vous")
    page = client.get(f"{AGENDA}?vue=jour")
    assert len(page_of(page).soup.select("[class*=-of-2]")) == 2
    assert any("présent" in each for each in blocks(page, "entry"))


def test_the_number_of_questions_does_not_grow_with_the_week(the_day: TheDay) -> None:
    client = the_day.team.client("coordinator")
    client.get(ALL)
    with counting() as few:
        client.get(ALL)
    with the_day.team.session() as session:
        for number in range(20, 32):
            book_a_person(session, "breuillet", "Rose", "Marelle", number)
            book_a_person(session, "vaux-sur-mer", "Rose", "Marelle", number + 100)
    page = client.get(ALL)
    with counting() as many:
        page = client.get(ALL)
    assert len(blocks(page, "entry")) > 2
    assert len(many) == len(few) <= 10, many


def test_whoever_has_left_keeps_a_column_in_the_weeks_that_they_held(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        session.connection().exec_driver_sql("UPDATE counsellor SET active = false WHERE id = 1")
        session.commit()
    page = the_day.team.client("coordinator").get(f"{ALL}&debut={the_day.starts_at.date()}")
    assert "Apolline Baiebrune" in words(page)
    assert Role.COMMITTEE not in words(page)


def test_the_page_as_a_table_says_no_more_than_the_page(the_day: TheDay) -> None:
    """A name that a spreadsheet would run is a text; foreign people are initials, or nobody."""
    resident_id = the_day.row().resident_id
    with the_day.team.session() as session:
        session.get_one(Resident, resident_id).first_name = "=Apolline"
        session.commit()
    own = the_day.team.client("counsellor")
    answer = own.submit(own.get(AGENDA), "Enregistrer", du="2026-11-01", au="2026-12-31")
    assert answer.headers["Cache-Control"] == "no-store"
    assert_golden("csv/agenda.csv", answer.data)
    assert "Apolline" not in own.get(ALL.replace(AGENDA, FILE) + "&debut=2026-12-21").text
    initial = the_day.team.client("colleague").get(ALL.replace(AGENDA, FILE)).text
    assert "Apolline B." in initial
    assert "Baiebrune" not in initial
    assert the_day.team.client("committee").get(FILE).status_code == 403
    with the_day.team.session() as session:
        saved = select(JournalEntry).where(JournalEntry.action == JournalAction.AGENDA_SAVED)
        rows = list(session.scalars(saved.order_by(JournalEntry.id)))
    assert [(row.user_id, row.facts["lines"]) for row in rows] == [
        (the_day.team.users["counsellor"], 1),
        (the_day.team.users["counsellor"], 0),
        (the_day.team.users["colleague"], 1),
    ]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("du=hier", "Écrivez le jour, le mois et l’année du premier jour"),
        ("du=2026-11-23&au=", "Écrivez le jour, le mois et l’année du dernier jour"),
        ("du=2026-11-23&au=2026-11-22", "La fin est avant le début."),
        ("du=2025-11-23&au=2026-12-22", "Cette période est trop longue."),
    ],
)
def test_days_that_make_no_table_are_told_and_stay(the_day: TheDay, days: str, told: str) -> None:
    refused = the_day.team.client("counsellor").get(f"{FILE}?{days}")
    assert refused.status_code == 422
    assert told in words(refused)
    first = days.split("&", 1)[0].removeprefix("du=")
    assert page_of(refused).soup.select_one("#du")["value"] == first
