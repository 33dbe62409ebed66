"""« Aujourd’hui »: the day of whoever is signed in, on the telephone in their hand."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import request

from app.domain.access import Action, Role
from app.domain.agenda import DELAYS, Journey, journeys
from app.domain.appointment import AppointmentStatus, CallReason
from app.domain.availability import Opening
from app.extensions import db
from app.gateways import dates
from app.services.agenda import Entry, Period, find_entries, find_openings, session_of_now
from app.services.agenda_attention import find_attention, find_unfinished
from app.services.busy_calendars import stale_calendars
from app.services.calls import find_calls
from app.services.delay import told_of_delay
from app.services.programme_minimum import questions
from app.services.stranded_workshops import find_stranded
from app.services.waiting_reading import count_waiting
from app.web import filters
from app.web.access import current_actor, may, requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.calls import seen_calls
from app.web.agenda.people import (
    home_address,
    place_words,
    road_link,
    see,
    venue_address,
)
from app.web.agenda.silent import silent_lines
from app.web.agenda.workshops import sheets_to_close, workshop_lines
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.venue_card import venue_cards

SAID = {
    "arrive": "C’est noté : la personne est arrivée.",
    "present": "C’est noté : présent.",
    "absent": "C’est noté : absent. Une erreur ? Appuyez sur « Présent » dans les 7 jours.",
    "sans-rendez-vous": "C’est noté : une personne venue sans rendez-vous, 30 minutes.",
    "retire": "C’est retiré.",
    "clos": "C’est noté : le relevé est fait.",
    "appel": "C’est noté.",
    "visite-terminee": "C’est noté : la visite est terminée.",
    "nouvelles": "C’est noté : tout va bien, la visite est terminée.",
}
"""By `?fait=`: what the press has just done."""


@blueprint.get("/agents/aujourdhui")
@requires(Action.SEE_TODAY)
def today() -> Any:
    """Where everybody of the team lands, as the first page of their menu."""
    role = current_actor().role
    if role is Role.COUNSELLOR:
        return _counsellor_page("agenda/today.html")
    return _attention_page() if role is Role.COORDINATOR else _desk_page("agenda/today_desk.html")


@blueprint.get("/agents/aujourdhui/imprimer")
@requires(Action.SEE_TODAY)
def printed_day() -> Any:
    """The same on paper: no telephone and no address, but those of a visit."""
    if current_actor().role is Role.COUNSELLOR:
        return _counsellor_page("agenda/today_printed.html")
    return _desk_page("agenda/today_printed.html")


def _counsellor_page(template: str) -> Any:
    actor, catalogue, now = current_actor(), current_catalogue(), utc_now()
    on = catalogue.today(now)
    own = Period(on, on, actor.counsellor_id)
    entries = find_entries(db.session(), catalogue, own)
    openings = find_openings(catalogue, own)
    calls = seen_calls(find_calls(db.session(), catalogue, actor, now=now), now)
    stale = stale_calendars(db.session(), now)
    unfinished = find_unfinished(
        db.session(), catalogue, now=now, counsellor_id=actor.counsellor_id
    )
    return staff_page(
        template,
        on=on,
        **_said(entries),
        lines=_with_cards(_day_lines(openings, entries, now, workshops=workshop_lines(own))),
        calls=calls,
        late=[each for each in calls if each.reason is CallReason.RUNNING_LATE],
        late_minutes=_late_minutes(),
        told=_told(entries, now),
        delays=DELAYS,
        has_session=session_of_now(openings, now) is not None,
        form_key=secrets.token_hex(16),
        silent=silent_lines(now, apart_from=actor.counsellor_id),
        unfinished=[
            see(each, now, short=True)
            for each in unfinished
            if catalogue.today(each.starts_at) < on
        ],
        sheets=sheets_to_close(now, actor.counsellor_id),
        unread=[each for each in stale if each.counsellor_id == actor.counsellor_id],
        now=now,
    )


def _told(entries: list[Entry], now: datetime) -> list[dict[str, Any]]:
    """Who is still to come and got a message about the delay, by hour."""
    minutes = told_of_delay(db.session(), [each.appointment_id for each in entries])
    return [
        {"seen": see(each, now, short=True), "minutes": minutes[each.appointment_id]}
        for each in entries
        if each.appointment_id in minutes and each.starts_at >= now
    ]


def _said(entries: list[Entry]) -> dict[str, Any]:
    """What was just done: in the line of that person, or above the title where there is none."""
    said, about = SAID.get(request.args.get("fait", "")), small_number(request.args.get("rdv"))
    is_here = any(each.appointment_id == about for each in entries)
    return {"said": None if is_here else said, "said_of": {about: said} if is_here else {}}


def _desk_page(template: str) -> Any:
    """Who comes to the communes of this desk today, and whoever of them is visited elsewhere."""
    actor, catalogue, now = current_actor(), current_catalogue(), utc_now()
    on = catalogue.today(now)
    period = Period(on, on, commune_ids=actor.commune_ids, with_residents_of=True)
    here = Period(on, on, commune_ids=actor.commune_ids)
    entries = find_entries(db.session(), catalogue, period)
    openings = find_openings(catalogue, here)
    is_paper = template.endswith("printed.html")
    return staff_page(
        template,
        on=on,
        **_said(entries),
        lines=_day_lines(
            openings,
            entries,
            now,
            short=is_paper,
            with_roads=False,
            workshops=workshop_lines(here),
        ),
        calls=seen_calls(find_calls(db.session(), catalogue, actor, now=now), now),
        communes=[each.name for each in catalogue.communes if each.id in actor.commune_ids],
    )


def _attention_page() -> Any:
    """What asks for a decision."""
    actor, catalogue, now = current_actor(), current_catalogue(), utc_now()
    attention = find_attention(db.session(), catalogue, now=now)
    return staff_page(
        "agenda/today_attention.html",
        on=catalogue.today(now),
        attention=attention,
        silent=silent_lines(now),
        said=SAID.get(request.args.get("fait", "")),
        unfinished=[see(each, now) for each in attention.unfinished],
        calls=seen_calls(find_calls(db.session(), catalogue, actor, now=now), now),
        waiting=_waiting(now),
        sheets=sheets_to_close(now),
        stranded=find_stranded(db.session(), now=now),
        to_decide=questions(db.session(), catalogue, now=now),
    )


def _waiting(now: datetime) -> list[tuple[str, int]]:
    """How many wait, by commune in the order of the territory."""
    counts = count_waiting(db.session(), now)
    communes = current_catalogue().communes
    return [(each.name, counts[each.id]) for each in communes if each.id in counts]


def _late_minutes() -> int | None:
    """How late the counsellor has just said to be; None where they did not."""
    given = request.args.get("retard", "")
    return next((each for each in DELAYS if str(each) == given), None)


def _day_lines(
    openings: list[Opening],
    entries: list[Entry],
    now: datetime,
    *,
    short: bool = True,
    with_roads: bool = True,
    workshops: Iterable[tuple[datetime, int, dict[str, Any]]] = (),
) -> list[dict[str, Any]]:
    """Sessions, roads and people of the day, in the order in which they happen."""
    roads = journeys([*openings, *entries], current_catalogue().travel) if with_roads else []
    lines = [
        *((each.starts_at, 0, _road_line(each)) for each in roads),
        *((each.starts_at, 1, _session_line(each)) for each in openings),
        *((each.starts_at, 2, _person_line(each, now, short)) for each in entries),
        *workshops,
    ]
    return [line for _at, _rank, line in sorted(lines, key=lambda each: each[:2])]


def _late_by(entry: Entry, now: datetime) -> int | None:
    """The minutes from which a person awaited is late, where they are: the counsellor chooses."""
    minutes = current_catalogue().settings.late_arrival_minutes
    is_late = entry.starts_at + timedelta(minutes=minutes) < now < entry.ends_at
    is_awaited = entry.status is AppointmentStatus.BOOKED and entry.arrived_at is None
    return minutes if is_late and is_awaited and not entry.is_visit else None


def _with_cards(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first session at each venue tells what the team knows of the place."""
    cards = venue_cards({line["venue_id"] for line in lines if "venue_id" in line})
    return [
        line | {"card": card} if (card := cards.pop(line.get("venue_id", 0), None)) else line
        for line in lines
    ]


