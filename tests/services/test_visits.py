"""The end of a visit: said once, or shown to the team; never for long, never where it is off."""

from datetime import timedelta

import pytest

from app.domain.appointment import Actor, AppointmentStatus, Channel
from app.domain.staff_errors import OutcomeTooEarly, StateRefused, SubjectUnknown
from app.services.appointment_rows import Act
from app.services.attendance import record_outcome
from app.services.visits import end_visit, find_silent_visits
from tests.support.agenda_day import by_id, colleague, journalled
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice
from tests.support.stage_plan import territory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(stage: Stage) -> int:
    return stage.appointment(stage.book(choice(WEDNESDAY_VISIT, None))).id


def silent(stage: Stage, visit: int, minutes: int, apart_from: int | None = None) -> list[int]:
    """Who is missed so many minutes after the planned end."""
    now = by_id(stage, visit).engagement.ends_at + minutes * MINUTE
    found = find_silent_visits(stage.session, stage.catalogue, now=now, apart_from=apart_from)
    return [each.entry.appointment_id for each in found]


def test_a_visit_of_which_nobody_said_the_end_is_told_until_somebody_does(
    stage: Stage, visit: int
) -> None:
    who, held = colleague(stage), by_id(stage, visit).engagement
    starts_at, counsellor_id = held.starts_at, held.counsellor_id
    assert silent(stage, visit, 29) == []
    assert silent(stage, visit, 30) == [visit]
    assert silent(stage, visit, 30, apart_from=counsellor_id) == []
    assert silent(stage, visit, 24 * 60) == [], "after a day it says nothing any more"
    with pytest.raises(OutcomeTooEarly):
        end_visit(stage.session, visit, by=who, now=starts_at - MINUTE)
    record_outcome(stage.session, visit, True, by=who, now=starts_at)
    assert silent(stage, visit, 30) == [visit], "present is said at the door"
    for minutes in (5, 6):
        end_visit(stage.session, visit, by=who, now=starts_at + minutes * MINUTE)
    assert by_id(stage, visit).visit_ended_at == starts_at + 5 * MINUTE
    assert silent(stage, visit, 30) == []
    assert journalled(stage)[-1] == ("VISIT_ENDED", visit, who)
    assert [act for act, *_ in journalled(stage)].count("VISIT_ENDED") == 1


def test_absent_is_said_by_who_left_and_a_territory_may_do_without(
    stage: Stage, visit: int
) -> None:
    who, starts_at = colleague(stage), by_id(stage, visit).engagement.starts_at
    stage.change_territory(territory(visit_alert_minutes=False))
    assert silent(stage, visit, 60) == []
    stage.change_territory(territory(visit_alert_minutes=60))
    assert silent(stage, visit, 59) == []
    assert silent(stage, visit, 60) == [visit]
    record_outcome(stage.session, visit, False, by=who, now=starts_at)
    assert by_id(stage, visit).status is AppointmentStatus.NO_SHOW
    assert silent(stage, visit, 60) == []
    with pytest.raises(StateRefused):
        end_visit(stage.session, visit, by=who, now=starts_at)
    with pytest.raises(SubjectUnknown):
        end_visit(stage.session, 999, by=who, now=starts_at)


def test_what_happens_at_a_venue_has_no_such_end(stage: Stage) -> None:
    held = stage.appointment(stage.book())
    with pytest.raises(StateRefused):
        end_visit(stage.session, held.id, by=colleague(stage), now=held.engagement.ends_at)


def test_a_visit_that_is_moved_has_ended_nowhere(stage: Stage) -> None:
    """« Visite terminée » said of the wrong visit, which is then given another hour."""
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    visit, who = stage.appointment(token).id, colleague(stage)
    soon = stage.appointment(token).engagement.starts_at + MINUTE
    end_visit(stage.session, visit, by=who, now=soon)
    by = Act(soon, Actor.STAFF, Channel.DESK, who)
    stage.move(token, choice("2026-11-26T09:30", None), now=soon, by=by)
    assert by_id(stage, visit).visit_ended_at is None
    assert silent(stage, visit, 30) == [visit]
