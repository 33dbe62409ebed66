"""What the check page says, row by row, each with the way to change it."""

from datetime import datetime

from flask_babel import gettext

from app.domain.appointment import MessageChannel
from app.domain.booking import BookingRequest, Choice
from app.gateways import dates
from app.services.catalogue import Catalogue
from app.services.waiting import JoinRequest
from app.web import filters
from app.web.booking.flow import Flow
from app.web.booking.waiting_forms import wait_channels
from app.web.booking_terms import YES, when_chosen
from app.web.check_rows import Row, helper_rows, person_rows, row
from app.web.contact_words import CALL_TIMES, MESSAGES, RECIPIENTS
from app.web.language import localized
from app.web.waiting_words import HALF_DAYS, REACHES


def check_rows(
    flow: Flow, request: BookingRequest, catalogue: Catalogue, now: datetime
) -> list[Row]:
    """The answers in the order they were asked."""
    answers = flow.url("details_again")
    return [
        row(
            gettext("Date et heure"),
            when_chosen(request.choice, catalogue, now),
            flow.url("time_again"),
            gettext("l’heure"),
        ),
        *_place_rows(flow, request, catalogue),
        row(
            gettext("Besoin"),
            _topic(request.choice, catalogue),
            flow.url("topic_again"),
            gettext("le besoin"),
        ),
        *person_rows(request.person, answers, is_helped=request.helper is not None),
        *helper_rows(request.helper, answers),
        *_message_rows(request, answers),
    ]


def waiting_rows(flow: Flow, request: JoinRequest, catalogue: Catalogue) -> list[Row]:
    """What somebody waits for, then who and how, as `check_rows` says it."""
    again, booking = flow.url("wait_again"), request.booking
    commune = catalogue.commune(booking.choice.commune_slug)
    where = [booking.home.line1, booking.home.line2] if booking.home else []
    where.append(f"{commune.postal_code} {commune.name}")
    rows = [
        row(gettext("Commune"), where, again, gettext("la commune")),
        row(gettext("Besoin"), _topic(booking.choice, catalogue), again, gettext("le besoin")),
        row(gettext("Quand"), str(HALF_DAYS[request.half_day]), again, gettext("le moment")),
    ]
    if not booking.home:
        reach = str(REACHES[str(request.reach_minutes)])
        rows.append(row(gettext("Où"), reach, again, gettext("le trajet")))
    channel = str(wait_channels()[booking.message_channel])
    told = [channel]
    if booking.helper:
        told.append(str(RECIPIENTS[booking.message_to]))
    return [
        *rows,
        *person_rows(booking.person, again, is_helped=booking.helper is not None),
        *helper_rows(booking.helper, again),
        row(gettext("Nous vous prévenons"), told, again, gettext("les messages")),
    ]


def _place_rows(flow: Flow, request: BookingRequest, catalogue: Catalogue) -> list[Row]:
    choice, home = request.choice, request.home
    if home is None:
        venue = catalogue.venue(choice.venue_slug)
        place = [venue.name, venue.address, venue.postal_line]
        elsewhere = flow.url("time_again", voisines=YES)
        return [row(gettext("Lieu"), place, elsewhere, gettext("le lieu"))]
    commune = catalogue.commune(choice.commune_slug)
    town, again = f"{commune.postal_code} {commune.name}", flow.url("commune_again")
    address = flow.url("details_again")
    return [
        row(gettext("Adresse"), [home.line1, home.line2], address, gettext("l’adresse")),
        row(gettext("Commune"), town, again, gettext("la commune")),
    ]


def _topic(choice: Choice, catalogue: Catalogue) -> list[str]:
    topic = catalogue.topic(choice.topic_code)
    return [localized(topic.label), dates.minutes(topic.minutes, filters.language())]


def _message_rows(request: BookingRequest, answers: str) -> list[Row]:
    channel = str(MESSAGES[request.message_channel])
    lines = [channel]
    if request.helper and request.message_channel is not MessageChannel.NONE:
        lines.append(str(RECIPIENTS[request.message_to]))
    rows = [row(gettext("Messages"), lines, answers, gettext("les messages"))]
    if request.home:
        call = str(CALL_TIMES[request.home.call_time])
        rows.append(row(gettext("Appel avant la visite"), call, answers, gettext("l’appel")))
    return rows
