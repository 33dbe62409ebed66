"""A mailbox on this machine: as much of IMAP as reading it takes, and what a test wants broken."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

USER, PASSWORD = "rdv@example.fr", "s3cret/word"


@dataclass
class ImapServer:
    """The mails by number, what was done with each, and how it answers."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    folder: str = "INBOX"
    answer_to_search: str | None = None
    is_mute: bool = False
    """It takes commands and answers nothing."""
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(socketserver.StreamRequestHandler):
    box: ImapServer
    context: ssl.SSLContext | None
    at_once: bool

    def setup(self) -> None:
        if self.context and self.at_once:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.request.close()  # TLS put another one in the place of the server's

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            self.box.asked.append(line)
            if self.box.is_mute and "LOGIN" in line:
                self.box.over.wait(30)
                return
            tag, _, rest = line.partition(" ")
            verb = rest.split()[0].upper()
            answer = getattr(self, f"_{verb.lower()}", None)
            self._say(f"{tag} {answer(rest) if answer else 'OK done'}")
            if verb == "LOGOUT":
                return
            if verb == "STARTTLS" and self.context:
                self.request = self.context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _capability(self, _: str) -> str:
        self._say(f"* CAPABILITY IMAP4rev1{' STARTTLS' if self.context else ''}")
        return "OK done"

    def _login(self, rest: str) -> str:
        return "OK welcome" if f'{USER} "{PASSWORD}"' in rest else "NO who are you"

    def _select(self, rest: str) -> str:
        if f'"{self.box.folder}"' not in rest:
            return "NO no such folder"
        self._say(f"* {len(self.box.mails)} EXISTS")
        return "OK [READ-WRITE] done"

    def _uid(self, rest: str) -> str:
        verb = rest.split()[1].upper()
        if verb == "SEARCH":
            unread = sorted(set(self.box.mails) - self.box.seen)
            self._say(self.box.answer_to_search or f"* SEARCH {' '.join(map(str, unread))}")
        elif verb == "FETCH":
            self._fetch(int(rest.split()[2]), rest)
        elif verb == "STORE":
            number = int(rest.split()[2])
            self.box.seen.add(number)
            if "Deleted" in rest:
                self.box.deleted.add(number)
        return "OK done"

    def _fetch(self, number: int, rest: str) -> None:
        size = re.search(r"<0\.(\d+)>", rest)
        content = self.box.mails[number][: int(size[1]) if size else None]
        head = f"* 1 FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n"
        self.wfile.write(head.encode() + content + b")\r\n")

    def _expunge(self, _: str) -> str:
        for number in self.box.deleted:
            self.box.mails.pop(number, None)
        return "OK done"


@contextmanager
def imap_server(
    context: ssl.SSLContext | None = None, *, at_once: bool = False
) -> Iterator[ImapServer]:
    """The mailbox until the block ends: with STARTTLS, with TLS `at_once`, or in clear."""
    box = ImapServer()
    known: dict[str, Any] = {"box": box, "context": context, "at_once": at_once}
    handler = type("Handler", (_Handler,), known)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.over.set()
            server.shutdown()
            thread.join()
