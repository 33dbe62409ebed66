"""A database with the stage in it, and the words to book there."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, Table, create_engine, func, insert, select, text, update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    CallTime,
    Channel,
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.availability import AvailabilityKind
from app.domain.booking import BookingRequest, Choice, Helper, Home, Person, Phone
from app.domain.territory import parse_territory
from app.domain.timetable import parse_timetable
from app.models import Base
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.models.places import Commune, Territory
from app.services import booking
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, read_catalogue
from app.services.links import Links, hash_token
from app.services.territory import load_territory
from app.services.throttle import Quota
from app.services.timetable import load_timetable, timetable_refs
from tests.support.databases import Database
from tests.support.run_folder import only_one
from tests.support.stage_plan import NOW, TODAY, at, territory, timetable

LINKS = Links("a key that protects nothing")
PERSON = Phone("+33639980001", is_mobile=True, is_foreign=False)
AIDE = Phone("+33639980002", is_mobile=True, is_foreign=False)
LANDLINE = Phone("+33546000000", is_mobile=False, is_foreign=False)
ABROAD = Phone("+447400123456", is_mobile=True, is_foreign=True)
HELPER = Helper("Marc Serin", AIDE, HelperRelation.RELATIVE)
HOME = Home("12 impasse du Moulin", None, CallTime.ANY)
TUESDAY_AT_NINE = "2026-11-24T09:00"
WEDNESDAY_VISIT = "2026-11-25T14:00"
_numbers = count(1)


def phone(number: int | None = None) -> Phone:
    """A mobile phone in the block kept for fiction; without a number, one that nobody has yet."""
    rank = next(_numbers) + 1000 if number is None else number
    return Phone(f"+3363998{rank:04}", is_mobile=True, is_foreign=False)


def choice(
    start: str = TUESDAY_AT_NINE, venue: str | None = "mairie-amont", **changes: Any
) -> Choice:
    """A time at a venue, or a visit where the venue is None; for somebody of Amont."""
    kind = AvailabilityKind.PERMANENCE if venue else AvailabilityKind.HOME_VISITS
    return replace(Choice(kind, "amont", "email", at(start), venue), **changes)


def request(wanted: Choice | None = None, **changes: Any) -> BookingRequest:
    """A whole request; `phone` is the person's, the rest are fields of the request."""
    wanted = wanted or choice()
    person = Person("Rose", "Serin", changes.pop("phone", PERSON), None)
    given = BookingRequest(
        choice=wanted,
        person=person,
        helper=None,
        home=HOME if wanted.kind is AvailabilityKind.HOME_VISITS else None,
        message_channel=MessageChannel.SMS,
        message_to=Recipient.PERSON,
        language="fr",
        channel=Channel.WEB,
        form_key=uuid4().hex,
    )
    return replace(given, **changes)


def set_stage(session: Session, *, now: datetime = NOW, **settings: Any) -> None:
    """Load the territory and the week."""
    load_territory(session, parse_territory(territory(**settings)), overwrite=True, now=now)
    change_timetable(session, now=now)


def change_timetable(session: Session, *, now: datetime = NOW, **tables: Any) -> None:
    """The week again, with these absences, replacements, closures or rules."""
    file = parse_timetable(timetable(**tables), timetable_refs(session, TODAY))
    load_timetable(session, file, now=now, effective_on=TODAY)


