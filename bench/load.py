"""Sequential clients in threads: plain sockets, since the client shares the two cores it measures.

A sync worker closes each connection, so a request is: connect, send, read to the end.
"""

import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from threading import Lock

from bench.servers import WORKERS, Server

CLIENTS = 2 * WORKERS
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Call:
    """A request ready to send, and how its answer must begin."""

    raw: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Round:
    """What some clients got together."""

    seconds: float
    latencies: list[float]
    cpu_seconds: float | None
    """Of the workers; hardly disturbed by whatever else the machine does."""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """Of one request."""
        return None if self.cpu_seconds is None else self.cpu_seconds / len(self.latencies) * 1000

    @property
    def median_ms(self) -> float:
        return statistics.median(self.latencies) * 1000


class UnexpectedAnswer(RuntimeError):
    """The server said something else than what is measured."""


def get(path: str, **headers: str) -> Call:
    return Call(_head("GET", path, headers) + b"\r\n")


def post(path: str, body: bytes, status: int, **headers: str) -> Call:
    fields = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **headers,
    }
    return Call(_head("POST", path, fields) + b"\r\n" + body, status)


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def ask(server: Server, call: Call) -> bytes:
    """The whole answer, head included. Raises UnexpectedAnswer for another status."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(call.raw)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    if not answer.startswith(f"HTTP/1.1 {call.status} ".encode()):
        raise UnexpectedAnswer(answer[:2000].decode("utf-8", "replace"))
    return answer


def for_seconds(
    server: Server, calls: Sequence[Call], seconds: float, clients: int = CLIENTS
) -> Round:
    """The calls in turn, again and again, for that long."""
    turn, guard = cycle(calls), Lock()
    until = time.perf_counter() + seconds

    def endless() -> Iterator[Call]:
        while time.perf_counter() < until:
            with guard:
                call = next(turn)
            yield call

    return _run(server, [endless() for _ in range(clients)])


def once_each(server: Server, calls: Sequence[Call], clients: int = CLIENTS) -> Round:
    """Every call once, shared between the clients."""
    return _run(server, [iter(calls[start::clients]) for start in range(clients)])


def _run(server: Server, shares: Sequence[Iterator[Call]]) -> Round:
    def client(share: Iterator[Call]) -> list[float]:
        latencies = []
        for call in share:
            started = time.perf_counter()
            ask(server, call)
            latencies.append(time.perf_counter() - started)
        return latencies

    cpu, started = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(len(shares)) as pool:
        latencies = [each for mine in pool.map(client, shares) for each in mine]
    seconds, spent = time.perf_counter() - started, server.cpu_seconds()
    return Round(seconds, latencies, None if cpu is None or spent is None else spent - cpu)
