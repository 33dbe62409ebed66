"""What refuses an availability that somebody plans: places, conventions, overlaps."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.planning_errors import (
    OutsideAgreement,
    PlacesMissing,
    RuleOverlaps,
    VenueMissing,
)
from app.domain.planning_rules import Rule
from app.domain.timetable_entries import DeclaredAvailability
from app.domain.timetable_overlaps import overlapping
from app.gateways.dates import long_date
from app.models.accounts import Counsellor
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, CommuneEntry


def check_places(catalogue: Catalogue, rule: Rule) -> None:
    """Raises VenueMissing, PlacesMissing, or OutsideAgreement for dates without a convention."""
    if rule.kind is AvailabilityKind.HOME_VISITS:
        towns = [each for each in catalogue.communes if each.slug in rule.commune_slugs]
        is_known = len(towns) == len(set(rule.commune_slugs))
        if not towns or not is_known or not all(each.bookable for each in towns):
            raise PlacesMissing
    else:
        towns = [
            each.commune
            for each in catalogue.venues
            if each.active and each.slug == rule.venue_slug
        ]
        if not towns:
            raise VenueMissing
    for town in towns:
        _check_agreement(catalogue, town, rule)


def _check_agreement(catalogue: Catalogue, town: CommuneEntry, rule: Rule) -> None:
    """All dates lie inside the commune's convention; one that ends asks for an end."""
    first, last = town.active_from, town.active_until
    is_late = last is not None and (rule.ends_on is None or rule.ends_on > last)
    if is_late or (first is not None and rule.starts_on < first):
        told = [
            f"{word} {long_date(day, 'fr', catalogue.timezone)} {day.year}"
            for word, day in (("du", first), ("jusqu’au", last))
            if day is not None
        ]
        raise OutsideAgreement(town=town.name_of, dates=" ".join(told))


def refuse_overlaps(
    session: Session, catalogue: Catalogue, new: DeclaredAvailability, starts_on: date
) -> None:
    """The same person elsewhere at an hour in common, from that day on. Raises RuleOverlaps."""
    person = session.scalars(select(Counsellor).where(Counsellor.code == new.counsellor)).one()
    others = session.scalars(
        select(Availability).where(
            Availability.counsellor_id == person.id, Availability.code != new.code
        )
    )
    for row in others:
        if row.valid_until is not None and row.valid_until < max(starts_on, row.valid_from):
            continue
        other = _as_declared(row, catalogue, person.code, starts_on)
        for _, _, day in overlapping([other, new], starts_on):
            raise RuleOverlaps(
                person=person.first_name,
                place=place_of(catalogue, row),
                day=long_date(day, "fr", catalogue.timezone),
            )


def _as_declared(
    row: Availability, catalogue: Catalogue, person: str, starts_on: date
) -> DeclaredAvailability:
    return DeclaredAvailability(
        code=row.code,
        counsellor=person,
        kind=row.kind,
        venue=catalogue.venue_by_id(row.venue_id).slug if row.venue_id else "",
        communes=tuple(row.commune_slugs),
        weekday=row.weekday,
        every_weeks=row.every_weeks,
        nth=row.nth,
        first_on=row.first_on,
        from_time=row.from_time,
        to_time=row.to_time,
        valid_from=max(row.valid_from, starts_on),
        valid_until=row.valid_until,
        skipped_dates=tuple(map(date.fromisoformat, row.skipped_dates)),
        extra_dates=tuple(map(date.fromisoformat, row.extra_dates)),
        desk_until_days=row.desk_until_days,
    )


def place_of(catalogue: Catalogue, row: Availability) -> str:
    """« Mairie d’Arvert », « visites à domicile »."""
    if row.venue_id is None:
        return "visites à domicile"
    return catalogue.venue_by_id(row.venue_id).name
