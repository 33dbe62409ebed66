"""« À appeler »: who, why, at which number; three answers, one of which leaves them on the list."""

from datetime import timedelta

import pytest

from app.domain.appointment import CallOutcome
from app.models.appointment import Appointment
from tests.support.agenda_site import TheDay
from tests.support.page_client import PageClient, page_of
from tests.support.team import book_a_person
from tests.web.test_agenda_today import words

LIST = "/agents/a-appeler"


@pytest.fixture
def visit(the_day: TheDay) -> int:
    """A visit of tomorrow, to be prepared by telephone today."""
    with the_day.team.session() as session:
        held = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    the_day.clock.move_to(the_day.row(held).engagement.starts_at - timedelta(hours=20), tick=False)
    return held


def press(client: PageClient, visit: int, outcome: str, reason: str | None = None) -> object:
    page = page_of(client.get(LIST))
    form = page.soup.select_one(f"form[action='{LIST}/{visit}']")
    assert form is not None
    data = {each["name"]: each["value"] for each in form("input")}
    data |= {"motif": reason} if reason else {}
    return client.post(f"{LIST}/{visit}", data=data | {"resultat": outcome})


def test_a_visit_is_to_be_prepared(the_day: TheDay, visit: int) -> None:
    for who in ("coordinator", "counsellor", "desk", "referent"):
        said = words(the_day.team.client(who).get(LIST))
        assert "Yvette Sablon" in said, who
        assert "Préparer la visite à domicile" in said
        assert "06 39 98 00 07" in said
        assert "matin ou après-midi" in said
    for who in ("colleague", "foreign_desk"):
        assert "Yvette" not in words(the_day.team.client(who).get(LIST)), who


def test_no_answer_leaves_the_person_on_the_list_with_each_try(the_day: TheDay, visit: int) -> None:
    desk = the_day.team.client("desk")
    for _ in range(4):
        press(desk, visit, "pas-de-reponse")
        the_day.clock.shift(timedelta(minutes=5))
    page = desk.get(f"{LIST}?fait=pas-de-reponse")
    assert "La personne reste à appeler." in words(page)
    assert len(page_of(page).soup.select(".call-line__try")) == 3
    (call,) = the_day.calls()
    assert (call.outcome, call.closed_at) == (CallOutcome.NO_ANSWER, None)
    assert call.tried_at is not None
    assert the_day.acts().count("CALL_RECORDED") == 4
    assert "Essais sans réponse : 4" in words(desk.get(f"{LIST}/imprimer"))


@pytest.mark.parametrize(
    ("pressed", "outcome"),
    [("joint", CallOutcome.REACHED), ("message", CallOutcome.MESSAGE_LEFT)],
)
def test_a_call_that_reached_somebody_leaves_the_list(
    the_day: TheDay, visit: int, pressed: str, outcome: CallOutcome
) -> None:
    desk = the_day.team.client("desk")
    answer = press(desk, visit, pressed)
    assert answer.headers["Location"] == f"{LIST}?fait={pressed}"  # type: ignore[attr-defined]
    assert "Yvette" not in words(desk.get(LIST))
    assert the_day.calls()[0].outcome is outcome
    assert "Personne à appeler aujourd’hui." in words(desk.get(f"{LIST}/imprimer"))


def test_a_call_noted_by_a_colleague_meanwhile_stays_as_it_is(the_day: TheDay, visit: int) -> None:
    desk, coordinator = the_day.team.client("desk"), the_day.team.client("coordinator")
    page = page_of(desk.get(LIST)).soup.select_one(f"form[action='{LIST}/{visit}']")
    data = {each["name"]: each["value"] for each in page("input")}  # type: ignore[misc]
    press(coordinator, visit, "joint")
    answer = desk.post(f"{LIST}/{visit}", data=data | {"resultat": "message"})
    assert answer.headers["Location"] == f"{LIST}?fait=deja"
    assert "Cet appel était déjà noté." in words(desk.get(answer.headers["Location"]))
    assert the_day.calls()[0].outcome is CallOutcome.REACHED


def test_who_was_told_another_hour_than_that_of_now_stays_on_the_list(
    the_day: TheDay, visit: int
) -> None:
    desk = the_day.team.client("desk")
    page = page_of(desk.get(LIST)).soup.select_one(f"form[action='{LIST}/{visit}']")
    data = {each["name"]: each["value"] for each in page("input")}  # type: ignore[misc]
    with the_day.team.session() as session:
        held = session.get_one(Appointment, visit).engagement
        held.starts_at += timedelta(minutes=15)
        held.ends_at += timedelta(minutes=15)
        session.commit()
    answer = desk.post(f"{LIST}/{visit}", data=data | {"resultat": "joint"})
    assert answer.status_code == 409
    assert "Dites la nouvelle à la personne, puis notez l’appel." in words(answer)
    assert the_day.calls()[0].outcome is None
    assert press(desk, visit, "joint").status_code == 303  # type: ignore[attr-defined]


def test_an_answer_that_is_none_is_refused(the_day: TheDay, visit: int) -> None:
    desk = the_day.team.client("desk")
    answer = press(desk, visit, "peut-etre")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Choisissez ce que l’appel a donné." in words(answer)
    assert press(desk, visit, "joint", reason="TO_MOVE").status_code == 404  # type: ignore[attr-defined]
    assert the_day.calls()[0].outcome is None


def test_what_is_due_later_stands_apart(the_day: TheDay, visit: int) -> None:
    the_day.clock.shift(timedelta(days=-1))
    page = the_day.team.client("desk").get(LIST)
    assert "Personne à appeler aujourd’hui. Plus tard Yvette Sablon" in words(page)
