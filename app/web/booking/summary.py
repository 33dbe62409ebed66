"""What the check page says, row by row, each with the way to change it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.domain.appointment import MessageChannel
from app.domain.booking import BookingRequest, Choice
from app.gateways import dates
from app.services.catalogue import Catalogue
from app.services.waiting import JoinRequest
from app.web import filters
from app.web.booking.flow import Flow
from app.web.booking.offered import (
    CALL_TIMES,
    MESSAGES,
    RECIPIENTS,
    RELATIONS,
    email_label,
)
from app.web.booking.waiting_forms import wait_channels
from app.web.booking_terms import YES, when_chosen
from app.web.language import localized
from app.web.waiting_words import HALF_DAYS, REACHES

Row = dict[str, Any]


def check_rows(
    flow: Flow, request: BookingRequest, catalogue: Catalogue, now: datetime
) -> list[Row]:
    """The answers in the order they were asked."""
    answers = flow.url("details_again")
    return [
        _row(
            gettext("Date et heure"),
            when_chosen(request.choice, catalogue, now),
            flow.url("time_again"),
            gettext("l’heure"),
        ),
        *_place_rows(flow, request, catalogue),
        _row(
            gettext("Besoin"),
            _topic(request.choice, catalogue),
            flow.url("topic_again"),
            gettext("le besoin"),
        ),
        *_person_rows(request, answers),
        *_helper_rows(request, answers),
        *_message_rows(request, answers),
    ]


def waiting_rows(flow: Flow, request: JoinRequest, catalogue: Catalogue) -> list[Row]:
    """What somebody waits for, then who and how, as `check_rows` says it."""
    again, booking = flow.url("wait_again"), request.booking
    commune = catalogue.commune(booking.choice.commune_slug)
    where = [booking.home.line1, booking.home.line2] if booking.home else []
    where.append(f"{commune.postal_code} {commune.name}")
    rows = [
        _row(gettext("Commune"), where, again, gettext("la commune")),
        _row(gettext("Besoin"), _topic(booking.choice, catalogue), again, gettext("le besoin")),
        _row(gettext("Quand"), str(HALF_DAYS[request.half_day]), again, gettext("le moment")),
    ]
    if not booking.home:
        reach = str(REACHES[str(request.reach_minutes)])
        rows.append(_row(gettext("Où"), reach, again, gettext("le trajet")))
    channel = str(wait_channels()[booking.message_channel])
    told = [channel]
    if booking.helper:
        told.append(str(RECIPIENTS[booking.message_to]))
    return [
        *rows,
        *_person_rows(booking, again),
        *_helper_rows(booking, again),
        _row(gettext("Nous vous prévenons"), told, again, gettext("les messages")),
    ]


def _place_rows(flow: Flow, request: BookingRequest, catalogue: Catalogue) -> list[Row]:
    choice, home = request.choice, request.home
    if home is None:
        venue = catalogue.venue(choice.venue_slug)
        place = [venue.name, venue.address, venue.postal_line]
        elsewhere = flow.url("time_again", voisines=YES)
        return [_row(gettext("Lieu"), place, elsewhere, gettext("le lieu"))]
    commune = catalogue.commune(choice.commune_slug)
    town, again = f"{commune.postal_code} {commune.name}", flow.url("commune_again")
    address = flow.url("details_again")
    return [
        _row(gettext("Adresse"), [home.line1, home.line2], address, gettext("l’adresse")),
        _row(gettext("Commune"), town, again, gettext("la commune")),
    ]


def _topic(choice: Choice, catalogue: Catalogue) -> list[str]:
    topic = catalogue.topic(choice.topic_code)
    return [localized(topic.label), dates.minutes(topic.minutes, filters.language())]


def _person_rows(request: BookingRequest, answers: str) -> list[Row]:
    person = request.person
    name = f"{person.first_name} {person.last_name}"
    who = gettext("La personne qui a besoin d’aide") if request.helper else gettext("Nom")
    rows = [_row(who, name, answers, gettext("le nom"))]
    if person.phone:
        number = filters.phone(person.phone.number)
        rows.append(_row(gettext("Téléphone"), number, answers, gettext("le téléphone")))
    if person.email:
        label = email_label(is_for_another=request.helper is not None)
        rows.append(_row(label, person.email, answers, gettext("l’adresse e-mail")))
    return rows


def _helper_rows(request: BookingRequest, answers: str) -> list[Row]:
    helper = request.helper
    if helper is None:
        return []
    relation = str(RELATIONS[helper.relation])
    lines = [helper.name, filters.phone(helper.phone.number), relation]
    return [_row(gettext("Vous"), lines, answers, gettext("vos réponses"))]


def _message_rows(request: BookingRequest, answers: str) -> list[Row]:
    channel = str(MESSAGES[request.message_channel])
    lines = [channel]
    if request.helper and request.message_channel is not MessageChannel.NONE:
        lines.append(str(RECIPIENTS[request.message_to]))
    rows = [_row(gettext("Messages"), lines, answers, gettext("les messages"))]
    if request.home:
        call = str(CALL_TIMES[request.home.call_time])
        rows.append(_row(gettext("Appel avant la visite"), call, answers, gettext("l’appel")))
    return rows


def _row(key: str, value: str | Sequence[str | None], formaction: str, hidden_text: str) -> Row:
    """A row; its « Modifier » posts all the answers back to that page."""
    lines = [value] if isinstance(value, str) else [line for line in value if line]
    change = {"formaction": formaction, "hidden_text": hidden_text}
    return {"key": key, "value": Markup("<br>").join(lines), "change": change}
