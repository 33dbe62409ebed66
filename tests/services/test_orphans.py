"""A changed timetable never deletes an appointment: what no longer fits is listed."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    Channel,
    EngagementKind,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.territory import parse_territory
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.places import Commune, Topic, Venue
from app.services.orphans import Orphan, find_orphans
from app.services.territory import load_territory
from app.services.transaction import write_transaction
from tests.support.territory_sample import spoiled
from tests.support.timetable_sample import MONDAY_MORNING, TUESDAY_VISITS, load_sample, timetable

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MONDAY_AT_NINE = datetime(2026, 11, 30, 8, tzinfo=UTC)
TUESDAY_AT_TWO = datetime(2026, 12, 1, 13, tzinfo=UTC)
references = count(100_000)


@pytest.fixture(autouse=True)
def _timetable(session: Session) -> None:
    load_territory(session, parse_territory(spoiled()), overwrite=False, now=NOW)
    load_sample(session, timetable(), now=NOW, on=TODAY)


def booked(
    session: Session, starts_at: datetime, minutes: int, *, at_home: bool = False, **changes: Any
) -> int:
    """An appointment with Jeanne, at the town hall or at home; its id."""
    with write_transaction(session):
        commune_id = session.scalars(select(Commune.id).where(Commune.slug == "amont")).one()
        engagement = Engagement(
            counsellor_id=session.scalars(
                select(Counsellor.id).where(Counsellor.code == "jeanne")
            ).one(),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            kind=EngagementKind.APPOINTMENT,
            commune_id=commune_id,
            venue_id=None if at_home else session.scalars(select(Venue.id)).one(),
            **changes,
        )
        appointment = Appointment(
            resident=Resident(first_name="Prénom", last_name="Nom", language="fr", created_at=NOW),
            engagement=engagement,
            commune_id=commune_id,
            topic_id=session.scalars(select(Topic.id)).one(),
            place_kind=PlaceKind.HOME if at_home else PlaceKind.VENUE,
            topic_minutes=45,
            status=AppointmentStatus.BOOKED,
            channel=Channel.WEB,
            language="fr",
            booked_at=NOW,
            updated_at=NOW,
            reference=next(references),
            message_channel=MessageChannel.NONE,
            message_to=Recipient.PERSON,
        )
        session.add(appointment)
        session.flush()
        return appointment.id


def lost(session: Session, now: datetime = NOW) -> list[int]:
    return [orphan.appointment_id for orphan in find_orphans(session, now=now)]


def load(session: Session, *rules: dict[str, Any], **tables: Any) -> None:
    load_sample(session, timetable(*rules, **tables), now=NOW, on=TODAY)


def test_no_appointment_no_orphan(session: Session) -> None:
    assert find_orphans(session, now=NOW) == []


def test_what_the_timetable_holds_is_no_orphan(session: Session) -> None:
    booked(session, MONDAY_AT_NINE, 45)
    booked(session, TUESDAY_AT_TWO, 90, at_home=True)
    assert lost(session) == []


def test_a_changed_rule_leaves_its_appointments_in_the_list_and_in_the_database(
    session: Session,
) -> None:
    permanence = booked(session, MONDAY_AT_NINE, 45)
    visit = booked(session, TUESDAY_AT_TWO, 90, at_home=True)
    load(session, {**MONDAY_MORNING, "from": "09:30"}, TUESDAY_VISITS)
    assert lost(session) == [permanence]
    load(session, MONDAY_MORNING)
    assert lost(session) == [visit]
    assert session.scalars(select(func.count()).select_from(Appointment)).one() == 2
    assert session.scalars(select(Engagement.occupies)).all() == [True, True]


def test_an_orphan_is_told_without_the_person(session: Session) -> None:
    permanence = booked(session, MONDAY_AT_NINE, 45)
    visit = booked(session, TUESDAY_AT_TWO, 90, at_home=True)
    load(session, {**MONDAY_MORNING, "weekday": "vendredi"})
    by_id = dict(session.execute(select(Appointment.id, Appointment.reference)).all())
    assert find_orphans(session, now=NOW) == [
        Orphan(
            permanence,
            by_id[permanence],
            MONDAY_AT_NINE,
            MONDAY_AT_NINE + timedelta(minutes=45),
            "Jeanne",
            "Mairie d’Amont",
            is_visit=False,
        ),
        Orphan(
            visit,
            by_id[visit],
            TUESDAY_AT_TWO,
            TUESDAY_AT_TWO + timedelta(minutes=90),
            "Jeanne",
            "Amont",
            is_visit=True,
        ),
    ]


def test_an_absence_or_a_closure_makes_orphans_and_its_end_takes_them_back(
    session: Session,
) -> None:
    appointment = booked(session, MONDAY_AT_NINE, 45)
    day = MONDAY_AT_NINE.date()
    for table, row in (
        ("absences", {"counsellor": "jeanne", "from": day, "to": day}),
        ("closures", {"venue": "mairie-amont", "from": day, "to": day, "reason": "travaux"}),
    ):
        load(session, **{table: [row]})
        assert lost(session) == [appointment]
        load(session)
        assert lost(session) == []


def test_a_substitute_does_not_take_the_appointments_by_herself(session: Session) -> None:
    appointment = booked(session, MONDAY_AT_NINE, 45)
    day = MONDAY_AT_NINE.date()
    load(
        session,
        replacements=[{"absent": "jeanne", "substitute": "karim", "from": day, "to": day}],
    )
    assert lost(session) == [appointment]


def test_what_is_cancelled_or_over_is_not_to_be_moved(session: Session) -> None:
    booked(session, MONDAY_AT_NINE, 45, occupies=False)
    booked(session, MONDAY_AT_NINE + timedelta(hours=1), 45)
    load(session, {**MONDAY_MORNING, "weekday": "vendredi"})
    assert len(lost(session)) == 1
    assert lost(session, MONDAY_AT_NINE + timedelta(days=1)) == []
