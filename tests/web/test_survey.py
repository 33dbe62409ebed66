"""`/avis/…`: three questions, answered once, by anybody who holds the link; and on paper."""

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.appointment import MessageChannel, PlaceKind
from app.domain.messages import MessageKind
from app.domain.survey import Answer, Question
from app.models.outbox import MessageText
from app.models.survey import SurveyAnswer, SurveyInvitation
from app.services.survey import invite
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import LINKS, Team

SEND = "Envoyer ma réponse"


@pytest.fixture
def token(team: Team) -> str:
    with team.session() as session:
        commune_id = team.subjects["commune_id"][0]
        return invite(session, LINKS, 1, commune_id, PlaceKind.VENUE, today=NOW.date())


@pytest.fixture
def person(team: Team) -> PageClient:
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def answers(team: Team) -> dict[Question, Answer]:
    """What one slip said; two of them would count more than once."""
    with team.session() as session:
        rows = session.scalars(select(SurveyAnswer)).all()
        assert {row.count for row in rows} <= {1}
        assert len({row.question for row in rows}) == len(rows)
        return {row.question: row.answer for row in rows}


def open_links(team: Team) -> int:
    with team.session() as session:
        return len(session.scalars(select(SurveyInvitation)).all())


def send(person: PageClient, token: str, **given: str) -> TestResponse:
    return person.submit(person.get(f"/avis/{token}"), SEND, **given)


def test_three_questions_each_with_three_faces_and_words(person: PageClient, token: str) -> None:
    page = person.get(f"/avis/{token}")
    for part in (
        "Avez-vous obtenu l’aide que vous vouliez ? Oui En partie Non",
        "Vous sentez-vous capable de le refaire sans aide ? Oui Avec un peu d’aide Non",
        "Conseilleriez-vous Coclic’O ? Oui Peut-être Non",
    ):
        assert part in said(page)
    labels = page_of(page).soup.select(".faces label")
    assert len(labels) == 9
    assert all(label.select_one("svg") and label.get_text(strip=True) for label in labels)
    assert page_of(page).soup.select("main textarea, main input[type=text]") == []


def test_an_answer_is_kept_once(person: PageClient, team: Team, token: str) -> None:
    answer = send(person, token, aide="YES", conseil="PARTLY")
    assert answer.headers["Location"] == "/avis/merci"
    assert "Merci pour votre réponse" in said(person.get("/avis/merci"))
    assert answers(team) == {Question.HELPED: Answer.YES, Question.RECOMMENDS: Answer.PARTLY}
    assert open_links(team) == 0
    again = person.get(f"/avis/{token}")
    assert again.status_code == 410
    assert "Si vous avez déjà répondu, votre réponse est bien enregistrée" in said(again)


def test_pressed_twice_it_is_one_answer(person: PageClient, team: Team, token: str) -> None:
    page = person.get(f"/avis/{token}")
    assert person.submit(page, SEND, aide="NO").status_code == 303
    assert person.submit(page, SEND, aide="YES").status_code == 410
    assert answers(team) == {Question.HELPED: Answer.NO}


def test_looking_changes_nothing(person: PageClient, team: Team, token: str) -> None:
    for _ in range(2):
        person.get(f"/avis/{token}")
        person.head(f"/avis/{token}")
    assert (answers(team), open_links(team)) == ({}, 1)


def test_no_answer_is_asked_for_one(person: PageClient, team: Team, token: str) -> None:
    page = send(person, token)
    assert page.status_code == 422
    assert "Répondez au moins à une question." in said(page)
    assert page_of(page).soup.select_one("a[href='#aide']")
    page = send(person, token, aide="N’importe quoi")
    assert page.status_code == 422
    assert (answers(team), open_links(team)) == ({}, 1)


def test_a_page_left_open_keeps_its_answers(person: PageClient, team: Team, token: str) -> None:
    page = person.post(f"/avis/{token}", data={"aide": "YES"})
    assert page.status_code == 422
    assert page_of(page).soup.select_one("#aide[checked]")
    assert answers(team) == {}


@pytest.mark.parametrize("token", ["AAAAAAAAAAAA", "trop-court", "A" * 40])
def test_a_link_that_was_never_made(person: PageClient, team: Team, token: str) -> None:
    page = person.get(f"/avis/{token}")
    assert page.status_code == 410
    assert "Ce lien ne marche plus" in said(page)


def test_many_unknown_links_are_one_try_too_many(person: PageClient, team: Team) -> None:
    codes = [person.get(f"/avis/{rank:012}").status_code for rank in range(31)]
    assert codes == [410] * 30 + [429]


