"""Somebody comes to a workshop: registers, waits, is offered a place, misses a date, cancels;
two come together; somebody asks for news.
"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.workshops import PlacesOffer, Workshop, WorkshopNews
from app.services.catalogue import read_catalogue
from app.services.links import hash_token
from app.services.registration_facts import places_offer_of
from app.services.workshop_news import news_token
from tests.support.browser_site import LINKS, LiveSite, newcomer
from tests.support.browser_staff import session_of
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary
from tests.support.presquile import NOW
from tests.support.workshops import plan_workshop

SUNDAY = datetime(2026, 12, 13, 13, tzinfo=UTC)
"""When nobody has a permanence."""


def plan(site: LiveSite, **changes: int) -> str:
    """A new workshop, or a cycle: its slug."""
    with session_of(site) as session:
        planned = plan_workshop(session, SUNDAY, recorded_at=NOW, **changes)
        return session.get_one(Workshop, planned).slug


def register(
    walk: Walk, slug: str, person: Canary, confirm: str = "Confirmer l’inscription"
) -> str:
    """From the page of the workshop to the confirmation: the address of one's own page."""
    walk.open(f"/ateliers/{slug}/inscription")
    walk.choose("Breuillet")
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.choose("Non, prêtez-moi un appareil")
    walk.read_for_a_while()
    walk.press("Continuer")
    walk.press(confirm)
    assert len(walk.number) == 6
    assert not person.leaks(walk.text)
    return f"/r/{walk.path.rsplit('/', 1)[1]}"


def offer_of(session: Session) -> str:
    """The address of the offer that is open, as its message carries it."""
    open_now = PlacesOffer.closed_at.is_(None)
    offer_id = session.scalars(
        select(PlacesOffer.id).where(open_now).order_by(PlacesOffer.id.desc()).limit(1)
    ).one()
    facts = places_offer_of(session, read_catalogue(session), offer_id, LINKS, NOW)
    assert facts is not None
    return f"/offre/{facts.token}"


@pytest.fixture
def other() -> Canary:
    return newcomer()


def test_one_registers_the_other_waits_and_is_offered_the_place(
    any_walk: Walk, person: Canary, other: Canary, live_site: LiveSite
) -> None:
    walk, slug = any_walk, plan(live_site, capacity=1)
    walk.open("/ateliers")
    walk.open(f"/ateliers/{slug}")
    walk.follow("M’inscrire")
    assert walk.heading == walk.say("Votre inscription")
    first = register(walk, slug, person)
    assert walk.heading == walk.say("Votre inscription est enregistrée")
    walk.open(f"/ateliers/{slug}")
    assert walk.sees("Complet – liste d’attente")
    register(walk, slug, other, "Confirmer : je veux la liste d’attente")
    walk.open(first)
    walk.follow("Annuler l’inscription")
    walk.press("Oui, annuler")
    assert walk.heading == walk.say("Votre inscription est annulée")
    with session_of(live_site) as session:
        address = offer_of(session)
    walk.open(address)
    assert walk.heading == walk.say("Une place se libère pour vous")
    walk.press("Accepter cette place")
    assert walk.heading == walk.say("Votre inscription est enregistrée")
    walk.open(address)
    walk.follow("Voir mon inscription")
    assert walk.sees("Inscription confirmée")


def test_one_date_of_a_cycle_is_missed_and_the_month_is_printed(
    with_or_without_scripts: Walk, person: Canary, live_site: LiveSite
) -> None:
    walk, slug = with_or_without_scripts, plan(live_site, dates=3)
    own = register(walk, slug, person)
    walk.open(own)
    walk.follow("Je ne viens pas ce jour-là")
    walk.press("Oui, je ne viens pas")
    assert walk.heading == "C’est noté"
    assert walk.sees("Vous ne venez pas ce jour-là")
    walk.open(f"{own}/imprimer")
    walk.open("/ateliers/programme?mois=2026-12")
    assert walk.sees("Mots de passe et arnaques")


def test_two_come_together_then_one_alone(
    walk_without_scripts: Walk, person: Canary, other: Canary, live_site: LiveSite
) -> None:
    walk, slug = walk_without_scripts, plan(live_site, capacity=2)
    walk.open(f"/ateliers/{slug}/inscription")
    walk.press("Nous venons à deux")
    assert walk.sees("La deuxième personne")
    walk.choose("Breuillet")
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.choose("Oui, chacun le sien")
    walk.read_for_a_while()
    walk.press("Continuer")
    assert walk.status == 422
    walk.write(accompagnant_prenom=other.first_name, accompagnant_nom=other.last_name)
    walk.press("Continuer")
    walk.press("Confirmer l’inscription")
    assert walk.sees("Pour deux personnes")
    assert not other.leaks(walk.text)
    own = f"/r/{walk.path.rsplit('/', 1)[1]}"
    walk.open(f"/ateliers/{slug}")
    assert walk.sees("Complet – liste d’attente")
    walk.open(own)
    walk.follow("Une seule personne viendra")
    walk.press("Oui, une seule personne")
    assert not walk.sees("Pour deux personnes")
    walk.open(f"/ateliers/{slug}")
    assert walk.sees("Dernière place")


def test_news_are_asked_for_and_left_by_the_way_that_each_message_carries(
    walk_without_scripts: Walk, live_site: LiveSite
) -> None:
    walk, email = walk_without_scripts, "nouvelles@example.fr"
    plan(live_site)
    walk.open("/ateliers")
    walk.follow("Être prévenu des prochains ateliers")
    assert walk.chosen("accord") == []
    walk.write(email=email)
    walk.read_for_a_while()
    walk.press("Me prévenir")
    assert walk.status == 422
    assert walk.value("email") == email
    walk.choose("Je veux recevoir")
    walk.press("Me prévenir")
    assert walk.heading == "C’est noté : nous vous écrirons"
    with session_of(live_site) as session:
        wanted = session.scalars(select(WorkshopNews).where(WorkshopNews.email == email)).one()
        token = news_token(wanted, LINKS)
        wanted.link_token_hash = hash_token(token)  # as the site would with this key
        session.commit()
    walk.open(f"/nouvelles/{token}")
    assert walk.heading == "Ne plus recevoir les nouvelles des ateliers ?"
    walk.press("Oui, arrêter")
    assert walk.heading == "Vous ne recevez plus ces messages"
    with session_of(live_site) as session:
        assert session.scalars(select(WorkshopNews).where(WorkshopNews.email == email)).all() == []
