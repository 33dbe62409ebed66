"""A card is corrected, brought together with another, exported and erased."""

import json
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import update

from app.domain.journal import JournalAction
from app.models.appointment import (
    Appointment,
    Resident,
)
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.people_pages import FIND, WEEK_S, acts, card, search
from tests.support.presquile import NOW
from tests.support.team import OWN, Team, book_a_person


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


# ---- looking


@pytest.mark.parametrize("page", ["", "/corriger", "/effacer"])
def test_each_page_that_opens_a_card_is_in_the_journal(
    boss: PageClient, team: Team, page: str
) -> None:
    before = acts(team)
    assert boss.get(card(team) + page).status_code == 200
    assert acts(team) == [*before, JournalAction.PERSON_SEEN]


def test_a_page_that_refuses_and_shows_a_card_is_in_the_journal_too(
    boss: PageClient, team: Team
) -> None:
    """A refused attempt to bring two cards together, asked and sent."""
    seen = JournalAction.PERSON_SEEN
    path = f"{card(team)}/rapprocher"
    page, before = boss.get(f"{card(team)}/corriger"), acts(team)
    assert boss.get(path).status_code == 422
    sent = page_of(page).soup.select_one("input[name=csrf_token]")
    assert sent
    assert boss.post(path, data={"csrf_token": str(sent["value"])}).status_code == 422
    assert acts(team) == [*before, seen, seen]


# ---- correcting


def test_a_correction_is_saved_and_told(clerk: PageClient, team: Team) -> None:
    page = clerk.get(f"{card(team)}/corriger")
    done = clerk.submit(
        page, nom="Baie-Brune", telephone="05 46 00 00 00", email="a@exemple.invalid", langue="en"
    )
    assert done.status_code == 303
    shown = said(clerk.get(done.headers["Location"]))
    assert "La fiche est corrigée." in shown
    for wanted in ("Apolline Baie-Brune", "05 46 00 00 00", "a@exemple.invalid", "Anglais"):
        assert wanted in shown
    assert JournalAction.PERSON_CORRECTED in acts(team)


def test_every_bad_answer_is_told_beside_its_field(clerk: PageClient, team: Team) -> None:
    page = clerk.get(f"{card(team)}/corriger")
    response = clerk.submit(
        page, prenom="", nom="<b>", telephone="12", email="a@", commune="nulle-part", langue="xx"
    )
    assert response.status_code == 422
    wrong = page_of(response).soup.select(".govuk-error-message")
    assert len(wrong) == 6
    assert page_of(response).soup.select_one("#telephone")["value"] == "12"
    assert "Baiebrune" in said(clerk.get(card(team)))


def test_a_person_without_phone_or_commune_is_fine(boss: PageClient, team: Team) -> None:
    boss.submit(boss.get(f"{card(team)}/corriger"), telephone=" ", commune="autre")
    page = said(boss.get(card(team)))
    assert "Téléphone Aucun" in page
    assert "Commune Une autre commune" in page


def test_the_second_of_two_clerks_loses_nothing(
    clerk: PageClient, boss: PageClient, team: Team
) -> None:
    mine, theirs = (each.get(f"{card(team)}/corriger") for each in (clerk, boss))
    boss.submit(theirs, nom="Baie-Brune")
    refused = clerk.submit(mine, nom="Baiebrunne", prenom="Apo")
    assert (refused.status_code, acts(team)[-1]) == (409, JournalAction.PERSON_SEEN)
    page = said(refused)
    assert "Coordinator a changé la même chose à 10 h." in page
    assert "La fiche enregistrée maintenant Apolline Baie-Brune" in page
    assert page_of(refused).soup.select_one("#nom")["value"] == "Baiebrunne"
    assert clerk.submit(refused, prenom="Apolline").status_code == 303
    assert "Apolline Baiebrunne" in said(clerk.get(card(team)))


def test_a_card_that_moved_to_another_commune_is_no_business_any_more(
    clerk: PageClient, team: Team
) -> None:
    done = clerk.submit(clerk.get(f"{card(team)}/corriger"), commune="vaux-sur-mer")
    assert done.headers["Location"] == f"{FIND}?fait=ailleurs"
    assert "dans une autre commune" in said(clerk.get(done.headers["Location"]))
    assert clerk.get(card(team)).status_code == 404
    assert team.client("foreign_desk").get(card(team)).status_code == 200


