"""Forty people, six places: real processes and real connections, on both databases."""

from datetime import UTC, datetime

from bench.drills.registration_rush import rush
from tests.support.databases import Database
from tests.support.stage import Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop


def test_six_places_never_hold_seven_and_nobody_is_lost(stage: Stage, database: Database) -> None:
    workshop_id = plan_workshop(
        stage.session, datetime(2026, 12, 8, 13, tzinfo=UTC), recorded_at=NOW
    )
    stage.session.rollback()
    aftermath = rush(database.url, workshop_id)
    assert aftermath.faults == []
    assert aftermath.registered == 6
    assert aftermath.cancelled == 10
    assert aftermath.waiting + aftermath.offered > 0
