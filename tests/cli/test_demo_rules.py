"""Every fictional appointment could have been booked: checked again from the rows alone."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import Channel, EventKind
from app.domain.availability import AvailabilityKind
from app.domain.calendar import local_day
from app.domain.messages import SubjectKind
from app.domain.schedule import Absence as AbsenceFact
from app.domain.schedule import expand
from app.domain.slots import Engaged, Facts, OpeningIndex, Wish, find_slots
from app.domain.travel import Place
from app.models.appointment import Appointment, AppointmentEvent, Engagement
from app.models.outbox import OutboxMessage
from app.models.places import Commune
from app.models.schedule import Absence
from app.services.catalogue import Catalogue, read_catalogue
from app.services.slots import read_timetable
from tests.support.demo_days import DAYS, PLAIN, Demo, demo_of
from tests.support.sources import ROOT

SAME_COMMUNE_MINUTES = 10


@pytest.fixture(params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest, run_folder: Path) -> Demo:
    return demo_of(run_folder, request.param)


def test_nobody_is_in_two_places_nor_late_on_the_road(demo: Demo) -> None:
    """By brute force, on the minutes of the territory's file: no code of ours is asked."""
    by_person: dict[int, list[Engagement]] = defaultdict(list)
    with demo.session() as session:
        minutes = minutes_of_the_file(dict(session.execute(select(Commune.slug, Commune.id)).all()))
        query = select(Engagement).where(Engagement.occupies).order_by(Engagement.starts_at)
        for each in session.scalars(query):
            by_person[each.counsellor_id].append(each)
    assert len(by_person) == 2
    for engaged in by_person.values():
        for one, other in combinations(engaged, 2):
            assert one.ends_at <= other.starts_at
        for one, other in pairwise(engaged):
            free = (other.starts_at - one.ends_at).total_seconds() / 60
            is_same_venue = one.venue_id is not None and one.venue_id == other.venue_id
            needed = 0 if is_same_venue else minutes[one.commune_id, other.commune_id]
            assert free >= needed, (one.id, other.id)


def minutes_of_the_file(ids: dict[str, int]) -> dict[tuple[int, int], int]:
    """Each pair of the file both ways, and each commune with itself."""
    file = ROOT / "territories/presquile-arvert.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["travel"]
    minutes = {(commune, commune): SAME_COMMUNE_MINUTES for commune in ids.values()}
    for here, ways in listed.items():
        for there, length in ways.items():
            minutes[ids[here], ids[there]] = minutes[ids[there], ids[here]] = length
    return minutes


@dataclass
class Held:
    """What an appointment occupied at some instant of the story."""

    engaged: Engaged
    length: timedelta


def test_each_time_was_on_offer_when_it_was_taken(run_folder: Path) -> None:
    """The history is played again: at each booking and move, the site would have shown it."""
    demo = demo_of(run_folder, PLAIN)
    with demo.session() as session:
        replay = Replay(session, demo.day)
        for event, appointment in replay.events():
            replay.play(event, appointment)
    assert replay.taken > 250
    assert replay.not_offered == []


class Replay:
    """The openings known at each instant, and who held what by then."""

    def __init__(self, session: Session, today: date) -> None:
        self.session = session
        self.catalogue: Catalogue = read_catalogue(session)
        self.timetable = read_timetable(self.catalogue, today)
        self.first, self.last = today - timedelta(days=28), today + timedelta(days=60)
        self.absences = session.scalars(select(Absence).order_by(Absence.id)).all()
        self.indexes: dict[int, OpeningIndex] = {}
        self.held: dict[int, Held] = {}
        self.taken = 0
        self.not_offered: list[tuple[int, EventKind]] = []

    def events(self) -> list[tuple[AppointmentEvent, Appointment]]:
        query = (
            select(AppointmentEvent, Appointment)
            .join(Appointment, Appointment.id == AppointmentEvent.appointment_id)
            .where(AppointmentEvent.kind.in_([EventKind.BOOKED, EventKind.MOVED, "CANCELLED"]))
            .where(Appointment.channel != Channel.WALK_IN)  # whoever just comes takes no time
            .order_by(AppointmentEvent.at, AppointmentEvent.id)
        )
        return [(event, appointment) for event, appointment in self.session.execute(query)]

    def play(self, event: AppointmentEvent, appointment: Appointment) -> None:
        self.held.pop(appointment.id, None)
        if event.kind is EventKind.CANCELLED:
            return
        engagement = appointment.engagement
        length = engagement.ends_at - engagement.starts_at
        engaged = Engaged(
            event.new_counsellor_id or 0,
            event.new_starts_at or event.at,
            (event.new_starts_at or event.at) + length,
            Place(engagement.commune_id, event.new_venue_id),
        )
        day = local_day(engaged.starts_at, self.catalogue.timezone)
        offered = find_slots(
            self._facts(event.at, day),
            self._wish(appointment, engaged.place),
            first=day,
            last=day,
            for_desk=event.channel is not Channel.WEB,
        )
        self.taken += 1
        if not any(_is_same(slot, engaged) for slot in offered):
            self.not_offered.append((appointment.id, event.kind))
        self.held[appointment.id] = Held(engaged, length)

    def _wish(self, appointment: Appointment, place: Place) -> Wish:
        at_home = place.venue_id is None
        return Wish(
            kind=AvailabilityKind.HOME_VISITS if at_home else AvailabilityKind.PERMANENCE,
            commune_id=place.commune_id,
            duration_minutes=appointment.topic_minutes,
            venue_id=place.venue_id,
            resident_commune_id=appointment.commune_id,
        )

    def _facts(self, at: datetime, day: date) -> Facts:
        return Facts(
            openings=self._index(at),
            engaged=[
                held.engaged
                for held in self.held.values()
                if local_day(held.engaged.starts_at, self.catalogue.timezone) == day
            ],
            travel=self.catalogue.travel,
            settings=self.catalogue.settings,
            now=at,
            timezone=self.catalogue.timezone,
            holidays=self.timetable.holidays,
        )

    def _index(self, at: datetime) -> OpeningIndex:
        """An absence counts from the hour when somebody wrote it down."""
        known = [row for row in self.absences if row.recorded_at <= at]
        if len(known) not in self.indexes:
            absences = [AbsenceFact(row.counsellor_id, row.starts_at, row.ends_at) for row in known]
            timetable = replace(self.timetable, absences=absences)
            self.indexes[len(known)] = OpeningIndex(expand(timetable, self.first, self.last))
        return self.indexes[len(known)]


def _is_same(slot: object, engaged: Engaged) -> bool:
    names = ("counsellor_id", "starts_at", "ends_at", "place")
    return all(getattr(slot, name) == getattr(engaged, name) for name in names)


def test_who_is_expected_was_told_what_is_true(run_folder: Path) -> None:
    """The latest message of each appointment carries its present version."""
    with demo_of(run_folder, PLAIN).session() as session:
        versions = defaultdict(list)
        about = OutboxMessage.subject_kind == SubjectKind.APPOINTMENT
        for message in session.scalars(select(OutboxMessage).where(about)):
            versions[message.subject_id].append(message.version)
        sequences = dict(session.execute(select(Appointment.id, Appointment.sequence)).all())
    assert len(versions) > 100
    assert {key for key, told in versions.items() if max(told) != sequences[key]} == set()