def test_fields_that_the_form_has_not_change_nothing(clerk: PageClient, team: Team) -> None:
    """T3: neither the id, nor the keys of the search, nor a refusal of reminders."""
    form = page_of(clerk.get(f"{card(team)}/corriger")).soup.main.form
    sent = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    sent |= {"commune": OWN, "langue": "fr", "nom": "Autre"}
    extra = {"id": "999", "refuses_reminders": "1", "by_last_name": "x", "to_reconcile": ""}
    assert clerk.post(f"{card(team)}/corriger", data=sent | extra).status_code == 303
    with team.session() as session:
        row = session.get_one(Resident, team.subjects["resident_id"][0])
        assert (row.refuses_reminders, row.to_reconcile) == (False, True)
        assert row.by_last_name == "autre apolline"


def test_the_form_of_an_ended_session_comes_back_with_its_answers(
    team: Team, monday: time_machine.Traveller
) -> None:
    clerk = team.client("desk")
    page = clerk.get(f"{card(team)}/corriger")
    monday.shift(31 * 60)
    ended = clerk.submit(page, nom="Baie-Brune")
    assert ended.status_code == 401
    assert "Vos réponses sont gardées sur cette page." in said(ended)
    assert page_of(ended).soup.select_one("[name=nom]")["value"] == "Baie-Brune"
    again = team.client("desk")
    shown = again.submit(ended)
    assert shown.status_code == 422
    assert "Appuyez encore sur le bouton." in said(shown)
    assert page_of(shown).soup.select_one("#nom")["value"] == "Baie-Brune"
    assert again.submit(shown).status_code == 303
    assert "Apolline Baie-Brune" in said(again.get(card(team)))


def test_a_form_of_somebody_else_is_not_shown_again(team: Team) -> None:
    stranger = team.app.test_client()
    assert isinstance(stranger, PageClient)
    response = stranger.post(f"{card(team)}/corriger", data={"nom": "planted"})
    assert response.status_code == 401
    assert "planted" not in response.text


# ---- two cards of one person


@pytest.fixture
def twice(team: Team) -> Iterator[int]:
    """Apolline booked once more, with the same phone."""
    with team.session() as session:
        number = book_a_person(session, OWN, "Apolline", "Baiebrune", 1)
        yield session.get_one(Appointment, number).resident_id


def test_cards_to_bring_together_are_listed(clerk: PageClient, team: Team, twice: int) -> None:
    assert "Fiches à rapprocher" in said(clerk.get(FIND))
    assert "Fiches à rapprocher" not in said(team.client("foreign_desk").get(FIND))
    assert "Fiches à rapprocher" not in said(team.client("referent").get(FIND))


def tell_otherwise(team: Team, resident_id: int, **values: object) -> None:
    with team.session() as session:
        session.execute(update(Resident).where(Resident.id == resident_id).values(**values))
        session.commit()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_only_the_clerk_says_that_it_is_one_person(
    clerk: PageClient, team: Team, twice: int
) -> None:
    page = clerk.get(f"{FIND}/{twice}")
    assert "Est-ce la même personne ?" in said(page)
    tell_otherwise(team, twice, phone="+33639980077", email="apo@exemple.invalid")
    check = clerk.get(page_of(page).soup.select_one(".doubles__one .button")["href"])
    gains, losses = (each.get_text(" ", strip=True) for each in page_of(check).soup("dl"))
    assert "Téléphone 06 39 98 00 01" in plain(gains)
    assert "Adresse e-mail apo@exemple.invalid" in plain(gains)
    assert "Rendez-vous 2, des deux fiches" in plain(gains)
    assert plain(losses) == "Téléphone 06 39 98 00 77"
    assert "les liens déjà envoyés" in said(check)
    tell_otherwise(team, twice, updated_at=NOW)
    refused = clerk.submit(check, "Rapprocher les deux fiches")
    assert refused.status_code == 409, "a colleague changed one of them since"
    done = clerk.submit(refused, "Rapprocher les deux fiches")
    assert done.headers["Location"] == f"{card(team)}?fait=rapproche"
    kept = clerk.get(done.headers["Location"])
    assert "Les deux fiches n’en font plus qu’une." in said(kept)
    assert len(page_of(kept).soup.select(".visits li")) == 2
    assert clerk.get(f"{FIND}/{twice}").status_code == 404