def test_in_english(person: PageClient, team: Team, token: str) -> None:
    page = person.get(f"/en/avis/{token}")
    assert "Did you get the help you wanted? Yes In part No" in said(page)
    answer = person.submit(page, "Send my answer", seul="PARTLY")
    assert answer.headers["Location"] == "/en/avis/merci"
    assert answers(team) == {Question.ALONE: Answer.PARTLY}


def test_the_committee_may_agree_other_questions(
    person: PageClient, team: Team, token: str
) -> None:
    with team.session() as session:
        session.add(
            MessageText(
                language="fr",
                channel=MessageChannel.NONE,
                kind=MessageKind.SATISFACTION,
                part="helped",
                text="Êtes-vous content ?",
                edited_at=NOW,
                edited_by_id=team.users["coordinator"],
            )
        )
        session.commit()
    page = said(person.get(f"/avis/{token}"))
    assert "Êtes-vous content ? Oui En partie Non" in page
    assert "Avez-vous obtenu" not in page
    assert "Did you get the help you wanted?" in said(person.get(f"/en/avis/{token}"))


# ---- on paper


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


def test_slips_are_printed_each_with_its_link(clerk: PageClient, team: Team) -> None:
    page = clerk.get("/agents/avis")
    slips = clerk.submit(page, "Préparer les feuilles", nombre="2", lieu="HOME")
    soup = page_of(slips).soup
    assert len(soup.select(".slip svg.qr")) == 2
    assert "Avez-vous obtenu l’aide que vous vouliez ?" in said(slips)
    with team.session() as session:
        rows = session.scalars(select(SurveyInvitation)).all()
        assert [row.place_kind for row in rows] == [PlaceKind.HOME] * 2
    address = soup.select_one(".slip__code p").get_text().split("/avis/")[1]
    assert clerk.get(f"/avis/{address}").status_code == 200


@pytest.mark.parametrize("count", ["", "0", "21", "deux", "999999999999"])
def test_a_count_of_slips_that_is_none(clerk: PageClient, team: Team, count: str) -> None:
    page = clerk.submit(clerk.get("/agents/avis"), "Préparer les feuilles", nombre=count)
    assert page.status_code == 422
    assert "Écrivez un nombre de 1 à 20." in said(page)
    with team.session() as session:
        assert session.scalars(select(SurveyInvitation)).all() == []


def test_a_filled_slip_is_typed_at_the_desk(clerk: PageClient, team: Team) -> None:
    page = clerk.get("/agents/avis/saisie")
    done = clerk.submit(page, "Enregistrer cette feuille", aide="YES", seul="NO")
    page = clerk.get(done.headers["Location"])
    assert "La feuille est enregistrée." in said(page)
    assert answers(team) == {Question.HELPED: Answer.YES, Question.ALONE: Answer.NO}
    empty = clerk.submit(page, "Enregistrer cette feuille")
    assert empty.status_code == 422
    assert "Répondez au moins à une question." in said(empty)


def test_one_colleague_types_so_many_slips_in_a_day(
    clerk: PageClient, team: Team, monday: time_machine.Traveller
) -> None:
    page = clerk.get("/agents/avis/saisie")
    for _ in range(60):
        assert clerk.submit(page, "Enregistrer cette feuille", aide="YES").status_code == 303
    refused = clerk.submit(page, "Enregistrer cette feuille", aide="YES")
    assert refused.status_code == 429
    assert "Vous avez saisi 60 feuilles aujourd’hui." in said(refused)
    other = team.client("referent")
    slip = other.get("/agents/avis/saisie")
    assert other.submit(slip, "Enregistrer cette feuille", aide="YES").status_code == 303
    with team.session() as session:
        assert session.scalars(select(SurveyAnswer.count)).all() == [61]


def test_a_desk_types_for_its_communes_only(clerk: PageClient, team: Team) -> None:
    page = clerk.get("/agents/avis/saisie")
    choices = page_of(page).soup.select("select[name=commune] option")
    assert [each["value"] for each in choices] == ["breuillet"]
    refused = clerk.submit(page, "Enregistrer cette feuille", aide="YES", commune="vaux-sur-mer")
    assert refused.status_code == 422
    refused = clerk.submit(page, "Enregistrer cette feuille", aide="YES", lieu="ailleurs")
    assert "Dites si c’était à la permanence ou à domicile." in said(refused)
    assert answers(team) == {}
    boss = page_of(team.client("coordinator").get("/agents/avis/saisie")).soup
    assert len(boss.select("select[name=commune] option")) == 9
