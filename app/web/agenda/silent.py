"""The alert of « Aujourd’hui »: a home visit that was to be over, and nobody said so."""

from datetime import datetime
from typing import Any

from app.domain.access import Action
from app.extensions import db
from app.gateways import dates
from app.services.visits import SilentVisit, find_silent_visits
from app.web import filters
from app.web.access import may
from app.web.agenda.people import home_address, phones_of
from app.web.site import current_catalogue, dialled


def silent_lines(now: datetime, apart_from: int | None = None) -> list[dict[str, Any]]:
    """Each visit, whom to call, and what the reader may know of the home."""
    found = find_silent_visits(db.session(), current_catalogue(), now=now, apart_from=apart_from)
    return [_line(each) for each in found]


def _line(visit: SilentVisit) -> dict[str, Any]:
    entry = visit.entry
    return {
        "id": entry.appointment_id,
        "who": entry.counsellor,
        "commune": entry.place_commune,
        "ended": dates.clock(entry.ends_at, "fr", filters.zone()),
        "on": entry.ends_at,
        "phone": filters.phone(visit.phone) if visit.phone else None,
        "href": dialled("tel", visit.phone),
        "address": home_address(entry),
        "phones": phones_of(entry) if may(Action.SEE_APPOINTMENT, entry.subject) else [],
    }
