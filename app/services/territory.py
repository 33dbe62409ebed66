"""Loading a territory file: all of it or nothing, and nothing that figures need is ever deleted."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.checks import FileProblem, InvalidFile
from app.domain.territory_entries import TerritoryFile, as_json
from app.models.accounts import Counsellor
from app.models.places import Commune, Payer, Territory, Topic, TravelTime, Venue
from app.models.schedule import Availability
from app.services.changes import Change, added, ended, removed, update, upsert
from app.services.half_years import HALF_YEARS
from app.services.territory_keys import Loading, load_keys
from app.services.transaction import Locks, write_transaction
from app.services.venue_dates import (
    WORKSHOP_AFTER,
    departures_with_workshops,
    follow_venues,
    refuse_venues_with_workshops,
)

TERRITORY_KEY = "territory"
"""Two loads of files never mix: they take this lock, and those of all counsellors."""

_GOES_ON = "l'emploi du temps y continue après ce jour : l'arrêter d'abord"


class TerritoryDiffers(Exception):
    """The database holds other values, and nobody said to overwrite them; nothing was changed."""

    def __init__(self, changes: Iterable[Change]) -> None:
        super().__init__("the territory differs from the file")
        self.changes = tuple(changes)


def load_territory(
    session: Session, file: TerritoryFile, *, overwrite: bool, now: datetime
) -> list[Change]:
    """Make the database say what the file says; the same file twice changes nothing.

    A topic or venue that the file no longer has is taken out of use. Raises TerritoryDiffers when
    something would change and `overwrite` is false; InvalidFile for another territory than the one
    loaded, for a commune that disappeared, for a venue that the timetable still uses, or for a
    commune that leaves before its hours end, or for a sharing key of a closed half-year.
    """
    everybody = session.scalars(select(Counsellor.id)).all()
    with write_transaction(session, Locks.of(everybody, {TERRITORY_KEY, HALF_YEARS})):
        territory = session.scalars(select(Territory)).one_or_none()
        if territory:
            _check_same(territory, file)
        changes = _apply(session, territory, file, now)
        if changes and territory:
            if not overwrite:
                raise TerritoryDiffers(changes)
            territory.revision += 1
            territory.loaded_at = now
    return changes


def _check_same(territory: Territory, file: TerritoryFile) -> None:
    if territory.slug != file.slug:
        reason = f"« {file.slug} » : cette base sert déjà le territoire « {territory.slug} »"
        raise InvalidFile([FileProblem("territory.slug", reason)])


def _apply(
    session: Session, territory: Territory | None, file: TerritoryFile, now: datetime
) -> list[Change]:
    changes = _load_header(session, territory, file, now)
    changes += _load_communes(session, file)
    commune_ids = _ids(session)
    changes += _load_venues(session, file, commune_ids)
    follow_venues(session, now)
    today = local_day(now, ZoneInfo(file.timezone))
    refuse_venues_in_use(session, today)
    refuse_venues_with_workshops(session, now)
    _refuse_departures(departures_in_use(session, today), _GOES_ON)
    planned = departures_with_workshops(session, now, ZoneInfo(file.timezone))
    _refuse_departures(planned, WORKSHOP_AFTER)
    changes += _load_travel(session, file, commune_ids)
    changes += _load_topics(session, file)
    changes += _load_payers(session, file, commune_ids)
    session.flush()
    return changes + list(load_keys(session, file.sharing_keys, Loading(now, today)))


def _load_header(
    session: Session, territory: Territory | None, file: TerritoryFile, now: datetime
) -> list[Change]:
    values = {
        "slug": file.slug,
        "name": file.name,
        "department": file.department,
        "timezone": file.timezone,
        "school_zone": file.school_zone,
        "population_vintage": file.population_vintage,
    }
    tables = {
        "service": as_json(file.service),
        "texts": as_json(file.texts),
        "settings": dict(file.settings),
        "colours": as_json(file.colours),
    }
    if territory is None:
        session.add(Territory(id=1, loaded_at=now, **values, **tables))
        return [added("territory", file.slug)]
    return update(territory, "territory", values) + update(territory, "", tables)


def _ids(session: Session) -> dict[str, int]:
    return dict(session.execute(select(Commune.slug, Commune.id)).all())


def _load_communes(session: Session, file: TerritoryFile) -> list[Change]:
    wanted = {
        commune.slug: {
            "slug": commune.slug,
            "name": commune.name,
            "official_name": commune.official_name,
            "name_in": commune.name_in,
            "name_of": commune.name_of,
            "insee_code": commune.insee_code,
            "postal_code": commune.postal_code,
            "siren": commune.siren,
            "population": commune.population,
            "latitude": commune.latitude,
            "longitude": commune.longitude,
            "bookable": commune.bookable,
            "active_from": commune.active_from,
            "active_until": commune.active_until,
            "town_hall": commune.town_hall.as_json(),
            "position": position,
        }
        for position, commune in enumerate(file.communes)
    }
    existing = {row.slug: row for row in session.scalars(select(Commune))}
    _refuse_lost_communes(existing.keys() - wanted.keys())
    return upsert(session, "communes", Commune, existing, wanted)


def _refuse_lost_communes(slugs: Iterable[str]) -> None:
    """People, figures and payers keep referring to a commune after it has left."""
    reason = "absente du fichier ; si elle quitte le service, la garder et donner active_until"
    if problems := [FileProblem(f"communes[{slug}]", reason) for slug in sorted(slugs)]:
        raise InvalidFile(problems)


def _refuse_departures(slugs: Iterable[str], reason: str) -> None:
    if problems := [FileProblem(f"communes[{slug}].active_until", reason) for slug in slugs]:
        raise InvalidFile(problems)


def _load_venues(
    session: Session, file: TerritoryFile, commune_ids: Mapping[str, int]
) -> list[Change]:
    wanted = {
        venue.slug: {
            "slug": venue.slug,
            "commune_id": commune_ids[venue.commune],
            "name": venue.name,
            "address": venue.address,
            "postal_line": venue.postal_line,
            "access_notes": venue.access.as_json(),
            "sms_name": venue.sms_name,
            "active": venue.active,
            "position": position,
        }
        for position, venue in enumerate(file.venues)
    }
    existing = {row.slug: row for row in session.scalars(select(Venue))}
    changes = upsert(session, "venues", Venue, existing, wanted)
    return changes + _retire("venues", existing, wanted)


def refuse_venues_in_use(session: Session, today: date) -> None:
    """A place where somebody is still expected cannot just disappear from the site."""
    in_use = (
        select(Venue.slug)
        .join(Availability, Availability.venue_id == Venue.id)
        .where(Venue.active.is_(False), _in_force(today))
        .distinct()
        .order_by(Venue.slug)
    )
    reason = "l'emploi du temps y prévoit encore des permanences : le changer d'abord"
    if slugs := session.scalars(in_use).all():
        raise InvalidFile(FileProblem(f"venues[{slug}]", reason) for slug in slugs)


def departures_in_use(session: Session, today: date) -> list[str]:
    """The communes that leave while hours there, or visits, go on after their last day: slugs."""
    towns = {row.id: row for row in session.scalars(select(Commune))}
    leaving = {row.slug: row.active_until for row in towns.values() if row.active_until}
    venues = {row.id: towns[row.commune_id].slug for row in session.scalars(select(Venue))}
    gone = set()
    for rule in session.scalars(select(Availability).where(_in_force(today))) if leaving else ():
        for slug in {venues.get(rule.venue_id or 0, ""), *rule.commune_slugs}:
            last = leaving.get(slug)
            if last is not None and (rule.valid_until is None or rule.valid_until > last):
                gone.add(slug)
    return sorted(gone)


def _in_force(today: date) -> ColumnElement[bool]:
    """From today on, some day; a version that was replaced before it began never is."""
    is_real = Availability.valid_until >= Availability.valid_from
    return or_(Availability.valid_until.is_(None), and_(Availability.valid_until >= today, is_real))


def _load_topics(session: Session, file: TerritoryFile) -> list[Change]:
    wanted = {
        topic.code: {
            "code": topic.code,
            "label": topic.label.as_json(),
            "minutes": topic.minutes,
            "step_minutes": topic.step_minutes,
            "bring": topic.bring.as_json(),
            "themes": list(topic.themes),
            "sensitive": topic.sensitive,
            "active": topic.active,
            "position": position,
        }
        for position, topic in enumerate(file.topics)
    }
    existing = {row.code: row for row in session.scalars(select(Topic))}
    changes = upsert(session, "topics", Topic, existing, wanted)
    return changes + _retire("topics", existing, wanted)


def _retire(
    table: str, existing: Mapping[str, Venue | Topic], wanted: Mapping[str, object]
) -> list[Change]:
    """Take out of use what the file no longer has; appointments go on referring to it."""
    changes = []
    for key, row in existing.items():
        if key not in wanted and row.active:
            row.active = False
            changes.append(ended(table, key))
    return changes


def _load_travel(
    session: Session, file: TerritoryFile, commune_ids: Mapping[str, int]
) -> list[Change]:
    wanted: dict[Any, dict[str, Any]] = {
        f"{travel.origin} > {travel.destination}": {
            "from_commune_id": commune_ids[travel.origin],
            "to_commune_id": commune_ids[travel.destination],
            "minutes": travel.minutes,
        }
        for travel in file.travel
    }
    slugs = {commune_id: slug for slug, commune_id in commune_ids.items()}
    existing = {
        f"{slugs[row.from_commune_id]} > {slugs[row.to_commune_id]}": row
        for row in session.scalars(select(TravelTime))
    }
    changes = upsert(session, "travel", TravelTime, existing, wanted)
    return changes + _remove(session, "travel", existing, wanted)


def _load_payers(
    session: Session, file: TerritoryFile, commune_ids: Mapping[str, int]
) -> list[Change]:
    wanted = {
        payer.code: {
            "code": payer.code,
            "name": payer.name,
            "commune_id": commune_ids[payer.commune] if payer.commune else None,
            "share_hundredths": payer.share_hundredths,
            "valid_from": payer.valid_from,
        }
        for payer in file.payers
    }
    existing = {row.code: row for row in session.scalars(select(Payer))}
    changes = upsert(session, "payers", Payer, existing, wanted)
    return changes + _remove(session, "payers", existing, wanted)


def _remove(
    session: Session,
    table: str,
    existing: Mapping[str, TravelTime | Payer],
    wanted: Mapping[str, object],
) -> list[Change]:
    """Delete what the file no longer has and no other row refers to."""
    gone = [key for key in existing if key not in wanted]
    for key in gone:
        session.delete(existing[key])
    return [removed(table, key) for key in gone]
