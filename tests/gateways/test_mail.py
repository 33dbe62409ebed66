"""The e-mail that we write, read back by the standard library: nothing lost, nothing added."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.mail import write_mail
from app.gateways.messages import Attachment, Email
from app.gateways.parcels import Parcel

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
FROM = "Coclic’O <rendez-vous@example.fr>"
TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs",), exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    )
)


def written(email: Email, to: str = "rose@exemple.invalid", **more: str) -> bytes:
    return write_mail(Parcel("000042-confirmation", to, email, AT, **more), email, FROM)


def read(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not [part.defects for part in mail.walk() if part.defects]
    return mail


def said(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@given(TEXTS, TEXTS, TEXTS)
def test_words_come_back_as_they_were(subject: str, text: str, html: str) -> None:
    mail = read(written(Email(subject, f"{text}\n", html=f"<p>{html}</p>\n")))
    assert said(mail) == f"{text}\n"
    assert said(mail, "html") == f"<p>{html}</p>\n"


@given(st.binary(max_size=5000))
def test_files_come_back_as_they_were(content: bytes) -> None:
    email = Email(
        "Plan", "Voici.\n", (Attachment("plan.bin", "application/octet-stream", content),)
    )
    (part,) = read(written(email)).iter_attachments()
    assert part.get_payload(decode=True) == content


@given(TEXTS, TEXTS)
def test_every_line_is_short_plain_and_ended(subject: str, text: str) -> None:
    content = written(Email(subject, text, html=text))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert content.isascii()


@pytest.mark.parametrize(
    "subject",
    [
        "Rendez-vous mardi 8 décembre à 10 h – Coclic’O",
        "Rendez-vous " * 20,
        "Décembre " * 30,
        "plain",
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    assert read(written(Email(subject, "x\n")))["Subject"].strip() == subject.strip()


def test_nobody_adds_a_header() -> None:
    evil = "x\r\nBcc: eve@example.fr\r\n\r\nbody"
    email = Email(evil, "Bonjour.\n", (Attachment(evil, "text/plain", b"x"),))
    content = written(email, reply_to=evil, message_id=evil, to=f"a@b.fr\r\nBcc: {evil}")
    mail = message_from_bytes(content)
    assert mail["Bcc"] is None
    assert [name for name, _ in mail.items()] == [
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    ]


def test_the_headers() -> None:
    mail = read(written(Email("Bonjour", "x\n"), reply_to="m@x.fr", message_id="<1@h>"))
    assert (mail["From"], mail["To"]) == (FROM, "rose@exemple.invalid")
    assert (mail["Reply-To"], mail["Message-ID"]) == ("m@x.fr", "<1@h>")
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"


def test_an_address_in_other_letters_travels_as_it_is() -> None:
    assert "To: rosé@exemple.invalid\r\n".encode() in written(
        Email("x", "x"), "rosé@exemple.invalid"
    )


@pytest.mark.parametrize("name", ["rendez-vous.ics", "août.ics", 'a"b;c.ics'])
def test_a_file_keeps_its_name(name: str) -> None:
    email = Email("x", "x\n", (Attachment(name, "text/calendar; charset=utf-8", b"BEGIN"),))
    (part,) = read(written(email)).iter_attachments()
    assert part.get_filename() == name
    assert part.get_content_charset() == "utf-8"