@dataclass
class Stage:
    """The database of a test, the stage loaded."""

    session: Session

    @property
    def catalogue(self) -> Catalogue:
        return read_catalogue(self.session)

    def change_territory(self, raw: dict[str, Any]) -> None:
        load_territory(self.session, parse_territory(raw), overwrite=True, now=NOW)

    def change_timetable(self, **tables: Any) -> None:
        change_timetable(self.session, **tables)

    def change_agreement(self, slug: str, **dates: date) -> None:
        """A commune's convention has other dates, whatever hours are planned there."""
        commune = update(Commune).where(Commune.slug == slug)
        self.session.execute(commune.values(**dates))
        self.session.execute(update(Territory).values(revision=Territory.revision + 1))
        self.session.commit()

    def book(
        self,
        wanted: BookingRequest | Choice | None = None,
        *,
        now: datetime = NOW,
        quotas: Iterable[Quota] = (),
        **changes: Any,
    ) -> str:
        """Book; its token."""
        if not isinstance(wanted, BookingRequest):
            wanted = request(wanted, **changes)
        return booking.book(self.session, wanted, now=now, links=LINKS, quotas=quotas)

    def move(self, token: str, wanted: Choice, *, now: datetime = NOW, **how: Any) -> None:
        booking.reschedule(self.session, self.appointment(token).id, wanted, now=now, **how)

    def cancel(self, token: str, *, now: datetime = NOW, by: Act | None = None) -> None:
        booking.cancel(self.session, self.appointment(token).id, now=now, by=by)

    def appointment(self, token: str) -> Appointment:
        """The row that the link opens, as the database has it now."""
        self.session.rollback()
        opened = select(Appointment).where(Appointment.link_token_hash == hash_token(token))
        return self.session.scalars(opened).one()

    def where(self, token: str) -> tuple[str, datetime, str | None]:
        """With whom, when, and at which venue."""
        held = self.appointment(token).engagement
        return held.counsellor.code, held.starts_at, held.venue.slug if held.venue else None

    def counsellor(self, code: str) -> int:
        return self.session.scalars(select(Counsellor.id).where(Counsellor.code == code)).one()

    def events(self, token: str) -> list[AppointmentEvent]:
        return self._of(AppointmentEvent, token)

    def call_tasks(self, token: str) -> list[CallTask]:
        return self._of(CallTask, token)

    def _of(self, table: Any, token: str) -> list[Any]:
        found = self.appointment(token).id
        rows = select(table).where(table.appointment_id == found).order_by(table.id)
        return list(self.session.scalars(rows))

    def messages(self, token: str) -> list[OutboxMessage]:
        found = self.appointment(token).id
        rows = select(OutboxMessage).where(OutboxMessage.subject_id == found)
        return list(self.session.scalars(rows.order_by(OutboxMessage.id)))

    def count(self, table: type[Base] = Appointment) -> int:
        self.session.rollback()
        return self.session.scalars(select(func.count()).select_from(table)).one()

    def occupied(self) -> int:
        """How many engagements hold."""
        self.session.rollback()
        held = select(func.count()).select_from(Engagement).where(Engagement.occupies)
        return self.session.scalars(held).one()


Rows = dict[Table, list[dict[str, Any]]]
_rows: dict[str, Rows] = {}
"""What the stage is in a PostgreSQL database: loading it costs 20 times writing its rows."""


def _write_rows(session: Session, address: str) -> None:
    """Load the stage, or write again what loading it wrote the first time."""
    if address not in _rows:
        _count_from_one(session)
        set_stage(session)
        tables = Base.metadata.sorted_tables
        found = {table: session.execute(select(table)).mappings() for table in tables}
        _rows[address] = {table: [dict(row) for row in rows] for table, rows in found.items()}
        return
    for table, rows in _rows[address].items():
        if rows:
            session.execute(insert(table), rows)
    session.commit()


def _count_from_one(session: Session) -> None:
    """The first counsellor of the stage is number 1 whatever tests this process ran before."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and session.scalar(select(func.count()).select_from(table)) == 0:
            counter = select(func.pg_get_serial_sequence(table.name, "id"))
            if name := session.scalar(counter):
                session.execute(text(f"ALTER SEQUENCE {name} RESTART"))
    session.commit()


@pytest.fixture(scope="session")
def stage_template(run_folder: Path, sqlite_template: Path) -> Path:
    """A SQLite file with the stage in it, to be copied."""
    file = run_folder / "stage.sqlite"
    with only_one(run_folder, "stage"):
        if not file.exists():
            unfinished = run_folder / "unfinished-stage.sqlite"
            shutil.copyfile(sqlite_template, unfinished)
            engine = create_engine(f"sqlite:///{unfinished}")
            with Session(engine) as session:
                set_stage(session)
            engine.dispose()
            unfinished.rename(file)
    return file


@pytest.fixture
def stage(engine: Engine, database: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The stage, set on the test's own database."""
    if engine.dialect.name == "sqlite":
        database.fill(request.getfixturevalue("stage_template"))
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            _write_rows(session, str(engine.url))
            session.rollback()
        yield Stage(session)
