"""E-mails that came back become calls, once, whatever else lies in the mailbox."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import OutboxState, Receipt
from app.gateways.bounces import Mailbox
from app.models.appointment import CallTask
from app.models.outbox import OutboxMessage
from app.services.bounces import AT_ONCE, read_bounces
from app.services.jobs import JOBS, Worker, jobs_of, run_turn
from app.services.letters import PostRoom
from app.services.message_stamps import stamp_of
from app.services.transaction import write_transaction
from tests.support.appointment_rows import LINKS, NOW, Town, make_town
from tests.support.bounce_sample import poisoned, report
from tests.support.imap_server import PASSWORD, USER, ImapServer, imap_server

URL = "https://rdv.example.fr"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def box() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


@pytest.fixture
def room(box: ImapServer) -> PostRoom:
    mailbox = Mailbox("127.0.0.1", box.port, USER, PASSWORD, tls_at_once=False, without_tls=True)
    return PostRoom({}, LINKS, URL, lambda: 0.0, mailbox)


@pytest.fixture
def town(session: Session) -> Town:
    """A confirmation by e-mail that left."""
    town = make_town(session)
    town.book(message_channel=MessageChannel.EMAIL)
    with write_transaction(session):
        session.execute(update(OutboxMessage).values(state=OutboxState.SENT, closed_at=NOW))
    return town


def stamp(town: Town) -> str:
    return stamp_of(town.messages()[0].id, LINKS, URL)


def calls(town: Town) -> list[CallReason]:
    town.session.rollback()
    return list(town.session.scalars(select(CallTask.reason)))


def test_what_came_back_becomes_a_call(town: Town, room: PostRoom, box: ImapServer) -> None:
    box.mails = {1: b"Subject: x\r\n\r\nMerci", 2: report(stamp(town)), 3: report(stamp(town))}
    assert read_bounces(room, town.session, LATER, 200) == 2
    (message,) = town.messages()
    assert (message.receipt, message.receipt_at) == (Receipt.LOST, LATER)
    assert calls(town) == [CallReason.UNDELIVERED]
    assert (set(box.mails), box.seen) == ({1}, {1, 2, 3})
    assert read_bounces(room, town.session, LATER, 200) == 0


def test_a_stranger_loses_nobodys_message(town: Town, room: PostRoom, box: ImapServer) -> None:
    number = town.messages()[0].id
    box.mails = {1: report(f"<coclico.{number}.0123456789abcdef@rdv.example.fr>")}
    assert read_bounces(room, town.session, LATER, 200) == 0
    assert town.messages()[0].receipt is None
    assert calls(town) == []


def test_a_mail_that_nobody_can_read_hides_no_other(
    town: Town, room: PostRoom, box: ImapServer
) -> None:
    poison = list(poisoned().values())
    box.mails = dict(enumerate(poison, 1)) | {99: report(stamp(town))}
    assert read_bounces(room, town.session, LATER, 200) == 1
    assert town.messages()[0].receipt is Receipt.LOST
    assert (len(box.seen), len(box.mails)) == (len(poison) + 1, len(poison))


def test_a_forgotten_mailbox_is_read_part_by_part(
    town: Town, room: PostRoom, box: ImapServer
) -> None:
    box.mails = dict.fromkeys(range(1, AT_ONCE + 11), b"Subject: x\r\n\r\n")
    read_bounces(room, town.session, LATER, 200)
    assert len(box.seen) == AT_ONCE


def test_the_worker_reads_it_where_it_is_told_of_one(
    town: Town, room: PostRoom, box: ImapServer
) -> None:
    box.mails = {2: report(stamp(town))}
    worker = Worker(room, lambda: LATER, lambda _: False)
    assert len(jobs_of(worker)) == len(JOBS) + 1
    assert run_turn(town.session, worker)
    assert town.messages()[0].receipt is Receipt.LOST


def test_without_a_mailbox_nothing_is_read(town: Town) -> None:
    room = PostRoom({}, LINKS, URL)
    assert jobs_of(Worker(room, lambda: LATER, lambda _: False)) == JOBS
    assert read_bounces(room, town.session, LATER, 200) == 0


def test_a_mailbox_that_does_not_answer_fails_its_job_only(
    town: Town, room: PostRoom, box: ImapServer
) -> None:
    box.folder = "elsewhere"
    worker = Worker(room, lambda: LATER, lambda _: False)
    assert not run_turn(town.session, worker)
