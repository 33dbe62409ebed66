"""Who waits, who registered, and what counsellors told, in the demo."""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import at_wall_time
from app.domain.half_year import HalfYear
from app.domain.messages import SENT_CHANNELS
from app.domain.national_labels import INDIVIDUAL, WALK_IN, WORKSHOP
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.attendance import AttendanceRow
from app.models.survey import SurveyAnswer
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.catalogue import read_catalogue
from app.services.half_year_closing import find_missing
from app.services.offer_facts import read_offer
from app.services.waiting_reading import find_waiters
from tests.support.demo_days import DAYS, LINKS, Demo, demo_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest, run_folder: Path) -> Demo:
    return demo_of(run_folder, request.param)


def count(session: Session, table: Any, *where: Any) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*where)).one()


def test_people_wait_at_the_full_town_hall_and_two_are_offered_a_place(demo: Demo) -> None:
    link = re.search(r"/offre/(\w{12})\n", demo.words)
    assert link
    morning = datetime.combine(demo.day, time(9), UTC)
    with demo.session() as session:
        catalogue = read_catalogue(session)
        people = find_waiters(session, catalogue, morning - timedelta(hours=8))
        assert {each.commune.slug for each in people} == {"chaillevette"}
        assert len(people) == 5
        told = [each for each in people if each.offered]
        by_voice = [each.offered.needs_a_call(SENT_CHANNELS) for each in told if each.offered]
        assert sorted(by_voice) == [False, True]
        seen = read_offer(session, catalogue, link[1], now=morning, links=LINKS)
        assert (seen.outcome, seen.facts.is_open) == (None, True)
        assert count(session, SurveyAnswer) > 3


def test_a_term_of_workshops_is_told(demo: Demo) -> None:
    """Past ones are closed, one is full with people waiting, one is a cycle, one is off."""
    with demo.session() as session:
        rows = session.scalars(select(Workshop)).all()
        dates = session.scalars(select(WorkshopSession)).all()
        waiting = select(func.count()).where(Registration.status == RegistrationStatus.WAITING)
        assert session.scalar(waiting) == 2
        assert [each.walk_ins for each in dates if each.closed_at] != []
        now = at_wall_time(demo.day, time(0), PARIS)
        assert {each.closed_at is not None for each in dates if each.ends_at < now} == {True}
        assert {each.closed_at is not None for each in dates if each.ends_at > now} == {False}
        assert max(len(each.sessions) for each in rows) == 4
        assert sum(each.status is WorkshopStatus.CANCELLED for each in rows) == 1
        to_come = [each for each in rows if each.first_at > now]
        assert any(0 < each.taken < each.minimum for each in to_come)
        assert any(each.taken == each.capacity for each in to_come)


def test_the_past_weeks_are_told_and_counted(demo: Demo) -> None:
    """By records that nothing joins to anybody; the last ones are to complete."""
    with demo.session() as session:
        told = session.scalars(select(AttendanceRow)).all()
        assert len(told) > 80
        assert {each.type for each in told} == {INDIVIDUAL, WORKSHOP}
        assert sum(each.origin == WALK_IN for each in told) >= 3
        assert len({each.result for each in told if each.type == INDIVIDUAL}) == 4
        assert {each.is_copied for each in told} == {True, False}
        assert {each.is_blended for each in told} == {True}
        assert any(each.travel_minutes for each in told)
        catalogue = read_catalogue(session)
        now = datetime.combine(demo.day, time.min, UTC)
        missing = list(find_missing(session, catalogue, HalfYear.of(demo.day), now=now))
        assert {each.type for each in missing} == {INDIVIDUAL, WORKSHOP}
        assert len(missing) < 15
