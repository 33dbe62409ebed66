"""The three questions of a booking: commune, need, time. Nothing personal, nothing stored."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import update

from app.models.places import Commune, Topic
from tests.support.booking_walk import (
    ADDRESS,
    DETAILS,
    TIMES,
    booked,
    change,
    dump,
    errors,
    follow,
    parameters,
    press,
    said,
    set_settings,
    times,
    words,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW

UNKNOWN = "Nous ne connaissons pas cette commune. Choisissez votre commune."
UNSURE = "Choisissez une réponse. Si vous hésitez, choisissez « Autre chose, ou je ne sais pas »."


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
    assert page_of(topic).h1 == "De quelle aide cette personne a-t-elle besoin ?"
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


def test_an_unknown_commune_is_asked_again(visitor: PageClient) -> None:
    for commune in ("atlantide", "%00", "Breuillet", "<b>", "breuillet'--", "x" * 10_000):
        response = visitor.get(f"/rendez-vous?commune={commune}&besoin=motdepasse")
        assert response.status_code == 422, commune
        assert errors(response) == [UNKNOWN], commune
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


OUT_OF_ORDER = [
    ("/rendez-vous/besoin", "/rendez-vous"),
    ("/rendez-vous/heure", "/rendez-vous"),
    ("/rendez-vous/heure?besoin=motdepasse", "/rendez-vous"),
    ("/rendez-vous/heure?commune=breuillet", "/rendez-vous/besoin"),
    ("/rendez-vous/coordonnees?commune=breuillet&debut=2026-11-24T09:00", "/rendez-vous/besoin"),
    (f"/rendez-vous/coordonnees?{ADDRESS}", "/rendez-vous/heure"),
    (f"/rendez-vous/coordonnees?{ADDRESS}&debut=demain", "/rendez-vous/heure"),
    (f"/rendez-vous/verifier?{ADDRESS}", "/rendez-vous/heure"),
]


def test_a_step_out_of_order_leads_to_the_missing_question(visitor: PageClient) -> None:
    for step, question in OUT_OF_ORDER:
        response = visitor.get(step, follow_redirects=True)
        assert response.request.path == question, step
        kept = parameters(step).items() - {("debut", "demain")}
        assert kept <= parameters(response.request.full_path).items(), step


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
