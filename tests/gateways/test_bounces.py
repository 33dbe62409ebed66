"""The mailbox of what came back: which reports tell of a loss, and a mailbox that misbehaves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.bounces import (
    LARGEST_MAIL,
    Mailbox,
    lost_message_id,
    opened,
    read_mailbox_url,
)
from app.gateways.parcels import SenderUnavailable
from tests.support.bounce_sample import poisoned, report
from tests.support.imap_server import PASSWORD, USER, ImapServer, imap_server
from tests.support.mail_server import Authority

ID = "<coclico.42.0123456789abcdef@rdv.example.fr>"
HOST = "127.0.0.1"


@pytest.mark.parametrize("quotes", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_the_message_that_was_lost(quotes: str) -> None:
    assert lost_message_id(report(ID, quotes=quotes)) == ID


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", ""])
def test_other_reports_tell_of_no_loss(action: str) -> None:
    assert lost_message_id(report(ID, action)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage\xff\x00",
        b"Subject: Absence\r\nMessage-ID: " + ID.encode() + b"\r\n\r\nJe suis absente.",
        report(ID).replace(b"multipart/report", b"multipart/mixed"),
        report(ID).replace(b"message/rfc822", b"text/plain"),
        report(ID).replace(b"message/delivery-status", b"text/plain"),
        report(ID).replace(b"Message-ID", b"X-Message-ID"),
        report(ID)[:500],
        *poisoned().values(),
    ],
)
def test_what_is_no_report_tells_of_no_loss(content: bytes) -> None:
    assert lost_message_id(content) is None


@given(st.binary(max_size=2000), st.integers(0, 900))
def test_no_mail_is_too_strange(garbage: bytes, where: int) -> None:
    whole = report(ID)
    lost_message_id(whole[:where] + garbage + whole[where:])


@pytest.fixture
def box() -> Iterator[ImapServer]:
    with imap_server() as running:
        running.mails = {
            3: report(ID),
            5: b"Subject: x\r\n\r\nBonjour",
            9: b"y" * (LARGEST_MAIL + 9),
        }
        yield running


@pytest.fixture
def mailbox(box: ImapServer) -> Mailbox:
    return Mailbox(HOST, box.port, USER, PASSWORD, tls_at_once=False, without_tls=True)


def test_unread_mails_stay_unread_until_they_are_marked(box: ImapServer, mailbox: Mailbox) -> None:
    with opened(mailbox) as inside:
        found = dict(inside.unread(10))
        assert list(found) == [b"3", b"5", b"9"]
        assert found[b"3"] == report(ID)
        assert len(found[b"9"]) == LARGEST_MAIL
        assert box.seen == set()
        inside.mark_read(b"5")
        inside.remove(b"3")
    assert (box.seen, set(box.mails)) == ({3, 5}, {5, 9})


def test_no_more_than_asked(mailbox: Mailbox) -> None:
    with opened(mailbox) as inside:
        assert [number for number, _ in inside.unread(2)] == [b"3", b"5"]


def read_all(mailbox: Mailbox) -> list[bytes]:
    with opened(mailbox) as inside:
        return [number for number, _ in inside.unread(10)]


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"folder": "Lost"}, {"port": 9}])
def test_a_mailbox_that_refuses_us(mailbox: Mailbox, changes: dict[str, object]) -> None:
    with pytest.raises(OSError, match="mailbox of bounces") as failed:
        read_all(replace(mailbox, **changes))
    assert "wrong" not in str(failed.value)


def test_a_mailbox_that_answers_nonsense(box: ImapServer, mailbox: Mailbox) -> None:
    box.answer_to_search = "* SEARCH all of them"
    with pytest.raises(OSError, match="mailbox of bounces"):
        read_all(mailbox)


def test_a_mailbox_that_says_nothing_is_left(box: ImapServer, mailbox: Mailbox) -> None:
    box.is_mute = True
    with pytest.raises(OSError, match="took too long"):
        read_all(replace(mailbox, whole_seconds=0.3))


@pytest.mark.parametrize("at_once", [False, True])
def test_over_tls(tmp_path: Path, at_once: bool) -> None:
    authority = Authority()
    with imap_server(authority.of_server(), at_once=at_once) as box:
        mailbox = Mailbox(HOST, box.port, USER, PASSWORD, tls_at_once=at_once)
        assert read_all(replace(mailbox, ca=str(authority.write(tmp_path)))) == []
        with pytest.raises(OSError, match="CertVerification"):
            read_all(mailbox)


def test_no_password_without_tls(box: ImapServer, mailbox: Mailbox) -> None:
    with pytest.raises(OSError, match="mailbox of bounces"):
        read_all(replace(mailbox, without_tls=False))
    assert not [line for line in box.asked if "LOGIN" in line]


def test_what_the_url_may_say() -> None:
    assert read_mailbox_url("imaps://u%40x:p%2Fs@mail.example.fr/Retours") == Mailbox(
        "mail.example.fr", 993, "u@x", "p/s", "Retours"
    )
    assert read_mailbox_url("imap://u:p@localhost:1143?tls=off") == Mailbox(
        "localhost", 1143, "u", "p", tls_at_once=False, without_tls=True
    )


@pytest.mark.parametrize(
    "url",
    [
        "imaps://mail.example.fr",
        "imaps://u:secret@",
        "imaps://u:secret@mail.example.fr:x",
        "imap://u:secret@mail.example.fr?tls=off",
        "imaps://u:secret@mail.example.fr?folder=x",
        "pop3://u:secret@mail.example.fr",
    ],
)
def test_what_the_url_may_not_say(url: str) -> None:
    with pytest.raises(SenderUnavailable, match=r"^BOUNCE_IMAP_URL: ") as refusal:
        read_mailbox_url(url)
    assert "secret" not in str(refusal.value)
