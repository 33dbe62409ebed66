"""Many who wait, few places: real processes and real connections, on both databases."""

from bench.drills.waiting_drill import SHORT
from bench.drills.waiting_storm import raise_waiting_storm
from tests.support.databases import Database

HAPPENED = {
    "join: joined", "earlier: joined", "accept: accepted", "accept: offer_gone",
    "decline: declined", "leave: left", "cancel: cancelled", "book: booked", "book: slot_taken",
}  # fmt: skip
"""What must have been tried, or the storm proves nothing."""


def test_a_storm_offers_each_place_to_one_person_and_each_person_one_place(
    database: Database,
) -> None:
    report = raise_waiting_storm(database.url, SHORT, seed=2212)
    assert report.faults == []
    assert report.outcomes.keys() >= HAPPENED
