"""Signing in and out, as a browser does it: passwords, tries, where one goes, cookies."""

import pytest
import time_machine
from sqlalchemy import select

from app.domain.journal import JournalAction
from app.models.journal import JournalEntry
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.passwords import PASSWORD, give_password
from tests.support.sign_in import DESK, EMAIL, OWN, SIGN_IN, another, session_cookie, sign_in
from tests.support.team import Team

pytestmark = pytest.mark.usefixtures("quick_hashes")

WRONG = "Adresse e-mail ou mot de passe incorrect."
TOO_MANY = "Trop d’essais depuis cet ordinateur."


def test_the_right_password_opens_the_pages_of_the_team(here: PageClient) -> None:
    response = sign_in(here, f" {EMAIL.upper()} ")
    assert (response.status_code, response.headers["Location"]) == (303, "/agents")
    assert here.get("/agents").status_code == 303
    assert "Counsellor Essai" in said(here.get(OWN))
    assert here.get(SIGN_IN).status_code == 303  # somebody signed in goes on


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "other"), ("nobody@equipe.invalid", PASSWORD), ("", "")]
)
def test_no_refusal_tells_which_part_was_wrong(here: PageClient, email: str, password: str) -> None:
    response = sign_in(here, email, password)
    assert response.status_code == 401
    assert WRONG in said(response)
    form = page_of(response).soup
    assert form.select_one("#email")["value"] == email
    assert not form.select_one("#mot_de_passe").get("value")


def test_each_try_is_in_the_journal_without_any_name(here: PageClient, team: Team) -> None:
    sign_in(here, password="other")
    sign_in(here, "nobody@equipe.invalid")
    sign_in(here)
    with team.session() as session:
        rows = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()[-3:]
        told = [(row.action, row.subject_id, row.facts) for row in rows]
    counsellor = team.users["counsellor"]
    assert told == [
        (JournalAction.SIGN_IN_REFUSED, counsellor, {}),
        (JournalAction.SIGN_IN_REFUSED, None, {}),
        (JournalAction.SIGNED_IN, counsellor, {}),
    ]


def test_eight_wrong_passwords_slow_down_and_waiting_is_enough(
    here: PageClient, team: Team, monday: time_machine.Traveller
) -> None:
    for _ in range(8):
        assert sign_in(here, password="other").status_code == 401
    assert sign_in(here).status_code == 429
    assert TOO_MANY in said(sign_in(here))
    assert sign_in(here, DESK).status_code == 303  # a colleague of the same town hall goes on
    monday.shift(15 * 60)
    assert sign_in(another(team)).status_code == 303


def test_a_known_browser_has_a_count_of_its_own(here: PageClient, team: Team) -> None:
    """Whoever tries passwords from beside cannot lock the colleague out."""
    sign_in(here)
    here.delete_cookie("coclico")
    intruder = another(team)
    for _ in range(9):
        last = sign_in(intruder, password="other")
    assert last.status_code == 429
    assert sign_in(here).status_code == 303
    assert sign_in(intruder).status_code == 429


@pytest.mark.parametrize("end", ["everywhere", "a year"])
def test_a_browser_is_not_known_for_ever(
    here: PageClient, team: Team, monday: time_machine.Traveller, end: str
) -> None:
    sign_in(here)
    if end == "a year":
        monday.shift(366 * 24 * 3600)
    else:
        here.submit(here.get(OWN), "Tout déconnecter")
    here.delete_cookie("coclico")
    intruder = another(team)
    for _ in range(9):
        last = sign_in(intruder, password="other")
    assert last.status_code == 429
    assert sign_in(here).status_code == 429


def test_what_tells_a_known_browser_cannot_be_forged(here: PageClient, team: Team) -> None:
    intruder = another(team)
    intruder.set_cookie("coclico_appareil", "WyJhIl0.forged", path="/agents")
    for _ in range(9):
        last = sign_in(intruder, password="other")
    assert last.status_code == 429
    sign_in(here, DESK)
    known = here.get_cookie("coclico_appareil", path="/agents")
    assert known is not None
    assert "equipe" not in known.value
    assert known.http_only


# ---- where one goes


ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/agents//evil.example\\@",
    "/agentsx",
    "/rendez-vous",
    "agents",
    "/agents/\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
)


def test_the_page_that_was_asked_for_comes_after(here: PageClient) -> None:
    asked = here.get(f"{OWN}?fait=deconnecte")
    assert asked.status_code == 303
    response = here.submit(here.get(asked.headers["Location"]), email=EMAIL, mot_de_passe=PASSWORD)
    assert response.headers["Location"] == f"{OWN}?fait=deconnecte"


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_nobody_is_led_elsewhere(here: PageClient, onward: str) -> None:
    page = here.get(SIGN_IN, query_string={"suite": onward})
    assert here.submit(page, email=EMAIL, mot_de_passe=PASSWORD).headers["Location"] == "/agents"
    again = here.get(SIGN_IN, query_string={"suite": onward})
    assert again.headers["Location"] == OWN or again.headers["Location"].startswith("/agents")
    assert "evil" not in again.headers["Location"]


