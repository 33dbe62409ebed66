"""`flask mail test` and `flask sms test`: one message, to prove a configuration."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.clock import utc_now
from app.domain.appointment import MessageChannel
from app.domain.errors import DomainError
from app.gateways.carrier_words import why
from app.gateways.contacts import parse_email, parse_phone
from app.gateways.messages import Email
from app.gateways.parcels import AddressRefused, Parcel, Sender
from app.gateways.senders import make_senders
from config import Config

mail = AppGroup("mail", help="Essayer l’envoi des e-mails.")
sms = AppGroup("sms", help="Essayer l’envoi des SMS.")

NAME = "000000-essai"
VARIABLES = {MessageChannel.EMAIL: "SMTP_URL", MessageChannel.SMS: "SMS_URL"}
MISSING = "{variable} n’est pas réglé : aucun message ne peut partir (voir docs/messages.md)."
SUBJECT = "Essai d’envoi"
TEXT = """Bonjour,

Ce message est un essai, envoyé depuis {address}.
S’il est bien arrivé, les e-mails partent correctement.
"""
SMS_TEXT = "Essai d'envoi depuis {address}. Si vous lisez ceci, les SMS partent."


@mail.command("test")
@click.argument("address")
def test_mail(address: str) -> None:
    """Envoyer un e-mail d’essai à ADDRESS."""
    try:
        to = parse_email(address)
    except DomainError:
        to = None
    if not to:
        raise click.ClickException("cette adresse n’a pas la forme nom@exemple.fr.")
    config: Config = current_app.config["COCLICO"]
    content = Email(SUBJECT, TEXT.format(address=config.public_url))
    _try(MessageChannel.EMAIL, to, content)
    click.echo(f"E-mail remis pour {to} : regarder s’il arrive, et s’il n’est pas en indésirable.")


@sms.command("test")
@click.argument("number")
def test_sms(number: str) -> None:
    """Envoyer un SMS d’essai au mobile NUMBER (il est facturé)."""
    try:
        phone = parse_phone(number)
    except DomainError:
        phone = None
    if phone is None or not phone.is_mobile:
        raise click.ClickException("ce n’est pas un numéro de mobile, comme 06 39 98 00 00.")
    config: Config = current_app.config["COCLICO"]
    provider_id = _try(MessageChannel.SMS, phone.number, SMS_TEXT.format(address=config.public_url))
    said = f" (numéro chez l’opérateur : {provider_id})" if provider_id else ""
    click.echo(f"SMS remis pour {phone.number}{said} : regarder s’il arrive.")


def _try(channel: MessageChannel, to: str, content: Email | str) -> str | None:
    """Hand it over; the carrier's number for it. Raises ClickException, with one sentence."""
    sender = make_senders(current_app.config["COCLICO"]).get(channel)
    if sender is None:
        raise click.ClickException(MISSING.format(variable=VARIABLES[channel]))
    try:
        return _hand_over(sender, Parcel(NAME, to, content, utc_now()))
    except AddressRefused as refusal:
        raise click.ClickException(f"l’adresse est refusée ({refusal}).") from None
    except OSError as failure:
        raise click.ClickException(why(failure)) from None


def _hand_over(sender: Sender, parcel: Parcel) -> str | None:
    try:
        return sender.send(parcel).provider_id
    finally:
        sender.hang_up()


def missing_words(config: Config) -> str:
    """What a worker cannot send for want of a variable; empty where nothing is missing."""
    urls = {"SMTP_URL": config.smtp_url, "SMS_URL": config.sms_url}
    missing = [name for name, url in urls.items() if not url]
    if not missing:
        return ""
    verb = "n’est pas réglé" if len(missing) == 1 else "ne sont pas réglés"
    kinds = {"SMTP_URL": "les e-mails", "SMS_URL": "les SMS"}
    waiting = " et ".join(kinds[name] for name in missing)
    return f"{' et '.join(missing)} {verb} : {waiting} attendent (voir docs/messages.md)."
