"""The page of free times: what it shows, how it filters, and what it costs the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert, select, text, update
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.places import Commune, Venue
from tests.support.booking_walk import (
    TIMES,
    change,
    follow,
    parameters,
    said,
    times,
    words,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW

MOST_QUERIES = 8

# ---- the times


def test_at_most_three_times_a_day_over_two_days(visitor: PageClient) -> None:
    shown = visitor.get(TIMES)
    assert times(shown) == [
        "9 h, mardi 24 novembre", "9 h 45, mardi 24 novembre", "10 h 30, mardi 24 novembre",
        "9 h, jeudi 26 novembre", "9 h 45, jeudi 26 novembre", "10 h 30, jeudi 26 novembre",
    ]  # fmt: skip
    headings = [words(tag) for tag in page_of(shown).soup.select(".day h2")]
    assert headings == ["Mardi 24 novembre", "Jeudi 26 novembre"]


def test_dates_go_on_and_come_back(visitor: PageClient) -> None:
    later = follow(visitor, visitor.get(TIMES), "Voir les dates suivantes")
    assert times(later)[0] == "9 h, mardi 1er décembre"
    assert parameters(later.request.full_path)["des"] == "2026-12-01"
    last = visitor.get(f"{TIMES}&des=2027-01-21")
    assert "Voir les dates suivantes" not in said(last)
    assert times(follow(visitor, later, "Retour"))[0] == "9 h, mardi 24 novembre"


def test_a_half_day_filters_and_says_so(visitor: PageClient) -> None:
    place = TIMES.replace("breuillet", "arvert")
    everything = visitor.get(place)
    current = page_of(everything).soup.select_one(".chip[aria-current]")
    assert words(current) == "Toute la journée"
    afternoon = follow(visitor, everything, "Plutôt l’après-midi")
    assert times(afternoon)[0] == "14 h, jeudi 26 novembre"
    assert words(page_of(afternoon).soup.select_one(".chip[aria-current]")).startswith("Plutôt l’")
    morning = follow(visitor, afternoon, "Plutôt le matin")
    assert times(morning) == []
    assert "pas d’heure libre le matin avant le vendredi 22 janvier 2027." in said(morning)
    assert "plus de rendez-vous libre" not in said(morning), "there are, in the afternoon"
    assert times(follow(visitor, morning, "Voir toute la journée")) == times(everything)


def test_neighbours_come_nearest_first_with_their_distance(visitor: PageClient) -> None:
    near = follow(visitor, visitor.get(TIMES), "Voir aussi les communes voisines")
    headings = [words(tag) for tag in page_of(near).soup.select("main h2")]
    assert set(headings[:2]) == {"Chaillevette", "Saint-Augustin"}
    assert "Breuillet" not in headings
    minutes = [int(words(tag).split()[1]) for tag in page_of(near).soup.select("main .hint")]
    assert minutes == sorted(minutes)
    assert len(minutes) == len(headings)
    for section in page_of(near).soup.select("main .near"):
        days = [words(tag) for tag in section.select("h3")]
        folded = [words(tag) for tag in section.select("details:not([open]) h3")]
        assert folded == days[1:], "one day a commune is shown, the others are a tap away"
        assert len(section.select("summary")) == (1 if folded else 0)
        assert "Mairie" not in words(section), "its commune is just above"
    contact = follow(visitor, near, times(near)[0])
    assert parameters(contact.request.full_path)["commune"] == "breuillet"
    assert parameters(contact.request.full_path)["lieu"] != "mairie-breuillet"
    assert times(follow(visitor, near, "Retour"))[0] == "9 h, mardi 24 novembre"


def test_an_earlier_time_nearby_is_told(visitor: PageClient) -> None:
    shown = visitor.get(TIMES.replace("breuillet", "chaillevette"))
    assert times(shown)[0] == "14 h, jeudi 26 novembre"
    assert "Plus tôt, à 10 minutes en voiture" in said(shown)
    assert "mardi 24 novembre à 9 h." in said(shown)


def test_nothing_free_says_until_when_and_what_else(
    presquile: Database, visitor: PageClient
) -> None:
    closed = text("DELETE FROM availability WHERE code LIKE 'jeanne-jeudi%'")
    change(presquile, closed)
    shown = visitor.get(TIMES.replace("breuillet", "chaillevette"))
    assert times(shown) == []
    wanted = "Il n’y a plus de rendez-vous libre à Chaillevette avant le vendredi 22 janvier 2027."
    assert wanted in said(shown)
    assert "Appeler le 05 36 49 00 00" in said(shown)
    assert times(follow(visitor, shown, "Voir les communes voisines"))
    assert "liste" not in said(shown), "the waiting list comes with a later issue"
    change(presquile, text("DELETE FROM availability"))
    nowhere = visitor.get(f"{TIMES}&voisines=oui")
    assert "Il n’y a pas de rendez-vous libre dans les communes voisines." in said(nowhere)


def test_two_venues_of_a_commune_are_told_apart(presquile: Database, visitor: PageClient) -> None:
    venue = select(Venue.id).where(Venue.slug == "mairie-vaux-sur-mer").scalar_subquery()
    breuillet = select(Commune.id).where(Commune.slug == "breuillet").scalar_subquery()
    change(presquile, update(Venue).where(Venue.id == venue).values(commune_id=breuillet))
    shown = visitor.get(f"{TIMES}&des=2026-11-30")
    assert "9 h, lundi 30 novembre, Mairie de Vaux-sur-Mer" in times(shown)
    assert "9 h, mardi 1er décembre, Mairie de Breuillet" in times(shown)
    assert not page_of(shown).soup.select(".place")
    notes = [words(tag) for tag in page_of(shown).soup.select(".day__note")]
    with Session(presquile.engine()) as session:
        rows = session.execute(select(Venue.name, Venue.address)).all()
    known = {f"{name}, {address}" for name, address in rows}
    assert len(set(notes)) == 2
    assert set(notes) <= known
    assert "Durée : 45 minutes." in said(shown)


def test_a_filter_that_cannot_be_read_filters_nothing(visitor: PageClient) -> None:
    everything = times(visitor.get(TIMES))
    for filters in (
        "moment=soir",
        "des=hier",
        "des=2020-01-01",
        "des=9999-12-31",
        "voisines=non",
        "des=%00",
        "debut=",
    ):
        assert times(visitor.get(f"{TIMES}&{filters}")) == everything, filters


def test_a_date_beyond_everything_finds_nothing(visitor: PageClient) -> None:
    """Of the days before it nothing was looked at, so nothing is said: they are a press away."""
    late = f"{TIMES}&des=2100-12-31"
    response = visitor.get(late)
    assert response.status_code == 200
    assert times(response) == []
    for more, told in (
        ("", "Il n’y a plus de rendez-vous libre à Breuillet à partir du vendredi 31 décembre"),
        ("&moment=matin", "Il n’y a pas d’heure libre le matin à partir du vendredi 31 décembre"),
        ("&voisines=oui", "dans les communes voisines à partir du vendredi 31 décembre 2100."),
    ):
        shown = visitor.get(late + more)
        assert told in said(shown)
        assert " avant le " not in said(shown)
        assert times(follow(visitor, shown, "Voir les premières dates"))
    assert "from Friday 31 December 2100 on." in said(visitor.get(f"/en{late}"))


def test_the_english_pages_say_the_same(visitor: PageClient) -> None:
    shown = visitor.get(f"/en{TIMES}")
    assert times(shown)[:2] == ["9 am, Tuesday 24 November", "9.45 am, Tuesday 24 November"]
    assert "à Breuillet" not in said(shown)
    contact = follow(visitor, shown, times(shown)[0])
    assert contact.request.path == "/en/rendez-vous/coordonnees"
    for path in ("/rendez-vous", "/rendez-vous/besoin?commune=breuillet", "/visite-a-domicile"):
        assert visitor.get(f"/en{path}").status_code == 200
    empty = visitor.get(f"/en{TIMES.replace('breuillet', 'arvert')}&moment=matin")
    assert "There is no free time in the morning before Friday 22 January 2027." in said(empty)


# ---- the database


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    queries: list[str] = []

    def note(*facts: object) -> None:
        if not str(facts[2]).startswith("BEGIN"):
            queries.append(str(facts[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield queries
    event.remove(Engine, "before_cursor_execute", note)


def fill_the_week(database: Database, count: int) -> None:
    """Appointments one after the other, from tomorrow on."""
    engine = database.engine()
    with Session(engine) as session, session.begin():
        commune = session.scalars(select(Commune.id).limit(1)).one()
        counsellors = list(session.scalars(select(Counsellor.id)))
        start = datetime.combine(NOW.date(), NOW.timetz()) + timedelta(days=1)
        rows = [
            {
                "counsellor_id": counsellors[rank % len(counsellors)],
                "starts_at": start + timedelta(minutes=15 * rank),
                "ends_at": start + timedelta(minutes=15 * rank + 10),
                "kind": EngagementKind.APPOINTMENT,
                "commune_id": commune,
            }
            for rank in range(count)
        ]
        session.execute(insert(Engagement), rows)
    engine.dispose()


@pytest.mark.both_databases
@pytest.mark.parametrize("view", ["", "&voisines=oui"])
def test_the_page_of_times_costs_the_same_queries_however_much_there_is(
    presquile: Database, visitor: PageClient, view: str
) -> None:
    def cost() -> int:
        visitor.get(f"{TIMES}{view}")  # the territory is read again after each change of it
        with counted_queries() as queries:
            assert visitor.get(f"{TIMES}{view}").status_code == 200
        return len(queries)

    nine_communes = cost()
    assert nine_communes <= MOST_QUERIES
    fill_the_week(presquile, 200)
    assert cost() == nine_communes
    change(presquile, update(Commune).where(Commune.slug != "breuillet").values(bookable=False))
    assert cost() == nine_communes
