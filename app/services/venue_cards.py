"""What the team knows of a venue: room, Wi-Fi, printer, ramp, parking, keys, hours."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.places import Venue


def read_venue_cards(session: Session, venue_ids: Collection[int]) -> dict[int, Mapping[str, str]]:
    """The cards that say something, by venue; what is in them is in the settings' own order."""
    if not venue_ids:
        return {}
    rows = session.execute(select(Venue.id, Venue.card).where(Venue.id.in_(venue_ids)))
    return {row.id: row.card for row in rows if row.card}
