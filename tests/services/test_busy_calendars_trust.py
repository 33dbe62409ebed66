"""How long an agenda that cannot be read is trusted, and who is told."""

import pytest

from app.domain.access import Subject
from app.domain.busy_calendars import CalendarFailure
from app.domain.errors import SlotTaken
from app.services.busy_calendars import stale_calendars
from tests.support.own_agenda import DAY, HOUR, MINUTE, Own, own
from tests.support.stage import choice
from tests.support.stage_plan import NOW, territory

__all__ = ["own"]


def test_the_team_is_told(own: Own) -> None:
    session = own.stage.session
    own.set()
    assert not own.known().is_late
    own.read()
    assert stale_calendars(session, NOW + HOUR) == []
    own.stranger.failure = CalendarFailure.REFUSED
    own.read(30 * MINUTE)
    (late,) = stale_calendars(session, NOW + HOUR)
    assert (late.name, late.host, late.failure) == (
        "Jeanne", "agenda.example", CalendarFailure.REFUSED,
    )  # fmt: skip
    assert (late.closes_at, late.is_closed) == (NOW + DAY, False)
    assert own.known(DAY + MINUTE).is_closed
    assert late.subject == Subject(counsellor_ids=frozenset({own.person}))
    assert "secret" not in repr(late)


def test_a_worker_that_sleeps_is_told_too(own: Own) -> None:
    own.set()
    own.read()
    assert not own.known(HOUR).is_late
    assert own.known(HOUR + MINUTE).is_late


def test_after_the_hours_of_the_setting_the_times_close(own: Own) -> None:
    own.stage.change_territory(territory(busy_calendar_stale_hours=3))
    own.set()
    own.read()
    own.stranger.failure = CalendarFailure.UNREACHABLE
    own.read(HOUR)
    assert len(own.busy(3 * HOUR)) == 1
    closed = own.busy(3 * HOUR + MINUTE)
    assert (closed[-1].counsellor_id, len(closed)) == (own.person, 2)
    with pytest.raises(SlotTaken):
        own.stage.book(choice("2026-11-25T09:00", "mairie-aval"), now=NOW + 3 * HOUR + MINUTE)
    own.stage.book(choice("2026-11-25T09:00", "mairie-butte"), now=NOW + 3 * HOUR + MINUTE)
    own.stranger.failure = None
    own.read(4 * HOUR)
    assert len(own.busy(4 * HOUR)) == 1


def test_one_that_was_never_read_closes_as_well(own: Own) -> None:
    own.set()
    own.stranger.failure = CalendarFailure.NO_SUCH_HOST
    own.read()
    assert own.busy(DAY) == []
    assert len(own.busy(DAY + MINUTE)) == 1
