"""Invitations and resets leave by e-mail; a stranger learns nothing and shuts nobody out."""

import re
from collections.abc import Iterator

import pytest
import time_machine

from app.domain.access import LinkPurpose
from app.gateways.account_mail import AccountLetter, render_account_letter
from app.services.account_links import ASKED_AN_HOUR
from app.services.team import disable_user
from app.web.account_mail import behind
from tests.support.booking_walk import said
from tests.support.golden import assert_golden
from tests.support.mail_server import MailServer, mail_server
from tests.support.page_client import PageClient, page_of
from tests.support.passwords import PASSWORD
from tests.support.presquile import NOW
from tests.support.sign_in import DESK, another, sign_in
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team

pytestmark = pytest.mark.usefixtures("quick_hashes")
FORGOTTEN, NEW = "/agents/mot-de-passe-oublie", "/agents/equipe/nouveau"
LINK = re.compile(r"http://localhost(/agents/mot-de-passe/[\w-]+)")
SAME_ANSWER = "Si un compte a cette adresse, un e-mail part vers elle."


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def mailed(
    make_team: MakeTeam, monday: time_machine.Traveller, make_app: MakeApp, post: MailServer
) -> Team:
    """The team on a site whose e-mails a server of this machine takes."""
    url = f"smtp://127.0.0.1:{post.port}?tls=off"
    return make_team(make_app(smtp_url=url, mail_from="Essai <essai@exemple.invalid>"))


def link_in(post: MailServer) -> str:
    found = LINK.search(post.mails[-1].get_content())
    assert found
    return found[1]


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_golden(purpose: LinkPurpose) -> None:
    link = "https://exemple.invalid/agents/mot-de-passe/0123456789abcdefABCDEF-_01234567"
    letter = AccountLetter("anne@exemple.invalid", purpose, link, "Coclic’O", "05 36 49 00 00")
    email = render_account_letter(letter)
    name = f"account/{purpose.value.lower()}.txt"
    assert_golden(name, f"{email.subject}\n\n{email.text}\n".encode())


def test_an_invitation_leaves_by_mail_alone(mailed: Team, post: MailServer) -> None:
    boss = mailed.client("coordinator")
    answers = {"prenom": "Zzanne", "nom": "Zzessai", "email": "anne@equipe.invalid"}
    shown = boss.submit(boss.get(NEW), "Inviter", role="COMMITTEE", **answers)
    assert "Un e-mail part vers anne@equipe.invalid." in said(shown)
    assert "/agents/mot-de-passe/" not in shown.text
    (mail,) = post.mails
    assert (mail["To"], mail["Auto-Submitted"]) == ("anne@equipe.invalid", "auto-generated")
    assert "Zz" not in mail.as_string()
    guest = another(mailed)
    page = guest.get(link_in(post))
    assert guest.submit(page, mot_de_passe=PASSWORD, encore=PASSWORD).status_code == 303
    assert sign_in(guest, "anne@equipe.invalid").status_code == 303


def test_a_link_that_cannot_leave_is_shown_and_says_why(mailed: Team, post: MailServer) -> None:
    boss, desk = mailed.client("coordinator"), f"/agents/equipe/{mailed.users['desk']}"
    post.refuses = {DESK: "550 5.1.1 unknown"}
    shown = said(boss.submit(boss.get(desk), "Donner un nouveau lien"))
    assert "L’e-mail n’est pas parti : le serveur refuse cette adresse." in shown
    assert another(mailed).get(LINK.search(shown)[1]).status_code == 200  # type: ignore[index]
    post.refuses, post.drops_at = {}, "RCPT"
    shown = said(boss.submit(boss.get(desk), "Donner un nouveau lien"))
    assert "L’e-mail n’est pas parti : le serveur a coupé la ligne." in shown
    assert LINK.search(shown)


def ask(team: Team, email: str, client: PageClient | None = None) -> str:
    """What the page says; the letter that it may cause has been handed over."""
    client = client or another(team)
    done = client.submit(client.get(FORGOTTEN), "Recevoir un lien", email=email)
    assert (done.status_code, done.headers["Location"]) == (303, f"{FORGOTTEN}?fait=demande")
    behind(team.app).submit(int).result()  # one letter at a time: ours is done before this
    return said(client.get(done.headers["Location"]))


def test_whoever_forgot_gets_a_link_and_nobody_else_learns_anything(
    mailed: Team, post: MailServer
) -> None:
    with mailed.session() as session:
        disable_user(session, mailed.users["referent"], by=None, now=NOW)
    answers = {ask(mailed, each) for each in ("nobody@equipe.invalid", "referent@equipe.invalid")}
    assert post.mails == []
    answers.add(ask(mailed, " Desk@Equipe.invalid "))
    (answer,) = answers
    assert SAME_ANSWER in answer
    assert [mail["To"] for mail in post.mails] == [DESK]
    first = link_in(post)
    for _ in range(ASKED_AN_HOUR + 2):  # a prankster floods no mailbox, and kills no link
        ask(mailed, DESK)
    assert len(post.mails) == ASKED_AN_HOUR
    clerk = another(mailed)
    done = clerk.submit(clerk.get(first), mot_de_passe=PASSWORD, encore=PASSWORD)
    assert done.status_code == 303
    assert clerk.get(link_in(post)).status_code == 410


def test_asking_is_throttled_and_a_bad_address_is_told(mailed: Team) -> None:
    client = another(mailed)
    refused = client.submit(client.get(FORGOTTEN), "Recevoir un lien", email="desk@")
    assert refused.status_code == 422
    for _ in range(8):
        ask(mailed, "nobody@equipe.invalid", client)
    refused = client.submit(
        client.get(FORGOTTEN), "Recevoir un lien", email="nobody@equipe.invalid"
    )
    assert refused.status_code == 429
    assert "Attendez 15 minutes" in said(refused)


def test_without_mail_the_page_says_whom_to_ask(
    make_team: MakeTeam, monday: time_machine.Traveller, make_app: MakeApp
) -> None:
    team = make_team(make_app(smtp_url=None))
    client = another(team)
    page = client.get(FORGOTTEN)
    assert "Demandez un nouveau lien à la coordination, au" in said(page)
    assert "Recevoir un lien" not in said(page)
    token = page_of(client.get("/agents/connexion")).soup.main.select_one("[name=csrf_token]")
    data = {"email": DESK, "csrf_token": token["value"]}
    assert client.post(FORGOTTEN, data=data).status_code == 404
