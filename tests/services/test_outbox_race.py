"""Real worker processes: several at once send each message once, a killed one loses none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.databases import ROOT, Database

MESSAGES = 60
PATIENCE_S = 240
Worker = subprocess.Popen[bytes]


@pytest.fixture
def town(session: Session) -> Town:
    """Appointments far ahead, whose confirmations are due since yesterday."""
    town = make_town(session)
    for n in range(MESSAGES):
        town.book(
            starts_at=NOW + timedelta(days=60, hours=n),
            resident={"phone": f"+3363998{n:04}"},
        )
    session.rollback()
    return town


@contextmanager
def working(database: Database, folder: Path, *, days_later: int, once: bool) -> Iterator[Worker]:
    """A `flask worker` process, ended at the end of the block if it still runs."""
    today = NOW.date() + timedelta(days=1 + days_later)
    environ = os.environ | {
        "COCLICO_DEMO": "1",
        "DEMO_TODAY": today.isoformat(),
        "DATABASE_URL": database.url,
        "SMS_URL": f"file:{folder}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *(["--once"] if once else [])],
        cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(folder: Path, count: int) -> None:
    """Wait until so many messages have left."""
    deadline = time.monotonic() + PATIENCE_S
    while len(sent(folder)) < count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(sent(folder)) >= count


def sent(folder: Path) -> list[str]:
    return [file.name for file in folder.glob("[!.]*")]


def in_states(town: Town) -> dict[OutboxState, int]:
    counts = dict.fromkeys(OutboxState, 0)
    for message in town.messages():
        counts[message.state] += 1
    return counts


def test_four_workers_send_each_message_once(
    town: Town, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "messages"
    with (
        working(database, folder, days_later=0, once=True) as first,
        working(database, folder, days_later=0, once=True) as second,
        working(database, folder, days_later=0, once=True) as third,
        working(database, folder, days_later=0, once=True) as fourth,
    ):
        for process in (first, second, third, fourth):
            _, words = process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 0, words.decode()
    assert in_states(town)[OutboxState.SENT] == len(sent(folder)) == MESSAGES
    # Each claim counts an attempt: one each means that no two workers ever had the same message.
    assert {message.attempts for message in town.messages()} == {1}


def test_a_killed_worker_loses_nothing(town: Town, database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    with working(database, folder, days_later=0, once=False) as killed:
        wait_for(folder, 10)
        killed.send_signal(signal.SIGKILL)
        killed.wait(timeout=PATIENCE_S)
    assert in_states(town)[OutboxState.SENT] < MESSAGES
    with working(database, folder, days_later=1, once=True) as heir:
        _, words = heir.communicate(timeout=PATIENCE_S)
        assert heir.returncode == 0, words.decode()
    assert in_states(town)[OutboxState.SENT] == len(sent(folder)) == MESSAGES
    # At most the message in its hands when it died was taken twice; its file replaced itself.
    assert sum(message.attempts - 1 for message in town.messages()) <= 1


def test_a_worker_stops_when_asked_and_leaves_no_lease(
    town: Town, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "messages"
    with working(database, folder, days_later=0, once=False) as worker:
        wait_for(folder, 5)
        worker.send_signal(signal.SIGTERM)
        _, words = worker.communicate(timeout=PATIENCE_S)
        assert worker.returncode == 0, words.decode()
    messages = town.messages()
    assert {message.leased_until for message in messages} == {None}
    assert in_states(town)[OutboxState.SENT] == len(sent(folder))
