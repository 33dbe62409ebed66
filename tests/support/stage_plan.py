"""The stage: three communes, four venues and two counsellors for one week, as tomllib gives them.

Small on purpose: everybody wants the same hours, and nearly every hour depends on some journey.
"""

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.territory_sample import COMMUNE, SAMPLE, VENUE

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
"""A Monday: permanences are booked from Tuesday on, visits from Wednesday on, until Saturday."""
WINDOW_DAYS = 5
UPCOMING_LIMIT = 2
SAME_COMMUNE_MINUTES = 10

TRAVEL = {"amont": {"aval": 25, "butte": 15}, "aval": {"amont": 30}}
"""Amont to Aval and back differ; Butte to Amont is as the other way; Aval and Butte: formula."""
AVAL_TO_BUTTE_MINUTES = 25
"""12 km as the crow flies × 1.3 at 45 km/h = 20.8 minutes, rounded up to 5."""
MINUTES = {
    ("amont", "aval"): 25,
    ("aval", "amont"): 30,
    ("amont", "butte"): 15,
    ("butte", "amont"): 15,
    ("aval", "butte"): AVAL_TO_BUTTE_MINUTES,
    ("butte", "aval"): AVAL_TO_BUTTE_MINUTES,
}
"""What the journeys between two communes take, told once more for those who check the site."""
VENUES = {
    "mairie-amont": "amont",
    "mediatheque-amont": "amont",
    "mairie-aval": "aval",
    "mairie-butte": "butte",
}
TOPIC_MINUTES = {"email": 45, "demarche": 60}


def _commune(rank: int, slug: str, **changes: Any) -> dict[str, Any]:
    name = slug.capitalize()
    named = {"slug": slug, "name": name, "name_in": f"à {name}", "name_of": f"de {name}"}
    number = {"insee_code": f"1700{rank}", "siren": f"21170000{rank}"}
    return deepcopy({**COMMUNE, **named, **number, "longitude": -1.1 - rank / 10, **changes})


def _venue(slug: str, commune: str) -> dict[str, Any]:
    sms_name = slug.replace("-", " ")
    return deepcopy(VENUE) | {"slug": slug, "commune": commune, "name": slug, "sms_name": sms_name}


def _topic(code: str, minutes: int, **changes: Any) -> dict[str, Any]:
    return deepcopy(SAMPLE["topics"][0]) | {"code": code, "minutes": minutes, **changes}


def territory(**settings: Any) -> dict[str, Any]:
    """The territory of the stage, with some settings changed."""
    raw = deepcopy(SAMPLE)
    raw["communes"] = [
        _commune(1, "amont"),
        _commune(2, "aval"),
        _commune(3, "butte", latitude=45.8079, longitude=-1.3),
        _commune(4, "partie", active_until=date(2026, 6, 30)),
        _commune(5, "payeuse", bookable=False),
    ]
    raw["venues"] = [_venue(slug, commune) for slug, commune in VENUES.items()]
    raw["topics"] = [
        _topic("email", TOPIC_MINUTES["email"]),
        _topic("demarche", TOPIC_MINUTES["demarche"]),
        _topic("ancien", 45, active=False),
    ]
    raw["travel"] = deepcopy(TRAVEL)
    raw["payers"] = [{"code": "amont", "name": "Amont", "commune": "amont"}]
    raw["settings"] = {
        "booking_window_days": WINDOW_DAYS,
        "upcoming_limit": UPCOMING_LIMIT,
        "same_commune_minutes": SAME_COMMUNE_MINUTES,
        **settings,
    }
    return raw


def permanence(person: str, weekday: str, hours: str, venue: str) -> dict[str, Any]:
    return _rule(person, weekday, hours, kind="permanence", venue=venue)


def visits(person: str, weekday: str, hours: str, *communes: str) -> dict[str, Any]:
    return _rule(person, weekday, hours, kind="visites", communes=list(communes))


def _rule(person: str, weekday: str, hours: str, **place: Any) -> dict[str, Any]:
    start, end = hours.split("-")
    code = f"{person}-{weekday}-{start.replace(':', '')}"
    return {
        "code": code, "counsellor": person, "weekday": weekday, "from": start, "to": end, **place,
    }  # fmt: skip


RULES = [
    permanence("jeanne", "mardi", "09:00-12:00", "mairie-amont"),
    permanence("jeanne", "mardi", "12:20-14:20", "mediatheque-amont"),
    visits("jeanne", "mardi", "14:30-17:30", "amont", "aval"),
    permanence("jeanne", "mercredi", "09:00-11:00", "mairie-aval"),
    permanence("jeanne", "mercredi", "11:10-13:10", "mairie-butte"),
    visits("jeanne", "mercredi", "14:00-17:00", "butte", "amont"),
    visits("jeanne", "jeudi", "09:00-12:00", "amont", "aval", "butte"),
    permanence("jeanne", "jeudi", "12:15-14:15", "mairie-butte"),
    visits("jeanne", "jeudi", "14:15-18:00", "aval", "amont"),
    permanence("jeanne", "vendredi", "09:00-12:00", "mairie-amont"),
    permanence("jeanne", "vendredi", "13:00-16:00", "mairie-aval"),
    permanence("karim", "mardi", "09:00-12:00", "mairie-amont"),
    visits("karim", "mardi", "13:00-17:00", "aval", "butte"),
    permanence("karim", "mercredi", "09:00-12:00", "mairie-butte"),
    visits("karim", "mercredi", "12:00-17:00", "amont", "aval", "butte"),
    permanence("karim", "jeudi", "09:00-12:00", "mairie-aval"),
    permanence("karim", "jeudi", "12:20-16:20", "mairie-amont"),
    visits("karim", "vendredi", "09:00-12:00", "amont", "butte"),
    permanence("karim", "vendredi", "13:00-16:00", "mediatheque-amont"),
]


def timetable(*, rules: list[dict[str, Any]] | None = None, **tables: Any) -> dict[str, Any]:
    """The week of the stage; `tables` adds absences, replacements or closures."""
    people = [{"code": name, "first_name": name.capitalize()} for name in ("jeanne", "karim")]
    return deepcopy({"counsellors": people, "availabilities": rules or RULES, **tables})


def at(local: str) -> datetime:
    """« 2026-11-24T09:00 » on the clocks of Paris, as an instant."""
    return datetime.fromisoformat(local).replace(tzinfo=PARIS).astimezone(UTC)
