"""The databases of the bench: the demo, and one with thousands of free hours to book."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app import extensions  # noqa: F401 - how each database is spoken to
from app.domain.availability import AvailabilityKind
from app.domain.overlay import merge_overlay
from app.domain.territory import parse_territory
from app.domain.timetable import parse_timetable
from app.services.catalogue import read_catalogue
from app.services.demo import DemoFiles, create_demo
from app.services.links import Links
from app.services.slots import facts_of_timetable
from app.services.territory import load_territory
from app.services.timetable import load_timetable, timetable_refs
from bench.servers import ROOT

TERRITORY, OVERLAY, TIMETABLE = "presquile-arvert", "demo-overlay", "demo-timetable"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
COUNSELLORS_PER_VENUE = 2
TOPIC, TOPIC_MINUTES = "email", 45
MOST_BOOKINGS_AN_HOUR = 10_000


@contextmanager
def session_on(url: str) -> Iterator[Session]:
    """A session as the site opens it."""
    engine = create_engine(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def migrate(url: str) -> None:
    """The product's own command. Raises CalledProcessError."""
    environ = os.environ | {"COCLICO_DEMO": "1", "DATABASE_URL": url, "FLASK_APP": "wsgi"}
    command = [sys.executable, "-m", "flask", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=120)


def fill_with_demo(url: str) -> None:
    """Two counsellors, nine communes, several hundred appointments around today."""
    migrate(url)
    files = DemoFiles(*(_read(name) for name in (TERRITORY, OVERLAY, TIMETABLE)))
    with session_on(url) as session:
        create_demo(session, files, datetime.now(UTC).date(), Links("bench"))


def fill_with_openings(url: str) -> None:
    """Every venue open every working day with two counsellors: thousands of hours to book."""
    migrate(url)
    now = datetime.now(UTC)
    raw = merge_overlay(_read(TERRITORY), _read(OVERLAY))
    raw["settings"] = {
        **raw.get("settings", {}),
        "bookings_per_hour_per_address": MOST_BOOKINGS_AN_HOUR,
    }
    with session_on(url) as session:
        load_territory(session, parse_territory(raw), overwrite=False, now=now)
        today = read_catalogue(session).today(now)
        file = parse_timetable(_wide_timetable(raw), timetable_refs(session, today))
        load_timetable(session, file, now=now, effective_on=today)


def free_hours(url: str) -> list[tuple[str, str, str]]:
    """Commune, venue and local start of appointments that can all be booked, one after the other.

    A time that two counsellors hold is there twice.
    """
    now = datetime.now(UTC)
    with session_on(url) as session:
        catalogue = read_catalogue(session)
        facts = facts_of_timetable(catalogue, now=now)
    first = facts.first_public_day(AvailabilityKind.PERMANENCE) + timedelta(days=1)
    found = []
    for opening in facts.index:
        if opening.place is None or not first <= opening.on < facts.last_day:
            continue
        venue = catalogue.venue_by_id(opening.place.venue_id or 0)
        starts_at, length = opening.starts_at, timedelta(minutes=TOPIC_MINUTES)
        while starts_at + length <= opening.ends_at:
            local = starts_at.astimezone(catalogue.timezone)
            found.append((venue.commune.slug, venue.slug, local.strftime("%Y-%m-%dT%H:%M")))
            starts_at += length
    return found


def communes_and_topics(url: str) -> tuple[list[str], list[str]]:
    """What a resident may ask the page of free times for."""
    with session_on(url) as session:
        catalogue = read_catalogue(session)
    communes = [each.slug for each in catalogue.served_communes(catalogue.today(datetime.now(UTC)))]
    return communes, [each.code for each in catalogue.offered_topics()]


def _wide_timetable(territory: dict[str, Any]) -> dict[str, Any]:
    counsellors, rules = [], []
    for venue in territory["venues"]:
        for rank in range(COUNSELLORS_PER_VENUE):
            code = f"{venue['slug']}-{rank}"
            counsellors.append({"code": code, "first_name": f"Camille {rank}"})
            rules += [
                {
                    "code": f"{code}-{weekday}-{hours[0][:2]}",
                    "counsellor": code,
                    "kind": "permanence",
                    "venue": venue["slug"],
                    "weekday": weekday,
                    "from": hours[0],
                    "to": hours[1],
                }
                for weekday in WEEKDAYS
                for hours in (("09:00", "12:00"), ("13:30", "17:15"))
            ]
    return {"counsellors": counsellors, "availabilities": rules}


def _read(name: str) -> dict[str, Any]:
    path: Path = ROOT / "territories" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
