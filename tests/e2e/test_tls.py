"""Every form once over TLS, where cookies are Secure and each POST tells where it comes from."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.support.browser_site import LiveSite, live_over_tls
from tests.support.browser_stories import (
    CHECK,
    CONFIRMED,
    DETAILS,
    book_a_visit,
    cancel,
    come_from_the_home_page,
    come_to_the_check,
    come_to_the_times,
    find,
    move,
    write_contact,
)
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

SLOWEST_TRAP_S = 2.05
"""The contact page believes nobody who fills it within two seconds."""


@pytest.fixture(scope="module")
def secure_site(
    presquile_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """The site behind a certificate, with an https address as its own."""
    with live_over_tls(presquile_template, tmp_path_factory.mktemp("secure")) as site:
        yield site


@pytest.fixture
def secure_walk(visit: Callable[..., Page], secure_site: LiveSite) -> Walk:
    walk = Walk(visit(ignore_https_errors=True), secure_site.address)
    walk.slowest_trap_s = SLOWEST_TRAP_S
    return walk


def test_every_form_works_over_tls(secure_walk: Walk, person: Canary) -> None:
    walk = secure_walk
    come_from_the_home_page(walk, "Breuillet")
    walk.take_time()
    write_contact(walk, person)
    walk.press("Modifier l’heure")
    walk.press("Plutôt le matin")
    walk.take_time()
    walk.press("Modifier le nom")
    walk.press("Je prends ce rendez-vous pour une autre personne")
    walk.write(aidant_nom="Ginette Aide", aidant_telephone=person.phone)
    walk.choose("Un proche", "La personne est d’accord.")
    walk.press("Continuer")
    walk.press("Confirmer le rendez-vous")
    assert walk.heading == CONFIRMED
    find(walk, walk.number, person)
    move(walk)
    assert walk.heading == "La date est changée"
    cancel(walk)
    assert walk.heading == "Votre rendez-vous est annulé"
    book_a_visit(walk, person, "Breuillet")
    assert walk.heading == "Votre visite est enregistrée"


def test_the_cookie_is_secure_and_the_browser_is_told_to_stay_on_https(secure_walk: Walk) -> None:
    walk = secure_walk
    walk.open("/mon-rendez-vous")
    [cookie] = walk.page.context.cookies()
    assert cookie["secure"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "max-age=" in walk.answer.headers["strict-transport-security"]


def test_a_form_sent_from_elsewhere_is_refused_and_keeps_the_answers(
    secure_walk: Walk, person: Canary
) -> None:
    walk = secure_walk
    come_to_the_check(walk, person, "breuillet")

    def from_elsewhere(route: Route) -> None:
        headers = route.request.all_headers() | {"referer": "https://ailleurs.invalid/"}
        route.fulfill(response=route.fetch(headers=headers, max_redirects=0))

    walk.page.route("**/confirmer*", from_elsewhere)
    walk.press("Confirmer le rendez-vous")
    assert walk.status == 422
    assert walk.heading in {CHECK, DETAILS}
    assert walk.sees("Cette page est restée ouverte longtemps. Appuyez encore sur le bouton.")
    assert walk.value("telephone") == person.phone
    walk.page.unroute("**/confirmer*")
    walk.press("Continuer")
    walk.press("Confirmer le rendez-vous")
    assert walk.heading == CONFIRMED


def test_a_page_filled_too_fast_is_asked_again_and_loses_nothing(
    secure_walk: Walk, person: Canary
) -> None:
    walk = secure_walk
    come_to_the_times(walk, "saint-palais-sur-mer")
    walk.take_time()
    walk.page.reload()
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.press("Continuer")
    assert walk.status == 422
    assert walk.heading == DETAILS
    assert walk.sees("Relisez vos réponses, puis appuyez encore sur « Continuer ».")
    assert "govuk-error-summary" in walk.focused()
    assert walk.value("telephone") == person.phone
    walk.read_for_a_while()
    walk.press("Continuer")
    assert walk.heading == CHECK
