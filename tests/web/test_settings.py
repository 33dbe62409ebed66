"""The settings' pages: each sheet saved and refused, and what residents see of it at once."""

from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import select, update

from app.domain.access import Role
from app.domain.settings import Settings
from app.domain.territory_entries import DeclaredService, LegalTexts
from app.models.places import Territory, Topic
from app.models.schedule import Availability
from app.services.settings_places import CARD
from app.web.administration import sheet_words as words
from app.web.venue_card import LABELS
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.team import Team

SETTINGS = "/agents/reglages"


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def sheet(team: Team, kind: str, name: str) -> str:
    return f"{SETTINGS}/{kind}/{team.subjects[name][0]}"


def save(client: PageClient, address: str, **answers: str) -> str:
    """What the page says after saving."""
    done = client.submit(client.get(address), "Enregistrer", **answers)
    assert done.status_code == 303, said(done)
    return said(client.get(done.headers["Location"]))


def test_every_sheet_is_listed_and_opens(boss: PageClient) -> None:
    page = page_of(boss.get(SETTINGS))
    addresses = [link["href"] for link in page.soup.main("a")]
    assert len(addresses) == 3 + 2 * 9 + 9 + 1 + 10
    for address in addresses:
        assert boss.get(address).status_code == 200, address


def test_a_sheet_saved_as_it_is_changes_nothing(boss: PageClient, team: Team) -> None:
    for address in (
        sheet(team, "communes", "commune_id"),
        sheet(team, "trajets", "commune_id"),
        sheet(team, "lieux", "venue_id"),
        sheet(team, "besoins", "topic_id"),
        f"{SETTINGS}/service",
        f"{SETTINGS}/textes",
        f"{SETTINGS}/delais",
    ):
        assert "C’est enregistré." in save(boss, address)
    told = page_of(boss.get("/agents/journal")).soup.select(".records li")
    assert told
    assert not [line for line in told if "A changé" in line.get_text()]


def test_a_commune_that_left_is_offered_no_more(
    boss: PageClient, visitor: PageClient, team: Team
) -> None:
    assert "Breuillet" in said(visitor.get("/rendez-vous"))
    page = sheet(team, "communes", "commune_id")
    early = boss.submit(boss.get(page), "Enregistrer", active_until="2026-11-22")
    assert early.status_code == 422
    assert "Des horaires y continuent : arrêtez-les d’abord (Horaires)." in said(early)
    with team.session() as session:
        session.execute(update(Availability).values(valid_until=date(2026, 11, 22)))
        session.commit()
    save(boss, page, active_until="2026-11-22")
    assert "Breuillet" not in said(visitor.get("/rendez-vous"))
    assert "A changé une commune" in said(boss.get("/agents/journal"))


def test_a_venue_keeps_its_card(boss: PageClient, team: Team) -> None:
    address = sheet(team, "lieux", "venue_id")
    save(boss, address, card_wifi="oui", card_ramp="à gauche", access_fr="a", access_en="b")
    page = page_of(boss.get(address)).soup
    assert page.select_one("#card_wifi")["value"] == "oui"
    assert page.select_one("#access_en")["value"] == "b"


def test_a_venue_is_added(boss: PageClient) -> None:
    page = save(
        boss, f"{SETTINGS}/lieux/nouveau", name="Salle des fêtes", commune="breuillet",
        sms_name="Salle des fetes", active="oui",
    )  # fmt: skip
    assert "Salle des fêtes" in page


def test_a_topic_is_renamed_for_residents(
    boss: PageClient, visitor: PageClient, team: Team
) -> None:
    with team.session() as session:
        number = session.scalars(select(Topic.id).where(Topic.code == "email")).one()
    save(boss, f"{SETTINGS}/besoins/{number}", label_fr="Le courrier", minutes="60")
    assert "Le courrier" in said(visitor.get("/rendez-vous/besoin?commune=breuillet"))


