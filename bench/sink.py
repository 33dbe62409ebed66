"""`python -m bench.sink FILE`: a mail server that takes everything, and notes each Message-ID.

A process of its own: what it does costs whoever sends nothing but waiting. It prints its port, and
ends when its input does.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).parents[1]
MESSAGE_ID = re.compile(rb"(?im)^message-id: *(<[^>\r\n]*>)")


class _Sink:
    def __init__(self, notes: IO[bytes]) -> None:
        self._notes = notes

    async def handle_DATA(  # noqa: N802 - a name of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        found = MESSAGE_ID.search(envelope.original_content or b"")
        self._notes.write((found[1] if found else b"none") + b"\n")
        return "250 OK"


class SinkController(Controller):
    def _trigger_server(self) -> None:
        """At the port that the system gave."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass(frozen=True, slots=True)
class Sink:
    """Where it listens, and what it took."""

    port: int
    notes: Path

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=off"

    def taken(self) -> list[str]:
        """The Message-IDs so far, each as often as it came."""
        return self.notes.read_text().splitlines()


@contextmanager
def sink(folder: Path, name: str = "sink") -> Iterator[Sink]:
    """The server until the block ends."""
    notes = folder / f"{name}.txt"
    notes.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink", str(notes)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield Sink(int(process.stdout.readline()), notes)
    finally:
        process.communicate()


def main() -> None:
    with Path(sys.argv[1]).open("ab", buffering=0) as notes:
        controller = SinkController(_Sink(notes), hostname="127.0.0.1", port=0)
        controller.start()
        print(controller.port, flush=True)
        sys.stdin.read()
        controller.stop()


if __name__ == "__main__":
    main()
