"""An SMS gateway on this machine: what it answers is the test's choice."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class GatewayServer:
    """What it answers to everything, and what it was asked."""

    port: int = 0
    status: int = 200
    body: bytes = b'{"id": "msg-1"}'
    headers: dict[str, str] = field(default_factory=dict)
    by_path: dict[str, bytes] = field(default_factory=dict)
    """Other answers, always with a yes."""
    waits_s: float = 0.0
    drips: bool = False
    """One sign now and then, for ever."""
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    gateway: GatewayServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        gateway = self.gateway
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gateway.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
        if self.path in gateway.by_path:
            self._say(200, gateway.by_path[self.path])
            return
        gateway.over.wait(gateway.waits_s)
        if gateway.drips:
            self._drip()
        else:
            self._say(gateway.status, gateway.body)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in self.gateway.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.gateway.over.wait(0.05):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Nothing on the screen of the tests."""


@contextmanager
def gateway_server() -> Iterator[GatewayServer]:
    """The gateway until the block ends."""
    gateway = GatewayServer()
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # who hung up is known
        gateway.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield gateway
        finally:
            gateway.over.set()
            server.shutdown()
            thread.join()
