"""The team's page: invitations and links, accounts changed and closed, who is missing."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from app.domain.access import Role
from app.models.accounts import User
from app.models.places import Territory
from app.services.accounts import Proof
from app.services.idle_accounts import close_idle_accounts
from app.services.team import change_own_address
from app.services.team_list import Member, read_team
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.passwords import PASSWORD, give_password
from tests.support.presquile import NOW
from tests.support.sign_in import another, sign_in
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team

pytestmark = pytest.mark.usefixtures("quick_hashes")

TEAM, NEW = "/agents/equipe", "/agents/equipe/nouveau"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ANNE = {"prenom": "Anne", "nom": "Essai", "email": "Anne@Equipe.invalid"}
LINK = re.compile(r"http://localhost(/agents/mot-de-passe/[\w-]+)")


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


@pytest.fixture
def unmailed(make_team: MakeTeam, monday: time_machine.Traveller, make_app: MakeApp) -> Team:
    """The team of a site that sends no e-mail: links are shown."""
    return make_team(make_app(smtp_url=None))


def account(team: Team, name: str = "desk") -> str:
    return f"{TEAM}/{team.users[name]}"


def member(team: Team, first_name: str) -> Member:
    with team.session() as session:
        return next(each for each in read_team(session) if each.first_name == first_name)


def test_everybody_is_listed_and_communes_without_anybody_too(boss: PageClient) -> None:
    page = said(boss.get(TEAM))
    assert "Desk Essai Accueil (CCAS, mairie) : Breuillet desk@equipe.invalid" in page
    assert "Invitation en attente" in page
    assert "Référent de Breuillet : pas de suppléant" in page
    assert "Arvert : ni référent ni suppléant" in page


def test_an_invitation_shows_its_link_once(unmailed: Team) -> None:
    team, boss = unmailed, unmailed.client("coordinator")
    breuillet = f"commune_{team.subjects['commune_id'][0]}"
    answers = {**ANNE, "role": "REFERENT", breuillet: "suppleant"}
    shown = boss.submit(boss.get(NEW), "Inviter", **answers)
    assert shown.status_code == 200
    found = LINK.search(said(shown))
    assert found
    guest = another(team)
    done = guest.submit(guest.get(found[1]), mot_de_passe=PASSWORD, encore=PASSWORD)
    assert done.status_code == 303
    assert sign_in(guest, "anne@equipe.invalid").status_code == 303
    anne = member(team, "Anne")
    assert anne.deputy_of == {team.subjects["commune_id"][0]}
    assert "Breuillet : " not in said(boss.get(TEAM))
    assert found[1] not in boss.get(f"{TEAM}/{anne.id}").text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"prenom": ""}, "Écrivez votre prénom."),
        ({"email": ""}, "Il manque une partie de l’adresse e-mail"),
        ({"email": "desk@equipe.invalid"}, "Un compte existe déjà avec cette adresse e-mail."),
        ({"role": ""}, "Choisissez un rôle."),
        ({"role": "ADMIN"}, "Choisissez un rôle."),
        ({"role": "CCAS_AGENT"}, "Choisissez au moins une commune pour ce rôle."),
        ({"role": "COUNSELLOR"}, "Choisissez le conseiller de ce compte."),
        ({"conseiller": "1"}, "Choisissez une réponse de la liste."),
        ({"conseiller": "x"}, "Choisissez une réponse de la liste."),
    ],
)
def test_what_no_account_can_be_keeps_every_answer(
    boss: PageClient, team: Team, answers: dict[str, str], sentence: str
) -> None:
    refused = boss.submit(boss.get(NEW), "Inviter", **{**ANNE, "role": "COMMITTEE", **answers})
    assert refused.status_code in {409, 422}
    assert sentence in said(refused)
    assert page_of(refused).soup.select_one("#nom")["value"] == "Essai"
    with team.session() as session:
        assert len(read_team(session)) == 7


def test_an_account_is_changed(boss: PageClient, team: Team) -> None:
    foreign = f"commune_{team.subjects['commune_id'][1]}"
    page = boss.get(account(team))
    done = boss.submit(page, "Enregistrer", prenom="Denise", **{foreign: "oui"})
    assert "Le compte est changé." in said(boss.get(done.headers["Location"]))
    denise = member(team, "Denise")
    assert denise.commune_ids == set(team.subjects["commune_id"])
    assert team.client("desk").get(f"/agents/personnes/{team.subjects['resident_id'][1]}")


def test_a_page_that_is_out_of_date_says_who_changed_the_account(
    boss: PageClient, team: Team
) -> None:
    first, second = boss.get(account(team)), boss.get(account(team))
    boss.submit(first, "Enregistrer", prenom="Denise")
    refused = boss.submit(second, "Enregistrer", prenom="Daniel")
    assert refused.status_code == 409
    assert "Coordinator a changé la même chose à 10 h." in said(refused)
    assert page_of(refused).soup.select_one("#prenom")["value"] == "Daniel"
    assert boss.submit(refused, "Enregistrer").status_code == 303
    assert member(team, "Daniel").id == team.users["desk"]


def test_what_a_colleague_saved_meanwhile_is_shown_to_compare(boss: PageClient, team: Team) -> None:
    """The next press would put the old address back, and end the colleague's sessions."""
    page, own = boss.get(account(team)), Proof(PASSWORD, [])
    foreign = f"commune_{team.subjects['commune_id'][1]}"
    with team.session() as session:
        give_password(session, team.users["desk"])
        change_own_address(session, team.users["desk"], own, "paul@equipe.invalid", now=NOW)
    refused = boss.submit(page, "Enregistrer", telephone="05 36 49 00 01", **{foreign: "oui"})
    assert refused.status_code == 409
    told = page_of(refused).soup.select(".notice--warning dt, .notice--warning dd")
    assert [" ".join(each.get_text().split()) for each in told] == [
        *("Adresse e-mail", "paul@equipe.invalid"),
        *("Téléphone professionnel", "Aucun"),
        *("Vaux-sur-Mer", "Non"),
    ]
    assert member(team, "Desk").email == "paul@equipe.invalid"
    done = boss.submit(refused, "Enregistrer", email="PAUL@equipe.invalid")
    assert said(boss.get(done.headers["Location"])).count("Le compte est changé.") == 1
    assert "déconnectés" not in said(boss.get(done.headers["Location"]))


