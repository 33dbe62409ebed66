"""The half-year that is computed by hand, written to the tables of the stage.

What happened is told in `tests/domain/three_communes`; Alice is Jeanne, Bob is Karim, and the first
three communes of the stage take the numbers of Arvert, Breuillet and Vaux.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    CancelledBy,
    Channel,
    EngagementKind,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.cubes import Entry
from app.domain.hours import Meeting
from app.domain.schedule import Absence as AbsenceFact
from app.domain.schedule import Availability as Rule
from app.domain.schedule import Closure as ClosureFact
from app.domain.schedule import Replacement as ReplacementFact
from app.domain.workshops import WorkshopStatus
from app.models.appointment import Appointment, Engagement, Resident
from app.models.attendance import AttendanceRow, HalfYearClosing
from app.models.places import Commune, Territory, Topic, Venue
from app.models.schedule import Absence, Availability, Closure, Replacement
from app.models.workshops import WorkshopEngagement, WorkshopSession
from app.services.sharing_keys import store_key
from app.services.transaction import write_transaction
from tests.domain.builders import ALICE, BOB, at
from tests.domain.three_communes import (
    ENTRIES,
    INSEE,
    KEYS,
    MEETINGS,
    TIMETABLE,
    WORKSHOPS,
    on,
)
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.workshops import plan_workshop

AFTER = datetime(2026, 7, 30, 8, tzinfo=UTC)
"""The first morning on which the half-year may be closed."""
VENUES = {10: "mairie-amont", 20: "mairie-aval", 30: "mairie-butte"}
SLUGS = {1: "amont", 2: "aval", 3: "butte"}
LONG_BEFORE = datetime(2025, 11, 1, 8, tzinfo=UTC)
SETS = ("themes", "procedures", "devices")


def live_spring(stage: Stage) -> None:
    """Write the half-year: plan, meetings, workshop, records, keys; autumn before it is closed."""
    Spring(stage).write()


class Spring:
    """What the stage calls the people and places of the computed half-year."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.session = stage, stage.session
        self.who = {ALICE: stage.counsellor("jeanne"), BOB: stage.counsellor("karim")}
        communes = {row.slug: row.id for row in self.session.scalars(select(Commune))}
        self.where = {number: communes[slug] for number, slug in SLUGS.items()}
        venues = {row.slug: row.id for row in self.session.scalars(select(Venue))}
        self.venues = {number: venues[slug] for number, slug in VENUES.items()}
        self.topic = self.session.scalars(select(Topic.id).order_by(Topic.id)).first()

    def write(self) -> None:
        session, clerk = self.session, coordinator(self.session)
        with write_transaction(session):
            for table in (Availability, Absence, Replacement, Closure):
                session.execute(delete(table))
            for number, code in INSEE.items():
                session.get_one(Commune, self.where[number]).insee_code = code
            session.add_all(map(self._rule, count(1), TIMETABLE.availabilities))
            session.add_all(map(self._fact, [*TIMETABLE.absences, *TIMETABLE.replacements]))
            session.add_all(map(self._fact, TIMETABLE.closures))
            session.add_all(map(self._meeting, MEETINGS))
            session.add_all(self._not_held())
            write_entries(session, ENTRIES)
            last = HalfYearClosing(
                half_year="2025-2", closed_on=on(1, 30), closed_by_id=clerk, missing=0
            )
            session.add(last)
            for key in KEYS:
                store_key(session, key, by=clerk, today=on(1, 5))
            session.scalars(select(Territory)).one().revision += 1
        self._workshop()

    def _rule(self, number: int, rule: Rule) -> Availability:
        each = rule.recurrence
        return Availability(
            code=f"spring-{number}",
            counsellor_id=self.who[rule.counsellor_id],
            kind=rule.kind,
            venue_id=self.venues[rule.place.venue_id or 0] if rule.place else None,
            commune_slugs=[SLUGS[number] for number in sorted(rule.commune_ids)],
            frequency=each.frequency,
            weekday=each.weekday,
            first_on=each.first_on,
            from_time=rule.from_time,
            to_time=rule.to_time,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
            skipped_dates=[day.isoformat() for day in each.skipped_dates],
            extra_dates=[],
            recorded_at=LONG_BEFORE,
        )

    def _fact(self, fact: AbsenceFact | ReplacementFact | ClosureFact) -> object:
        during: dict[str, Any] = {
            "starts_at": fact.starts_at, "ends_at": fact.ends_at, "recorded_at": LONG_BEFORE
        }  # fmt: skip
        if isinstance(fact, AbsenceFact):
            return Absence(counsellor_id=self.who[fact.counsellor_id], **during)
        if isinstance(fact, ReplacementFact):
            absent, substitute = self.who[fact.absent_id], self.who[fact.substitute_id]
            return Replacement(absent_id=absent, substitute_id=substitute, **during)
        return Closure(venue_id=self.venues[fact.venue_id], reason="travaux", **during)

    def _meeting(self, meeting: Meeting) -> Appointment:
        """Somebody who came; booked so long before that the delays make 64 days with the absent."""
        return self.appointment(
            meeting.starts_at,
            meeting.minutes,
            meeting.commune_id,
            who=meeting.counsellor_id,
            is_visit=meeting.is_visit,
            booked_days=8,
        )

    def _not_held(self) -> Iterable[Appointment]:
        """One did not come, two cancelled, one was cancelled; and one came without appointment."""
        absent, cancelled = AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELLED
        by_person, by_service = CancelledBy.PERSON, CancelledBy.SERVICE
        hours = (at(on(4, 13), f"{hour}:00") for hour in (10, 11))
        yield self.appointment(next(hours), 30, 1, status=absent, booked_days=8)
        yield self.appointment(next(hours), 30, 1, status=cancelled, cancelled_by=by_person)
        yield self.appointment(
            at(on(5, 20), "9:00"), 30, 3, status=cancelled, cancelled_by=by_person
        )
        yield self.appointment(
            at(on(3, 10), "14:00"), 30, 2, who=BOB, status=cancelled, cancelled_by=by_service
        )

    def appointment(
        self,
        starts_at: datetime,
        minutes: int,
        commune: int,
        *,
        who: int = ALICE,
        is_visit: bool = False,
        booked_days: int = 30,
        status: AppointmentStatus = AppointmentStatus.ATTENDED,
        cancelled_by: CancelledBy | None = None,
        is_recorded: bool = True,
    ) -> Appointment:
        """An appointment of the half-year; what becomes of it is said by the rest."""
        window = 30 if is_visit else 0
        return Appointment(
            resident=Resident(
                first_name="Rose", last_name="Serin", language="fr", created_at=LONG_BEFORE
            ),
            engagement=Engagement(
                counsellor_id=self.who[who],
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes + window),
                kind=EngagementKind.APPOINTMENT,
                commune_id=self.where[commune],
                venue_id=None if is_visit else self.venues[10 * commune],
                occupies=status is not AppointmentStatus.CANCELLED,
            ),
            commune_id=self.where[commune],
            topic_id=self.topic,
            place_kind=PlaceKind.HOME if is_visit else PlaceKind.VENUE,
            topic_minutes=minutes,
            window_minutes=window or None,
            status=status,
            cancelled_by=cancelled_by,
            channel=Channel.WEB,
            language="fr",
            booked_at=starts_at - timedelta(days=booked_days),
            updated_at=starts_at,
            message_channel=MessageChannel.NONE,
            message_to=Recipient.PERSON,
            is_recorded=is_recorded,
        )

    def _workshop(self) -> None:
        """The workshop of 29 May, led by both; its record is among the others."""
        session, time_ = self.session, WORKSHOPS[0]
        workshop = plan_workshop(session, time_.starts_at, recorded_at=LONG_BEFORE)
        with write_transaction(session):
            row = session.scalars(
                select(WorkshopSession).where(WorkshopSession.workshop_id == workshop)
            ).one()
            row.commune_id, row.venue_id = self.where[3], self.venues[30]
            row.status, row.is_recorded = WorkshopStatus.PLANNED, True
            (first, *others), (hold,) = WORKSHOPS, row.holds
            hold.engagement.counsellor_id = self.who[first.counsellor_id]
            hold.engagement.starts_at, hold.engagement.ends_at = first.starts_at, first.ends_at
            hold.engagement.commune_id = self.where[3]
            hold.engagement.venue_id = self.venues[30]
            for each in others:
                held = Engagement(
                    counsellor_id=self.who[each.counsellor_id],
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                    kind=EngagementKind.WORKSHOP,
                    commune_id=self.where[3],
                    venue_id=self.venues[30],
                )
                session.add(WorkshopEngagement(session=row, engagement=held))


def write_entries(session: Session, entries: Iterable[Entry]) -> None:
    """The lines of those records, under the day on which each counts; to be committed."""
    for entry in entries:
        values = asdict(entry.record)
        values |= {name: sorted(values[name]) for name in SETS}
        session.add(AttendanceRow(**values, counted_on=entry.counted_on))