def _road_line(road: Journey) -> dict[str, Any]:
    place = place_words(current_catalogue(), road.end.commune_id, road.end.venue_id)
    return {"kind": "road", "minutes": road.minutes, "to": place}


def _session_line(opening: Opening) -> dict[str, Any]:
    catalogue = current_catalogue()
    hours = dates.time_range(opening.starts_at, opening.ends_at, "fr", filters.zone())
    if opening.place is None or opening.place.venue_id is None:
        communes = [each.name for each in catalogue.communes if each.id in opening.commune_ids]
        return {"kind": "session", "hours": hours, "name": "Visites à domicile", "where": communes}
    venue = catalogue.venue_by_id(opening.place.venue_id)
    address = venue_address(venue)
    return {
        "kind": "session",
        "hours": hours,
        "name": venue.name,
        "venue_id": venue.id,
        "where": [address],
        "road": road_link(f"{venue.name}, {address}"),
    }


def _person_line(entry: Entry, now: datetime, short: bool) -> dict[str, Any]:
    address = home_address(entry) if entry.is_visit else None
    return {
        "kind": "person",
        "seen": see(entry, now, short=short),
        "address": address,
        "road": road_link(address) if address else None,
        "has_begun": entry.starts_at <= now,
        "late": _late_by(entry, now),
        "ended": dates.clock(entry.visit_ended_at, "fr", filters.zone())
        if entry.visit_ended_at
        else None,
        "may_record": may(Action.RECORD_ATTENDANCE, entry.subject),
    }
