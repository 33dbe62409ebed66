"""`flask user …`: the first account of an installation, and the way back in when all is lost."""

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.cli.clock import utc_now
from app.cli.files import plain_refusals
from app.domain import names
from app.domain.access import LinkPurpose, Role
from app.domain.errors import DomainError
from app.domain.staff_errors import EmailTaken
from app.extensions import db
from app.gateways.contacts import parse_email
from app.services.account_links import issue_link
from app.services.team import AccountRequest, account_id, create_user


@click.group()
def user() -> None:
    """The accounts of the team."""


@user.command("create")
@click.option("--email", prompt="Adresse e-mail", help="The address to sign in with.")
@click.option("--first-name", prompt="Prénom", help="As colleagues call them.")
@click.option("--last-name", prompt="Nom", help="The family name.")
@with_appcontext
def create(email: str, first_name: str, last_name: str) -> None:
    """Open the account of a coordinator, and print the link that sets its password (one hour)."""
    session = db.session()
    request = AccountRequest(
        email=_checked(email),
        first_name=_name(names.first_name, first_name, "prénom"),
        last_name=_name(names.last_name, last_name, "nom"),
        role=Role.COORDINATOR,
    )
    with plain_refusals():
        try:
            user_id = create_user(session, request, by=None, now=utc_now())
        except EmailTaken:
            raise _taken(session, email) from None
        click.echo("Le compte de coordination est ouvert.")
        _print_link(session, user_id, LinkPurpose.INVITATION)


@user.command("link")
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a new link that sets the password of an account (one hour)."""
    session = db.session()
    with plain_refusals():
        user_id = account_id(session, email)
        if user_id is None:
            raise click.ClickException(f"aucun compte ouvert pour {email}")
        _print_link(session, user_id, LinkPurpose.RESET)


def _checked(email: str) -> str:
    """The address, tidied; stops the command where it is none."""
    try:
        checked = parse_email(email)
    except DomainError:
        checked = None
    if checked is None:
        raise click.ClickException(f"{email} n'est pas une adresse e-mail")
    return checked


def _name(read: Callable[[str], str], typed: str, what: str) -> str:
    """The name, tidied; stops the command where it is none."""
    try:
        return read(typed)
    except DomainError:
        raise click.ClickException(f"« {typed} » n'est pas un {what}") from None


def _taken(session: Session, email: str) -> click.ClickException:
    """That address has an account: the way on, where there is one."""
    if account_id(session, email) is None:
        return click.ClickException(
            f"ce compte est fermé : {email} ; la coordination peut le rouvrir (Équipe)"
        )
    return click.ClickException(
        f"un compte existe déjà pour {email} : flask user link {email} donne un nouveau lien"
    )


def _print_link(session: Session, user_id: int, purpose: LinkPurpose) -> None:
    token = issue_link(session, user_id, purpose, by=None, now=utc_now())
    public_url = current_app.config["COCLICO"].public_url
    click.echo("Pour choisir le mot de passe, dans l'heure :")
    click.echo(f"{public_url}/agents/mot-de-passe/{token}")
