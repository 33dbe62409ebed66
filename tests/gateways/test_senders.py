"""Which sender the configuration gives, and the files that the one of the demo writes."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.gateways.messages import Attachment, Email, Occasion, render_email
from app.gateways.senders import (
    FileSender,
    Parcel,
    SenderUnavailable,
    is_configured,
    make_senders,
)
from app.gateways.sms_http import HttpSms
from app.gateways.sms_ovh import OvhSms
from app.gateways.smtp import SmtpSender, SmtpServer
from config import Config
from tests.support.appointment_sample import AT_VENUE, LETTERHEAD

AT = datetime(2026, 11, 21, 14, 12, tzinfo=UTC)
BARE = Config(secret_key="", link_key="")


def parcel(content: Email | str, to: str = "+33639980000") -> Parcel:
    return Parcel(name="000042-confirmation", to=to, content=content, at=AT)


def test_an_sms_is_one_small_file(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "new" / "folder", "CoclicO")
    sender.send(parcel("Coclic'O : rendez-vous mardi à 10h."))
    (file,) = (tmp_path / "new" / "folder").iterdir()
    assert file.name == "000042-confirmation.txt"
    assert (
        file.read_text()
        == "From: CoclicO\nTo: +33639980000\n\nCoclic'O : rendez-vous mardi à 10h.\n"
    )


def test_an_email_is_read_back_by_a_mail_reader(tmp_path: Path) -> None:
    email = render_email(Occasion(MessageKind.CONFIRMATION, AT_VENUE, LETTERHEAD))
    FileSender(tmp_path, "aide@demo.invalid").send(parcel(email, "rose@exemple.invalid"))
    content = (tmp_path / "000042-confirmation.eml").read_bytes()
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body, (calendar,) = mail.get_body(("plain",)), mail.iter_attachments()
    assert (mail["From"], mail["To"]) == ("aide@demo.invalid", "rose@exemple.invalid")
    assert mail["Subject"] == email.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == email.text
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_filename() == "rendez-vous.ics"
    assert calendar.get_payload(decode=True) == email.attachments[0].content


def test_the_same_message_is_the_same_file(tmp_path: Path) -> None:
    email = render_email(Occasion(MessageKind.CONFIRMATION, AT_VENUE, LETTERHEAD))
    written = set()
    for _ in range(2):
        FileSender(tmp_path, "aide@demo.invalid").send(parcel(email))
        (file,) = tmp_path.iterdir()
        written.add(file.read_bytes())
    assert len(written) == 1


def test_a_subject_is_one_line_and_any_type_may_be_attached(tmp_path: Path) -> None:
    attachment = Attachment("plan.bin", "application/octet-stream", b"\x00\x01")
    email = Email("Rendez-vous\r\nBcc: x@y.fr", "Bonjour.\n", (attachment,))
    FileSender(tmp_path, "aide@demo.invalid").send(parcel(email))
    mail = message_from_bytes(
        (tmp_path / "000042-confirmation.eml").read_bytes(), policy=policy.default
    )
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Rendez-vous Bcc: x@y.fr"


def test_a_text_alone_is_no_multipart(tmp_path: Path) -> None:
    FileSender(tmp_path, "aide@demo.invalid").send(parcel(Email("Annulé", "Annulé.\n")))
    mail = message_from_bytes((tmp_path / "000042-confirmation.eml").read_bytes())
    assert mail.get_content_type() == "text/plain"


def test_a_folder_that_refuses_is_an_error_for_the_worker(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(OSError, match="taken"):
        FileSender(tmp_path / "taken", "").send(parcel("Bonjour"))


def test_senders_of_a_configuration(tmp_path: Path) -> None:
    config = replace(
        BARE, smtp_url=f"file:{tmp_path}", mail_from="a@b.invalid", sms_url=f"file:{tmp_path}/sms"
    )
    assert make_senders(config) == {
        MessageChannel.EMAIL: FileSender(tmp_path, "a@b.invalid"),
        MessageChannel.SMS: FileSender(tmp_path / "sms", ""),
    }
    assert make_senders(BARE) == {}


def test_what_a_page_may_promise() -> None:
    config = replace(BARE, sms_url="file:messages")
    promised = {channel for channel in MessageChannel if is_configured(channel, config)}
    assert promised == {MessageChannel.SMS}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sms_url": "file:"}, "SMS_URL: say in which folder"),
        ({"smtp_url": "smtps://u:secret@mail.example.fr"}, "MAIL_FROM: say which address"),
        ({"smtp_url": "smtp://", "mail_from": "a@b.fr"}, "SMTP_URL: it must look like"),
        ({"sms_url": "https://sms.example.fr/?key=secret"}, "SMS_SENDER: say which name"),
        ({"sms_url": "ovh://u:secret@x", "sms_sender": "Aide"}, "SMS_URL: must look like ovh://"),
        ({"sms_url": "http://u:secret@x", "sms_sender": "Aide"}, "SMS_URL: must be the address"),
    ],
)
def test_a_sender_that_cannot_be_is_refused_in_one_sentence(
    changes: dict[str, str], words: str
) -> None:
    with pytest.raises(SenderUnavailable) as refusal:
        make_senders(replace(BARE, **changes))
    assert words in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_real_senders_of_a_configuration() -> None:
    config = replace(
        BARE,
        public_url="https://rdv.example.fr",
        smtp_url="smtp://mail.example.fr",
        mail_from="Aide <aide@example.fr>",
        sms_url="https://sms.example.fr/send",
        sms_sender="CoclicO",
        sms_http_id="ref",
    )
    senders = make_senders(config)
    mail, sms = senders[MessageChannel.EMAIL], senders[MessageChannel.SMS]
    assert isinstance(mail, SmtpSender)
    assert mail.server == SmtpServer("mail.example.fr", 587, own_name="rdv.example.fr")
    assert isinstance(sms, HttpSms)
    assert (sms.gateway.sender, sms.gateway.id_path) == ("CoclicO", "ref")
    by_ovh = replace(config, sms_url="ovh://k:s@sms-ab12345-1?consumer_key=c")
    assert isinstance(make_senders(by_ovh)[MessageChannel.SMS], OvhSms)