def test_who_loses_an_agenda_is_told_before_it_is_saved(boss: PageClient, team: Team) -> None:
    own = account(team, "counsellor")
    warned = boss.submit(boss.get(own), "Enregistrer", role="COMMITTEE", conseiller="aucun")
    assert warned.status_code == 409
    assert (
        "Counsellor ne verra plus cet agenda : Jeanne. Rendez-vous à venir qui y restent : 1."
        in said(warned)
    )
    assert member(team, "Counsellor").role is Role.COUNSELLOR
    other = boss.submit(warned, "Enregistrer", role="COORDINATOR", conseiller="aucun")
    assert other.status_code == 409, "another change is warned about anew"
    assert boss.submit(other, "Enregistrer").status_code == 303
    assert member(team, "Counsellor").counsellor_id is None


def test_a_closed_account_is_out_and_comes_back(boss: PageClient, team: Team) -> None:
    clerk = team.client("desk")
    done = boss.submit(boss.get(account(team)), "Fermer ce compte")
    page = boss.get(done.headers["Location"])
    assert "Le compte est fermé." in said(page)
    assert clerk.get("/agents/mon-compte").status_code == 303
    assert "Compte fermé" in said(boss.get(TEAM))
    done = boss.submit(page, "Rouvrir ce compte")
    assert "Le compte est ouvert." in said(boss.get(done.headers["Location"]))
    assert team.client("desk").get("/agents/mon-compte").status_code == 200


def test_an_account_that_nobody_used_says_why_it_is_closed(boss: PageClient, team: Team) -> None:
    with team.session() as session:
        days = timedelta(days=120)
        session.execute(
            update(User).where(User.id == team.users["desk"]).values(created_at=NOW - days)
        )
        session.commit()
        assert close_idle_accounts(session, NOW, 50) == 1
    assert "Compte fermé, 90 jours sans connexion" in said(boss.get(TEAM))
    page = boss.get(account(team))
    assert "Personne ne s’est connecté pendant 90 jours." in said(page)
    done = boss.submit(page, "Rouvrir ce compte")
    assert "Le compte est ouvert." in said(boss.get(done.headers["Location"]))


def test_another_address_ends_the_links_that_were_given(unmailed: Team) -> None:
    team, boss = unmailed, unmailed.client("coordinator")
    found = LINK.search(said(boss.submit(boss.get(account(team)), "Donner un nouveau lien")))
    assert found
    clerk = team.client("desk")
    done = boss.submit(boss.get(account(team)), "Enregistrer", email="accueil@equipe.invalid")
    assert "Les liens donnés avant ne marchent plus." in said(boss.get(done.headers["Location"]))
    assert another(team).get(found[1]).status_code == 410
    assert clerk.get("/agents/mon-compte").status_code == 303


