"""Somebody waits for a place: joins, gets the message, says yes, says no, or answers too late."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import MessageChannel
from app.domain.messages import OutboxState, SubjectKind
from app.gateways.contacts import parse_phone
from app.gateways.senders import FileSender
from app.models.appointment import Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services.letters import PostRoom
from app.services.outbox_claims import LEASE, Claim
from tests.support.browser_site import LINKS, LiveSite
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary
from tests.support.delivered import deliver

WAIT = "/liste-attente?commune=arvert&besoin=motdepasse"


def join(walk: Walk, person: Canary, *choices: str) -> None:
    walk.open(WAIT)
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.choose(*choices)
    walk.read_for_a_while()
    walk.press("Continuer")
    if walk.heading == walk.say("Des heures sont libres"):
        walk.press("Non, me prévenir")
    assert walk.heading == walk.say("Vérifiez votre demande")
    walk.press("Confirmer : prévenez-moi")
    assert walk.heading == walk.say("Vous êtes sur la liste d’attente")


def offer_of(session: Session, person: Canary) -> Offer:
    """The place that is held for that person."""
    number = parse_phone(person.phone).number
    return session.scalars(
        select(Offer)
        .join(WaitingEntry, WaitingEntry.id == Offer.entry_id)
        .join(Resident, Resident.id == WaitingEntry.resident_id)
        .where(Resident.phone == number, Offer.closed_at.is_(None))
    ).one()


def message_to(site: LiveSite, person: Canary, folder: Path) -> str:
    """The address in the message that their telephone shows."""
    with session_of(site) as session:
        offer = offer_of(session, person)
        now = offer.offered_at + timedelta(minutes=1)
        row = session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.subject_kind == SubjectKind.OFFER,
                OutboxMessage.subject_id == offer.id,
            )
        ).one()
        row.leased_until = now + LEASE
        claim = Claim(row.id, row.leased_until)
        session.commit()
        room = PostRoom({MessageChannel.SMS: FileSender(folder, "Coclic")}, LINKS, site.address)
        assert deliver(session, claim, now, room) is OutboxState.SENT
    (file,) = folder.glob("*.txt")
    (link,) = re.findall(r"https?://\S+", file.read_text(encoding="utf-8"))
    return urlsplit(link).path.removeprefix("/en")


def let_pass(site: LiveSite, person: Canary) -> None:
    """The hour of the answer is over."""
    with session_of(site) as session:
        offer = offer_of(session, person)
        offer.answer_by = offer.offered_at
        session.get_one(Engagement, offer.engagement_id).held_until = offer.offered_at
        session.commit()


def leave(walk: Walk, mine: str) -> None:
    walk.open(mine)
    walk.follow("Quitter la liste d’attente")
    walk.press("Oui, quitter la liste")
    assert walk.heading == walk.say("Vous avez quitté la liste d’attente")


def test_somebody_joins_gets_the_message_and_accepts(
    any_walk: Walk, person: Canary, live_site: LiveSite, tmp_path: Path
) -> None:
    walk = any_walk
    join(walk, person)
    link = message_to(live_site, person, tmp_path)
    walk.open(link)
    assert walk.heading == walk.say("Une place se libère pour vous")
    walk.press("Accepter cette place")
    assert walk.heading == walk.say("Votre rendez-vous est confirmé")
    assert len(walk.number) == 6
    walk.open(link)
    walk.follow("Voir mon rendez-vous")
    walk.follow("Annuler le rendez-vous")
    walk.press("Oui, annuler")


def test_declining_is_one_press_and_one_waits_on(
    with_or_without_scripts: Walk, person: Canary, live_site: LiveSite, tmp_path: Path
) -> None:
    walk = with_or_without_scripts
    join(walk, person, "Le matin ou l’après-midi")
    mine = urlsplit(walk.page.url).path
    walk.open(message_to(live_site, person, tmp_path))
    walk.press("Refuser cette place")
    assert walk.heading == "Vous avez refusé cette place"
    assert walk.sees("Vous restez sur la liste d’attente.")
    leave(walk, mine)


def test_too_late_is_told_kindly_with_the_way_to_book(
    with_or_without_scripts: Walk, person: Canary, live_site: LiveSite, tmp_path: Path
) -> None:
    walk = with_or_without_scripts
    join(walk, person)
    mine = urlsplit(walk.page.url).path
    link = message_to(live_site, person, tmp_path)
    let_pass(live_site, person)
    walk.open(link)
    assert walk.heading == "Cette place n’est plus gardée pour vous"
    walk.follow("Cette heure est encore libre : la réserver")
    assert walk.heading == "Vos coordonnées"
    leave(walk, mine)


def test_a_place_earlier_is_asked_from_the_appointment(
    walk: Walk, person: Canary, live_site: LiveSite
) -> None:
    walk.open("/rendez-vous/heure?commune=arvert&besoin=motdepasse&des=2026-12-15")
    walk.take_time()
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.read_for_a_while()
    walk.press("Continuer")
    walk.press("Confirmer le rendez-vous")
    walk.follow("Changer ou annuler")
    walk.follow("Une place plus tôt")
    walk.choose("Le matin", "Dans les communes à 15 minutes en voiture")
    walk.press("Me prévenir")
    assert walk.sees("Votre rendez-vous est gardé")
    leave(walk, urlsplit(walk.page.url).path)


@pytest.mark.parametrize("answer", ["Refuse", "Accepte"])
def test_the_desk_calls_whoever_has_no_mobile(
    walk: Walk, person: Canary, live_site: LiveSite, answer: str
) -> None:
    staff = StaffWalk(walk.page, live_site.address)
    sign_in(staff, colleague(live_site, Role.CCAS_AGENT, "arvert"), "/agents/telephone")
    staff.write(telephone="05 36 49 12 34", prenom=person.first_name, nom=person.last_name)
    staff.page.get_by_label("Commune").first.select_option("arvert")
    staff.page.locator("input[name=besoin]").nth(1).check()
    staff.choose("À l’oral")
    staff.page.locator("summary", has_text="Aucune heure ne convient").click()
    staff.press("Mettre sur la liste d’attente")
    assert staff.sees("La personne est sur la liste d’attente.")
    staff.open("/agents/a-appeler")
    assert staff.sees("Places à proposer")
    staff.press(f"{answer} {person.first_name} {person.last_name}")
    assert staff.heading == "Liste d’attente"
    if answer == "Refuse":
        staff.press(f"Retirer de la liste {person.first_name} {person.last_name}")
        assert staff.sees("n’est plus sur la liste d’attente")
