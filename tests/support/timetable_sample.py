"""A small timetable for the territory of territory_sample, as tomllib gives it."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.timetable import parse_timetable
from app.services.changes import Change
from app.services.timetable import load_timetable, timetable_refs

MONDAY_MORNING: dict[str, Any] = {
    "code": "lundi",
    "counsellor": "jeanne",
    "kind": "permanence",
    "venue": "mairie-amont",
    "weekday": "lundi",
    "from": "09:00",
    "to": "12:00",
}
TUESDAY_VISITS: dict[str, Any] = {
    "code": "mardi",
    "counsellor": "jeanne",
    "kind": "visites",
    "communes": ["amont"],
    "weekday": "mardi",
    "from": "13:30",
    "to": "17:30",
}
JEANNE = {"code": "jeanne", "first_name": "Jeanne"}
KARIM = {"code": "karim", "first_name": "Karim"}


def timetable(*rules: dict[str, Any], **tables: Any) -> dict[str, Any]:
    """A timetable of two people with those rules; by default Monday mornings and visits."""
    return deepcopy(
        {
            "counsellors": [JEANNE, KARIM],
            "availabilities": list(rules) or [MONDAY_MORNING, TUESDAY_VISITS],
            **tables,
        }
    )


def load_sample(session: Session, raw: dict[str, Any], *, now: datetime, on: date) -> list[Change]:
    """Check and load it, as the command does."""
    file = parse_timetable(raw, timetable_refs(session, on))
    return load_timetable(session, file, now=now, effective_on=on)
