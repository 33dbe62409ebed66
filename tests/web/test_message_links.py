"""Each link that a message carries opens a page: those of the golden files, one by one."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import PlaceKind
from app.models.accounts import Counsellor
from app.models.places import Commune
from app.models.workshops import WorkshopNews
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.offer_facts import offer_facts_of
from app.services.registrations import register
from app.services.survey import invite
from app.services.workshop_news import Wanted, ask_for_news, news_token
from tests.support.appointment_sample import AT_VENUE, LETTERHEAD, OFFER_AT_VENUE
from tests.support.booking_walk import booked
from tests.support.databases import Database
from tests.support.golden import FOLDER
from tests.support.page_client import PageClient
from tests.support.presquile import NOW
from tests.support.waiting import offer_by_voice
from tests.support.workshop_sample import REGISTRATION
from tests.support.workshop_walk import FIRST
from tests.support.workshops import plan_workshop, registration

WRITTEN = re.compile(r"https?://[^\s\"<>\\]+")
FOLDED = re.compile(r"\r?\n ")
"""A long line of a calendar file goes on after a break and a space."""
FILES = [
    each
    for folder in ("sms", "email", "ics")
    for each in sorted((FOLDER / folder).iterdir())
    if not each.name.startswith("feed-")
]


def links_of(file: Path) -> set[str]:
    """The addresses that this file holds, below that of the site."""
    found = WRITTEN.findall(FOLDED.sub("", file.read_bytes().decode()))
    outside = [each for each in found if not each.startswith(f"{LETTERHEAD.public_url}/")]
    assert outside == [], "a message leads nowhere else"
    return {each.removeprefix(LETTERHEAD.public_url) for each in found}


def real(database: Database, links: Links) -> dict[str, str]:
    """The tokens of an offered place and of an invitation to the three questions."""
    engine = database.engine()
    with Session(engine) as session:
        counsellor_id = session.scalars(select(Counsellor.id).limit(1)).one()
        offer_id = offer_by_voice(session, "breuillet", counsellor_id, 9).id
        session.commit()
        commune_id = session.scalars(select(Commune.id).limit(1)).one()
        facts = offer_facts_of(session, read_catalogue(session), offer_id, links)
        assert facts is not None
        asked = invite(session, links, 1, commune_id, PlaceKind.VENUE, today=NOW.date())
    engine.dispose()
    return {"/offre/": facts.token, "/avis/": asked}


def workshops(database: Database, links: Links) -> dict[str, str]:
    """The tokens of a registration and of the news; the workshops that the samples name."""
    engine = database.engine()
    with Session(engine) as session:
        for days, slug in enumerate(("debuter-2026-12-08", "mots-de-passe-2026-12-08")):
            first = FIRST + timedelta(days=days)
            planned = plan_workshop(session, first, recorded_at=NOW, slug=slug)
        asked = registration(planned, commune_slug="breuillet")
        token = register(session, asked, now=NOW, links=links).token
        ask_for_news(session, Wanted("rose@exemple.invalid", None, "fr"), now=NOW, links=links)
        news = news_token(session.scalars(select(WorkshopNews)).one(), links)
    engine.dispose()
    return {REGISTRATION.token: token, "NoUvElLeS123": news}


def test_each_link_of_each_golden_message_opens_a_page(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    links = Links(visitor.application.config["COCLICO"].link_key)
    tokens = {"/r/": booked(visitor, monday), **real(presquile, links)}
    samples = (AT_VENUE.token, OFFER_AT_VENUE.token)
    of_workshops = workshops(presquile, links)
    opened = set()
    for address in set().union(*map(links_of, FILES)):
        page = address.replace(f"/avis/{REGISTRATION.token}", f"/avis/{tokens['/avis/']}")
        for sample in samples:
            for place, token in tokens.items():
                page = page.replace(f"{place}{sample}", f"{place}{token}")
        for sample, token in of_workshops.items():
            page = page.replace(sample, token)
        assert visitor.get(page).status_code == 200, address
        opened.add(re.sub(r"^/en(?=/)", "", address).split("/")[1])
    assert opened == {"r", "offre", "avis", "mon-rendez-vous", "ateliers", "nouvelles"}


@pytest.mark.parametrize(
    "file", [each for each in FILES if each.parent.name != "ics"], ids=lambda each: each.name
)
def test_no_message_is_without_a_way_to_answer(file: Path) -> None:
    """By its link or by telephone: nobody is left alone with a message (law B9, B31)."""
    text = file.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert LETTERHEAD.phone in text
    assert LETTERHEAD.service_sms in text.replace("’", "'").replace("&#x27;", "'")
