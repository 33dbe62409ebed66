"""Nothing scrolls sideways, is cut or too small to press: at 320 px, at 200 % text, in the reader's
own colours, without motion."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Page

from tests.support.browser import NARROWEST, accessibility_faults, scrolls_sideways
from tests.support.browser_site import LiveSite, expired_link, live_copy
from tests.support.browser_sizes import FittingEnglishWalk, FittingWalk
from tests.support.browser_stories import answer, cancel, come_from_the_home_page, write_contact
from tests.support.browser_walk import EnglishWalk, Walk
from tests.support.browser_words import plain
from tests.support.canaries import Canary

TWICE_THE_TEXT = {"webkit": {"webprefs": {"default_font_size": 32, "default_fixed_font_size": 26}}}
READ = (
    "/", "/aide", "/accessibilite", "/vos-donnees", "/mentions-legales", "/conditions",
    "/plan-du-site", "/ateliers", "/ateliers/programme", "/ateliers/nouvelles",
    "/communes/breuillet", "/communes/saint-augustin", "/nulle-part",
    "/rendez-vous?commune=autre",
)  # fmt: skip
VISIT_FOR_ANOTHER = "/visite-a-domicile/heure?commune=vaux-sur-mer&besoin=sante-en-ligne&pour=autre"


def see_every_page(walk: Walk, person: Canary) -> None:
    """Each kind of page once, errors included."""
    for path in READ:
        walk.open(path)
    walk.open("/rendez-vous")
    walk.press("Continuer")
    come_from_the_home_page(walk, "Les Mathes - La Palmyre")
    walk.follow("Voir aussi les communes voisines")
    walk.take_time()
    walk.press("Continuer")
    write_contact(walk, person)
    walk.press("Modifier l’heure")
    walk.take_time()
    walk.press("Confirmer le rendez-vous")
    walk.follow("Imprimer")
    walk.follow("Retour")
    walk.follow("Changer la date")
    walk.take_time(-1)
    walk.press("Confirmer le changement")
    cancel(walk)
    walk.open("/mon-rendez-vous")
    walk.press("Voir mon rendez-vous")
    see_a_visit_for_another(walk, person)


def see_a_visit_for_another(walk: Walk, person: Canary) -> None:
    walk.open("/visite-a-domicile")
    walk.press("Continuer")
    walk.open(VISIT_FOR_ANOTHER)
    walk.take_time()
    walk.press("Continuer")
    walk.write(adresse=person.address, prenom=person.first_name, nom=person.last_name)
    walk.write(telephone=person.phone, aidant_nom="Ginette Aide", aidant_telephone=person.phone)
    walk.choose("Un professionnel", "La personne est d’accord.")
    walk.read_for_a_while()
    walk.press("Continuer")
    walk.press("Confirmer la visite")


@pytest.fixture
def page_with_twice_the_text(
    browser_type: BrowserType, browser_type_launch_args: dict[str, object], tmp_path: Path
) -> Iterator[Page]:
    """A browser whose owner chose letters twice as big, on the narrowest phone."""
    preferences = tmp_path / "Default/Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps(TWICE_THE_TEXT))
    context = browser_type.launch_persistent_context(
        tmp_path, viewport=NARROWEST, has_touch=True, locale="fr-FR", **browser_type_launch_args
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_every_page_fits_a_screen_of_320_pixels(
    visit: Callable[..., Page], live_site: LiveSite, person: Canary
) -> None:
    see_every_page(FittingWalk(visit(viewport=NARROWEST), live_site.address), person)


@pytest.mark.parametrize("way", [FittingWalk, FittingEnglishWalk])
def test_every_page_fits_with_letters_twice_as_big(
    page_with_twice_the_text: Page, live_site: LiveSite, person: Canary, way: type[Walk]
) -> None:
    """English ones are not also walked with letters of the usual size: these are the harder."""
    walk = way(page_with_twice_the_text, live_site.address)
    walk.open("/")
    size = walk.page.evaluate("getComputedStyle(document.body).fontSize")
    assert size == "40px"
    see_every_page(walk, person)


@pytest.mark.parametrize("way", [Walk, EnglishWalk])
def test_what_is_only_read_is_read_by_everybody(
    visit: Callable[..., Page], live_site: LiveSite, person: Canary, way: type[Walk]
) -> None:
    """The pages of the foot of the site, and that of a link whose time is over: axe reads them."""
    walk = way(visit(), live_site.address)
    for path in READ:
        walk.open(path)
    walk.open(f"/r/{expired_link(live_site, person)}")
    assert walk.status == 410


def test_the_barest_error_page_is_accessible(
    visit: Callable[..., Page], sqlite_template: Path, tmp_path: Path
) -> None:
    """Nothing is known of the service yet: no territory is loaded."""
    with live_copy(sqlite_template, tmp_path) as site:
        page = visit()
        for language, heading in (
            ("fr", "Ce site n’est pas encore ouvert."),
            ("en", "This site is not open yet."),
        ):
            answer = page.goto(f"{site.address}/{'' if language == 'fr' else language}")
            assert answer
            assert answer.status == 503
            assert plain(page.locator("h1").inner_text()).startswith(heading)
            assert page.locator("html").get_attribute("lang") == language
            assert accessibility_faults(page) == []
            assert not scrolls_sideways(page)


@pytest.mark.parametrize("choice", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_the_colours_and_the_rest_that_a_reader_asks_for_are_given(
    visit: Callable[..., Page], live_site: LiveSite, choice: dict[str, str]
) -> None:
    walk = Walk(visit(**choice), live_site.address)
    walk.open("/rendez-vous")
    walk.press("Continuer")
    answer(walk, "Arvert")
    answer(walk, "Autre chose, ou je ne sais pas")
    if "reduced_motion" in choice:
        assert set(of_all(walk, "transitionDuration")) == {"0s"}
        assert set(of_all(walk, "animationName")) == {"none"}
    else:
        assert "none" not in of_all(walk, "borderTopStyle", ".time, .chip")


def of_all(walk: Walk, style: str, selector: str = "body *") -> list[str]:
    """The values of a style on the page."""
    values: list[str] = walk.page.locator(selector).evaluate_all(
        "(all, style) => all.map((each) => getComputedStyle(each)[style])", style
    )
    assert values
    return values
