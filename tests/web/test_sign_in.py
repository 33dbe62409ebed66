"""Signing in and out, as a browser does it: passwords, tries, where one goes, cookies."""

from collections.abc import Callable

import pyotp
import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.access import LinkPurpose
from app.domain.journal import JournalAction
from app.models.journal import JournalEntry
from app.services import account_links
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.passwords import PASSWORD, give_password
from tests.support.presquile import NOW
from tests.support.team import Team

SIGN_IN, OWN = "/agents/connexion", "/agents/mon-compte"
EMAIL, DESK = "counsellor@equipe.invalid", "desk@equipe.invalid"
WRONG = "Adresse e-mail ou mot de passe incorrect."
TOO_MANY = "Trop d’essais depuis cet ordinateur."
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SignIn = Callable[..., TestResponse]


@pytest.fixture
def here(team: Team) -> PageClient:
    """A browser that never was here; the counsellor and the desk have passwords."""
    with team.session() as session:
        give_password(session, team.users["counsellor"])
        give_password(session, team.users["desk"])
    return another(team)


def another(team: Team) -> PageClient:
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def sign_in(client: PageClient, email: str = EMAIL, password: str = PASSWORD) -> TestResponse:
    return client.submit(client.get(SIGN_IN), email=email, mot_de_passe=password)


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
    here: PageClient, monday: time_machine.Traveller
) -> None:
    for _ in range(8):
        assert sign_in(here, password="other").status_code == 401
    assert sign_in(here).status_code == 429
    assert TOO_MANY in said(sign_in(here))
    assert sign_in(here, DESK).status_code == 303  # a colleague of the same town hall goes on
    monday.shift(15 * 60)
    assert sign_in(another_of(here)).status_code == 303


def another_of(client: PageClient) -> PageClient:
    fresh = client.application.test_client()
    assert isinstance(fresh, PageClient)
    return fresh


def test_a_known_browser_has_a_count_of_its_own(here: PageClient, team: Team) -> None:
    """Whoever tries passwords from beside cannot lock the colleague out."""
    sign_in(here)
    here.submit(here.get(OWN), "Tout déconnecter")
    intruder = another(team)
    for _ in range(9):
        last = sign_in(intruder, password="other")
    assert last.status_code == 429
    assert sign_in(here).status_code == 303
    assert sign_in(intruder).status_code == 429


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


def session_cookie(client: PageClient) -> str:
    cookie = client.get_cookie("coclico")
    assert cookie is not None
    return cookie.value


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
    assert here.post(form["action"], data={"csrf_token": token}).status_code == 303
    assert other.get(OWN).status_code == 303
    assert here.get(OWN).status_code == 200


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
    assert here.post("/agents/encore-la", data={"csrf_token": token}).status_code == 204
    monday.shift(29 * 60)
    assert here.get(OWN).status_code == 200


def test_a_disabled_account_is_out_at_the_next_page(here: PageClient, team: Team) -> None:
    sign_in(here)
    with team.session() as session:
        give_password(session, team.users["counsellor"], active=False)
    assert here.get(OWN).status_code == 303
    assert sign_in(here).status_code == 401


# ---- the second step


@pytest.fixture
def two_steps(here: PageClient, team: Team) -> PageClient:
    """The counsellor has an application of codes."""
    with team.session() as session:
        give_password(session, team.users["counsellor"], totp_secret=SECRET)
    return here


def code_of(monday: time_machine.Traveller, later: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(NOW.timestamp()) + later)


def test_the_code_comes_after_the_password(
    two_steps: PageClient, monday: time_machine.Traveller
) -> None:
    response = sign_in(two_steps)
    assert response.headers["Location"] == f"{SIGN_IN}/code"
    assert two_steps.get(OWN).status_code == 303  # the password alone opens nothing
    page = two_steps.get(f"{SIGN_IN}/code")
    assert two_steps.submit(page, code="000000").status_code == 401
    before = session_cookie(two_steps)
    assert two_steps.submit(page, code=code_of(monday)).headers["Location"] == "/agents"
    assert session_cookie(two_steps) != before
    assert two_steps.get(OWN).status_code == 200


def test_few_codes_may_be_tried(two_steps: PageClient, monday: time_machine.Traveller) -> None:
    sign_in(two_steps)
    page = two_steps.get(f"{SIGN_IN}/code")
    for _ in range(5):
        assert two_steps.submit(page, code="000000").status_code == 401
    assert two_steps.submit(page, code=code_of(monday)).status_code == 429


