"""The site that the browser tests visit: gunicorn on the presqu'île, as new for each test."""

import random
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import trustme
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import Channel, MessageChannel, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.booking import BookingRequest, Choice, Person
from app.domain.slots import Slot
from app.gateways.contacts import parse_phone
from app.models.appointment import Appointment, Engagement
from app.services.booking import book
from app.services.catalogue import read_catalogue
from app.services.links import Links, hash_token
from app.services.times import Search, ShownDay, find_times
from tests.support.canaries import Canary, make_canary
from tests.support.databases import Database
from tests.support.presquile import NOW
from tests.support.site import CREDULOUS, Certificate, serving

AS_A_DEMO = {"COCLICO_DEMO": "1", **CREDULOUS}

LINKS = Links(secrets.token_hex(32))

LONG_AGO, A_WEEK = timedelta(weeks=12), timedelta(weeks=1)

_numbers = count(1)
_revisions = count(1000, 1000)


@dataclass(frozen=True)
class LiveSite:
    """A site that answers, the database behind it, and how far ahead its clock is."""

    address: str
    database: Database
    ahead: timedelta

    def now(self) -> datetime:
        """The hour that the site believes it is, in UTC."""
        return datetime.now(UTC) + self.ahead

    def begin_again(self, template: Path) -> None:
        """Put the template's rows back, under the feet of the processes that answer.

        Its revision is one that no test has seen: what those processes remember of the territory
        is never the change that an earlier test made.
        """
        with sqlite3.connect(self.database.file, timeout=20) as live:
            with closing(sqlite3.connect(template)) as rows:
                rows.backup(live)
            live.execute("UPDATE territory SET revision = ?", (next(_revisions),))
        live.close()


@contextmanager
def live_copy(
    template: Path,
    folder: Path,
    *,
    certificate: Certificate | None = None,
    **environ: str,
) -> Iterator[LiveSite]:
    """Run the site on a copy of a database, from NOW on; messages are written under `folder`."""
    file, messages = folder / "coclico.sqlite", f"file:{folder / 'messages'}"
    shutil.copyfile(template, file)
    database = Database(f"sqlite:///{file}")
    settings = {"SMS_URL": messages, "SMTP_URL": messages} | environ
    log = folder / "gunicorn.log"
    ahead = NOW - datetime.now(UTC)
    with serving(database, log=log, certificate=certificate, at=NOW, **settings) as address:
        yield LiveSite(address, database, ahead)


@contextmanager
def live_over_tls(template: Path, folder: Path) -> Iterator[LiveSite]:
    """Run the very site behind a certificate, with its trap: no demo speaks TLS."""
    certificate = certificate_of_this_machine(folder)
    with live_copy(template, folder, certificate=certificate) as site:
        yield site


@pytest.fixture(scope="session")
def running_site(
    presquile_template: Path, tmp_path_factory: pytest.TempPathFactory, run_folder: Path
) -> Iterator[LiveSite]:
    """The site of this process of tests."""
    folder = tmp_path_factory.mktemp("site")
    compiled = {"COMPILED_PAGES": str(run_folder)}
    with live_copy(presquile_template, folder, **AS_A_DEMO, **compiled) as site:
        yield site


@pytest.fixture
def live_site(running_site: LiveSite, presquile_template: Path) -> LiveSite:
    """The site of this process, with nothing in it that an earlier test wrote."""
    running_site.begin_again(presquile_template)
    return running_site


def certificate_of_this_machine(folder: Path) -> Certificate:
    """A new certificate for 127.0.0.1, signed by an authority that lives as long as the test."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate = Certificate(folder / "chain.pem", folder / "key.pem", folder / "authority.pem")
    issued.private_key_pem.write_to_path(certificate.key)
    certificate.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(certificate.authority)
    return certificate


def newcomer() -> Canary:
    """Somebody whose phone nobody else has in this run, so that no limit of another test is met."""
    number = f"{next(_numbers):04}"
    return replace(make_canary(random.SystemRandom()), phone=f"06 39 98 {number[:2]} {number[2:]}")


def fill_up(site: LiveSite, commune: str, topic: str) -> int:
    """Book every free time of a commune for as many people, and say how many it was."""
    booked = 0
    with _session(site) as session:
        while days := _free_days(session, commune, topic):
            for day in days:
                for slot in day.slots:
                    request = _request(newcomer(), commune, topic, slot, day)
                    book(session, request, now=NOW, links=LINKS)
                booked += len(day.slots)
    return booked


def book_for(site: LiveSite, person: Canary, commune: str, topic: str) -> str:
    """Book the first free time of a commune for that person, without any page; returns the token of
    its link."""
    with _session(site) as session:
        day = _free_days(session, commune, topic)[0]
        request = _request(person, commune, topic, day.slots[0], day)
        return book(session, request, now=NOW, links=LINKS)


def expired_link(site: LiveSite, person: Canary) -> str:
    """The token of an appointment of some months ago."""
    token = book_for(site, person, "breuillet", "motdepasse")
    with _session(site) as session, session.begin():
        query = select(Engagement).join(Appointment)
        held = session.scalars(query.where(Appointment.link_token_hash == hash_token(token))).one()
        ago = LONG_AGO + held.id * A_WEEK  # never two at one time
        held.starts_at, held.ends_at = held.starts_at - ago, held.ends_at - ago
    return token


@contextmanager
def _session(site: LiveSite) -> Iterator[Session]:
    engine = site.database.engine()
    with Session(engine) as session:
        yield session
    engine.dispose()


def _free_days(session: Session, commune: str, topic: str) -> tuple[ShownDay, ...]:
    catalogue = read_catalogue(session)
    entry = catalogue.topic(topic)
    home = catalogue.commune(commune)
    search = Search(AvailabilityKind.PERMANENCE, home, entry, entry.minutes)
    return find_times(session, catalogue, search, now=NOW).days


def _request(person: Canary, commune: str, topic: str, slot: Slot, day: ShownDay) -> BookingRequest:
    venue = day.venue.slug if day.venue else None
    return BookingRequest(
        choice=Choice(AvailabilityKind.PERMANENCE, commune, topic, slot.starts_at, venue),
        person=Person(person.first_name, person.last_name, parse_phone(person.phone), None),
        helper=None,
        home=None,
        message_channel=MessageChannel.NONE,
        message_to=Recipient.PERSON,
        language="fr",
        channel=Channel.WEB,
        form_key=secrets.token_hex(16),
    )
