"""A line that ends at the last moment, whatever the other side does or does not."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def cut_after(
    seconds: float, line: Callable[[], socket.socket | None], ended: threading.Event
) -> Iterator[None]:
    """Cut the line at that moment: a byte now and then would outlast any timeout of reading.

    `line` is asked at that moment only, since a socket is replaced when TLS begins. `ended` is set
    when it was cut; what reads from it fails with its own exception.
    """

    def cut() -> None:
        ended.set()
        _shut(line())

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(raw: socket.socket | None) -> None:
    if raw is not None:
        with suppress(OSError):  # the other side was quicker
            socket.socket.shutdown(raw, socket.SHUT_RDWR)


class Watchman:
    """The same for a line that serves many times: one thread for all, which looks now and then."""

    def __init__(self, seconds: float, line: Callable[[], socket.socket | None]) -> None:
        """Each time may take so many seconds, and a quarter more."""
        self._seconds, self._line = seconds, line
        self._until: float | None = None
        self._dismissed = threading.Event()
        self.has_cut = False
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._dismissed.wait(self._seconds / 4):
            until = self._until
            if until is not None and time.monotonic() > until:
                self.has_cut = True
                # Again at each look: the first may come before there is a line to cut.
                _shut(self._line())

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Cut the line if the block takes too long; `has_cut` then says so."""
        self.has_cut, self._until = False, time.monotonic() + self._seconds
        try:
            yield
        finally:
            self._until = None

    def dismiss(self) -> None:
        """Nothing more to watch."""
        self._dismissed.set()


class LastLine:
    """The socket that a session of `requests` has opened last: the one to cut.

    The session itself never tells. It must send one request at a time.
    """

    def __init__(self, session: Any) -> None:
        self._line: socket.socket | None = None
        for adapter in session.adapters.values():
            pools = adapter.poolmanager.pool_classes_by_scheme.items()
            noting = {scheme: self._noting(pool) for scheme, pool in pools}
            adapter.poolmanager.pool_classes_by_scheme = noting

    def __call__(self) -> socket.socket | None:
        return self._line

    def _noting(self, pool: Any) -> type:
        """That kind of pool, whose connections are noted here as they are made."""

        def connect(connection: Any) -> None:
            pool.ConnectionCls.connect(connection)
            self._line = connection.sock

        line = type("NotedLine", (pool.ConnectionCls,), {"connect": connect})
        return type("NotingPool", (pool,), {"ConnectionCls": line})
