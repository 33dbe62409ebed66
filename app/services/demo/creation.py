"""Making the demo: the territory and timetable of files, then the story until the demo's day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import MetaData, Table, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import DropTable

from app.domain.availability import Opening
from app.domain.overlay import merge_overlay
from app.domain.schedule import expand
from app.domain.territory import parse_territory
from app.domain.timetable import parse_timetable
from app.gateways.holidays import public_holidays
from app.models.accounts import Counsellor
from app.models.appointment import Appointment
from app.models.places import Commune, Territory
from app.services.catalogue import read_catalogue
from app.services.demo.aftermath import Aftermath
from app.services.demo.agenda import Agenda
from app.services.demo.attendance import Attendance
from app.services.demo.calendar import DemoCalendar
from app.services.demo.demand import Demand
from app.services.demo.history import History, Illness, Stage
from app.services.demo.records import Records, Ticket
from app.services.demo.team import open_accounts
from app.services.demo.waiting import Queue
from app.services.demo.workshops import tell_workshops
from app.services.links import Links
from app.services.slots import read_timetable
from app.services.territory import load_territory
from app.services.timetable import load_timetable, timetable_refs
from app.services.transaction import write_transaction

DEMO_EMAIL = "@demo.invalid"
ILL = "karim"
ILL_BEFORE_DAYS = 8
TOLD_AT = time(7, 40)
EXAMPLE_AFTER_DAYS = 3


class NotTheDemo(Exception):
    """The database holds appointments that the demo did not make; nothing was changed."""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """The three files of the demo, as read: nothing of them is checked yet."""

    territory: Mapping[str, Any]
    overlay: Mapping[str, Any]
    timetable: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What to show of the demo: how much there is, one appointment to find again, one place
    that is offered."""

    appointments: int
    reference: int
    phone: str
    """E.164."""
    token: str
    offer_token: str
    """Of a place that a text message offers."""


def wipe(session: Session) -> None:
    """Drop every table. Raises NotTheDemo for a database that serves a real territory."""
    with write_transaction(session):
        connection = session.connection()
        inspector = inspect(connection)
        if inspector.has_table(Territory.__tablename__) and _is_real(session):
            raise NotTheDemo
        named = inspector.get_sorted_table_and_fkc_names()
        for name, _ in reversed(named):
            if name is not None:
                connection.execute(DropTable(Table(name, MetaData())))


def _is_real(session: Session) -> bool:
    """Whether a territory is loaded that is not the demo's."""
    service = session.scalar(select(Territory.service))
    return service is not None and not service["email"].endswith(DEMO_EMAIL)


def create_demo(session: Session, files: DemoFiles, today: date, links: Links) -> DemoSummary:
    """Fill an empty, migrated database with the demo of that local day; always the same one.

    Raises InvalidFile where a file is wrong.
    """
    territory = parse_territory(merge_overlay(files.territory, files.overlay))
    holidays = public_holidays(today.year - 1, today.year + 1)
    calendar = DemoCalendar(today, ZoneInfo(territory.timezone), holidays)
    load_territory(session, territory, overwrite=False, now=calendar.prepared_at)
    timetable = _Timetable(session, calendar, files.timetable)
    timetable.load(at=calendar.prepared_at, on=calendar.first_day)
    # An own source of chance: the accounts change nothing in the story.
    open_accounts(session, Random(territory.slug), calendar.prepared_at)  # noqa: S311 # nosec B311
    # Not random at all: the same day gives the same demo, and nothing of it is secret.
    rng = Random(f"{territory.slug} {today}")  # noqa: S311 # nosec B311
    catalogue = read_catalogue(session)
    stage = Stage(
        session=session,
        rng=rng,
        calendar=calendar,
        catalogue=catalogue,
        agenda=Agenda(catalogue, holidays),
        demand=Demand(rng, calendar, catalogue, _populations(session)),
        records=Records(session, links, rng),
    )
    stage.agenda.show(timetable.openings())
    history = History(stage, _illness(stage, timetable))
    history.tell()
    # Again an own source: who waits and what carriers said change nothing in the story.
    chance = Random(f"{territory.slug} {today} afterwards")  # noqa: S311 # nosec B311
    queue = Queue(session, catalogue, calendar, history.crowd, chance, links)
    offer_token = queue.tell()
    Aftermath(session, catalogue, chance, calendar.now).tell()
    tell_workshops(session, calendar, catalogue, links)
    told = Random(f"{territory.slug} {today} attendance")  # noqa: S311 # nosec B311
    Attendance(session, calendar, told).tell(stage.agenda.openings)
    return _summary(session, history.tickets, calendar, links, offer_token)


def _populations(session: Session) -> dict[int, int]:
    rows = session.execute(select(Commune.id, Commune.population))
    return {commune_id: population or 1 for commune_id, population in rows}


class _Timetable:
    """The timetable file, loaded as an operator would: once at first, once for the illness."""

    def __init__(self, session: Session, calendar: DemoCalendar, weekly: Mapping[str, Any]) -> None:
        self._session = session
        self._calendar = calendar
        self._weekly = weekly

    def load(self, *, at: datetime, on: date, ill_on: date | None = None) -> None:
        raw = self._calendar.timetable(self._weekly, ill_on)
        file = parse_timetable(raw, timetable_refs(self._session, on))
        load_timetable(self._session, file, now=at, effective_on=on)

    def openings(self) -> list[Opening]:
        """As loaded, over the whole period and until the end of the booking window."""
        catalogue, today = read_catalogue(self._session), self._calendar.today
        last = today + timedelta(days=catalogue.settings.booking_window_days)
        timetable = read_timetable(catalogue, today)
        return expand(timetable, self._calendar.first_day, last)


def _illness(stage: Stage, timetable: _Timetable) -> Illness:
    """Karim, on his latest day at work that is a week old."""
    query = select(Counsellor.id).where(Counsellor.code == ILL)
    counsellor_id = stage.session.scalars(query).one()
    last = stage.calendar.today - timedelta(days=ILL_BEFORE_DAYS)
    on = max(
        each.on
        for each in stage.agenda.openings
        if each.counsellor_id == counsellor_id and each.on <= last
    )
    at = stage.calendar.at(on, TOLD_AT)

    def declare() -> None:
        timetable.load(at=at, on=on, ill_on=on)
        stage.agenda.show(timetable.openings())

    return Illness(counsellor_id, on, at, declare)


def _summary(
    session: Session,
    tickets: Sequence[Ticket],
    calendar: DemoCalendar,
    links: Links,
    offer_token: str,
) -> DemoSummary:
    """The example is the first appointment that can still be moved, of somebody with a mobile."""
    soon = calendar.now + timedelta(days=EXAMPLE_AFTER_DAYS)
    example = min(
        (each for each in tickets if _is_plain(each) and each.slot.starts_at > soon),
        key=lambda each: (each.slot.starts_at, each.id),
    )
    appointment = session.scalars(select(Appointment).where(Appointment.id == example.id)).one()
    return DemoSummary(
        appointments=len(tickets),
        reference=appointment.reference or 0,
        phone=example.request.limit_phone,
        token=links.token(appointment.id, appointment.link_version),
        offer_token=offer_token,
    )


def _is_plain(ticket: Ticket) -> bool:
    """Somebody who speaks French and booked for themselves, at a venue, from a mobile."""
    request = ticket.request
    return (
        not ticket.is_cancelled
        and request.language == "fr"
        and request.helper is None
        and request.home is None
        and request.person.phone is not None
        and request.person.phone.is_mobile
    )
