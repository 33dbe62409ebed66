"""Who may open what. An address that is not in the matrix is closed, and a test says so."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.web.access import action_of, is_public
from tests.support.access import ROLES, open_rows, plain, staff_rows
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.records import add_record_subjects
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team
from tests.support.waiting import add_waiting_subjects
from tests.support.workshop_subjects import add_workshop_subjects

FOR_ALL = """
GET  /
GET  /communes/<slug>
GET  /rendez-vous
GET  /visite-a-domicile
GET  /visite-a-domicile/commune
POST /<flow>/commune
GET  /<flow>/besoin
POST /<flow>/besoin
GET  /<flow>/heure
POST /<flow>/heure
GET  /<flow>/coordonnees
POST /<flow>/coordonnees
GET  /<flow>/verifier
POST /<flow>/verifier
POST /<flow>/confirmer
GET  /rendez-vous/confirme/<token>
GET  /mon-rendez-vous
POST /mon-rendez-vous
GET  /mon-rendez-vous/numero
POST /mon-rendez-vous/numero
GET  /mon-rendez-vous/numero/envoye
GET  /r/<token>
GET  /r/<token>.ics
GET  /r/<token>/imprimer
GET  /r/<token>/annuler
POST /r/<token>/annulation
GET  /r/<token>/messages
POST /r/<token>/messages
GET  /r/<token>/date
GET  /r/<token>/date/verifier
POST /r/<token>/changement
GET  /liste-attente
GET  /<flow>/attente
POST /<flow>/attente
GET  /<flow>/attente/verifier
POST /<flow>/attente/verifier
POST /<flow>/attente/confirmer
GET  /liste-attente/merci
GET  /liste-attente/<token>
GET  /liste-attente/<token>/quitter
POST /liste-attente/<token>/depart
GET  /r/<token>/plus-tot
POST /r/<token>/plus-tot/demande
GET  /offre/<token>
POST /offre/<token>/accepter
POST /offre/<token>/refuser
POST /offre/<token>/encore
GET  /ateliers
GET  /ateliers.ics
GET  /ateliers/programme
GET  /ateliers/<slug>
GET  /ateliers/<slug>/inscription
POST /ateliers/<slug>/inscription
GET  /ateliers/<slug>/inscription/verifier
POST /ateliers/<slug>/inscription/verifier
POST /ateliers/<slug>/inscription/confirmer
GET  /ateliers/inscrit/<token>
GET  /r/<token>/une-personne
POST /r/<token>/une-personne
GET  /r/<token>/date/<session_id>
POST /r/<token>/date/<session_id>
GET  /ateliers/nouvelles
POST /ateliers/nouvelles
GET  /ateliers/nouvelles/merci
GET  /nouvelles/<token>
GET  /nouvelles/<token>/arret
POST /nouvelles/<token>/arret
GET  /avis/merci
GET  /avis/<token>
POST /avis/<token>
GET  /accessibilite
GET  /vos-donnees
GET  /mentions-legales
GET  /conditions
GET  /plan-du-site
GET  /aide
GET  /healthz
GET  /readyz
GET  /robots.txt
GET  /.well-known/security.txt
GET  /favicon.ico
GET  /marque.svg
GET  /theme.css
GET  /sms/recus/<token>
POST /sms/recus/<token>
"""
"""What a passer-by may open; a secret link is as good as its holder."""


def open_to_all() -> set[str]:
    return {" ".join(line.split()) for line in FOR_ALL.strip().splitlines()}


def rules(app: Flask) -> list[Rule]:
    found = list(app.url_map.iter_rules())
    assert len(found) > 10
    return found


def test_what_anybody_may_open_is_in_the_matrix(app: Flask) -> None:
    opened = {
        f"{method} {plain(rule)}"
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if is_public(app.view_functions[rule.endpoint])
    }
    assert opened == open_to_all() | open_rows()


def staff_endpoints(app: Flask) -> set[str]:
    return {
        f"{method} {plain(rule)}"
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if action_of(app.view_functions[rule.endpoint])
    }


def test_every_staff_endpoint_is_in_the_matrix(app: Flask) -> None:
    assert staff_endpoints(app) == set(staff_rows())


def test_a_visitor_opens_no_staff_page(visitor: PageClient) -> None:
    for endpoint in staff_rows():
        method, path = endpoint.split()
        answer = visitor.open(re.sub(r"<\w+>", "1", path), method=method)
        assert answer.status_code in {303, 401}, endpoint
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/agents/connexion?suite=")


@pytest.fixture
def trusting_team(make_team: MakeTeam, monday: object, make_app: MakeApp) -> Team:
    """Rights come before tokens here: forms of this walk are sent without one."""
    team = make_team(make_app(extra={"WTF_CSRF_METHODS": set()}))
    add_waiting_subjects(team)
    add_workshop_subjects(team)
    add_record_subjects(team)
    return team


REFUSED = {401, 403, 404, 405}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_matrix_says(trusting_team: Team, role: str) -> None:
    team, wrong = trusting_team, []
    for endpoint, reach_of in staff_rows().items():
        method, path = endpoint.split()
        for is_own in (True, False):
            client = team.client(role)
            client.checks_pages = False  # rights alone: 2,000 pages that their own tests check
            status = client.open(team.address(path, is_own=is_own), method=method).status_code
            wanted = _wanted(reach_of[role], is_own)
            if status >= 500 or (status if status in REFUSED else 200) != wanted:
                wrong.append(f"{endpoint} own={is_own}: {status} instead of {wanted}")
    assert not wrong, "\n".join(wrong)


def _wanted(reach: str, is_own: bool) -> int:
    if reach == "no":
        return 403
    return 200 if is_own or reach == "all" else 404


def test_a_view_that_nobody_guarded_is_closed(presquile: Database, own_app: Flask) -> None:
    own_app.add_url_rule("/oubliee", "forgotten", lambda: "secret")
    answer = own_app.test_client().get("/oubliee")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_no_view_answers_to_other_methods(app: Flask, method: str) -> None:
    assert [rule.rule for rule in rules(app) if method in (rule.methods or set())] == []


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    """A mail scanner follows every link: GET, HEAD and POST never share a view."""
    both = [
        rule.rule
        for rule in rules(app)
        if "POST" in (rule.methods or set()) and (rule.methods or set()) & {"GET", "HEAD"}
    ]
    assert both == []


def test_addresses_are_french_words_with_hyphens(app: Flask) -> None:
    word = re.compile(r"^(<\w+>(\.[a-z]+)?|[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|\.well-known)$")
    strange = [
        rule.rule
        for rule in rules(app)
        if not all(word.match(part) for part in plain(rule).strip("/").split("/") if part)
    ]
    assert strange == []
