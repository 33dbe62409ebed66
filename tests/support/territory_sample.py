"""A small valid territory, as tomllib gives it, for tests to spoil one key at a time."""

from copy import deepcopy
from typing import Any

COMMUNE = {
    "slug": "amont",
    "name": "Amont",
    "name_in": "à Amont",
    "name_of": "d’Amont",
    "insee_code": "17001",
    "postal_code": "17000",
    "siren": "211700001",
    "population": 1200,
    "latitude": 45.7,
    "longitude": -1.1,
    "town_hall": {
        "address": "1 rue Haute",
        "postal_line": "17000 Amont",
        "phone": "05 36 49 00 10",
        "opening_hours": {"lundi": ["08:30-12:00", "13:30-17:00"], "samedi": ["09:00-12:00"]},
    },
}
OTHER_COMMUNE = {
    **COMMUNE,
    "slug": "aval",
    "name": "Aval",
    "official_name": "Aval-sur-Seudre",
    "insee_code": "2A002",
    "siren": "",
    "latitude": 45,
    "bookable": False,
    "town_hall": {},
}
VENUE = {
    "slug": "mairie-amont",
    "commune": "amont",
    "name": "Mairie d’Amont",
    "address": "1 rue Haute",
    "postal_line": "17000 Amont",
    "access": {"fr": "Plain-pied", "en": "Step-free"},
    "sms_name": "mairie d'Amont",
}
TOPIC = {
    "code": "autre",
    "label": {"fr": "Autre chose", "en": "Something else"},
    "minutes": 45,
    "step_minutes": 15,
    "bring": {"fr": "L’appareil", "en": "The device"},
    "themes": ["diagnostic_numerique"],
}
SAMPLE: dict[str, Any] = {
    "territory": {
        "slug": "deux-rives",
        "name": "Les Deux Rives",
        "department": "17",
        "timezone": "Europe/Paris",
        "school_zone": "A",
        "population_vintage": 2023,
        "sources": ["convention de 2019"],
    },
    "service": {
        "name": "Aide",
        "slogan": {"fr": "Près de vous", "en": "Near you"},
        "service_sms": "Aide",
        "sms_sender": "Aide",
        "phone": "05 36 49 00 00",
        "phone_hours": {"fr": "le matin", "en": "mornings"},
        "email": "aide@demo.invalid",
        "text_number": "06 39 98 00 00",
    },
    "texts": {"controllers": "les communes", "accessibility_state": "non conforme"},
    "settings": {"upcoming_limit": 3},
    "colours": {"brand": "#0B5563"},
    "mark": {"file": "mark.svg"},
    "communes": [COMMUNE, OTHER_COMMUNE],
    "venues": [VENUE],
    "travel": {"amont": {"aval": 25}},
    "topics": [TOPIC],
    "payers": [
        {"code": "amont", "name": "Amont", "commune": "amont"},
        {"code": "syndicat", "name": "Le syndicat"},
    ],
}

REMOVED = object()
"""In `spoiled`, takes the key away."""


def spoiled(**changes: Any) -> dict[str, Any]:
    """The sample with some keys changed: « communes__0__slug » is communes[0]["slug"]."""
    raw = deepcopy(SAMPLE)
    for path, value in changes.items():
        *way, last = (int(part) if part.isdigit() else part for part in path.split("__"))
        target: Any = raw
        for part in way:
            target = target[part]
        if value is REMOVED:
            del target[last]
        elif isinstance(target, list) and last == len(target):
            target.append(value)
        else:
            target[last] = value
    return raw
