"""The team on the presqu'île, signed in: coordinator, counsellors, desks, referent, committee.

« Own » is Breuillet and the first counsellor, « foreign » Vaux-sur-Mer and the second one.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import CallTime, Channel, MessageChannel, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.booking import BookingRequest, Choice, Home, Person, Phone
from app.domain.slots import Slot
from app.models.accounts import Counsellor
from app.models.appointment import Appointment
from app.models.places import Commune, Venue
from app.services.accounts import open_session
from app.services.booking import book
from app.services.catalogue import read_catalogue
from app.services.links import Links, hash_token
from app.services.team import AccountRequest, create_user
from app.services.times import Search, find_times
from app.web.clock import utc_now
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.presquile import NOW
from tests.support.run_folder import only_one
from tests.support.site import MakeApp
from tests.support.timetable_subjects import timetable_subjects

OWN, FOREIGN = "breuillet", "vaux-sur-mer"
LINKS = Links("links of the team's tests")


@dataclass
class Team:
    """The accounts by name, and what they may try to open: (own, foreign) by name of parameter."""

    app: Flask
    database: Database
    users: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the test's own on the same database."""
        engine = self.database.engine()
        with Session(engine) as session:
            yield session
        engine.dispose()

    def address(self, path: str, *, is_own: bool) -> str:
        """The address with the ids of the own or the foreign subject in it."""
        for name, (own, foreign) in self.subjects.items():
            path = path.replace(f"<{name}>", str(own if is_own else foreign))
        assert "<" not in path, f"{path}: no subject of that name in tests.support.team"
        return path

    def client(self, name: str) -> PageClient:
        """The browser of that colleague, signed in a moment ago (at the hour of the clock)."""
        with self.app.app_context(), self.session() as session:
            key = open_session(session, self.users[name], "Firefox, Linux", now=utc_now())
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        return client


MakeTeam = Callable[[Flask], Team]


@pytest.fixture
def team(make_team: MakeTeam, monday: time_machine.Traveller, make_app: MakeApp) -> Team:
    """Accounts without passwords; one appointment of the own and one of the foreign commune."""
    return make_team(make_app())


@pytest.fixture(scope="session")
def team_template(run_folder: Path, presquile_template: Path) -> Path:
    """The presqu'île with the team in it, to be copied; who is who stands beside it."""
    file = run_folder / "team.sqlite"
    with only_one(run_folder, "team"):
        if not file.exists():
            unfinished = Database(f"sqlite:///{run_folder / 'unfinished-team.sqlite'}")
            unfinished.fill(presquile_template)
            users, subjects = _engage_team(unfinished)
            (run_folder / "team.json").write_text(json.dumps([users, subjects]))
            (run_folder / "unfinished-team.sqlite").rename(file)
    return file


@pytest.fixture
def make_team(presquile: Database, team_template: Path) -> MakeTeam:
    """The team on a site with settings of its own: make_team(make_app(public_url="https://…"))."""

    presquile.fill(team_template)

    def make(app: Flask) -> Team:
        users, subjects = json.loads(team_template.with_suffix(".json").read_text())
        pairs = {name: (own, foreign) for name, (own, foreign) in subjects.items()}
        return Team(app, presquile, users, pairs)

    return make


def _engage_team(database: Database) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    made = Team(Flask(__name__), database)
    with made.session() as session:
        _open_accounts(session, made)
        made.subjects["appointment_id"] = (
            book_a_person(session, OWN, "Apolline", "Baiebrune", 1),
            book_a_person(session, FOREIGN, "Gaspard", "Ramendou", 2),
        )
        cards = [
            session.get_one(Appointment, each).resident_id
            for each in made.subjects["appointment_id"]
        ]
        made.subjects["resident_id"] = (cards[0], cards[1])
    return made.users, made.subjects


def _open_accounts(session: Session, team: Team) -> None:
    communes = dict(session.execute(select(Commune.slug, Commune.id)).all())
    venues = dict(session.execute(select(Commune.slug, Venue.id).join(Venue)).all())
    first, second = session.scalars(select(Counsellor.id).order_by(Counsellor.id)).all()[:2]
    own, foreign = frozenset({communes[OWN]}), frozenset({communes[FOREIGN]})
    accounts = {
        "coordinator": (Role.COORDINATOR, frozenset(), None),
        "counsellor": (Role.COUNSELLOR, frozenset(), first),
        "colleague": (Role.COUNSELLOR, frozenset(), second),
        "desk": (Role.CCAS_AGENT, own, None),
        "foreign_desk": (Role.CCAS_AGENT, foreign, None),
        "referent": (Role.REFERENT, own, None),
        "committee": (Role.COMMITTEE, frozenset(), None),
    }
    for name, (role, commune_ids, counsellor_id) in accounts.items():
        request = AccountRequest(
            email=f"{name.replace('_', '.')}@equipe.invalid",
            first_name=name.capitalize(),
            last_name="Essai",
            role=role,
            commune_ids=commune_ids,
            counsellor_id=counsellor_id,
        )
        team.users[name] = create_user(session, request, by=None, now=NOW)
    team.subjects |= {
        "commune_id": (communes[OWN], communes[FOREIGN]),
        "venue_id": (venues[OWN], venues[FOREIGN]),
        "counsellor_id": (first, second),
        "session_id": (999_001, 999_002),
        "message_id": (999_001, 999_002),
        "texte": ("fr-sms-reminder-venue", "en-email-offer-subject"),
        "topic_id": (1, 2),
        "user_id": (team.users["desk"], team.users["foreign_desk"]),
        **timetable_subjects(
            session,
            team.users["coordinator"],
            (first, second),
            (venues[OWN], venues[FOREIGN]),
        ),
    }


def book_a_person(
    session: Session,
    commune: str,
    first_name: str,
    last_name: str,
    number: int,
    *,
    topic: str = "email",
    is_visit: bool = False,
    channel: Channel = Channel.WEB,
) -> int:
    """Book the first free time in a commune for somebody who lives there; the appointment's id.

    The first counsellor holds what is booked in OWN, the second what is booked in FOREIGN.
    """
    kind = AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE
    slot = free_slot(session, commune, topic, kind)
    catalogue = read_catalogue(session)
    venue = catalogue.venue_by_id(slot.place.venue_id).slug if slot.place.venue_id else None
    request = BookingRequest(
        choice=Choice(kind, commune, topic, slot.starts_at, venue),
        person=Person(first_name, last_name, Phone(f"+3363998{number:04}", True, False), None),
        helper=None,
        home=Home("4 rue des Essais", None, CallTime.ANY) if is_visit else None,
        message_channel=MessageChannel.NONE,
        message_to=Recipient.PERSON,
        language="fr",
        channel=channel,
        form_key=secrets.token_hex(16),
    )
    token = book(session, request, now=NOW, links=LINKS)
    found = select(Appointment.id).where(Appointment.link_token_hash == hash_token(token))
    return session.scalars(found).one()


def free_slot(session: Session, commune: str, topic: str, kind: AvailabilityKind) -> Slot:
    """The first free time there, held by the counsellor of that side of the peninsula."""
    catalogue = read_catalogue(session)
    entry = catalogue.topic(topic)
    search = Search(kind, catalogue.commune(commune), entry, entry.minutes)
    days = find_times(session, catalogue, search, now=NOW).days
    return days[0].slots[0]
