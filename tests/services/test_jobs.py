"""A turn of the worker: the messages that are due, then the jobs whose hour has come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import OutboxState
from app.domain.sending import MOST_ATTEMPTS
from app.gateways.senders import FileSender
from app.models.outbox import JobRun
from app.services import jobs, outbox_delivery
from app.services.jobs import BATCH, JOBS, Job, Worker, claim_run, run_turn, send_due
from app.services.letters import PostRoom
from app.services.outbox_claims import LEASE
from tests.support.appointment_rows import LINKS, NOW, Town, make_town

HOURLY = timedelta(hours=1)
Entries = list[structlog.typing.MutableMapping[str, object]]


@dataclass
class Hand:
    """The clock and the stop button of a worker."""

    now: datetime = NOW + timedelta(seconds=5)
    stops_after: int = 10**6
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) > self.stops_after


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def worker(hand: Hand, tmp_path: Path) -> Worker:
    senders = {MessageChannel.SMS: FileSender(tmp_path / "messages", "")}
    room = PostRoom(senders, LINKS, "https://rdv.example.fr")
    return Worker(room=room, clock=hand.clock, pause=hand.pause)


@pytest.fixture
def logged() -> Iterator[Entries]:
    with structlog.testing.capture_logs() as entries:
        yield entries


def job(step: object, name: str = "count", every: timedelta = HOURLY) -> Job:
    return Job(name, every, step)  # type: ignore[arg-type]


def starts(session: Session) -> dict[str, datetime]:
    session.rollback()
    return {run.name: run.started_at for run in session.scalars(select(JobRun))}


def test_a_turn_sends_all_that_is_due_and_runs_each_job_once(
    town: Town, worker: Worker, hand: Hand
) -> None:
    for days in (7, 8, 9):
        town.book(starts_at=NOW + timedelta(days=days))
    assert run_turn(town.session, worker)
    assert {message.state for message in town.messages()} == {OutboxState.SENT}
    assert starts(town.session) == {each.name: hand.now for each in JOBS}


def test_a_worker_that_must_stop_leaves_the_rest(town: Town, worker: Worker, hand: Hand) -> None:
    for days in (7, 8, 9):
        town.book(starts_at=NOW + timedelta(days=days))
    hand.stops_after = 1
    assert send_due(town.session, worker) == 1
    states = [(message.state, message.leased_until) for message in town.messages()]
    assert states == [(OutboxState.SENT, None), *[(OutboxState.PENDING, None)] * 2]


def test_a_worker_that_stops_before_its_first_message_takes_none(
    town: Town, worker: Worker, hand: Hand
) -> None:
    town.book()
    hand.stops_after = 0
    assert send_due(town.session, worker) == 0
    assert [message.leased_until for message in town.messages()] == [None]


def test_what_is_not_sent_is_not_counted(town: Town, worker: Worker) -> None:
    town.book(resident={"phone": None})
    assert send_due(town.session, worker) == 0
    assert [message.state for message in town.messages()] == [OutboxState.SKIPPED]


def test_old_appointments_are_emptied_by_a_turn(town: Town, worker: Worker) -> None:
    old = town.book(starts_at=NOW - timedelta(days=31), announced=False)
    run_turn(town.session, worker)
    assert town.appointment(old).reference is None


def test_a_job_has_its_hour(session: Session) -> None:
    each = job(None)
    assert claim_run(session, each, NOW)
    assert not claim_run(session, each, NOW)
    assert not claim_run(session, each, NOW + HOURLY - timedelta(seconds=1))
    assert claim_run(session, each, NOW + HOURLY)
    assert claim_run(session, job(None, name="other"), NOW)


def test_a_second_turn_of_the_hour_runs_no_job(town: Town, worker: Worker, hand: Hand) -> None:
    run_turn(town.session, worker)
    old = town.book(starts_at=NOW - timedelta(days=31), announced=False)
    run_turn(town.session, worker)
    assert town.appointment(old).reference is not None
    hand.now += timedelta(days=1)
    run_turn(town.session, worker)
    assert town.appointment(old).reference is None


def test_at_once_waits_for_no_hour(session: Session) -> None:
    assert claim_run(session, job(None), NOW)
    assert claim_run(session, job(None), NOW, at_once=True)


def test_a_clock_put_back_does_not_stop_a_job(session: Session) -> None:
    assert claim_run(session, job(None), NOW + timedelta(days=400))
    assert claim_run(session, job(None), NOW)


def test_the_hour_is_looked_at_again_under_the_lock(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker takes the job between the look and the lock."""
    each = job(None)
    look, looks = jobs._ran_lately, []

    def looked(session: Session, each: Job, now: datetime) -> bool:
        answer = look(session, each, now)
        if not looks:
            looks.append(answer)
            session.rollback()
            with Session(engine) as other:
                assert claim_run(other, each, now)
        return answer

    monkeypatch.setattr(jobs, "_ran_lately", looked)
    assert not claim_run(session, each, NOW)
    assert looks == [False]