def test_the_code_is_awaited_for_five_minutes(
    two_steps: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(two_steps)
    page = two_steps.get(f"{SIGN_IN}/code")
    monday.shift(5 * 60 + 1)
    response = two_steps.submit(page, code=code_of(monday, 301))
    assert response.headers["Location"] == SIGN_IN
    assert two_steps.get(f"{SIGN_IN}/code").status_code == 303


def test_the_second_step_is_set_up_shown_once_and_stopped(
    here: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(here)
    page = here.get(f"{OWN}/double-verification")
    assert page_of(page).soup.select_one("svg.qr") is not None
    secret = page_of(page).soup.select_one("#secret")["value"]
    refused = here.submit(page, "Activer", code="000000")
    assert refused.status_code == 401
    assert page_of(refused).soup.select_one("#secret")["value"] == secret
    code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
    shown = here.submit(refused, "Activer", code=code)
    codes = [each.get_text() for each in page_of(shown).soup.select(".codes code")]
    assert len(set(codes)) == 10
    elsewhere = another_of(here)
    sign_in(elsewhere)
    opened = elsewhere.submit(elsewhere.get(f"{SIGN_IN}/code"), code=codes[3].upper())
    assert opened.status_code == 303
    page = here.get(f"{OWN}/double-verification")
    stop = "Arrêter la double vérification"
    assert here.submit(page, stop, actuel="other").status_code == 422
    done = here.submit(page, stop, actuel=PASSWORD)
    assert "La double vérification est arrêtée." in said(here.get(done.headers["Location"]))


# ---- links and passwords


def link_for(team: Team, name: str = "desk") -> str:
    with team.session() as session:
        token = account_links.issue_link(
            session, team.users[name], LinkPurpose.INVITATION, by=None, now=NOW
        )
    return f"/agents/mot-de-passe/{token}"


def test_an_invitation_sets_a_password_once(team: Team, monday: time_machine.Traveller) -> None:
    client, link = another(team), link_for(team)
    assert client.head(link).status_code == 200  # a mail scanner uses nothing up
    page = client.get(link)
    assert DESK in said(page)
    assert page.headers["Cache-Control"] == "no-store"
    for typed, again, words in (
        ("", "", "Écrivez un mot de passe."),
        ("easy", "easy", "Ce mot de passe est trop facile."),
        (PASSWORD, "other", "Les deux mots de passe ne sont pas les mêmes."),
        ("x" * 201, "x" * 201, "Ce mot de passe est trop long."),
    ):
        refused = client.submit(page, mot_de_passe=typed, encore=again)
        assert refused.status_code == 422
        assert words in said(refused)
        assert not page_of(refused).soup.select_one("#mot_de_passe").get("value")
    done = client.submit(page, mot_de_passe=PASSWORD, encore=PASSWORD)
    assert "Votre mot de passe est enregistré." in said(client.get(done.headers["Location"]))
    assert client.get(link).status_code == 410
    assert client.submit(page, mot_de_passe=PASSWORD, encore=PASSWORD).status_code == 410
    assert sign_in(client, DESK).status_code == 303


def test_an_invitation_lives_one_hour(team: Team, monday: time_machine.Traveller) -> None:
    client, link = another(team), link_for(team)
    monday.shift(59 * 60)
    assert client.get(link).status_code == 200
    monday.shift(60)
    response = client.get(link)
    assert response.status_code == 410
    assert "Demandez un nouveau lien à la coordination." in said(response)
    assert client.get("/agents/mot-de-passe/x").status_code == 410
    assert "la coordination" in said(client.get("/agents/mot-de-passe-oublie"))


def test_the_password_is_changed_with_the_current_one(here: PageClient, team: Team) -> None:
    sign_in(here)
    page = here.get(f"{OWN}/mot-de-passe")
    new = "Une-autre-mouette-18"
    refused = here.submit(page, actuel="other", mot_de_passe=new, encore=new)
    assert refused.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in said(refused)
    weak = here.submit(page, actuel=PASSWORD, mot_de_passe="easy", encore="easy")
    assert weak.status_code == 422
    done = here.submit(page, actuel=PASSWORD, mot_de_passe=new, encore=new)
    assert done.headers["Location"].startswith(SIGN_IN)
    assert here.get(OWN).status_code == 303
    assert sign_in(here, password=new).status_code == 303


# ---- what a role must have, and what a signed-out form says


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
