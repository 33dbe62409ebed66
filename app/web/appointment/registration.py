"""The pages of one registration for a workshop, for whoever holds its link: its own facts alone."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, render_template
from flask_babel import gettext

from app.domain.appointment import CancelledBy
from app.domain.errors import LinkUnknown
from app.domain.messages import SENT_CHANNELS, MessageKind
from app.domain.sending import Wishes
from app.domain.workshop_facts import PlacesOfferFacts, RegistrationFacts, SessionFacts
from app.extensions import db
from app.gateways.senders import is_configured
from app.services import throttle
from app.services.registration_facts import (
    open_places_offer,
    registration_by_token,
    registration_holder,
)
from app.services.wishes import wishes_of
from app.web.appointment.ticket import after_a_colon, confirmation_by, promised_reminder
from app.web.clock import utc_now
from app.web.language import localized
from app.web.links import current_links
from app.web.quotas import link_quotas
from app.web.security import personal
from app.web.site import current_catalogue
from app.web.workshop_words import date_lines, place_row, workshop_when


def by_token(token: str) -> RegistrationFacts:
    """The registration that this link opens.

    Raises LinkUnknown (404), LinkExpired (410), or TooManyTries (429): only misses are counted.
    """
    catalogue, now = current_catalogue(), utc_now()
    try:
        return registration_by_token(db.session(), catalogue, token, now=now, links=current_links())
    except LinkUnknown:
        throttle.spend(db.session(), link_quotas(catalogue), now=now)
        raise


def page(template: str, facts: RegistrationFacts, status: int = 200, **names: Any) -> Response:
    """A page about one registration: kept by no cache, listed by no engine."""
    content = render_template(template, noindex=True, **page_facts(facts), **names)
    return personal(Response(content, status=status))


def page_facts(facts: RegistrationFacts) -> dict[str, Any]:
    """The names that the templates of a registration use."""
    now, workshop = utc_now(), facts.workshop
    return {
        "facts": facts,
        "workshop": workshop,
        "title": localized(workshop.title),
        "when": workshop_when(workshop),
        "dates": _dates(facts, now),
        "rows": _rows(facts),
        "state": state(facts),
        "is_cancelled": facts.is_cancelled,
        "has_begun": workshop.first_at <= now,
        "is_over": workshop.last_at <= now,
        "is_told": is_configured(facts.message_channel, current_app.config["COCLICO"])
        and facts.message_channel in SENT_CHANNELS,
        "settings": current_catalogue().settings,
        "confirmation": _confirmation(facts, now),
        "reminder": _reminder(facts, now),
        "offer": _offer(facts, now),
    }


def state(facts: RegistrationFacts) -> str:
    """In what state it is, as its person is told (product §10)."""
    service = current_catalogue().service["name"]
    if facts.is_cancelled:
        by_person = facts.cancelled_by is CancelledBy.PERSON
        if by_person and not facts.workshop.is_cancelled:
            return str(gettext("Annulée par vous"))
        if facts.left_unanswered and not facts.workshop.is_cancelled:
            return str(gettext("La place proposée n’a pas eu de réponse"))
        return str(gettext("Annulée par %(service)s", service=service))
    if facts.waits:
        return str(gettext("Liste d’attente, numéro %(rank)s", rank=facts.position))
    return str(gettext("Inscription confirmée"))


def _dates(facts: RegistrationFacts, now: datetime) -> list[dict[str, Any]]:
    """The dates of a cycle; a place on one of them may be given up until it begins."""
    return [
        each | {"can_excuse": facts.can_miss_dates and _can_excuse(each["session"], now)}
        for each in date_lines(facts.workshop)
    ]


def _can_excuse(session: SessionFacts, now: datetime) -> bool:
    return not (session.is_cancelled or session.is_excused) and session.starts_at > now


def _rows(facts: RegistrationFacts) -> list[dict[str, Any]]:
    """State, place, for how many, what to bring: each with its icon."""
    rows = [{"icon": "circle-check" if not facts.waits else "clock", "text": state(facts)}]
    rows.append(place_row(facts.workshop))
    if facts.places > 1:
        rows.append({"icon": "users", "text": gettext("Pour deux personnes")})
    if facts.devices_wanted:
        rows.append({"icon": "smartphone", "text": _lent(facts.devices_wanted)})
    bring = localized(facts.workshop.bring)
    if bring:
        text = gettext("À apporter : %(things)s", things=after_a_colon(bring))
        rows.append({"icon": "backpack", "text": text})
    return rows


def _lent(count: int) -> str:
    if count == 1:
        return str(gettext("Nous prêtons un appareil"))
    return str(gettext("Nous prêtons deux appareils"))


def _confirmation(facts: RegistrationFacts, now: datetime) -> str | None:
    """The message that leaves at once."""
    if not _is_told(facts, now) or _wishes(facts).refuse(
        MessageKind.CONFIRMATION, facts.message_channel
    ):
        return None
    return confirmation_by(facts.message_channel)


def _reminder(facts: RegistrationFacts, now: datetime) -> str | None:
    """The day of the message before their next date; who waits is not reminded."""
    ahead = [
        each.starts_at
        for each in facts.workshop.standing_sessions
        if each.starts_at > now and not each.is_excused
    ]
    if not ahead or facts.waits or not _is_told(facts, now):
        return None
    span = facts.registered_at, ahead[0]
    return promised_reminder(facts.message_channel, span, _wishes(facts), now)


def _is_told(facts: RegistrationFacts, now: datetime) -> bool:
    is_ahead = not facts.is_cancelled and facts.workshop.last_at > now
    return is_ahead and is_configured(facts.message_channel, current_app.config["COCLICO"])


def _wishes(facts: RegistrationFacts) -> Wishes:
    return wishes_of(db.session(), registration_holder(db.session(), facts.id))


def _offer(facts: RegistrationFacts, now: datetime) -> PlacesOfferFacts | None:
    """The places that are held for them until they answer."""
    if not facts.waits:
        return None
    return open_places_offer(db.session(), current_catalogue(), facts.id, current_links(), now)
