"""The card of a venue in words: what is asked in the settings, and read on the day itself."""

from collections.abc import Collection
from typing import Any

from app.extensions import db
from app.services.venue_cards import read_venue_cards

LABELS = {
    "room": "Salle",
    "wifi": "Wi-Fi",
    "printer": "Imprimante",
    "ramp": "Rampe, accès en fauteuil",
    "parking": "Parking",
    "keys": "Clés, alarme",
    "hours": "Horaires du lieu",
}


def venue_cards(venue_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The rows of a summary for each venue of which something is known."""
    cards = read_venue_cards(db.session(), venue_ids)
    return {
        venue_id: [
            {"key": label, "value": card[name]} for name, label in LABELS.items() if card.get(name)
        ]
        for venue_id, card in cards.items()
    }
