"""What a feed says of one appointment, by its level."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from app.domain.appointment import AppointmentStatus
from app.domain.feeds import FeedEntry, FeedLevel, short_name
from app.services.agenda_workshops import HeldWorkshop
from app.services.catalogue import Catalogue
from app.services.held_places import HeldPlace


class Teller:
    """Says of an appointment what a level allows, and nothing else."""

    def __init__(
        self, catalogue: Catalogue, public_url: str, level: FeedLevel, *, names_counsellor: bool
    ) -> None:
        self._catalogue = catalogue
        self._public_url = public_url
        self._tells = level is FeedLevel.DETAIL
        self._names_counsellor = names_counsellor
        self._places = {
            venue.id: ", ".join(filter(None, (venue.name, venue.address, venue.postal_line)))
            for venue in catalogue.venues
        }
        self._bring = {topic.id: topic.bring.get("fr", "") for topic in catalogue.topics}

    def entry(self, row: Row[Any], *, with_street: bool = True) -> FeedEntry:
        """The appointment of that row; the street of a visit where the level and this allow it."""
        entry = FeedEntry(
            uid=row.uid,
            sequence=row.sequence,
            updated_at=row.updated_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_cancelled=row.status is AppointmentStatus.CANCELLED,
            place=self._place(row, with_street=with_street and self._tells),
        )
        if not self._tells:
            return entry
        is_visit = row.venue_id is None
        window = timedelta(minutes=row.window_minutes or 0)
        return replace(
            entry,
            person=short_name(row.first_name, row.last_name),
            counsellor=row.counsellor if self._names_counsellor else None,
            arrives_until=row.starts_at + window if is_visit else None,
            bring=self._bring.get(row.topic_id) or None,
            record_url=f"{self._public_url}/agents/rendez-vous/{row.id}",
        )

    def held(self, place: HeldPlace) -> FeedEntry:
        """A place that waits for an answer: « Occupé », for nobody yet."""
        venue_id = place.place.venue_id
        commune = self._catalogue.commune_by_id(place.place.commune_id)
        return FeedEntry(
            uid=place.uid,
            sequence=0,
            updated_at=place.offered_at,
            starts_at=place.starts_at,
            ends_at=place.ends_at,
            is_cancelled=False,
            place=commune.name if venue_id is None else self._places.get(venue_id, ""),
        )

    def workshop(self, held: HeldWorkshop, names: Sequence[tuple[str, str]] = ()) -> FeedEntry:
        """A date of a workshop: its title and a count; names and its sheet with details only."""
        people = f"{held.registered} inscrit{'s' if held.registered > 1 else ''}"
        entry = FeedEntry(
            uid=held.uid,
            sequence=held.sequence,
            updated_at=held.updated_at,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            is_cancelled=held.is_cancelled,
            place=", ".join(filter(None, (held.place_name, held.place_address))),
            workshop=f"Atelier : {held.title['fr']} ({people})",
            hours=(held.begins_at, held.finishes_at),
        )
        if not self._tells:
            return entry
        sheet = f"/agents/ateliers/{held.workshop_id}/presence/{held.date_id}"
        return replace(
            entry,
            people=tuple(short_name(*each) for each in names if each[0]),
            counsellor=held.counsellor if self._names_counsellor else None,
            record_url=f"{self._public_url}{sheet}",
        )

    def _place(self, row: Row[Any], *, with_street: bool) -> str:
        if row.venue_id is not None:
            return self._places.get(row.venue_id, "")
        commune = self._catalogue.commune_by_id(row.commune_id)
        if not with_street:
            return commune.name
        postal = f"{commune.postal_code} {commune.name}"
        return ", ".join(filter(None, (row.address_line1, row.address_line2, postal)))