def test_the_phone_changes_on_every_page(boss: PageClient, visitor: PageClient) -> None:
    save(boss, f"{SETTINGS}/service", phone="05 46 11 22 33")
    assert "05 46 11 22 33" in page_of(visitor.get("/")).text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("path", "answers", "sentence"),
    [
        ("communes", {"active_until": "demain"}, "Écrivez une date de 2000 à 2099."),
        ("communes", {"active_until": "1066-10-14"}, "Écrivez une date de 2000 à 2099."),
        ("trajets", {"arvert": "999"}, "999 n’est pas entre 0 et 240."),
        ("trajets", {"arvert": "dix"}, "Écrivez un nombre entier."),
        ("trajets", {"arvert": "-5"}, "-5 n’est pas entre 0 et 240."),
        ("lieux", {"name": ""}, "Remplissez cette réponse."),
        ("lieux", {"commune": "ailleurs"}, "Choisissez une réponse de la liste."),
        ("lieux", {"card_room": "a\u200bb"}, "Caractère invisible refusé (U+200B)."),
        ("besoins", {"minutes": "5"}, "5 n’est pas entre 15 et 180."),
        ("besoins", {"label_en": ""}, "Remplissez cette réponse."),
        ("service", {"phone": "12"}, "« 12 » n’a pas la forme attendue"),
        ("textes", {"national_map_url": "http://x"}, "n’a pas la forme attendue"),
        ("delais", {"upcoming_limit": "0"}, "Doit être entre 1 et 50."),
        ("delais", {"reminder_at_hour": "²"}, "Écrivez un nombre entier."),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(
    boss: PageClient, team: Team, path: str, answers: dict[str, str], sentence: str
) -> None:
    names = {"communes": "commune_id", "trajets": "commune_id", "lieux": "venue_id",
             "besoins": "topic_id"}  # fmt: skip
    address = sheet(team, path, names[path]) if path in names else f"{SETTINGS}/{path}"
    refused = boss.submit(boss.get(address), "Enregistrer", **answers)
    assert refused.status_code == 422
    [(name, typed)] = answers.items()
    page = page_of(refused).soup
    beside = page.select_one(f"#{name}-error")
    assert beside is not None
    assert sentence in beside.get_text().replace("\u00a0", " ")
    field = page.select_one(f"#{name}")
    assert field.name == "select" or field["value"] == typed


def test_a_venue_in_use_stays(boss: PageClient, team: Team) -> None:
    page = boss.get(sheet(team, "lieux", "venue_id"))
    form = {each["name"]: each.get("value", "") for each in page_of(page).soup.main("input")}
    del form["active"]
    refused = boss.post(page.request.path, data=form | {"commune": "breuillet"})
    assert refused.status_code == 422
    assert "L’emploi du temps y prévoit encore des permanences" in said(refused)


def test_two_coordinators_at_once(boss: PageClient, team: Team) -> None:
    address = f"{SETTINGS}/delais"
    first, second = boss.get(address), boss.get(address)
    boss.submit(first, "Enregistrer", upcoming_limit="3")
    refused = boss.submit(second, "Enregistrer", upcoming_limit="4")
    assert refused.status_code == 409
    page = said(refused)
    assert "Coordinator a changé la même chose à 10 h." in page
    assert "Enregistré maintenant Rendez-vous à venir pour un téléphone 3" in page
    assert page_of(refused).soup.select_one("#upcoming_limit")["value"] == "4"
    wrong = boss.submit(refused, "Enregistrer", upcoming_limit="0")
    assert wrong.status_code == 422
    assert boss.submit(wrong, "Enregistrer", upcoming_limit="4").status_code == 303


def test_a_wrong_answer_does_not_hide_that_a_colleague_saved(boss: PageClient) -> None:
    address = f"{SETTINGS}/delais"
    first, second = boss.get(address), boss.get(address)
    boss.submit(first, "Enregistrer", upcoming_limit="3")
    wrong = boss.submit(second, "Enregistrer", upcoming_limit="0")
    assert boss.submit(wrong, "Enregistrer", upcoming_limit="5").status_code == 409


def test_an_empty_figure_is_the_one_that_ships(boss: PageClient) -> None:
    address = f"{SETTINGS}/delais"
    save(
        boss,
        address,
        upcoming_limit="3",
        neighbours_from_days="7",
        second_step_roles_COUNSELLOR="oui",
    )
    save(boss, address, upcoming_limit="", neighbours_from_days="")
    page = page_of(boss.get(address)).soup
    assert page.select_one("#upcoming_limit")["value"] == "2"
    assert not page.select_one("#neighbours_from_days").get("value")
    assert page.select_one("[name=second_step_roles_COUNSELLOR]").has_attr("checked")


def test_an_alarm_that_is_off_stays_off(boss: PageClient, team: Team) -> None:
    """As the file has it (« false »), and as the page leaves it (nothing)."""
    with team.session() as session:
        session.execute(update(Territory).values(settings={"account_idle_days": False}))
        session.commit()
    address = f"{SETTINGS}/delais"
    save(boss, address, upcoming_limit="3", visit_alert_minutes="")
    page = page_of(boss.get(address)).soup
    for name in ("account_idle_days", "visit_alert_minutes"):
        assert not page.select_one(f"#{name}").get("value"), name
    with team.session() as session:
        chosen = session.scalars(select(Territory.settings)).one()
    assert chosen == {
        "upcoming_limit": 3, "account_idle_days": False, "visit_alert_minutes": None,
    }  # fmt: skip


def test_nothing_of_that_number(boss: PageClient) -> None:
    for kind in ("communes", "trajets", "lieux", "besoins"):
        assert boss.get(f"{SETTINGS}/{kind}/999").status_code == 404


def test_every_figure_and_text_can_be_set() -> None:
    roles = {f"{words.SECOND_STEP}.{role}" for role in Role}
    asked = {each.key for each in words.figure_questions()}
    assert asked - roles == {each.name for each in fields(Settings)} - {words.SECOND_STEP}
    assert roles < asked
    for entry, questions in ((DeclaredService, words.SERVICE), (LegalTexts, words.TEXTS)):
        named = {each.key.split(".")[0] for each in questions}
        assert named | {"mark"} == {each.name for each in fields(entry)} | {"mark"}


def test_the_card_of_a_venue_has_a_label_for_each_line() -> None:
    assert tuple(LABELS) == CARD
