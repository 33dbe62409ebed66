"""« Messages »: what leaves in 24 hours, what did not, what it costs, and the switch of all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.message_errors import MessageTooLate
from app.extensions import db
from app.gateways import dates
from app.services.departures import MOST_SHOWN, Departure, find_departures
from app.services.sending_pause import open_pause, pause, resume
from app.services.unsent import find_unsent, try_again
from app.web import filters
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.message_words import CHANNELS, kind_of, label_of, why_not
from app.web.messages.blueprint import blueprint
from app.web.messages.costs import costs_of_month, months_shown
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

AHEAD = timedelta(hours=24)
SAID = {
    "suspendu": "Tous les envois sont suspendus. Rien ne part.",
    "repris": "Les envois reprennent.",
    "encore": "C’est noté : l’envoi part au prochain essai.",
}


@dataclass(frozen=True, slots=True)
class Hour:
    """What leaves within one hour of the day."""

    title: str
    groups: list[tuple[str, list[Departure]]]
    """« Rappel, SMS » and to whom."""

    @property
    def count(self) -> int:
        return sum(len(each) for _title, each in self.groups)


@blueprint.get("/agents/messages")
@requires(Action.MANAGE_MESSAGES)
def outgoing() -> Any:
    """The page of whoever answers for the messages."""
    return _page()


def _page(status: int = 200, refusal: str = "") -> Any:
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    departures = find_departures(session, catalogue, now, now + AHEAD)
    this, before = months_shown(catalogue, now)
    is_before = request.args.get("mois") == "avant"
    return staff_page(
        "messages/outgoing.html",
        status,
        hours=by_hour(departures, now),
        count=len(departures),
        is_cut=len(departures) == MOST_SHOWN,
        unsent=[
            (each, label_of(each.message), why_not(each.message))
            for each in find_unsent(session, now)
        ],
        costs=costs_of_month(session, catalogue, now, before if is_before else this),
        other_month=url_for("messages.outgoing", mois=None if is_before else "avant"),
        is_before=is_before,
        said=SAID.get(request.args.get("fait", "")) if not refusal else None,
        refusal=refusal,
        has_errors=bool(refusal),
    )


def by_hour(departures: Iterable[Departure], now: datetime) -> list[Hour]:
    """Grouped by hour of the local day, then by kind and channel; what is due leaves at once."""
    hours = []
    for key, together in groupby(departures, key=lambda each: _hour(each, now)):
        by_kind: dict[str, list[Departure]] = {}
        for each in together:
            by_kind.setdefault(
                f"{kind_of(each.kind, each.about)}, {CHANNELS[each.channel]}", []
            ).append(each)
        hours.append(Hour(_hour_title(key, now), list(by_kind.items())))
    return hours


def _hour(departure: Departure, now: datetime) -> datetime | None:
    if departure.due_at <= now:
        return None
    local = departure.due_at.astimezone(filters.zone())
    return local.replace(minute=0, second=0, microsecond=0)


def _hour_title(hour: datetime | None, now: datetime) -> str:
    if hour is None:
        return "Dès maintenant"
    zone = filters.zone()
    first = dates.clock(hour, "fr", zone)
    last = dates.clock(hour + timedelta(hours=1), "fr", zone)
    day = dates.long_date(hour, "fr", zone, dates.local_date(now, zone).year)
    return filters.first_upper(f"{day}, entre {first} et {last}")


@blueprint.get("/agents/messages/suspendre")
@requires(Action.MANAGE_MESSAGES)
def stop() -> Any:
    """Sure? What it means is said first."""
    return _switch_page()


@blueprint.post("/agents/messages/suspendre")
@requires(Action.MANAGE_MESSAGES)
def stop_now() -> Any:
    """Nothing leaves any more."""
    pause(db.session(), by=current_actor().user_id, now=utc_now())
    return redirect(url_for("messages.outgoing", fait="suspendu"), 303)


@blueprint.get("/agents/messages/reprendre")
@requires(Action.MANAGE_MESSAGES)
def start() -> Any:
    """Sure? All that waits will leave."""
    return _switch_page()


@blueprint.post("/agents/messages/reprendre")
@requires(Action.MANAGE_MESSAGES)
def start_now() -> Any:
    """Messages leave again."""
    resume(db.session(), by=current_actor().user_id, now=utc_now())
    return redirect(url_for("messages.outgoing", fait="repris"), 303)


def _switch_page() -> Any:
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    departures = find_departures(session, catalogue, now, now + AHEAD)
    return staff_page("messages/switch.html", count=len(departures), pause=open_pause(session))


@blueprint.post("/agents/messages/<int:message_id>/encore")
@requires(Action.MANAGE_MESSAGES)
def again(message_id: int) -> Any:
    """One more try for a message that did not arrive."""
    try:
        try_again(db.session(), message_id, by=current_actor().user_id, now=utc_now())
    except MessageTooLate as refusal:
        return _page(refusal.status, sentence(refusal))
    return redirect(url_for("messages.outgoing", fait="encore"), 303)
