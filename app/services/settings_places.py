"""Sheets of the places: when a commune takes part, venues with their card, minutes of travel."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.checks import FileProblem, InvalidFile, Section
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import plain
from app.domain.staff_errors import SubjectUnknown
from app.domain.territory_entries import DeclaredVenue
from app.domain.territory_places import read_communes, read_travel, read_venues
from app.models.places import Commune, TravelTime, Venue
from app.services.catalogue import read_catalogue
from app.services.changes import added, removed, update
from app.services.settings_pages import (
    Edit,
    Values,
    editing,
    flat,
    nested,
    read_all,
    refuse_problems,
)
from app.services.territory import departures_in_use, refuse_venues_in_use
from app.services.venue_dates import (
    WORKSHOP_AFTER,
    departures_with_workshops,
    follow_venues,
    refuse_venues_with_workshops,
)

COMMUNE_KEYS = ("bookable", "active_from", "active_until")
IDENTITY = (
    "slug", "name", "official_name", "name_in", "name_of", "insee_code", "postal_code", "latitude",
    "longitude",
)  # fmt: skip
CARD = ("room", "wifi", "printer", "ramp", "parking", "keys", "hours")
LONGEST_OF_CARD = 200
BOTH = ("fr", "en")
STILL_OPEN = "des horaires y continuent : arrêtez-les d’abord (Horaires)"


def commune_values(session: Session, commune_id: int) -> Values:
    """When the commune takes part. Raises SubjectUnknown."""
    row = _known(session.get(Commune, commune_id))
    return {key: getattr(row, key) for key in COMMUNE_KEYS}


def save_commune(session: Session, commune_id: int, given: Values, edit: Edit) -> None:
    """A commune leaves once its hours end, those of visits there, and its workshops.

    Raises SubjectUnknown, SettingsRefused, EditedMeanwhile.
    """
    row = _known(session.get(Commune, commune_id))
    raw = {key: getattr(row, key) for key in IDENTITY} | given
    [[declared]] = read_all([(lambda section: read_communes([section]), raw, "")])
    subject = JournalSubject.COMMUNE, commune_id
    with editing(session, subject, JournalAction.COMMUNE_CHANGED, edit) as draft:
        row = session.get_one(Commune, commune_id, populate_existing=True)
        draft.changes.extend(update(row, "", {key: getattr(declared, key) for key in COMMUNE_KEYS}))
        session.flush()
        if row.slug in departures_in_use(session, _today(session, edit)):
            refuse_problems([FileProblem("active_until", STILL_OPEN)])
        timezone = read_catalogue(session).timezone
        if row.slug in departures_with_workshops(session, edit.now, timezone):
            refuse_problems([FileProblem("active_until", WORKSHOP_AFTER)])


def venue_values(session: Session, venue_id: int | None) -> Values:
    """The venue and what the team knows of it; of a new one, nothing. Raises SubjectUnknown."""
    if venue_id is None:
        texts = dict.fromkeys(("commune", "name", "address", "postal_line", "sms_name"), "")
        return texts | _both("access", {}) | {"active": True} | _card({})
    row = _known(session.get(Venue, venue_id, populate_existing=True))
    return {
        "commune": row.commune.slug,
        "name": row.name,
        "address": row.address,
        "postal_line": row.postal_line,
        **_both("access", row.access_notes),
        "sms_name": row.sms_name,
        "active": row.active,
        **_card(row.card),
    }


def save_venue(session: Session, venue_id: int | None, given: Values, edit: Edit) -> int:
    """Add or correct a venue; its id. What is planned there goes with it to another commune.

    Raises SubjectUnknown, SettingsRefused, EditedMeanwhile.
    """
    row = _known(session.get(Venue, venue_id)) if venue_id else None
    raw = nested(given)
    card, slug = raw.pop("card"), row.slug if row else _free_slug(session, raw["name"])
    communes: Any = {each.slug: each for each in read_catalogue(session).communes}
    readers = [
        (lambda section: read_venues([section], communes), {"slug": slug, **raw}, ""),
        (_read_card, card, "card"),
    ]
    [[declared], kept] = read_all(readers)
    values = _columns(declared, communes[declared.commune].id) | {"card": kept}
    subject = JournalSubject.VENUE, venue_id
    with editing(session, subject, JournalAction.VENUE_CHANGED, edit) as draft:
        if venue_id is None:
            row = Venue(slug=slug, position=_last_position(session) + 1, **values)
            session.add(row)
            draft.changes.append(added("venues", slug))
        else:
            row = session.get_one(Venue, venue_id, populate_existing=True)
            draft.changes.extend(update(row, "", values))
        follow_venues(session, edit.now)
        _refuse_in_use(session, edit)
        draft.subject = JournalSubject.VENUE, row.id
        return row.id


def travel_values(session: Session, commune_id: int) -> Values:
    """Minutes by car from a commune to each other one; None: the coordinates decide."""
    _known(session.get(Commune, commune_id))
    listed = dict(
        session.execute(
            select(TravelTime.to_commune_id, TravelTime.minutes).where(
                TravelTime.from_commune_id == commune_id
            )
        ).all()
    )
    communes = session.execute(select(Commune.id, Commune.slug).order_by(Commune.position))
    return {slug: listed.get(each) for each, slug in communes if each != commune_id}


def save_travel(session: Session, commune_id: int, given: Values, edit: Edit) -> None:
    """One way only. Raises SubjectUnknown, SettingsRefused, EditedMeanwhile."""
    slug = _known(session.get(Commune, commune_id)).slug
    communes: Any = {each.slug: each for each in read_catalogue(session).communes}
    told = {to: minutes for to, minutes in given.items() if minutes is not None}
    [declared] = read_all([(lambda section: read_travel(section, communes), {slug: told}, "")])
    wanted = {each.destination: each.minutes for each in declared if each.origin == slug}
    subject = JournalSubject.COMMUNE, commune_id
    with editing(session, subject, JournalAction.TRAVEL_CHANGED, edit) as draft:
        query = select(TravelTime).where(TravelTime.from_commune_id == commune_id)
        rows = {row.to_commune_id: row for row in session.scalars(query)}
        for commune in communes.values():
            row, minutes = rows.get(commune.id), wanted.get(commune.slug)
            if row and minutes is None:
                session.delete(row)
                draft.changes.append(removed("travel", commune.slug))
            elif row:
                draft.changes.extend(update(row, f"travel[{commune.slug}]", {"minutes": minutes}))
            elif minutes is not None:
                pair = {"from_commune_id": commune_id, "to_commune_id": commune.id}
                session.add(TravelTime(**pair, minutes=minutes))
                draft.changes.append(added("travel", commune.slug))


def _known(row: Any) -> Any:
    if row is None:
        raise SubjectUnknown
    return row


def _both(name: str, texts: Mapping[str, str]) -> Values:
    return {f"{name}.{language}": texts.get(language, "") for language in BOTH}


def _card(card: Mapping[str, str]) -> Values:
    return flat({"card": {name: card.get(name, "") for name in CARD}})


def _read_card(section: Section) -> dict[str, str]:
    told = {name: section.text(name, "", longest=LONGEST_OF_CARD) for name in CARD}
    section.close()
    return {name: text for name, text in told.items() if text}


def _columns(declared: DeclaredVenue, commune_id: int) -> dict[str, Any]:
    return {
        "commune_id": commune_id,
        "name": declared.name,
        "address": declared.address,
        "postal_line": declared.postal_line,
        "access_notes": declared.access.as_json(),
        "sms_name": declared.sms_name,
        "active": declared.active,
    }


def _free_slug(session: Session, name: str) -> str:
    """« Mairie de Breuillet » → mairie-de-breuillet, with a number where it is taken."""
    letters = "".join(each if each.isascii() else " " for each in plain(name))
    base = "-".join(letters.split())[:50] or "lieu"
    taken = set(session.scalars(select(Venue.slug)))
    rank, slug = 1, base
    while slug in taken:
        rank += 1
        slug = f"{base}-{rank}"
    return slug


def _last_position(session: Session) -> int:
    return session.scalar(select(func.max(Venue.position))) or 0


def _refuse_in_use(session: Session, edit: Edit) -> None:
    try:
        refuse_venues_in_use(session, _today(session, edit))
        refuse_venues_with_workshops(session, edit.now)
    except InvalidFile as refusal:
        refuse_problems(FileProblem("active", each.reason) for each in refusal.problems)


def _today(session: Session, edit: Edit) -> date:
    return local_day(edit.now, read_catalogue(session).timezone)
