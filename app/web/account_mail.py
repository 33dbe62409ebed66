"""Invitations and resets by e-mail, at once: while the coordinator waits, or behind the answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, url_for

from app.domain.access import LinkPurpose
from app.domain.appointment import MessageChannel
from app.extensions import db
from app.gateways.account_mail import AccountLetter, mail_account_letter
from app.gateways.carrier_words import known_cause
from app.gateways.parcels import AddressRefused, SenderUnavailable
from app.gateways.senders import is_configured, make_quick_mailer
from app.services.account_links import ask_reset
from app.web.clock import utc_now
from app.web.site import known_catalogue, site_of

log = structlog.get_logger(__name__)

SECONDS = 12.0
"""Somebody waits on the page; gunicorn gives up after 30."""
BEHIND = "account_mail"
SOME = "x"
"""In the place of a token, to learn what stands before it."""
NO_MAIL = "Ce site n’envoie pas d’e-mails."
NOT_SENT = "L’e-mail n’est pas parti : {why}"
REFUSED_ADDRESS = "le serveur refuse cette adresse."
BAD_SETTING = "l’envoi des e-mails est mal réglé sur ce site."
UNKNOWN = "le serveur ne l’a pas pris."


def can_mail() -> bool:
    """Whether this site sends e-mails at all."""
    return is_configured(MessageChannel.EMAIL, current_app.config["COCLICO"])


def account_letter(purpose: LinkPurpose) -> AccountLetter:
    """The letter in the words of the territory (or of the site without one), not yet addressed."""
    catalogue, address = known_catalogue(), current_app.config["COCLICO"].public_url
    site = site_of(catalogue) if catalogue else None
    return AccountLetter(
        to="",
        purpose=purpose,
        link=address + url_for("accounts.password", token=SOME).removesuffix(SOME),
        service=site.service_name if site else urlsplit(address).hostname or "",
        phone=site.phone or "" if site else "",
        reply_to=site.email or "" if site else "",
    )


def addressed(letter: AccountLetter, to: str, token: str) -> AccountLetter:
    """The letter to that person, with their link."""
    return replace(letter, to=to, link=letter.link + token)


def mail_letter(letter: AccountLetter, *, at: datetime) -> str | None:
    """Hand it over now. None: it left; else why not, in words for the coordinator."""
    try:
        mailer = make_quick_mailer(current_app.config["COCLICO"], SECONDS)
        if mailer is None:
            return NO_MAIL
        mail_account_letter(mailer, letter, at=at)
    except AddressRefused:
        return NOT_SENT.format(why=REFUSED_ADDRESS)
    except SenderUnavailable:
        return NOT_SENT.format(why=BAD_SETTING)
    except OSError as failure:
        return NOT_SENT.format(why=known_cause(failure) or UNKNOWN)
    return None


def mail_reset_behind(email: str) -> None:
    """« Mot de passe oublié »: the answer leaves first, so that its time tells nothing (T10).

    Neither the account nor the mail server is asked before; a failure is logged, without address.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    behind(app).submit(_mail_reset, app, email, account_letter(LinkPurpose.RESET), utc_now())


def behind(app: Flask) -> ThreadPoolExecutor:
    """What works behind the answers of this process: one letter at a time."""
    if BEHIND not in app.extensions:
        app.extensions[BEHIND] = ThreadPoolExecutor(1, thread_name_prefix=BEHIND)
    worker: ThreadPoolExecutor = app.extensions[BEHIND]
    return worker


def _mail_reset(app: Flask, email: str, letter: AccountLetter, now: datetime) -> None:
    with app.app_context():
        try:
            asked = ask_reset(db.session(), email, now=now)
            why = mail_letter(addressed(letter, *asked), at=now) if asked else None
        except Exception as fault:  # nobody waits for an answer: the log is the only witness
            why = type(fault).__qualname__
        if why:
            log.warning("reset.not_mailed", why=why)
