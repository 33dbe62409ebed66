"""A stranger's https site on this machine: what it answers is the test's choice, path by path."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

from app.gateways.fetching import Network

HOST = "agenda.example"
PUBLIC = "93.184.215.14"
"""What the name leads to, as far as the rules know; nobody calls it: `dial` stays on loopback."""
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class AgendaServer:
    """The site, its answers by path, and what it was asked."""

    port: int
    trust: ssl.SSLContext
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=lambda: {HOST: [PUBLIC]})
    over: threading.Event = field(default_factory=threading.Event)
    """The test is over: nobody waits any more."""

    @property
    def network(self) -> Network:
        """Names as the test says; every public address is this server."""
        return Network(self._resolve, self._dial, self.trust)

    def says(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Answer that; the address to ask for it."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return self.does(path, answer)

    def does(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return f"https://{HOST}{path}"

    def _resolve(self, host: str, _port: int) -> list[str]:
        if host in self.names:
            return self.names[host]
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
        return [str(each[4][0]) for each in found]

    def _dial(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append((address, port))
        assert address == PUBLIC, f"{address} must never be called"
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)


@contextmanager
def agenda_server() -> Iterator[AgendaServer]:
    """The site, until the block ends."""
    authority = trustme.CA()
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(of_server)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = of_server.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.site = AgendaServer(server.server_address[1], trust)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    site: AgendaServer

    def handle_error(self, *_: Any) -> None:
        """Who hung up is no news: most tests make the other side hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = self.server.site  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        site.asked.append((self.path, self.headers.get("If-None-Match")))
        site.answers[path](self)

    def log_message(self, *_: Any) -> None:
        """Silent."""
