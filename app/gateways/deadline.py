"""A line that ends at the last moment, whatever the other side does or does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


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
        raw = line()
        if raw is not None:
            with suppress(OSError):  # the other side was quicker
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
