"""`python -m bench.drills.post_office`: workers that start at once and may be killed at any moment.

A process of its own, so that nothing of the tests is copied into them: it imports everything, then
forks a worker for each line that it reads (how many seconds its clock is ahead), and prints its
number. Each has its own connection and its own line to the mail server, and ends when nothing has
been due for a while.
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app import extensions  # noqa: F401 - how each database is spoken to
from app.domain.appointment import MessageChannel
from app.gateways.smtp import SmtpSender, read_smtp_url
from app.services.jobs import Worker, send_due
from app.services.letters import PostRoom
from app.services.links import Links

LINKS = Links("a key of the drills")
PUBLIC_URL = "https://rendez-vous.example.invalid"
FROM = "drill@example.invalid"
IDLE_TURNS, BETWEEN_TURNS_S = 3, 0.05


@dataclass(frozen=True, slots=True)
class Office:
    """Where the messages are, and where they go."""

    url: str
    smtp_url: str

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def work(office: Office, ahead: timedelta) -> None:
    """What one worker does: turn after turn, as `flask worker` does."""
    engine = create_engine(office.url)
    sender = SmtpSender(read_smtp_url(office.smtp_url), FROM)
    worker = Worker(
        room=PostRoom({MessageChannel.EMAIL: sender}, LINKS, PUBLIC_URL),
        clock=lambda: datetime.now(UTC) + ahead,
        pause=lambda _: False,
    )
    idle = 0
    while idle < IDLE_TURNS:
        with Session(engine) as session:
            idle = 0 if send_due(session, worker) else idle + 1
        time.sleep(BETWEEN_TURNS_S)


def main() -> None:
    office = Office(**json.loads(sys.stdin.readline()))
    while line := sys.stdin.readline():
        number = os.fork()
        if number == 0:
            status = 1
            try:
                work(office, timedelta(seconds=float(line)))
                status = 0
            finally:
                os._exit(status)
        print(number, flush=True)
        _reap()


def _reap() -> None:
    """Those that have ended leave nothing behind."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
