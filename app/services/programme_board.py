"""Where everybody is, as planning a workshop looks at it; and what is in the way of its dates."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY, local_day
from app.domain.facts import Engaged
from app.domain.planning_rules import town_hall_caution
from app.domain.programme import Where
from app.domain.programme_conflicts import (
    Board,
    Conflict,
    ConflictKind,
    DateCheck,
    find_conflicts,
)
from app.domain.programme_errors import PlaceCommuneMissing, PlaceMissing
from app.domain.travel import Place
from app.domain.workshops import engaged_span
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.hours import town_hall_hours
from app.services.slots import load_facts, read_timetable


def read_board(session: Session, catalogue: Catalogue, *, now: datetime, last: date) -> Board:
    """From today to that local day."""
    last = max(last, catalogue.today(now)) + ONE_DAY
    facts = load_facts(session, catalogue, now=now, last=last)
    timetable = read_timetable(catalogue, max(facts.last_day, last))
    return Board(facts, timetable, timetable.holidays)


def place_of(catalogue: Catalogue, where: Where) -> Place:
    """The place in the terms of the roads: any other place is somewhere in its commune.

    Raises the refusals of Where.check, or PlaceMissing where the venue is shut for good.
    """
    where.check()
    if where.venue_slug:
        for venue in catalogue.venues:
            if venue.slug == where.venue_slug and venue.active:
                return Place(venue.commune.id, venue.id)
        raise PlaceMissing
    for town in catalogue.communes:
        if town.slug == where.commune_slug:
            return Place(town.id, None)
    raise PlaceCommuneMissing


def spans_of(
    catalogue: Catalogue,
    place: Place,
    hours: tuple[datetime, datetime],
    counsellor_ids: Iterable[int],
) -> list[Engaged]:
    """When each of them is taken: set-up and tidying included."""
    starts_at, ends_at = engaged_span(*hours, catalogue.settings)
    return [Engaged(each, starts_at, ends_at, place) for each in counsellor_ids]


def check_date(
    catalogue: Catalogue,
    board: Board,
    place: Place,
    hours: tuple[datetime, datetime],
    counsellor_ids: Collection[int],
    *,
    is_extra: bool = False,
) -> DateCheck:
    """All that is to be known of one date."""
    day = local_day(hours[0], catalogue.timezone)
    spans = spans_of(catalogue, place, hours, counsellor_ids)
    setup = timedelta(minutes=catalogue.settings.workshop_setup_minutes)
    found = [
        *_of_agreement(catalogue, place, day),
        *find_conflicts(board, spans, setup),
        *_of_town_hall(catalogue, place, hours),
    ]
    return DateCheck(day, *hours, tuple(found), is_extra)


def _of_agreement(catalogue: Catalogue, place: Place, day: date) -> list[Conflict]:
    town: CommuneEntry = catalogue.commune_by_id(place.commune_id)
    return [] if town.is_served_on(day) else [Conflict(ConflictKind.NOT_SERVED, place=place)]


def _of_town_hall(
    catalogue: Catalogue, place: Place, hours: tuple[datetime, datetime]
) -> list[Conflict]:
    """The public hours, against those of the town hall where the venue is the town hall."""
    if place.venue_id is None:
        return []
    start, end = (each.astimezone(catalogue.timezone) for each in hours)
    hall = town_hall_hours(catalogue.venue_by_id(place.venue_id))
    found = town_hall_caution(hall, start.weekday(), (start.time(), end.time()))
    if found is None:
        return []
    kind, weekday = ConflictKind.TOWN_HALL_CLOSED, found.weekday
    return [Conflict(kind, place=place, weekday=weekday, is_whole_day=found.is_whole_day)]
