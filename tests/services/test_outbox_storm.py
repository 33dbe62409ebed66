"""Workers killed while they send, in short (`./run drill messages` is the long form)."""

from bench.drills.messages import SHORT, raise_alarm
from tests.support.databases import Database


def test_killed_workers_lose_nothing_and_double_nothing_before_its_time(
    database: Database,
) -> None:
    report = raise_alarm(database.url, SHORT, seed=2611)
    assert report.faults == []
    assert report.killed_before == SHORT.kills_before
    assert report.killed >= SHORT.kills // 2
