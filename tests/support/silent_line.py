"""A line to PostgreSQL that breaks at the worst moment: as somebody commits."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import URL, make_url

COMMIT = b"COMMIT"
CHUNK = 65536


class SilentLine:
    """Carries bytes between clients and the server, until it is told to break."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.breaks = False
        self.lets_through = False
        """Whether the COMMIT that breaks the line reaches the server before."""
        self.muted: set[socket.socket] = set()
        """Servers that have heard a COMMIT which broke the line: their answer is not carried."""
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.sockets = [self.listening]
        self.threads = [threading.Thread(target=self._serve)]
        self.threads[0].start()

    @property
    def url(self) -> str:
        """The address of the same database over this line."""
        query = {key: value for key, value in self.server.query.items() if key != "host"}
        port = self.listening.getsockname()[1]
        over = self.server.set(host="127.0.0.1", port=port, query=query | {"sslmode": "disable"})
        return over.render_as_string(hide_password=False)

    def hang_up(self) -> None:
        for end in self.sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for end in self.sockets:
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                server = self._call()
                self.sockets += [client, server]
                for ends in ((client, server), (server, client)):
                    carrier = threading.Thread(target=self._carry, args=ends)
                    self.threads.append(carrier)
                    carrier.start()

    def _call(self) -> socket.socket:
        folder, port = self.server.query.get("host"), self.server.port or 5432
        if not folder:
            return socket.create_connection((self.server.host or "127.0.0.1", port))
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"{folder}/.s.PGSQL.{port}")
        return line

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while carried := source.recv(CHUNK):
                if source in self.muted:
                    break
                if self.breaks and COMMIT in carried:
                    self.breaks = False
                    self.muted.add(target)
                    if not self.lets_through:
                        break
                target.sendall(carried)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def silent_line(url: str) -> Iterator[SilentLine]:
    line = SilentLine(make_url(url))
    try:
        yield line
    finally:
        line.hang_up()
