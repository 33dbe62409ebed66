"""gunicorn, started for the bench on a free port and stopped by its own process."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKERS = 2
LONGEST_START_S = 60
OURS, BARE = "wsgi:app", "bench.bare:app"
LINK_KEY = secrets.token_hex(32)
"""Known here, so that a bench may hold what only our own pages give."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn: where it listens, and what its workers have cost so far."""

    port: int
    pid: int

    def cpu_seconds(self) -> float | None:
        """Processor time of all workers together; None where no /proc tells it."""
        ticks, found = 0, False
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            if int(fields[1]) == self.pid:
                ticks += int(fields[11]) + int(fields[12])
                found = True
        return ticks / os.sysconf("SC_CLK_TCK") if found else None


@contextmanager
def serving(application: str, database_url: str, folder: Path, **environ: str) -> Iterator[Server]:
    """The application, served by two sync workers while the block runs.

    Raises RuntimeError with the end of its log when it does not come up.
    """
    port = _free_port()
    settings = {
        "SECRET_KEY": secrets.token_hex(32),
        "LINK_KEY": LINK_KEY,
        "SMS_URL": f"file:{folder}",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    command = [
        sys.executable, "-m", "gunicorn", application, "--no-control-socket", "--workers",
        str(WORKERS), "--worker-class", "sync", "--bind", f"127.0.0.1:{port}",
    ]  # fmt: skip
    if application != OURS:
        command += ["--config", "/dev/null"]
    log = folder / f"gunicorn-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings | environ,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(port, process, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=LONGEST_START_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"gunicorn does not answer:\n{log.read_text()[-2000:]}")
