"""The three questions of a booking: commune, need, time. Nothing personal, nothing stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import Engine, event, insert, select, text, update
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.places import Commune, Topic, Venue
from tests.support.booking_walk import (
    ADDRESS,
    DETAILS,
    TIMES,
    booked,
    change,
    dump,
    errors,
    follow,
    press,
    said,
    set_settings,
    times,
    words,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW

MOST_QUERIES = 8
UNSURE = "Choisissez une réponse. Si vous hésitez, choisissez « Autre chose, ou je ne sais pas »."


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_each_answer_leads_to_the_next_question(presquile: Database, visitor: PageClient) -> None:
    before = dump(presquile)
    commune = visitor.get("/rendez-vous")
    assert "Étape 1 sur 5" in said(commune)
    assert page_of(commune).h1 == "Dans quelle commune habitez-vous ?"
    answers = page_of(commune).soup.select("input[type=radio]")
    assert len(answers) == 10
    assert answers[-1]["value"] == "autre"

    topic = visitor.get(visitor.submit(commune, commune="breuillet").location)
    assert "Étape 2 sur 5" in said(topic)
    assert page_of(topic).h1 == "De quelle aide avez-vous besoin ?"
    assert "Cela nous aide à prévoir assez de temps." in said(topic)
    assert not page_of(topic).soup.select("main textarea, main input[type=text]")

    shown = visitor.get(visitor.submit(topic, besoin="motdepasse").location)
    assert "Étape 3 sur 5" in said(shown)
    assert page_of(shown).h1 == "Quel rendez-vous vous convient ?"
    assert "Mairie de Breuillet 28 rue du Centre Durée : 45 minutes." in said(shown)

    contact = follow(visitor, shown, "9 h, mardi 24 novembre")
    assert "Étape 4 sur 5" in said(contact)
    assert parameters(contact.request.full_path) == parameters(DETAILS)
    assert dump(presquile) == before


def test_each_page_leads_back_with_the_answers(visitor: PageClient) -> None:
    contact = visitor.get(f"{DETAILS}&pour=autre")
    shown = follow(visitor, contact, "Retour")
    assert parameters(shown.request.full_path) == parameters(f"{TIMES}&pour=autre")
    topic = follow(visitor, shown, "Retour")
    assert page_of(topic).h1 == "De quelle aide avez-vous besoin ?"
    assert parameters(topic.request.full_path) == {"commune": "breuillet", "pour": "autre"}
    commune = follow(visitor, topic, "Retour")
    assert page_of(commune).h1 == "Dans quelle commune habite cette personne ?"


@pytest.mark.parametrize(
    ("poster", "question"),
    [
        ("?commune=breuillet", "De quelle aide avez-vous besoin ?"),
        ("?besoin=motdepasse", "Dans quelle commune habitez-vous ?"),
        (f"?{ADDRESS}", "Quel rendez-vous vous convient ?"),
        ("?commune=breuillet&besoin=autrefois", "De quelle aide avez-vous besoin ?"),
    ],
)
def test_a_poster_answers_a_question(visitor: PageClient, poster: str, question: str) -> None:
    response = visitor.get(f"/rendez-vous{poster}", follow_redirects=True)
    assert page_of(response).h1 == question
    if poster == "?besoin=motdepasse":
        response = visitor.submit(response, commune="breuillet")
        assert parameters(response.location) == parameters(f"?{ADDRESS}")


@pytest.mark.parametrize(
    ("unanswered", "sentence"),
    [
        ("/rendez-vous", "Choisissez votre commune."),
        ("/rendez-vous/besoin?commune=breuillet", UNSURE),
    ],
)
def test_an_empty_answer_is_asked_again(
    visitor: PageClient, unanswered: str, sentence: str
) -> None:
    response = press(visitor, visitor.get(unanswered), "Continuer")
    assert response.status_code == 422
    assert errors(response) == [sentence]


@pytest.mark.parametrize("commune", ["atlantide", "%00", "Breuillet", "<b>", "breuillet'--"])
def test_an_unknown_commune_is_asked_again(visitor: PageClient, commune: str) -> None:
    response = visitor.get(f"/rendez-vous?commune={commune}&besoin=motdepasse")
    assert response.status_code == 422
    assert errors(response) == ["Nous ne connaissons pas cette commune. Choisissez votre commune."]
    again = visitor.submit(response, commune="breuillet")
    assert again.location == f"/rendez-vous/heure?{ADDRESS}"


def test_a_retired_or_unknown_need_is_asked_again(presquile: Database, visitor: PageClient) -> None:
    change(presquile, update(Topic).where(Topic.code == "email").values(active=False))
    for topic in ("email", "jamais", "%00%01", "x" * 10_000):
        response = visitor.get(f"/rendez-vous/besoin?commune=breuillet&besoin={topic}")
        assert response.status_code == 422
        assert errors(response) == [
            "Cette aide n’existe pas. Choisissez une réponse dans la liste."
        ]
    assert not page_of(response).soup.select("input[value=email]")


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("/rendez-vous/besoin", "commune"),
        ("/rendez-vous/heure", "commune"),
        ("/rendez-vous/heure?besoin=motdepasse", "commune"),
        ("/rendez-vous/heure?commune=breuillet", "besoin"),
        ("/rendez-vous/coordonnees?commune=breuillet&debut=2026-11-24T09:00", "besoin"),
        (f"/rendez-vous/coordonnees?{ADDRESS}", "heure"),
        (f"/rendez-vous/coordonnees?{ADDRESS}&debut=demain", "heure"),
        (f"/rendez-vous/verifier?{ADDRESS}", "heure"),
    ],
)
def test_a_step_out_of_order_leads_to_the_missing_question(
    visitor: PageClient, step: str, question: str
) -> None:
    response = visitor.get(step, follow_redirects=True)
    wanted = {"commune": "/rendez-vous", "besoin": "/rendez-vous/besoin"}
    assert response.request.path == wanted.get(question, "/rendez-vous/heure")
    kept = parameters(step).items() - {("debut", "demain")}
    assert kept <= parameters(response.request.full_path).items()


def test_a_bookmark_of_the_check_page_leads_to_the_contact_page(visitor: PageClient) -> None:
    response = visitor.get(DETAILS.replace("coordonnees", "verifier"), follow_redirects=True)
    assert page_of(response).h1 == "Vos coordonnées"
    assert parameters(response.request.full_path) == parameters(DETAILS)


def test_two_tabs_do_not_mix(
    visitor: PageClient, monday: time_machine.Traveller, presquile: Database
) -> None:
    other = TIMES.replace("breuillet", "vaux-sur-mer").replace("motdepasse", "email")
    first_tab, second_tab = visitor.get(TIMES), visitor.get(other)
    in_second = follow(visitor, second_tab, times(second_tab)[0])
    in_first = follow(visitor, first_tab, times(first_tab)[0])
    for tab, place in ((in_second, "Mairie de Vaux-sur-Mer"), (in_first, "Mairie de Breuillet")):
        token = booked(visitor, monday, tab.request.full_path)
        assert place in said(visitor.get(f"/r/{token}"))


# ---- another commune


def test_another_commune_is_told_where_else_to_ask(visitor: PageClient) -> None:
    response = visitor.submit(visitor.get("/rendez-vous"), commune="autre")
    assert response.status_code == 200
    text = said(response)
    assert "Coclic’O aide d’abord les habitants des communes membres." in text
    assert "Pour une autre commune, appelez le 05 36 49 00 00, ou votre mairie." in text
    link = page_of(response).soup.select_one("main a[href='https://carte.demo.invalid/']")
    assert link is not None
    assert page_of(follow(visitor, response, "Choisir une autre commune")).h1.startswith("Dans")


def test_a_commune_that_left_is_gone(presquile: Database, visitor: PageClient) -> None:
    left_on = NOW.date() - timedelta(days=1)
    change(presquile, update(Commune).where(Commune.slug == "arvert").values(active_until=left_on))
    for address in ("/rendez-vous", "/rendez-vous/heure", "/rendez-vous/coordonnees"):
        response = visitor.get(f"{address}?commune=arvert&besoin=email", follow_redirects=True)
        assert response.status_code == 410
        assert "La commune d’Arvert ne participe plus à Coclic’O." in said(response)
        assert "appelez le 05 36 49 00 00" in said(response)
    english = visitor.get("/en/rendez-vous?commune=arvert")
    assert english.status_code == 410
    assert "d’Arvert" not in said(english)
    assert not page_of(visitor.get("/rendez-vous")).soup.select("input[value=arvert]")


@pytest.mark.parametrize("values", [{"bookable": False}, {"active_from": date(2027, 1, 1)}])
def test_a_commune_that_was_never_served_is_not_found(
    presquile: Database, visitor: PageClient, values: dict[str, object]
) -> None:
    change(presquile, update(Commune).where(Commune.slug == "arvert").values(**values))
    response = visitor.get("/rendez-vous?commune=arvert")
    assert response.status_code == 404
    assert "ne participe plus" not in said(response)
    assert "05 36 49 00 00" in said(response)


def test_where_it_is_allowed_another_commune_sees_all_places(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, other_commune="allow")
    topic = visitor.get("/rendez-vous?commune=autre", follow_redirects=True)
    shown = visitor.submit(topic, besoin="motdepasse")
    shown = visitor.get(shown.location)
    headings = [words(tag) for tag in page_of(shown).soup.select("main h2")]
    assert headings[:3] == ["Arvert", "Breuillet", "Chaillevette"]
    assert "en voiture" not in said(shown)
    address = DETAILS.replace("commune=breuillet", "commune=autre")
    token = booked(visitor, monday, address)
    assert "Mairie de Breuillet" in said(visitor.get(f"/r/{token}"))


# ---- for somebody else


def test_for_somebody_else_is_carried_from_the_first_page_on(visitor: PageClient) -> None:
    commune = visitor.get("/rendez-vous?pour=autre")
    assert page_of(commune).h1 == "Dans quelle commune habite cette personne ?"
    topic = visitor.get(visitor.submit(commune, commune="breuillet").location)
    shown = visitor.get(visitor.submit(topic, besoin="motdepasse").location)
    for link in page_of(shown).soup.select("main a[href]"):
        assert parameters(str(link["href"]))["pour"] == "autre"
    contact = follow(visitor, shown, times(shown)[0])
    assert "La personne qui a besoin d’aide" in said(contact)


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
    assert "Il n’y a plus de rendez-vous libre à Arvert avant le vendredi 22 janvier" in (
        said(morning)
    )
    assert times(follow(visitor, morning, "Voir toute la journée")) == times(everything)


def test_neighbours_come_nearest_first_with_their_distance(visitor: PageClient) -> None:
    near = follow(visitor, visitor.get(TIMES), "Voir aussi les communes voisines")
    headings = [words(tag) for tag in page_of(near).soup.select("main h2")]
    assert set(headings[:2]) == {"Chaillevette", "Saint-Augustin"}
    assert "Breuillet" not in headings
    minutes = [int(words(tag).split()[1]) for tag in page_of(near).soup.select("main .hint")]
    assert minutes == sorted(minutes)
    assert len(minutes) == len(headings)
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


@pytest.mark.parametrize(
    "filters",
    ["moment=soir", "des=hier", "des=2020-01-01", "voisines=non", "des=%00", "inconnu=1", "debut="],
)
def test_a_filter_that_cannot_be_read_filters_nothing(visitor: PageClient, filters: str) -> None:
    assert times(visitor.get(f"{TIMES}&{filters}")) == times(visitor.get(TIMES))


def test_a_date_beyond_everything_finds_nothing(visitor: PageClient) -> None:
    response = visitor.get(f"{TIMES}&des=9999-12-31")
    assert response.status_code == 200
    assert times(response) == []


def test_the_english_pages_say_the_same(visitor: PageClient) -> None:
    shown = visitor.get(f"/en{TIMES}")
    assert times(shown)[:2] == ["9 am, Tuesday 24 November", "9.45 am, Tuesday 24 November"]
    assert "à Breuillet" not in said(shown)
    contact = follow(visitor, shown, times(shown)[0])
    assert contact.request.path == "/en/rendez-vous/coordonnees"
    for path in ("/rendez-vous", "/rendez-vous/besoin?commune=breuillet", "/visite-a-domicile"):
        assert visitor.get(f"/en{path}").status_code == 200
    empty = visitor.get(f"/en{TIMES.replace('breuillet', 'arvert')}&moment=matin")
    assert "in Arvert" in said(empty)


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