def test_a_job_goes_on_until_a_part_is_not_full(
    session: Session, worker: Worker, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [BATCH, BATCH, 3]
    monkeypatch.setattr(jobs, "JOBS", (job(lambda *_: parts.pop(0)),))
    assert run_turn(session, worker)
    assert parts == []
    assert hand.pauses == [0, jobs.PAUSE_S, jobs.PAUSE_S]


def test_a_job_stops_between_two_parts(
    session: Session, worker: Worker, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [BATCH, BATCH, 3]
    monkeypatch.setattr(jobs, "JOBS", (job(lambda *_: parts.pop(0)),))
    hand.stops_after = 1
    run_turn(session, worker)
    assert parts == [BATCH, 3]


def test_a_job_that_fails_is_told_and_stops_no_other(
    session: Session, worker: Worker, logged: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(failing: Session, *_: object) -> int:
        failing.execute(text("SELECT 1"))
        raise RuntimeError("+33639980001 cannot be read")

    done: list[str] = []
    good = job(lambda *_: done.append("done") or 1, name="good")
    monkeypatch.setattr(jobs, "JOBS", (job(fails, name="bad"), good))
    assert not run_turn(session, worker)
    assert done == ["done"]
    assert [(entry["event"], entry["job"]) for entry in logged] == [
        ("job_failed", "bad"),
        ("job_done", "good"),
    ]
    assert "3998" not in repr(logged)


def test_it_works_again_when_the_database_is_back(
    town: Town, worker: Worker, hand: Hand, engine: Engine, logged: Entries
) -> None:
    town.book()
    town.session.connection()
    with engine.begin() as connection:
        lose_the_database(connection)
    assert not run_turn(town.session, worker)
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE moved_away RENAME TO outbox_message"))
    hand.now += LEASE  # it may have been lost between the claim and the sending
    assert run_turn(town.session, worker)
    assert [message.state for message in town.messages()] == [OutboxState.SENT]


def lose_the_database(connection: Connection) -> None:
    """PostgreSQL drops every other connection; SQLite, a file, no longer has the table."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("ALTER TABLE outbox_message RENAME TO moved_away"))
        return
    connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


def test_a_quiet_turn_says_nothing(session: Session, worker: Worker, logged: Entries) -> None:
    assert run_turn(session, worker)
    assert logged == []


def test_what_the_jobs_wrote_leaves_in_the_same_turn_of_cron(
    town: Town, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_one(_session: Session, _now: datetime, _limit: int) -> int:
        town.book()
        return 1

    monkeypatch.setattr(jobs, "JOBS", (job(write_one),))
    assert run_turn(town.session, worker, all_jobs=True)
    assert [message.state for message in town.messages()] == [OutboxState.SENT]


def test_a_clock_that_jumps_sends_nothing_under_a_lease_that_is_over(
    town: Town, worker: Worker, hand: Hand, tmp_path: Path
) -> None:
    """Each look at the clock is an hour later: every lease is over before its message is read."""
    town.book(starts_at=NOW + timedelta(days=30))

    def hours_later() -> datetime:
        hand.now += timedelta(hours=1)
        return hand.now

    assert send_due(town.session, Worker(worker.room, hours_later, hand.pause)) == 0
    (message,) = town.messages()
    assert (message.state, message.attempts) == (OutboxState.PENDING, MOST_ATTEMPTS)
    assert not (tmp_path / "messages").exists()


def test_what_was_sent_is_noted_even_if_the_next_cannot_be_taken(
    town: Town, worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no next one")

    for days in (7, 8):
        town.book(starts_at=NOW + timedelta(days=days))
    monkeypatch.setattr(outbox_delivery, "take_due", fail)
    with pytest.raises(RuntimeError):
        send_due(town.session, worker)
    states = [message.state for message in town.messages()]
    assert states == [OutboxState.SENT, OutboxState.PENDING]
    assert len(list((tmp_path / "messages").iterdir())) == 1
