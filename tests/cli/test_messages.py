"""`flask mail test` and `flask sms test`: one message leaves, or one sentence says why not."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from app.cli.messages import missing_words
from app.gateways.carrier_words import why
from app.gateways.parcels import CarrierFailed, TryLater
from config import Config
from tests.support.gateway_server import GatewayServer, gateway_server
from tests.support.mail_server import HOST, MailServer, mail_server
from tests.support.site import MakeApp

ROSE = "rose@exemple.invalid"
MOBILE = "06 39 98 00 00"


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    with gateway_server() as running:
        yield running


def by_mail(make_app: MakeApp, port: int, address: str = ROSE) -> Result:
    app = make_app(smtp_url=f"smtp://{HOST}:{port}?tls=off", mail_from="aide@example.fr")
    return app.test_cli_runner().invoke(args=["mail", "test", address])


def by_sms(make_app: MakeApp, url: str, number: str = MOBILE) -> Result:
    app = make_app(sms_url=url, sms_sender="CoclicO")
    return app.test_cli_runner().invoke(args=["sms", "test", number])


def test_an_email_leaves(make_app: MakeApp, mails: MailServer) -> None:
    result = by_mail(make_app, mails.port)
    assert (result.exit_code, result.output[:24]) == (0, f"E-mail remis pour {ROSE}"[:24])
    (mail,) = mails.mails
    assert (mail["To"], mail["Subject"]) == (ROSE, "Essai d’envoi")


def test_an_sms_leaves(make_app: MakeApp, gateway: GatewayServer) -> None:
    result = by_sms(make_app, gateway.address)
    assert result.exit_code == 0, result.output
    assert "msg-1" in result.output
    assert gateway.asked[0].json["to"] == "+33639980000"


def test_a_file_is_a_way_too(make_app: MakeApp, tmp_path: Path) -> None:
    assert by_sms(make_app, f"file:{tmp_path}").exit_code == 0
    assert (tmp_path / "000000-essai.txt").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["mail", "test", ROSE], "SMTP_URL n’est pas réglé"),
        (["sms", "test", MOBILE], "SMS_URL n’est pas réglé"),
        (["mail", "test", "rose"], "nom@exemple.fr"),
        (["mail", "test", ""], "nom@exemple.fr"),
        (["sms", "test", "05 36 49 00 00"], "pas un numéro de mobile"),
        (["sms", "test", "demain"], "pas un numéro de mobile"),
    ],
)
def test_what_cannot_be_tried(make_app: MakeApp, args: list[str], words: str) -> None:
    silent = make_app(smtp_url=None, sms_url=None)
    result = silent.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1
    assert words in result.output


def test_a_refused_address(make_app: MakeApp, mails: MailServer) -> None:
    mails.refuses[ROSE] = "550 5.1.1 No such user"
    result = by_mail(make_app, mails.port)
    assert result.exit_code == 1
    assert "l’adresse est refusée" in result.output


def test_nobody_there(make_app: MakeApp) -> None:
    result = by_mail(make_app, 9)
    assert result.exit_code == 1
    assert "personne ne répond à ce port" in result.output


def test_a_gateway_that_is_ill(make_app: MakeApp, gateway: GatewayServer) -> None:
    gateway.status = 500
    result = by_sms(make_app, gateway.address)
    assert result.exit_code == 1
    assert "l’envoi a échoué (the SMS gateway answered 500)" in result.output


def caused(cause: Exception) -> CarrierFailed:
    failure = CarrierFailed("it did not answer")
    failure.__cause__ = cause
    return failure


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "le nom ou le mot de passe"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "ne propose pas STARTTLS"),
        (smtplib.SMTPServerDisconnected("gone"), "a coupé la ligne"),
        (ssl.SSLCertVerificationError("self-signed"), "certificat du serveur n’est pas reconnu"),
        (ssl.SSLError("wrong version"), "ne parle pas TLS"),
        (socket.gaierror("unknown"), "aucun serveur de ce nom"),
        (TimeoutError("slow"), "ne répond pas à temps"),
        (caused(ConnectionRefusedError()), "personne ne répond"),
        (TryLater(timedelta(minutes=3)), "d’attendre (environ 3 min)"),
        (CarrierFailed("the mail server answered 451"), "(the mail server answered 451)"),
    ],
)
def test_each_failure_has_its_sentence(failure: OSError, words: str) -> None:
    assert words in why(failure)


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ({}, "SMTP_URL et SMS_URL ne sont pas réglés : les e-mails et les SMS attendent"),
        ({"smtp_url": "file:x"}, "SMS_URL n’est pas réglé : les SMS attendent"),
        ({"sms_url": "file:x"}, "SMTP_URL n’est pas réglé : les e-mails attendent"),
        ({"sms_url": "file:x", "smtp_url": "file:x"}, ""),
    ],
)
def test_a_worker_says_what_it_cannot_send(urls: dict[str, str], words: str) -> None:
    said = missing_words(Config(secret_key="", link_key="", **urls))
    assert said.startswith(words)
    assert bool(said) is bool(words)
