"""Jeanne's own agenda on the stage, and the stranger's site that it is read from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.busy_calendars import CalendarFailure
from app.domain.slots import Busy
from app.gateways.fetching import Fetched, FetchFailed
from app.models.calendars import BusyCalendar, BusyTime
from app.services.busy_calendars import (
    PersonalCalendar,
    known_calendar,
    read_due_calendars,
    set_calendar,
)
from app.services.slots import load_facts
from app.services.team import AccountRequest, create_user
from tests.support.agenda_file import agenda, taken
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, at

URL = "https://agenda.example/jeanne.ics?cle=secret"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NINE_TO_TEN = agenda(taken("20261124T080000Z", "20261124T090000Z"))
"""Tuesday at nine in Paris, when Jeanne and Karim both receive in Amont."""


@dataclass
class Stranger:
    """The site of the agenda: what it answers, and what it was asked."""

    body: bytes = NINE_TO_TEN
    etag: str | None = '"1"'
    failure: CalendarFailure | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def fetch(self, url: str, etag: str | None) -> Fetched:
        self.asked.append((url, etag))
        self.meanwhile()
        if self.failure:
            raise FetchFailed(self.failure)
        return Fetched(None if etag and etag == self.etag else self.body, self.etag)


@dataclass
class Own:
    """Jeanne's own agenda."""

    stage: Stage
    user: int
    stranger: Stranger = field(default_factory=Stranger)

    @property
    def person(self) -> int:
        return self.stage.counsellor("jeanne")

    def set(self, url: str = URL, who: str = "jeanne", after: timedelta = 0 * DAY) -> None:
        person = self.stage.counsellor(who)
        set_calendar(self.stage.session, person, url, by=self.user, now=NOW + after)

    def read(self, after: timedelta = 0 * DAY) -> int:
        session, fetch = self.stage.session, self.stranger.fetch
        return read_due_calendars(session, NOW + after, 200, fetch=fetch)

    def row(self) -> BusyCalendar:
        self.stage.session.rollback()
        found = select(BusyCalendar).where(BusyCalendar.counsellor_id == self.person)
        return self.stage.session.scalars(found).one()

    def times(self) -> list[tuple[Any, Any]]:
        self.stage.session.rollback()
        rows = select(BusyTime).order_by(BusyTime.starts_at)
        return [(row.starts_at, row.ends_at) for row in self.stage.session.scalars(rows)]

    def busy(self, after: timedelta = 0 * DAY, **asked: Any) -> list[Busy]:
        self.stage.session.rollback()
        now = NOW + after
        return list(load_facts(self.stage.session, self.stage.catalogue, now=now, **asked).busy)

    def known(self, after: timedelta = 0 * DAY) -> PersonalCalendar:
        self.stage.session.rollback()
        return known_calendar(self.stage.session, self.person, now=NOW + after)


@pytest.fixture
def own(stage: Stage) -> Own:
    request = AccountRequest("c@equipe.invalid", "Camille", "Essai", Role.COORDINATOR)
    return Own(stage, create_user(stage.session, request, by=None, now=NOW))


TAKEN = [(at("2026-11-24T09:00"), at("2026-11-24T10:00"))]
