"""E-mail over a real server on this machine: taken, refused, deferred, slow, dropped, unsafe."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.messages import MessageKind
from app.gateways.messages import Email, Occasion, render_email
from app.gateways.parcels import AddressRefused, CarrierFailed, Parcel, SenderUnavailable
from app.gateways.smtp import SmtpSender, SmtpServer, read_smtp_url
from tests.support.appointment_sample import AT_VENUE, LETTERHEAD
from tests.support.mail_server import HOST, PASSWORD, USER, Authority, MailServer, mail_server

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROSE, MARC = "rose@exemple.invalid", "marc@exemple.invalid"
HURRY = {"answer_seconds": 0.3, "whole_seconds": 0.6}
FROM = "Coclic’O <rendez-vous@example.fr>"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def server(authority: Authority) -> Iterator[MailServer]:
    with mail_server(authority.of_server(), asks_who=True) as running:
        yield running


@pytest.fixture
def ca(authority: Authority, tmp_path: Path) -> str:
    return str(authority.write(tmp_path))


@pytest.fixture
def sender(server: MailServer, ca: str) -> Iterator[SmtpSender]:
    url = f"smtp://{USER}:s3cret%2Fword@{HOST}:{server.port}/?ca={ca}"
    sender = SmtpSender(read_smtp_url(url, "rdv.example.fr"), FROM)
    yield sender
    sender.hang_up()


def hurried(sender: SmtpSender) -> SmtpSender:
    return SmtpSender(replace(sender.server, **HURRY), FROM)


def parcel(to: str = ROSE, text: str = "Bonjour.\n") -> Parcel:
    content = Email("Votre rendez-vous", text)
    message_id = "<42.abc@rdv.example.fr>"
    return Parcel("000042-confirmation", to, content, AT, message_id, "mairie@example.fr")


def test_an_email_arrives_as_a_mail_reader_shows_it(sender: SmtpSender, server: MailServer) -> None:
    email = render_email(Occasion(MessageKind.CONFIRMATION, AT_VENUE, LETTERHEAD))
    sender.send(replace(parcel(), content=email))
    (mail,) = server.mails
    assert mail["From"] == FROM
    assert (mail["To"], mail["Reply-To"]) == (ROSE, "mairie@example.fr")
    assert mail["Message-ID"] == "<42.abc@rdv.example.fr>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == email.text
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").strip() == email.html.strip()
    (calendar,) = mail.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert "method" not in calendar["Content-Type"].params
    assert b"METHOD" not in calendar.get_payload(decode=True)


def test_one_line_serves_many_messages(sender: SmtpSender, server: MailServer) -> None:
    for _ in range(3):
        sender.send(parcel())
    assert (server.lines, len(server.accepted)) == (1, 3)
    sender.hang_up()
    sender.send(parcel())
    assert server.lines == 2


def test_a_dot_alone_on_its_line_ends_nothing(sender: SmtpSender, server: MailServer) -> None:
    sender.send(parcel(text="Avant.\n.\nAprès.\n"))
    body = server.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "Avant.\n.\nAprès.\n"


@pytest.mark.parametrize("code", ["550 5.1.1 No such user", "553 No", "552 5.2.2 Full"])
def test_an_address_that_the_server_refuses_is_refused_for_good(
    sender: SmtpSender, server: MailServer, code: str
) -> None:
    server.refuses[MARC] = code
    with pytest.raises(AddressRefused):
        sender.send(parcel(MARC))
    sender.send(parcel(ROSE))
    assert server.lines == 1
    assert [to for to, _ in server.accepted] == [ROSE]


@pytest.mark.parametrize(
    "code", ["451 4.7.1 Later", "450 Busy", "421 Closing", "550 5.7.1 Relaying denied", "530 Who?"]
)
def test_what_may_change_is_tried_again(sender: SmtpSender, server: MailServer, code: str) -> None:
    server.refuses[MARC] = code
    with pytest.raises(CarrierFailed):
        sender.send(parcel(MARC))
    sender.send(parcel(ROSE))
    assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("code", "failure"), [("554 Spam", AddressRefused), ("452 Full", CarrierFailed)]
)
def test_the_content_may_be_refused_too(
    sender: SmtpSender, server: MailServer, code: str, failure: type[Exception]
) -> None:
    server.refuses_content = code
    with pytest.raises(failure):
        sender.send(parcel())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_line_that_drops_is_an_error_for_the_worker(
    sender: SmtpSender, server: MailServer, command: str
) -> None:
    server.drops_at = command
    with pytest.raises(OSError):  # noqa: PT011 - each library says it in its own words
        sender.send(parcel())
    server.drops_at = None
    sender.send(parcel())
    assert len(server.accepted) == 1


def test_a_line_that_the_server_closed_meanwhile_is_opened_again(
    sender: SmtpSender, server: MailServer
) -> None:
    sender.send(parcel())
    server.drops_at, server.drops = "MAIL", 1
    sender.send(parcel())
    assert (server.lines, len(server.accepted)) == (2, 2)


def test_a_message_that_may_have_arrived_is_not_given_twice_by_one_call(
    sender: SmtpSender, server: MailServer
) -> None:
    sender.send(parcel())
    server.drops_at, server.drops = "DATA", 1
    with pytest.raises(OSError):  # noqa: PT011
        sender.send(parcel())
    assert len(server.accepted) == 1


def test_a_server_that_takes_its_time_is_left(sender: SmtpSender, server: MailServer) -> None:
    server.waits_s = 5
    with pytest.raises(OSError):  # noqa: PT011
        hurried(sender).send(parcel())


def test_a_line_that_says_nothing_for_ever_is_cut(sender: SmtpSender, server: MailServer) -> None:
    server.waits_s = 5
    patient = SmtpSender(replace(sender.server, answer_seconds=30, whole_seconds=0.4), FROM)
    with pytest.raises(CarrierFailed, match="took too long"):
        patient.send(parcel())


def test_nobody_at_that_port(sender: SmtpSender) -> None:
    lost = SmtpSender(replace(sender.server, port=9), FROM)
    with pytest.raises(OSError):  # noqa: PT011
        lost.send(parcel())
    lost.hang_up()


def test_a_wrong_password_is_no_fault_of_the_address(
    sender: SmtpSender, server: MailServer
) -> None:
    wrong = SmtpSender(replace(sender.server, password="wrong"), FROM)
    with pytest.raises(OSError) as failed:  # noqa: PT011
        wrong.send(parcel())
    assert "wrong" not in str(failed.value)
    assert server.accepted == []


def test_tls_at_once(authority: Authority, ca: str) -> None:
    with mail_server(authority.of_server(), at_once=True) as server:
        sender = SmtpSender(read_smtp_url(f"smtps://{HOST}:{server.port}?ca={ca}"), FROM)
        sender.send(parcel())
        sender.send(parcel())
        sender.hang_up()
        assert len(server.accepted) == 2


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_that_nobody_vouches_for(
    server: MailServer, authority: Authority, at_once: bool
) -> None:
    with mail_server(authority.of_server(), at_once=at_once) as running:
        stranger = SmtpSender(SmtpServer(HOST, running.port, tls_at_once=at_once), FROM)
        with pytest.raises(OSError, match="certificate"):
            stranger.send(parcel())
        assert running.accepted == []


def test_a_server_without_tls_receives_nothing(ca: str) -> None:
    with mail_server() as server:
        url = f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@{HOST}:{server.port}?ca={ca}"
        with pytest.raises(OSError, match="STARTTLS"):
            SmtpSender(read_smtp_url(url), FROM).send(parcel())
        assert server.accepted == []


def test_a_relay_on_this_very_machine_needs_no_tls() -> None:
    with mail_server() as server:
        sender = SmtpSender(read_smtp_url(f"smtp://localhost:{server.port}?tls=off"), FROM)
        sender.send(parcel())
        sender.hang_up()
        assert len(server.accepted) == 1


def test_an_address_that_the_server_cannot_write_to_is_refused_for_good() -> None:
    with mail_server(knows_utf8=False) as server:
        sender = SmtpSender(read_smtp_url(f"smtp://localhost:{server.port}?tls=off"), FROM)
        for _ in range(2):  # on a new line, then on one that is open
            with pytest.raises(AddressRefused):
                sender.send(parcel("rosé@exemple.invalid"))
            sender.send(parcel())
        sender.hang_up()
        assert (len(server.accepted), server.lines) == (2, 1)


def test_an_address_in_other_letters(sender: SmtpSender, server: MailServer) -> None:
    sender.send(parcel("rose@exemple-éé.invalid"))
    sender.send(parcel("rosé@exemple.invalid"))
    received = [to for to, _ in server.accepted]
    assert received == ["rose@xn--exemple--i1aa.invalid", "rosé@exemple.invalid"]
    with pytest.raises(AddressRefused):
        sender.send(parcel("rose@..invalid"))


def test_an_sms_is_no_email(sender: SmtpSender) -> None:
    with pytest.raises(TypeError):
        sender.send(replace(parcel(), content="Bonjour"))


def test_what_smtp_url_may_say() -> None:
    assert read_smtp_url("smtp://u:p%40s@mail.example.fr", "rdv.example.fr") == SmtpServer(
        "mail.example.fr", 587, "u", "p@s", own_name="rdv.example.fr"
    )
    assert read_smtp_url("smtps://mail.example.fr:4650") == SmtpServer(
        "mail.example.fr", 4650, tls_at_once=True
    )


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "smtp://u:secret@mail.example.fr:port",
        "smtp://u:secret@mail.example.fr?tls=off",
        "smtp://mail.example.fr?tls=off",
        "smtp://u:secret@mail.example.fr?tsl=off",
        "smtp://u:secret@mail.example.fr/inbox",
        "ftp://u:secret@mail.example.fr",
    ],
)
def test_what_smtp_url_may_not_say(url: str) -> None:
    with pytest.raises(SenderUnavailable, match=r"^SMTP_URL: ") as refusal:
        read_smtp_url(url)
    assert "secret" not in str(refusal.value)


def test_an_authority_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SenderUnavailable, match="ca="):
        SmtpSender(SmtpServer("mail.example.fr", 587, ca=str(tmp_path / "none.pem")), FROM)
