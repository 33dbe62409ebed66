"""What the phone desk refuses or warns about; every answer is kept."""

import pytest
from sqlalchemy import update

from app.models.appointment import Resident
from app.web import quotas
from tests.support.desk_call import CALL, TOPIC, a_call, look, offered, save
from tests.support.page_client import PageClient, page_of
from tests.support.team import Team

PERSON = "/agents/personnes"


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


def test_other_names_than_those_of_the_card_are_refused(clerk: PageClient, team: Team) -> None:
    card_id = str(team.subjects["resident_id"][0])
    page = look(clerk, telephone="0001", besoin=TOPIC, personne=card_id)
    answer = save(clerk, page, choix=offered(page)[0], prenom="Gisèle")
    assert answer.status_code == 422
    assert "pas le nom de la fiche" in answer.text
    assert 'value="Gisèle"' in answer.text


def test_another_contact_than_the_card_s_is_refused_and_never_silently_dropped(
    clerk: PageClient, team: Team
) -> None:
    """The digits that found the card are its own; the link to the card leaves the call open."""
    card_id = team.subjects["resident_id"][0]
    page = look(clerk, telephone="0001", besoin=TOPIC, personne=str(card_id))

    def said(**answers: str) -> str:
        answer = save(clerk, page, choix=offered(page)[0], message="VOICE", **answers)
        assert answer.status_code == 422
        link = page_of(answer).soup.select_one(f'a[href="{PERSON}/{card_id}/corriger"]')
        assert link["target"] == "_blank"
        assert all(typed in answer.text for typed in answers.values())
        return page_of(answer).text

    assert "Ce n’est pas le téléphone de la fiche." in said(telephone="06 39 98 00 02")
    assert "La fiche n’a pas d’adresse" in said(email="apolline@exemple.fr")
    set_contact(team, card_id, email="apolline@exemple.fr", phone=None)
    assert "La fiche n’a pas de téléphone." in said(telephone="06 39 98 00 01")
    assert "Ce n’est pas l’adresse de la fiche." in said(email="autre@exemple.fr")
    set_contact(team, card_id, phone="+33639980001")
    own = {"telephone": "+33 6 39 98 00 01", "email": "Apolline@exemple.fr", "message": "EMAIL"}
    assert save(clerk, page, choix=offered(page)[0], **own).status_code == 303


def set_contact(team: Team, card_id: int, **contact: str | None) -> None:
    with team.session() as session:
        session.execute(update(Resident).where(Resident.id == card_id).values(**contact))
        session.commit()


def test_a_card_of_another_commune_does_not_exist(clerk: PageClient, team: Team) -> None:
    foreign = str(team.subjects["resident_id"][1])
    assert clerk.get(f"{CALL}?personne={foreign}").status_code == 404
    assert look(clerk, personne=foreign).status_code == 404
    assert clerk.get(f"{CALL}?personne=999999").status_code == 404
    page = look(clerk, telephone="0002")
    assert "connu dans une autre commune" in page.text
    assert "Ramendou" not in page.text


def test_a_lost_time_keeps_every_answer_and_offers_three(clerk: PageClient, team: Team) -> None:
    page = look(clerk, besoin=TOPIC)
    time = offered(page)[0]
    first = {"prenom": "Ida", "nom": "Serin", "choix": time, "message": "VOICE"}
    for _ in range(2):
        assert save(clerk, look(clerk, besoin=TOPIC), **first).status_code in {303, 409}
    answer = save(clerk, page, **first, note="Sonner deux fois")
    assert answer.status_code == 409
    assert "Les heures les plus proches" in answer.text
    assert "Sonner deux fois" in answer.text
    assert len(offered(answer)) >= 3
    again = save(clerk, answer, choix=offered(answer)[0])
    assert again.status_code == 303


def test_the_same_form_sent_twice_books_once(clerk: PageClient, team: Team) -> None:
    page = look(clerk, besoin=TOPIC)
    given = {"prenom": "Ida", "nom": "Serin", "message": "VOICE", "choix": offered(page)[0]}
    first, second = save(clerk, page, **given), save(clerk, page, **given)
    assert first.headers["Location"] == second.headers["Location"]
    other = save(clerk, page, **given | {"nom": "Autre"})
    assert other.status_code == 409
    assert "Cette page a déjà servi" in other.text


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"besoin": ""}, "Choisissez le besoin."),
        ({"besoin": "forge"}, "Choisissez le besoin."),
        ({"commune": ""}, "Choisissez la commune de la personne."),
        ({"choix": ""}, "Choisissez une heure."),
        ({"choix": "n’importe quoi"}, "Choisissez une heure."),
        ({"prenom": ""}, "Écrivez le prénom de la personne."),
        ({"nom": ""}, "Écrivez le nom de la personne."),
        ({"telephone": "06 39"}, "incomplet"),
        ({"telephone": ""}, "confirmation sans SMS"),
        ({"telephone": "05 46 00 00 00"}, "téléphone fixe"),
        ({"message": "EMAIL"}, "Écrivez l’adresse e-mail"),
        ({"message": "PIGEON"}, "Choisissez comment confirmer."),
        ({"appel": "VOISIN"}, "Choisissez de qui vient l’appel."),
        ({"note": "x" * 201}, "Écrivez 200 caractères au plus."),
        ({"deplacement": "non"}, "Écrivez l’adresse de la visite."),
        ({"deplacement": "non", "rappel": "NUIT"}, "Choisissez quand appeler la personne."),
    ],
)
def test_each_refusal_is_told_and_keeps_the_answers(
    clerk: PageClient, answers: dict[str, str], said: str
) -> None:
    page = look(clerk, besoin=TOPIC)
    given = {
        "prenom": "Ida", "nom": "Serin", "telephone": "06 39 98 77 01", "choix": offered(page)[0],
    } | answers  # fmt: skip
    answer = save(clerk, page, **given)
    assert answer.status_code == 422
    assert said in page_of(answer).text.replace("\u00a0", " ")
    if "nom" not in answers:
        assert 'value="Serin"' in answer.text


def test_a_person_of_another_commune_is_warned_about_not_refused(clerk: PageClient) -> None:
    page = look(clerk, besoin=TOPIC, commune="vaux-sur-mer")
    assert "une autre commune que la vôtre" in page.text
    answer = a_call(clerk, commune="vaux-sur-mer")
    done = clerk.get(answer.headers["Location"])
    assert done.status_code == 200
    assert "une autre commune que la vôtre" in done.text


def test_many_searches_are_slowed_down_and_told(
    clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "DESK_SEARCHES", 1)
    look(clerk, telephone="0001")
    answer = look(clerk, telephone="0001")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(60 * 60))
    assert "Trop de recherches. Attendez une heure, puis recommencez." in answer.text


def test_a_page_left_open_asks_again_and_keeps_the_answers(clerk: PageClient) -> None:
    page = look(clerk, besoin=TOPIC)
    answer = save(clerk, page, csrf_token="forged", nom="Serin")
    assert answer.status_code == 422
    assert "restée ouverte longtemps" in answer.text
    assert 'value="Serin"' in answer.text


def test_there_is_no_end_to_a_call_that_was_not(clerk: PageClient) -> None:
    assert clerk.get(f"{CALL}/fait/999999").status_code == 404
