"""(g) The worker: e-mails a second against a bare loop of smtplib, and after a million of them.

The bare loop has the words of each message ready (subject, text, HTML, calendar file), makes the
e-mail with the standard library and sends it on one line that it keeps: no database, no words to
choose, no note of what was sent. « ready » has even the bytes of each e-mail, and only hands them
over. All give them to the same server, which takes everything.
"""

import smtplib
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import OutboxState
from app.gateways.messages import Email
from app.gateways.parcels import Handed, Parcel
from app.gateways.smtp import SmtpSender, read_smtp_url
from app.models.outbox import OutboxMessage
from app.services.jobs import Worker, send_due
from app.services.letters import PostRoom
from app.services.links import Links
from bench.databases import session_on
from bench.outbox import write_confirmations
from bench.sink import Sink, sink

LINKS = Links("bench")
FROM = "bench@example.invalid"
URL = "https://rendez-vous.example.invalid"


@dataclass
class Spent:
    """Seconds of each round, of the wall and of this processor, for so many messages."""

    messages: int
    seconds: list[float]
    cpu: list[float]

    @classmethod
    def nothing(cls, messages: int) -> "Spent":
        return cls(messages, [], [])

    def time(self, work: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.seconds.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)

    def rates(self) -> dict[str, float]:
        median = statistics.median(self.seconds)
        return {
            "per_second": self.messages / median,
            "median_ms": median / self.messages * 1000,
            "cpu_ms": statistics.median(self.cpu) / self.messages * 1000,
        }


class _Keeper(SmtpSender):
    """Remembers what it was given, so that the bare loops send the very same."""

    kept: list[Parcel]

    def send(self, parcel: Parcel) -> Handed:
        self.kept.append(parcel)
        return Handed()


def _made(parcel: Parcel) -> EmailMessage:
    """The e-mail, as the standard library makes it."""
    mail, words = EmailMessage(), parcel.content
    assert isinstance(words, Email)
    mail["From"], mail["To"], mail["Subject"] = FROM, parcel.to, words.subject
    mail["Date"], mail["Message-ID"] = format_datetime(parcel.at), parcel.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.text)
    mail.add_alternative(words.html, subtype="html")
    for each in words.attachments:
        mail.add_attachment(each.content, "text", "calendar", filename=each.name)
    return mail


class Office:
    """One database, its worker, and the server that takes all."""

    def __init__(self, session: Session, server: Sink) -> None:
        self.session, self.server = session, server
        session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
        session.commit()

    def fill(self, messages: int) -> None:
        write_confirmations(self.session, messages, LINKS, datetime.now(UTC))

    def work(self, sender: SmtpSender | None = None) -> int:
        """Send all that is due, as a turn of the worker does."""
        ours = sender or SmtpSender(read_smtp_url(self.server.url), FROM)
        room = PostRoom({MessageChannel.EMAIL: ours}, LINKS, URL)
        return send_due(self.session, Worker(room, lambda: datetime.now(UTC), lambda _: False))

    def same_again(self, messages: int) -> list[Parcel]:
        """What such a turn hands over, for the bare loops."""
        self.fill(messages)
        keeper = _Keeper(read_smtp_url(self.server.url), FROM)
        keeper.kept = []
        self.work(keeper)
        return keeper.kept

    def bare(self, parcels: list[Parcel]) -> None:
        with smtplib.SMTP("127.0.0.1", self.server.port) as line:
            for parcel in parcels:
                line.send_message(_made(parcel))

    def ready(self, mails: list[tuple[str, bytes]]) -> None:
        with smtplib.SMTP("127.0.0.1", self.server.port) as line:
            for to, content in mails:
                line.sendmail(FROM, to, content)


def measure_throughput(url: str, folder: Path, rounds: int, messages: int) -> dict[str, Any]:
    """The worker and the bare loop in turn, round after round."""
    ours, bare, ready = (Spent.nothing(messages) for _ in range(3))
    with sink(folder) as server, session_on(url) as session:
        office = Office(session, server)
        parcels = office.same_again(messages)
        mails = [(each.to, _made(each).as_bytes(policy=SMTP)) for each in parcels]
        for _ in range(rounds):
            office.fill(messages)
            ours.time(office.work)
            bare.time(lambda: office.bare(parcels))
            ready.time(lambda: office.ready(mails))
        taken = len(server.taken())
    if taken != 3 * rounds * messages:
        raise AssertionError(f"{taken} messages arrived instead of {3 * rounds * messages}")
    return {
        "ours": ours.rates(),
        "bare": bare.rates(),
        "ready": ready.rates(),
        "ratio": _paired(bare, ours),
    }


def measure_growth(
    databases: dict[int, str], folder: Path, rounds: int, messages: int
) -> dict[str, Any]:
    """The worker after so many messages that left, in turn."""
    spent = {sent: Spent.nothing(messages) for sent in databases}
    with ExitStack() as open_ones:
        server = open_ones.enter_context(sink(folder))
        offices = {
            sent: Office(open_ones.enter_context(session_on(url)), server)
            for sent, url in databases.items()
        }
        for office in offices.values():
            office.fill(messages)
            office.work()
        for _ in range(rounds):
            for sent, office in offices.items():
                office.fill(messages)
                spent[sent].time(office.work)
    first, last = spent[min(databases)], spent[max(databases)]
    return {
        "by_past": {str(sent): each.rates() for sent, each in spent.items()},
        "ratio": _paired(last, first),
    }


def _paired(above: Spent, below: Spent) -> float:
    """The median of the ratios of each round: what disturbed one disturbed the other."""
    pairs = zip(above.seconds, below.seconds, strict=True)
    return statistics.median(one / other for one, other in pairs)
