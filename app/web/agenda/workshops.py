"""Workshops on the day and on the agenda: no name there, how many are expected, and the sheet."""

from datetime import datetime
from typing import Any

from flask import url_for

from app.domain.access import Action
from app.extensions import db
from app.gateways import dates
from app.services.agenda import Period
from app.services.agenda_attention import LOOKED_BACK
from app.services.agenda_workshops import HeldWorkshop, find_workshops
from app.services.sheets import open_sheets
from app.web import filters
from app.web.access import may
from app.web.agenda.people import road_link
from app.web.site import current_catalogue


def workshop_lines(period: Period) -> list[tuple[datetime, int, dict[str, Any]]]:
    """(start, rank, line) of the day's workshops, to be sorted among the others."""
    found = find_workshops(db.session(), current_catalogue(), period)
    shown: dict[int, HeldWorkshop] = {}
    for each in found:  # held by two: one line, with who may open its sheet before the other
        if each.date_id not in shown or sheet_href(each):
            shown[each.date_id] = each
    return [(each.starts_at, 2, _line(each)) for each in shown.values()]


def _line(held: HeldWorkshop) -> dict[str, Any]:
    zone = filters.zone()
    setup = held.starts_at < held.begins_at
    return {
        "kind": "workshop",
        "hours": dates.time_range(held.begins_at, held.finishes_at, "fr", zone),
        "title": held.title["fr"],
        "where": [held.place_name, held.place_address],
        "count": inscribed(held),
        "setup": dates.clock(held.starts_at, "fr", zone) if setup else "",
        "sheet": sheet_href(held),
        "is_closed": held.is_closed,
        "road": road_link(f"{held.place_name}, {held.place_address}"),
    }


def inscribed(held: HeldWorkshop) -> str:
    """« 4 inscrits sur 6 »."""
    return f"{held.registered} inscrit{'s' if held.registered > 1 else ''} sur {held.capacity}"


def sheet_href(held: HeldWorkshop) -> str | None:
    """Of its sheet, for whoever may keep it."""
    if not may(Action.KEEP_SHEET, held.subject):
        return None
    return url_for("sheets.sheet", workshop_id=held.workshop_id, date_id=held.date_id)


def sheets_to_close(now: datetime, counsellor_id: int | None = None) -> list[dict[str, Any]]:
    """The workshops of the last days that are over, and whose sheet nobody has closed."""
    since = now - LOOKED_BACK
    found = open_sheets(db.session(), now=now, since=since, counsellor_id=counsellor_id)
    return [
        {
            "starts_at": each.starts_at,
            "title": each.workshop.title["fr"],
            "href": url_for("sheets.sheet", workshop_id=each.workshop_id, date_id=each.id),
        }
        for each in found
    ]
