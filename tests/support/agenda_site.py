"""The team on the day of the appointment of somebody of Breuillet."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.models.appointment import Appointment, CallTask
from app.models.journal import JournalEntry
from tests.support.team import Team

BEFORE = timedelta(minutes=10)


class TheDay:
    """The own appointment of the team, and the clock ten minutes before it."""

    def __init__(self, team: Team, clock: time_machine.Traveller) -> None:
        self.team = team
        self.clock = clock
        self.id, self.foreign_id = team.subjects["appointment_id"]
        self.starts_at: datetime = self.row().engagement.starts_at
        self.page = f"/agents/rendez-vous/{self.id}"
        self.go(-BEFORE)

    def go(self, after: timedelta) -> None:
        """So long after the start of the appointment."""
        self.clock.move_to(self.starts_at + after, tick=False)

    def row(self, appointment_id: int | None = None) -> Appointment:
        """The appointment as the database has it now, its engagement read."""
        with self.team.session() as session:
            row = session.get_one(Appointment, appointment_id or self.id)
            assert row.engagement.venue is None or row.engagement.venue.name
            assert row.resident
            return row

    def acts(self) -> list[str]:
        """What the journal tells of appointments, in order."""
        with self.team.session() as session:
            query = select(JournalEntry.action).where(JournalEntry.subject_kind == "APPOINTMENT")
            return [act.value for act in session.scalars(query.order_by(JournalEntry.id))]

    def calls(self) -> list[CallTask]:
        with self.team.session() as session:
            return list(session.scalars(select(CallTask).order_by(CallTask.id)))

    def change(self, **values: object) -> None:
        """Change the own appointment behind the site's back."""
        with self.team.session() as session:
            row = session.get_one(Appointment, self.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.commit()


@pytest.fixture
def the_day(team: Team, monday: time_machine.Traveller) -> TheDay:
    return TheDay(team, monday)