def test_a_hidden_field_that_was_changed_leads_nowhere_else(here: PageClient) -> None:
    page = here.get(SIGN_IN)
    response = here.submit(page, email=EMAIL, mot_de_passe=PASSWORD, suite="//evil.example")
    assert response.headers["Location"] == "/agents"


# ---- the session


def test_the_session_is_another_one_after_signing_in(here: PageClient) -> None:
    """T7: what was known of the browser before opens nothing, and is gone."""
    here.get(SIGN_IN)
    before = session_cookie(here)
    with here.session_transaction() as cookie:
        cookie["planted"] = "x"
    sign_in(here)
    assert session_cookie(here) != before
    with here.session_transaction() as cookie:
        assert set(cookie) <= {"_user_id", "_fresh", "_id", "csrf_token"}
    here.set_cookie("coclico", before)
    assert here.get(OWN).status_code == 303


def test_signing_out_ends_this_browser_for_good(here: PageClient, team: Team) -> None:
    sign_in(here)
    other = another(team)
    sign_in(other)
    held = session_cookie(here)
    page = page_of(here.get(OWN))
    token = page.soup.select_one(".staff-head__out [name=csrf_token]")["value"]
    response = here.post("/agents/deconnexion", data={"csrf_token": token})
    assert response.headers["Location"] == SIGN_IN
    here.set_cookie("coclico", held)
    assert here.get(OWN).status_code == 303
    assert other.get(OWN).status_code == 200


def test_sign_out_everywhere_ends_every_browser(here: PageClient, team: Team) -> None:
    other = another(team)
    sign_in(here)
    sign_in(other)
    page = here.get(OWN)
    assert "celui-ci" in said(page)
    response = here.submit(page, "Tout déconnecter")
    assert "Tous vos appareils sont déconnectés." in said(here.get(response.headers["Location"]))
    assert other.get(OWN).status_code == 303


def test_one_other_browser_is_signed_out_from_here(here: PageClient, team: Team) -> None:
    other = another(team)
    sign_in(other)
    sign_in(here)
    page = page_of(here.get(OWN))
    rows = [row for row in page.soup.select("tbody tr") if "celui-ci" not in row.get_text()]
    form = rows[0].form
    token = form.select_one("[name=csrf_token]")["value"]
    done = here.post(form["action"], data={"csrf_token": token})
    assert "L’appareil est déconnecté." in said(here.get(done.headers["Location"]))
    assert other.get(OWN).status_code == 303
    page = page_of(here.get(OWN))
    form = page.soup.select_one("tbody form")  # this browser's own is the only one left
    done = here.post(form["action"], data={"csrf_token": token})
    assert "Cet appareil est déconnecté." in said(here.get(done.headers["Location"]))
    signed_in = sign_in(here)
    assert signed_in.headers["Location"] == "/agents", "the sentence greets nobody signed in"


def test_half_an_hour_without_a_page_signs_out(
    here: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(here)
    for _ in range(3):
        monday.shift(29 * 60)
        assert here.get(OWN).status_code == 200
    monday.shift(30 * 60)
    assert here.get(OWN).headers["Location"].startswith(f"{SIGN_IN}?suite=")


def test_continuer_keeps_the_session_alive(
    here: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(here)
    page = page_of(here.get(OWN))
    assert "Vous allez quitter l’espace agents dans 2 minutes." in page.text.replace("\u00a0", " ")
    token = page.soup.select_one("[data-idle] [name=csrf_token]")["value"]
    monday.shift(29 * 60)
    assert seconds_left(here) == 60
    assert here.post("/agents/encore-la", data={"csrf_token": token}).status_code == 204
    monday.shift(29 * 60)
    assert here.get(OWN).status_code == 200


def test_a_page_that_asks_how_long_is_left_keeps_no_session_alive(
    here: PageClient, monday: time_machine.Traveller
) -> None:
    assert seconds_left(here) == 0
    sign_in(here)
    assert seconds_left(here) == 30 * 60
    monday.shift(20 * 60)
    assert seconds_left(here) == 10 * 60
    monday.shift(10 * 60)
    assert seconds_left(here) == 0
    assert here.get(OWN).status_code == 303


def seconds_left(client: PageClient) -> int:
    answer = client.get("/agents/temps-restant")
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.get_json()["seconds"])


def test_a_disabled_account_is_out_at_the_next_page(here: PageClient, team: Team) -> None:
    sign_in(here)
    with team.session() as session:
        give_password(session, team.users["counsellor"], active=False)
    assert here.get(OWN).status_code == 303
    assert sign_in(here).status_code == 401


def test_a_form_sent_after_the_end_of_the_session_says_so(
    here: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(here)
    page = here.get(f"{OWN}/mot-de-passe")
    monday.shift(31 * 60)
    response = here.submit(page, actuel=PASSWORD, mot_de_passe="easy", encore="easy")
    assert response.status_code == 401
    assert "Rien n’est enregistré." in said(response)
    assert PASSWORD not in response.text
