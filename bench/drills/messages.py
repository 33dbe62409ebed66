"""Workers that are killed while they send: nothing is lost, nothing doubled before its time.

First one worker is killed each time at a point where the mail server has not taken the message yet:
each message must arrive exactly once. Then four are killed at random: each must arrive, and only
one that a dying worker had just handed over may arrive twice, with the same Message-ID.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Line
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState
from app.domain.territory import parse_territory
from app.models.outbox import OutboxMessage
from app.services.message_stamps import stamped
from app.services.territory import load_territory
from bench.drills.post_office import LINKS, Office
from bench.outbox import write_confirmations
from bench.sink import MESSAGE_ID, SinkController
from tests.support.territory_sample import spoiled

ROOT = Path(__file__).parents[2]
A_DAY_S = timedelta(days=1).total_seconds()
PATIENCE_S = 300
STAGES = ("MAIL", "RCPT", "DATA")
"""Before each of these is answered, the server has taken nothing."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long the drill is."""

    messages: int = 1000
    workers: int = 4
    kills_before: int = 20
    """While the server has not taken the message yet."""
    kills: int = 60
    """At any moment."""


SHORT = Size(messages=80, kills_before=3, kills=6)


@dataclass
class Report:
    """What the drill did, and every fault that was found afterwards."""

    database: str
    messages: int
    killed_before: int = 0
    killed: int = 0
    doubles: int = 0
    """Handed over by a worker that died before it could note it."""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def as_figures(self) -> dict[str, Any]:
        return asdict(self)


class _MailServer:
    """Takes everything; kills whoever talks to it at the stages that it was told."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.victim: int | None = None
        self.stages: list[str] = []
        """Where to kill next; the last first."""

    async def handle_MAIL(  # noqa: N802 - a name of aiosmtpd
        self, _: SMTP, _line: Line, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._strike("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, _line: Line, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._strike("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, _line: Line, envelope: Envelope) -> str:  # noqa: N802
        if self._strike("DATA"):
            return "451 not taken"  # the line is dead: nobody hears it
        found = MESSAGE_ID.search(envelope.original_content or b"")
        self.taken.append(found[1].decode() if found else "none")
        return "250 OK"

    def _strike(self, stage: str) -> bool:
        if self.victim is None or not self.stages or self.stages[-1] != stage:
            return False
        self.stages.pop()
        kill(self.victim)
        self.victim = None
        return True


def kill(worker: int) -> None:
    """As a power cut would; nothing where it has ended already."""
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)


def raise_alarm(url: str, size: Size, seed: int) -> Report:
    """Fill an empty, migrated database with messages, kill its workers, and judge."""
    chance = random.Random(seed)
    engine = create_engine(url)
    report = Report(engine.dialect.name, size.messages)
    server = _MailServer()
    controller = SinkController(server, hostname="127.0.0.1", port=0)
    controller.start()
    started_at = time.perf_counter()
    try:
        with Session(engine) as session:
            load_territory(session, parse_territory(spoiled()), overwrite=False, now=_now())
            office = Office(url, f"smtp://127.0.0.1:{controller.port}?tls=off")
            with _hiring(office) as hire:
                drill = _Drill(session, hire, server, size, chance, report)
                drill.kill_before()
                drill.kill_at_random()
    finally:
        controller.stop()
        engine.dispose()
    report.seconds = round(time.perf_counter() - started_at, 1)
    return report


def _now() -> datetime:
    return datetime.now(UTC)


class _Hiring:
    """Starts workers, and knows which of them still run."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, ahead_s: float = 0) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(ahead_s, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def wait(self, workers: list[int]) -> None:
        """Until all of them have ended. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while any(map(is_alive, workers)):
            if time.monotonic() > deadline:
                raise TimeoutError("a worker never ended")
            time.sleep(0.01)


def is_alive(worker: int) -> bool:
    """Whether it runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextmanager
def _hiring(office: Office) -> Iterator[_Hiring]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.drills.post_office"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    print(office.as_json(), file=process.stdin, flush=True)
    try:
        yield _Hiring(process)
    finally:
        process.communicate()


@dataclass
class _Drill:
    """The parts of one drill."""

    session: Session
    hire: _Hiring
    server: _MailServer
    size: Size
    chance: random.Random
    report: Report

    def kill_before(self) -> None:
        """Each dies while the server has not taken its message: then nothing arrives twice."""
        self._fill(2 * self.size.kills_before)
        for _ in range(self.size.kills_before):
            self.server.stages = [self.chance.choice(STAGES)]
            self.server.victim = worker = self.hire()
            self.hire.wait([worker])
            self.report.killed_before += not self.server.stages
        self.server.victim = None
        self.hire.wait([self.hire(A_DAY_S)])
        if doubles := self._judge():
            self._blame(f"{len(doubles)} arrived twice though nothing had been taken")
        if self.report.killed_before < self.size.kills_before:
            self._blame("some workers were never struck")

    def kill_at_random(self) -> None:
        """Four at once, killed at any moment and replaced."""
        self._fill(self.size.messages)
        workers = [self.hire() for _ in range(self.size.workers)]
        for _ in range(self.size.kills):
            time.sleep(self.chance.uniform(0.0, 0.08))
            alive = [worker for worker in workers if is_alive(worker)]
            if not alive:
                break
            kill(self.chance.choice(alive))
            self.report.killed += 1
            workers.append(self.hire())
        self.hire.wait(workers)
        # A day later the leases of the dead are over; no worker of today runs beside these.
        self.hire.wait([self.hire(A_DAY_S) for _ in range(self.size.workers)])
        self.report.doubles = len(self._judge())
        if self.report.doubles > self.report.killed:
            self._blame(f"{self.report.doubles} doubles for {self.report.killed} killed workers")

    def _fill(self, messages: int) -> None:
        write_confirmations(self.session, messages, LINKS, _now())
        self.session.rollback()

    def _judge(self) -> set[int]:
        """What arrived twice; faults: what is not sent, never came, or came without cause."""
        self.session.rollback()
        arrived = Counter(stamped(each, LINKS) for each in self.server.taken)
        rows = self.session.execute(
            select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.attempts)
        ).all()
        for row in rows:
            if row.state is not OutboxState.SENT:
                self._blame(f"message {row.id} is {row.state.value}")
            if not arrived[row.id]:
                self._blame(f"message {row.id} never arrived")
            if arrived[row.id] > row.attempts:
                self._blame(f"message {row.id} arrived more often than it was taken")
        again = sum(row.attempts - 1 for row in rows)
        if again > self.report.killed_before + self.report.killed:
            self._blame(f"{again} were taken again: more than workers died")
        if None in arrived:
            self._blame("something arrived that we did not write")
        self.session.rollback()
        return {message_id for message_id, times in arrived.items() if times > 1 and message_id}

    def _blame(self, fault: str) -> None:
        self.report.faults.append(fault)