def test_a_closed_account_leaves_an_agenda_that_is_told_and_can_be_ended(
    boss: PageClient, team: Team
) -> None:
    own = account(team, "counsellor")
    assert "Fermer le compte ne ferme pas l’agenda." in said(boss.get(own))
    assert "ferme pas l’agenda" not in said(boss.get(account(team)))
    page = boss.get(boss.submit(boss.get(own), "Fermer ce compte").headers["Location"])
    assert "Le compte est fermé, mais pas l’agenda." in said(page)
    assert "1 rendez-vous est à venir." in said(page)
    address = page_of(page).soup.find("a", string="Arrêter ses horaires")["href"]
    path, _, place = address.partition("#")
    assert page_of(boss.get(path)).soup.find(id=place)


def test_the_last_coordinator_stays(boss: PageClient, team: Team) -> None:
    own = account(team, "coordinator")
    refused = boss.submit(boss.get(own), "Fermer ce compte")
    assert refused.status_code == 409
    assert "C’est le dernier compte de coordination." in said(refused)
    refused = boss.submit(boss.get(own), "Enregistrer", role="COMMITTEE")
    assert refused.status_code == 409
    assert member(team, "Coordinator").role is Role.COORDINATOR


def test_a_new_link_and_no_more_codes_for_who_lost_all(unmailed: Team) -> None:
    team, boss = unmailed, unmailed.client("coordinator")
    with team.session() as session:
        give_password(session, team.users["desk"], totp_secret=SECRET)
    page = boss.get(account(team))
    done = boss.submit(page, "Arrêter sa double vérification")
    assert "est arrêtée" in said(boss.get(done.headers["Location"]))
    assert not member(team, "Desk").has_second_step
    found = LINK.search(said(boss.submit(boss.get(account(team)), "Donner un nouveau lien")))
    assert found
    assert another(team).get(found[1]).status_code == 200


def test_ones_own_second_step_and_password_ask_for_the_password(unmailed: Team) -> None:
    """Somebody finds the page of a coordinator open, and has no password."""
    team, boss = unmailed, unmailed.client("coordinator")
    with team.session() as session:
        give_password(session, team.users["coordinator"], totp_secret=SECRET)
    own = account(team, "coordinator")
    page = page_of(boss.get(own)).soup
    assert page.select_one("main a[href='/agents/mon-compte']")
    assert not page.select("form[action$='/lien'], form[action$='/sans-code']")
    token = page.select_one("[name=csrf_token]")["value"]  # type: ignore[index]
    for act in ("/lien", "/sans-code"):
        answer = boss.post(f"{own}{act}", data={"csrf_token": token})
        assert answer.status_code == 403
        assert "depuis « Mon compte »" in said(answer)
        assert not LINK.search(said(answer))
    moved = boss.submit(boss.get(own), "Enregistrer", email="stranger@equipe.invalid")
    assert moved.status_code == 403
    assert "depuis « Mon compte »" in said(moved)
    assert page_of(moved).soup.select_one("#email")["value"] == "stranger@equipe.invalid"  # type: ignore[index]
    assert member(team, "Coordinator").email != "stranger@equipe.invalid"
    assert member(team, "Coordinator").has_second_step


def test_no_account_of_that_number(boss: PageClient) -> None:
    assert boss.get(f"{TEAM}/999").status_code == 404
    token = page_of(boss.get(NEW)).soup.main.select_one("[name=csrf_token]")["value"]
    for act in ("", "/lien", "/sans-code", "/fermer", "/rouvrir"):
        answer = boss.post(f"{TEAM}/999{act}", data={"csrf_token": token})
        assert answer.status_code == 404


def test_a_role_that_must_have_the_second_step_is_led_to_it(team: Team) -> None:
    ask_second_step(team, "COORDINATOR")
    boss, step = team.client("coordinator"), "/agents/mon-compte/double-verification"
    response = boss.get(TEAM)
    assert (response.status_code, response.headers["Location"]) == (303, step)
    assert boss.post(NEW).status_code == 403
    assert "Votre rôle demande la double vérification." in said(boss.get(step))
    assert boss.get("/agents/mon-compte").status_code == 200
    assert team.client("desk").get("/agents/personnes").status_code == 200  # their role needs none
    with team.session() as session:
        give_password(session, team.users["coordinator"], totp_secret=SECRET)
    assert boss.get(TEAM).status_code == 200


def ask_second_step(team: Team, *roles: str) -> None:
    with team.session() as session:
        territory = session.get_one(Territory, 1)
        territory.settings = {**territory.settings, "second_step_roles": list(roles)}
        territory.revision += 1
        session.commit()