def test_or_that_they_are_two(clerk: PageClient, team: Team, twice: int) -> None:
    done = clerk.submit(clerk.get(f"{FIND}/{twice}"), "Non, c’est une autre personne")
    assert "cette fiche est celle d’une autre personne" in said(clerk.get(done.headers["Location"]))
    assert "Fiches à rapprocher" not in said(clerk.get(FIND))


def test_a_double_of_elsewhere_is_neither_named_nor_taken(clerk: PageClient, team: Team) -> None:
    foreign = team.subjects["resident_id"][1]
    with team.session() as session:
        own = session.get_one(Resident, team.subjects["resident_id"][0])
        session.execute(update(Resident).where(Resident.id == foreign).values(phone=own.phone))
        session.commit()
    page = clerk.get(card(team))
    assert "Une personne qui lui ressemble est connue dans une autre commune." in said(page)
    assert "Ramendou" not in said(page)
    token = page_of(page).soup.select_one("[name=csrf_token]")["value"]
    for kept in (str(foreign), "999", "", "x", "1" * 30, "²"):
        sent = {"csrf_token": token, "avec": kept}
        wanted = 404 if kept in {str(foreign), "999"} else 422
        assert clerk.post(f"{card(team)}/rapprocher", data=sent).status_code == wanted
    boss = team.client("coordinator")
    sent = {"csrf_token": "", "avec": card(team).rsplit("/", 1)[1]}
    sent["csrf_token"] = page_of(boss.get(card(team))).soup.select_one("[name=csrf_token]")["value"]
    same = boss.post(f"{card(team)}/rapprocher", data=sent)
    assert same.status_code == 409
    assert "Ces deux fiches n’ont ni le même téléphone, ni le même nom." in said(same)


# ---- the rights of the person


def test_all_that_is_held_is_read_and_saved(boss: PageClient, team: Team) -> None:
    page = said(boss.get(f"{card(team)}/donnees"))
    for wanted in ("Prénom Apolline", "Nom Baiebrune", "Historique", "A exporté une fiche"):
        assert wanted in page
    file = boss.get(f"{card(team)}/donnees.json")
    assert file.mimetype == "application/json"
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    assert json.loads(file.text)["person"]["last_name"] == "Baiebrune"
    assert acts(team).count(JournalAction.PERSON_EXPORTED) == 2


def test_somebody_awaited_is_cancelled_first(boss: PageClient, team: Team) -> None:
    page = boss.get(f"{card(team)}/effacer")
    assert "Annulez d’abord les rendez-vous à venir" in said(page)
    token = page_of(page).soup.select_one("[name=csrf_token]")["value"]
    refused = boss.post(f"{card(team)}/effacer", data={"csrf_token": token})
    assert refused.status_code == 409
    assert "Cette personne a encore un rendez-vous à venir." in said(refused)


def test_a_person_is_erased_for_good(team: Team, monday: time_machine.Traveller) -> None:
    monday.shift(WEEK_S)
    boss = team.client("coordinator")
    page = boss.get(f"{card(team)}/effacer")
    assert "Effacer Apolline Baiebrune ?" in said(page)
    register = team.app.config["COCLICO"].register_file
    register.unlink(missing_ok=True)
    register.mkdir()
    refused = boss.submit(page, "Effacer pour toujours")
    assert (refused.status_code, "Rien n’a été effacé" in said(refused)) == (503, True)
    register.rmdir()
    done = boss.submit(page, "Effacer pour toujours")
    assert "La personne est effacée." in said(boss.get(done.headers["Location"]))
    assert "Aucune fiche trouvée" in search(boss, "0001")
    left = boss.get(card(team))
    assert "Fiche effacée" in said(left)
    assert "Baiebrune" not in left.text
    assert "déjà effacée" in said(boss.get(f"{card(team)}/effacer"))
    assert boss.get(f"{card(team)}/donnees").status_code == 404
    assert boss.get(f"{card(team)}/corriger").status_code == 404


def test_markup_in_a_name_is_only_text(boss: PageClient, team: Team) -> None:
    """T14: rows written before any rule still harm nobody."""
    with team.session() as session:
        row = session.get_one(Resident, team.subjects["resident_id"][0])
        row.first_name, row.email = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
        session.commit()
    boss.checks_pages = False  # a title with « < » is what this test is about
    for path in (card(team), f"{card(team)}/donnees", f"{card(team)}/corriger"):
        page = boss.get(path)
        assert page_of(page).soup.main.find(["script", "img"]) is None
