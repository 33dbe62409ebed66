"""One's own account: the second step, links that set a password, another password."""

import pyotp
import pytest
import time_machine

from app.domain.access import LinkPurpose
from app.services import account_links
from app.services.accounts import close_all_sessions
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.passwords import PASSWORD, give_password
from tests.support.presquile import NOW
from tests.support.sign_in import DESK, EMAIL, OWN, SIGN_IN, another, session_cookie, sign_in
from tests.support.team import Team

pytestmark = pytest.mark.usefixtures("quick_hashes")

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


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


def test_few_codes_may_be_tried_from_all_addresses_together(
    two_steps: PageClient, monday: time_machine.Traveller
) -> None:
    sign_in(two_steps)
    page = two_steps.get(f"{SIGN_IN}/code")
    for rank in range(20):
        two_steps.environ_base["REMOTE_ADDR"] = f"192.0.2.{rank + 1}"
        assert two_steps.submit(page, code="000000").status_code == 401
    two_steps.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    refused = two_steps.submit(page, code=code_of(monday))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(60 * 60))
    assert "Trop de codes faux pour ce compte. Attendez une heure," in said(refused)


@pytest.mark.parametrize("change", ["sessions ended", "disabled"])
def test_a_changed_account_awaits_no_code_any_more(
    two_steps: PageClient, team: Team, monday: time_machine.Traveller, change: str
) -> None:
    """A stolen password that was changed at once opens nothing, even with a good code."""
    sign_in(two_steps)
    page = two_steps.get(f"{SIGN_IN}/code")
    with team.session() as session:
        if change == "disabled":
            give_password(session, team.users["counsellor"], active=False, totp_secret=SECRET)
        else:
            close_all_sessions(session, team.users["counsellor"], now=NOW)
    response = two_steps.submit(page, code=code_of(monday))
    assert response.status_code == (401 if change == "disabled" else 303)
    assert two_steps.get(OWN).status_code == 303
    assert response.headers.get("Location", SIGN_IN) == SIGN_IN


def test_the_code_is_awaited_for_five_minutes(
    two_steps: PageClient, monday: time_machine.Traveller
) -> None:
    """Then it is told, and where one was going is kept."""
    assert two_steps.get(f"{SIGN_IN}/code").headers["Location"] == SIGN_IN
    asked = two_steps.get(two_steps.get(f"{OWN}/adresse").headers["Location"])
    two_steps.submit(asked, email=EMAIL, mot_de_passe=PASSWORD)
    page = two_steps.get(f"{SIGN_IN}/code")
    monday.shift(5 * 60 + 1)
    response = two_steps.submit(page, code=code_of(monday, 301))
    assert response.headers["Location"] == two_steps.get(f"{SIGN_IN}/code").headers["Location"]
    again = two_steps.get(response.headers["Location"])
    assert "Plus de 5 minutes ont passé depuis votre mot de passe." in said(again)
    two_steps.submit(again, email=EMAIL, mot_de_passe=PASSWORD)
    done = two_steps.submit(two_steps.get(f"{SIGN_IN}/code"), code=code_of(monday, 301))
    assert done.headers["Location"] == f"{OWN}/adresse"


def test_the_second_step_is_set_up_shown_once_and_stopped(
    here: PageClient, team: Team, monday: time_machine.Traveller
) -> None:
    sign_in(here)
    page = here.get(f"{OWN}/double-verification")
    assert page_of(page).soup.select_one("svg.qr") is not None
    secret = page_of(page).soup.select_one("#secret")["value"]
    code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
    refused = here.submit(page, "Activer", code=code, actuel="other")
    assert refused.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in said(refused)
    refused = here.submit(page, "Activer", code="000000", actuel=PASSWORD)
    assert refused.status_code == 401
    assert page_of(refused).soup.select_one("#secret")["value"] == secret
    shown = here.submit(refused, "Activer", code=code, actuel=PASSWORD)
    codes = [each.get_text() for each in page_of(shown).soup.select(".codes code")]
    assert len(set(codes)) == 10
    again = here.submit(refused, "Activer", code=code, actuel=PASSWORD)
    assert again.status_code == 409
    assert "La double vérification est déjà active." in said(again)
    elsewhere = another(team)
    sign_in(elsewhere)
    opened = elsewhere.submit(elsewhere.get(f"{SIGN_IN}/code"), code=codes[3].upper())
    assert opened.status_code == 303
    assert "Il reste 9 codes de secours." in said(here.get(OWN))
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


def test_the_address_is_changed_with_the_current_password(here: PageClient, team: Team) -> None:
    sign_in(here)
    page = here.get(f"{OWN}/adresse")
    refused = here.submit(page, actuel="other", email="paul.neuf@equipe.invalid")
    assert refused.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in said(refused)
    assert page_of(refused).soup.select_one("#email")["value"] == "paul.neuf@equipe.invalid"
    wrong = here.submit(page, actuel=PASSWORD, email="paul")
    assert wrong.status_code == 422
    same = here.submit(page, actuel=PASSWORD, email=EMAIL.upper())
    assert same.status_code == 422
    assert "C’est déjà votre adresse." in page_of(same).soup.select_one("#email-error").get_text()
    assert here.get(OWN).status_code == 200, "nothing changed, so no session ended"
    done = here.submit(page, actuel=PASSWORD, email="Paul.Neuf@Equipe.invalid")
    assert done.headers["Location"] == f"{SIGN_IN}?fait=adresse", "an address is in no URL"
    shown = here.get(done.headers["Location"])
    assert "Votre adresse est enregistrée : paul.neuf@equipe.invalid." in said(shown)
    assert page_of(shown).soup.select_one("#email")["value"] == "paul.neuf@equipe.invalid"
    assert "paul.neuf" not in here.get(SIGN_IN).text
    assert here.get(OWN).status_code == 303
    assert sign_in(here).status_code == 401
    assert sign_in(here, email="paul.neuf@equipe.invalid").status_code == 303
