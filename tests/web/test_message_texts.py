"""The texts of messages: read, written with a preview, refused in plain words, taken back."""

import pytest

from app.domain.messages import MessageKind
from app.gateways.message_words import WORDS as KNOWN
from app.services.message_texts import read_texts
from app.web.message_words import KINDS
from app.web.messages.text_names import WORDS, key_of, label_of, name_of, texts_in
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.team import Team

LIST = "/agents/messages/textes"
PAGE = f"{LIST}/fr-sms-reminder-venue"
GOOD = "{service} : {when}, {place}. A bientôt. {url} ou {phone}"
GOOD_SMS = GOOD.replace("ô", "o")


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def kept(team: Team) -> list[str]:
    with team.session() as session:
        return list(read_texts(session).values())


def test_each_kind_and_word_has_its_french() -> None:
    assert set(KINDS) == set(MessageKind)
    assert set(WORDS) == KNOWN
    for language in ("fr", "en"):
        for keys in texts_in(language).values():
            assert all(key_of(name_of(key)) == key and label_of(key) for key in keys)
    assert key_of("fr-sms-nothing-venue") is None


def test_the_list_by_language(boss: PageClient) -> None:
    page = boss.get(LIST)
    assert "Rappel SMS, permanence : Rappel SMS, visite à domicile : Rappel" in said(page)
    assert "E-mail, objet : Rappel" in said(page)
    assert "Question, l’aide obtenue : Trois questions" in said(page)
    links = [each["href"] for each in page_of(page).soup.select(".sheets a")]
    assert len(links) == len(set(links)) > 40
    english = page_of(boss.get(f"{LIST}?langue=en")).soup.select(".sheets a")
    assert all("/en-" in each["href"] for each in english)
    assert boss.get(f"{LIST}?langue=xx").status_code == 200


def test_each_page_of_a_text_opens(boss: PageClient) -> None:
    for each in (
        "fr-email-confirmation-visit",
        "en-sms-offer-venue",
        "fr-none-satisfaction-helped",
    ):
        page = boss.get(f"{LIST}/{each}")
        assert page.status_code == 200
        assert "Texte d’origine" not in said(page)
    assert boss.get(f"{LIST}/fr-sms-nothing-venue").status_code == 404


def test_the_longest_case_is_shown_with_its_count(boss: PageClient) -> None:
    page = said(boss.get(PAGE))
    assert "Rappel : SMS, permanence, en français" in page
    assert "Dans le cas le plus long Coclic'O : rappel, " in page
    assert "mercredi 1er septembre à 10h15" in page
    assert "signes sur 160." in page
    assert "{when} le jour et l’heure mercredi 1er septembre à 10h15" in page


def test_an_own_text_is_previewed_kept_marked_and_taken_back(boss: PageClient, team: Team) -> None:
    page = boss.get(PAGE)
    action = page_of(page).soup.select_one("[formaction]")["formaction"]
    token = page_of(page).soup.select_one("main [name=csrf_token]")["value"]
    shown = boss.post(action, data={"csrf_token": token, "texte": GOOD_SMS})
    assert "A bientot. http" in said(shown)
    assert kept(team) == []
    done = boss.submit(boss.get(PAGE), "Enregistrer", texte=GOOD_SMS)
    listed = said(boss.get(done.headers["Location"]))
    assert "Le texte est enregistré. Il sert dès le prochain envoi." in listed
    assert "SMS, permanence : Rappel votre texte" in listed
    assert kept(team) == [GOOD_SMS]
    page = boss.get(PAGE)
    assert page_of(page).soup.select_one("textarea").get_text().strip() == GOOD_SMS
    done = boss.submit(page, "Remettre le texte d’origine")
    assert "Le texte d’origine est remis." in said(boss.get(done.headers["Location"]))
    assert kept(team) == []


def test_what_ships_is_never_kept_as_an_own_text(boss: PageClient, team: Team) -> None:
    page = boss.get(PAGE)
    shipped = page_of(page).soup.select_one("textarea").get_text().strip()
    boss.submit(page, "Enregistrer", texte=GOOD_SMS)
    assert kept(team) == [GOOD_SMS]
    boss.submit(boss.get(PAGE), "Enregistrer", texte=shipped)
    assert kept(team) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Écrivez le texte."),
        (GOOD, "Le signe « ô » ne passe pas dans un SMS : écrivez « o »."),
        (GOOD_SMS + " {nom}", "Ce message ne connaît pas {nom}."),
        ("{service} : à demain", "Gardez {phone} : le téléphone. Gardez {url} : le lien."),
        (GOOD_SMS + "!" * 99, "Ce texte est trop long de "),
    ],
)
def test_what_cannot_be_sent_is_refused_and_kept_in_the_form(
    boss: PageClient, team: Team, text: str, told: str
) -> None:
    for button in ("Enregistrer",):
        page = boss.submit(boss.get(PAGE), button, texte=text)
        assert page.status_code == 422
        assert told in said(page)
        assert page_of(page).soup.select_one("textarea").get_text().strip() == text
        assert page_of(page).soup.select_one("a[href='#texte']")
    assert kept(team) == []


def test_the_second_of_two_who_edit_a_text_loses_nothing(team: Team) -> None:
    one, two = team.client("coordinator"), team.client("coordinator")
    page, other = one.get(PAGE), two.get(PAGE)
    theirs, mine = GOOD_SMS.replace("bientot", "demain"), GOOD_SMS
    two.submit(other, "Enregistrer", texte=theirs)
    refused = one.submit(page, "Enregistrer", texte=mine)
    assert refused.status_code == 409
    assert "Coordinator a changé la même chose à 10 h." in said(refused)
    assert "Le texte enregistré maintenant " + theirs in said(refused)
    assert page_of(refused).soup.select_one("textarea").get_text().strip() == mine
    assert kept(team) == [theirs]
    restored = two.submit(other, "Enregistrer", texte=theirs)
    assert restored.status_code == 303, "the same words are no conflict"
    assert one.submit(refused, "Enregistrer").status_code == 303
    assert kept(team) == [mine]
    own = one.get(PAGE)
    two.submit(two.get(PAGE), "Enregistrer", texte=theirs)
    back = one.submit(own, "Remettre le texte d’origine")
    assert back.status_code == 409
    assert kept(team) == [theirs]
    elsewhere = one.get(f"{LIST}/fr-sms-reminder-visit")
    assert one.submit(elsewhere, "Enregistrer").status_code == 303, "another text is another one"


def test_a_question_of_the_page_is_written_in_its_language(boss: PageClient, team: Team) -> None:
    address = f"{LIST}/en-none-satisfaction-helped"
    page = boss.get(address)
    box = page_of(page).soup.select_one("textarea")
    assert box.get_text().strip() == "Did you get the help you wanted?"
    boss.submit(page, "Enregistrer", texte="Are you happy?")
    assert kept(team) == ["Are you happy?"]


def test_a_page_left_open_keeps_what_was_typed(boss: PageClient, team: Team) -> None:
    page = boss.post(PAGE, data={"texte": GOOD_SMS})
    assert page.status_code == 422
    assert page_of(page).soup.select_one("textarea").get_text().strip() == GOOD_SMS
    assert kept(team) == []
