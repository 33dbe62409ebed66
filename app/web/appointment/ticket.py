"""What every page about one appointment says: when, where, what to bring, what comes next."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.appointment import AppointmentStatus, CancelledBy, MessageChannel
from app.domain.booking import check_can_cancel, check_can_change
from app.domain.errors import DomainError
from app.domain.messages import MessageKind
from app.domain.reminders import reminder_for
from app.domain.sending import Wishes
from app.extensions import db
from app.gateways import dates
from app.gateways.senders import is_configured
from app.services.appointment_facts import AppointmentFacts
from app.services.hours import open_hours
from app.services.wishes import holder_of, wishes_of
from app.web import filters
from app.web.clock import utc_now
from app.web.language import localized
from app.web.site import current_catalogue, in_commune
from app.web.wording import sentence

ONE_DAY = timedelta(days=1)
_REMINDERS = {
    MessageChannel.SMS: _l("Vous recevrez un SMS le %(day)s."),
    MessageChannel.EMAIL: _l("Vous recevrez un e-mail le %(day)s."),
}
"""By channel. The day is said: Sundays and holidays move it."""
_CONFIRMATIONS = {
    MessageChannel.SMS: _l("Vous recevez aussi une confirmation par SMS."),
    MessageChannel.EMAIL: _l("Vous recevez aussi une confirmation par e-mail."),
}


def page_facts(facts: AppointmentFacts) -> dict[str, Any]:
    """The names that the templates of an appointment use."""
    now = utc_now()
    return {
        "facts": facts,
        "when": when(facts, now),
        "rows": ticket_rows(facts),
        "state": state(facts),
        "is_cancelled": facts.status is AppointmentStatus.CANCELLED,
        "is_over": facts.status is not AppointmentStatus.BOOKED or facts.ends_at <= now,
        "change_refusal": _refusal(check_can_change, facts, now),
        "cancel_refusal": _refusal(check_can_cancel, facts, now),
        "confirmation": confirmation(facts, now),
        "reminder": reminder(facts, now),
    }


def state(facts: AppointmentFacts) -> str | None:
    """In what state the appointment is, as its person is told (product §10)."""
    if facts.cancelled_by is CancelledBy.PERSON:
        return str(gettext("Annulé par vous"))
    if facts.cancelled_by is CancelledBy.SERVICE:
        service = current_catalogue().service["name"]
        return str(gettext("Annulé par %(service)s", service=service))
    return str(gettext("Confirmé")) if facts.status is AppointmentStatus.BOOKED else None


def when(facts: AppointmentFacts, now: datetime) -> str:
    """« Mardi 8 décembre à 10 h », or the window of a visit."""
    language, zone = filters.language(), filters.zone()
    this_year = dates.local_date(now, zone).year
    if facts.is_visit and facts.window_ends_at:
        text = dates.date_window(facts.starts_at, facts.window_ends_at, language, zone, this_year)
    else:
        text = dates.date_time(facts.starts_at, language, zone, this_year)
    return filters.first_upper(text)


def ticket_rows(facts: AppointmentFacts) -> list[dict[str, Any]]:
    """Place, who, how long, what to bring: each with its icon."""
    length = dates.minutes(facts.topic_minutes, filters.language())
    service = current_catalogue().service["name"]
    rows = [_place_row(facts)]
    rows.append(
        {
            "icon": "user",
            "text": gettext(
                "Avec un conseiller %(service)s, %(length)s", service=service, length=length
            ),
        }
    )
    bring = localized(facts.bring)
    if bring:
        things = after_a_colon(bring)
        text = gettext("À apporter : %(things)s", things=things)
        if facts.is_visit:
            text = gettext("À préparer : %(things)s", things=things)
        rows.append({"icon": "backpack", "text": text})
    return rows


def after_a_colon(text: str) -> str:
    """« L’appareil » goes on as « l’appareil », but « CV » stays « CV »."""
    is_acronym = text[1:2].isupper()
    return text if is_acronym else text[:1].lower() + text[1:]


def _place_row(facts: AppointmentFacts) -> dict[str, Any]:
    if facts.is_visit:
        # The street stays off the page: a link may be seen by others (T8).
        return {
            "icon": "house",
            "text": gettext("Chez vous, %(name_in)s", name_in=in_commune(facts.place_commune)),
        }
    access = localized(facts.access_notes)
    return {"icon": "map-pin", "text": facts.place_name, "more": [facts.place_address, access]}


def confirmation(facts: AppointmentFacts, now: datetime) -> str | None:
    """The message that leaves at once, where a sender is configured for its channel."""
    if not _is_told(facts, now) or _refuses(facts, MessageKind.CONFIRMATION):
        return None
    return confirmation_by(facts.message_channel)


def confirmation_by(channel: MessageChannel) -> str:
    """What is said of the message that leaves at once."""
    return str(_CONFIRMATIONS[channel])


def reminder(facts: AppointmentFacts, now: datetime) -> str | None:
    """The day of the message that will come before; nothing is promised within a day.

    Whoever stopped it is told that they must remember by themselves.
    """
    if not _is_told(facts, now):
        return None
    wishes = wishes_of(db.session(), holder_of(db.session(), facts.id))
    span = facts.booked_at, facts.starts_at
    return promised_reminder(facts.message_channel, span, wishes, now)


def promised_reminder(
    channel: MessageChannel, span: tuple[datetime, datetime], wishes: Wishes, now: datetime
) -> str | None:
    """What is said of the reminder of what was booked and begins then (UTC)."""
    if wishes.refuse(MessageKind.CONFIRMATION, channel):
        return str(gettext("Vous ne recevrez pas de message. Notez la date."))
    if wishes.refuse(MessageKind.REMINDER, channel):
        return str(gettext("Vous ne recevrez pas de rappel. Notez la date."))
    booked_at, starts_at = span
    if starts_at - now <= ONE_DAY:
        return None
    catalogue = current_catalogue()
    hours = open_hours(catalogue, now)
    # As if it had never moved: the page may promise less than what will leave, never more.
    plan = reminder_for(starts_at, booked_at, catalogue.settings, hours)
    if plan is None or plan.due_at <= now:
        return None
    zone = filters.zone()
    this_year = dates.local_date(now, zone).year
    day = dates.long_date(plan.due_at, filters.language(), zone, this_year)
    return str(_REMINDERS[channel]) % {"day": day}


def _is_told(facts: AppointmentFacts, now: datetime) -> bool:
    is_ahead = facts.status is AppointmentStatus.BOOKED and facts.starts_at > now
    return is_ahead and is_configured(facts.message_channel, current_app.config["COCLICO"])


def _refuses(facts: AppointmentFacts, kind: MessageKind) -> bool:
    wishes = wishes_of(db.session(), holder_of(db.session(), facts.id))
    return wishes.refuse(kind, facts.message_channel)


def _refusal(check: Any, facts: AppointmentFacts, now: datetime) -> str | None:
    try:
        check(facts.status, facts.starts_at, now, current_catalogue().settings)
    except DomainError as refusal:
        return sentence(refusal)
    return None
