"""The variables of messages, as config.py reads them."""

import pytest

from config import BadConfiguration, Config

NEEDED = {"SECRET_KEY": "k" * 40, "DATABASE_URL": "sqlite:///x"}


def read(**environ: str) -> Config:
    return Config.from_environment(NEEDED | environ)


def test_all_of_them() -> None:
    config = read(
        SMTP_URL="smtps://u:p@mail.example.fr",
        SMS_URL="https://sms.example.fr/send",
        SMS_HTTP_BODY='{"to": "$to", "text": "$text"}',
        SMS_HTTP_HEADERS="{}",
        SMS_HTTP_SECRET="s",
        SMS_HTTP_ID="ref",
        SMS_RECEIPT_TOKEN="a1" * 12,
        SMS_STOP_NUMBER="36 180",
        BOUNCE_IMAP_URL="imaps://u:p@mail.example.fr",
    )
    assert (config.sms_http_body, config.sms_http_headers) == (
        '{"to": "$to", "text": "$text"}',
        "{}",
    )
    assert (config.sms_http_secret, config.sms_http_id) == ("s", "ref")
    assert config.sms_receipt_token == "a1" * 12
    assert config.sms_stop_number == "36180"
    assert config.bounce_imap_url == "imaps://u:p@mail.example.fr"


def test_the_national_form_is_named_or_not() -> None:
    address = "https://outil.example/cra"
    assert read(NATIONAL_FORM_URL=f"{address}/").national_form_url == address
    assert read().national_form_url is None


def test_none_of_them() -> None:
    config = read(SMS_HTTP_BODY="", SMS_RECEIPT_TOKEN="", BOUNCE_IMAP_URL="")
    assert (config.smtp_url, config.sms_url, config.sms_http_body) == (None, None, None)
    assert (config.sms_receipt_token, config.bounce_imap_url) == (None, None)
    assert config.sms_stop_number is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMS_RECEIPT_TOKEN", "short-secret"),
        ("SMS_RECEIPT_TOKEN", "a/" * 20),
        ("SMS_RECEIPT_TOKEN", "é" * 30),
        ("SMS_STOP_NUMBER", "36180"),  # without SMS_URL
        ("SMS_STOP_NUMBER", "STOP au 36180"),
        ("SMS_STOP_NUMBER", "1"),
        ("BOUNCE_IMAP_URL", "pop3://u:secret@mail.example.fr"),
        ("SMTP_URL", "http://u:secret@mail.example.fr"),
        ("SMS_URL", "smpp://u:secret@sms.example.fr"),
        ("NATIONAL_FORM_URL", "http://outil.example/cra"),
        ("NATIONAL_FORM_URL", "https://outil.example/cra?v="),
    ],
)
def test_what_cannot_serve_is_named_without_its_secret(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration) as refusal:
        read(**{name: value})
    assert str(refusal.value).startswith(f"{name}: ")
    assert "secret@" not in str(refusal.value)
    assert "short-secret" not in str(refusal.value)
