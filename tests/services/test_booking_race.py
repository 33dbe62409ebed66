"""Many people, few places: real processes and real connections, on both databases."""

from bench.drills.orders import Size
from bench.drills.storm import raise_storm
from tests.support.databases import Database

AT_LEAST = 2000
HAPPENED = {
    "book: booked", "book: slot_taken", "book: limit_reached", "twin: booked", "move: moved",
    "move: slot_taken", "cancel: cancelled", "resend: same token", "imitate: form_already_used",
    "shared: moved", "shared: cancelled", "shared: appointment_cancelled",
}  # fmt: skip
"""What must have been tried, or the storm proves nothing."""


def test_a_storm_leaves_no_overlap_no_missed_road_no_lost_promise(database: Database) -> None:
    report = raise_storm(database.url, Size(), seed=2611)
    assert report.faults == []
    assert report.attempts >= AT_LEAST
    assert report.outcomes.keys() >= HAPPENED
