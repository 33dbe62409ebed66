"""The answers of the waiting list, in words: what the person is asked, and what the team reads."""

from collections.abc import Iterator
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.domain.waiting import HalfDay
from app.gateways.senders import carried
from app.services.waiting_reading import OfferedPlace, Waiter
from app.web import filters
from app.web.site import dialled

HALF_DAYS = {
    HalfDay.MORNING: _l("Le matin"),
    HalfDay.AFTERNOON: _l("L’après-midi"),
    HalfDay.ANY: _l("Le matin ou l’après-midi"),
}
REACHES = {
    "0": _l("Dans ma commune seulement"),
    "15": _l("Dans les communes à 15 minutes en voiture"),
    "30": _l("Dans les communes à 30 minutes en voiture"),
}
"""By the minutes that each sends."""
SHORT_HALF_DAYS = {
    HalfDay.MORNING: "le matin",
    HalfDay.AFTERNOON: "l’après-midi",
    HalfDay.ANY: "matin ou après-midi",
}


def seen_waiter(waiter: Waiter) -> dict[str, Any]:
    """Somebody who waits, in the French words of the team."""
    return {
        "waiter": waiter,
        "name": f"{waiter.first_name} {waiter.last_name}",
        "phone": filters.phone(waiter.phone) if waiter.phone else None,
        "href": dialled("tel", waiter.phone),
        "wants": ", ".join(_wants(waiter)),
        "offer": _offered(waiter.offered) if waiter.offered else None,
    }


def _wants(waiter: Waiter) -> Iterator[str]:
    yield "Visite à domicile" if waiter.is_visit else "Permanence"
    yield SHORT_HALF_DAYS[waiter.half_day]
    if waiter.reach_minutes:
        yield f"communes à {waiter.reach_minutes} minutes"
    yield waiter.topic.label["fr"]


def _offered(place: OfferedPlace) -> dict[str, Any]:
    where = place.venue.name if place.venue else f"à domicile, {place.commune.name}"
    return {
        "id": place.offer_id,
        "starts_at": place.starts_at,
        "where": where,
        "answer_by": place.answer_by,
        "needs_a_call": place.needs_a_call(carried(current_app.config["COCLICO"])),
    }
