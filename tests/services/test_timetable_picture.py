"""The timetable with its free times, as plain values that another program can compute again."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.domain.territory import parse_territory
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.calendars import BusyTime
from app.models.places import Commune, Territory, Venue
from app.services.catalogue import NoTerritory
from app.services.territory import load_territory
from app.services.timetable_picture import draw_timetable
from app.services.transaction import write_transaction
from tests.support.territory_sample import spoiled
from tests.support.timetable_sample import (
    MONDAY_MORNING,
    TUESDAY_VISITS,
    load_sample,
    timetable,
)

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MONDAY = date(2026, 11, 30)
AT_TEN = datetime(2026, 11, 30, 9, tzinfo=UTC)
TOPIC = {**spoiled()["topics"][0], "code": "court", "minutes": 30, "step_minutes": 30}


def prepare(session: Session, raw: dict[str, Any], **changes: Any) -> None:
    load_territory(session, parse_territory(spoiled(**changes)), overwrite=False, now=NOW)
    load_sample(session, raw, now=NOW, on=TODAY)


def draw(session: Session, first: date = MONDAY, days: int = 2) -> dict[str, Any]:
    drawn = draw_timetable(session, now=NOW, first=first, days=days)
    assert json.loads(json.dumps(drawn)) == drawn
    return drawn


def answer(drawn: dict[str, Any], kind: str, topic: str = "autre") -> dict[str, Any]:
    (found,) = (each for each in drawn["answers"] if (each["kind"], each["topic"]) == (kind, topic))
    assert found["commune"] == "amont"
    return found


def times(candidates: list[dict[str, Any]]) -> list[str]:
    return [each["starts_at"][11:16] for each in candidates]


def test_it_needs_a_territory(session: Session) -> None:
    with pytest.raises(NoTerritory):
        draw_timetable(session, now=NOW, first=TODAY, days=1)


def test_it_holds_what_decides_the_free_times(session: Session) -> None:
    prepare(session, timetable())
    drawn = draw(session)
    assert (drawn["now"], drawn["timezone"]) == ("2026-11-23T07:00:00Z", "Europe/Paris")
    assert (drawn["first"], drawn["last"]) == ("2026-11-30", "2026-12-01")
    assert drawn["settings"]["upcoming_limit"] == 3
    assert drawn["settings"]["other_commune"] == "refuse"
    assert drawn["counsellors"] == ["jeanne", "karim"]
    assert drawn["communes"][1] == {
        "slug": "aval",
        "latitude": 45.0,
        "longitude": -1.1,
        "bookable": False,
        "active_from": None,
        "active_until": None,
    }
    assert drawn["venues"] == [{"slug": "mairie-amont", "commune": "amont", "active": True}]
    assert drawn["travel_minutes"] == [
        {"from": "amont", "to": "aval", "minutes": 25},
        {"from": "aval", "to": "amont", "minutes": 25},
    ]
    assert drawn["topics"] == [{"code": "autre", "minutes": 45, "step_minutes": 15}]
    assert drawn["shortest_topic_minutes"] == 45
    assert drawn["holidays"] == {"2026-12-25": "Noël", "2027-01-01": "Jour de l'an"}


def test_an_opening_is_told_in_the_words_of_the_files(session: Session) -> None:
    prepare(session, timetable({**MONDAY_MORNING, "desk_until_days": 2}, TUESDAY_VISITS))
    permanence, visits = draw(session)["openings"]
    assert permanence == {
        "availability": "lundi",
        "counsellor": "jeanne",
        "commune": "amont",
        "venue": "mairie-amont",
        "starts_at": "2026-11-30T08:00:00Z",
        "ends_at": "2026-11-30T11:00:00Z",
        "kind": "PERMANENCE",
        "communes": [],
        "on": "2026-11-30",
        "block_starts_at": "2026-11-30T08:00:00Z",
        "desk_until_days": 2,
        "replaces": None,
    }
    assert (visits["commune"], visits["venue"], visits["communes"]) == (None, None, ["amont"])


def test_a_substitute_is_told_with_whom_she_replaces(session: Session) -> None:
    replacement = {"absent": "jeanne", "substitute": "karim", "from": MONDAY, "to": MONDAY}
    prepare(session, timetable(replacements=[replacement]))
    opening = draw(session)["openings"][0]
    assert (opening["counsellor"], opening["replaces"]) == ("karim", "jeanne")


def test_hours_out_of_a_convention_are_no_openings(session: Session) -> None:
    """As the site itself finds no time there: another program would else find other ones."""
    prepare(session, timetable())
    before = draw(session)
    assert {each["on"] for each in before["openings"]} == {"2026-11-30", "2026-12-01"}
    change = update(Commune).where(Commune.slug == "amont").values(active_until=MONDAY)
    session.execute(change)
    session.execute(update(Territory).values(revision=Territory.revision + 1))
    session.commit()
    after = draw(session)
    assert {each["on"] for each in after["openings"]} == {"2026-11-30"}


def test_what_is_closed_is_told_with_its_cause(session: Session) -> None:
    absence = {"counsellor": "jeanne", "from": MONDAY, "to": MONDAY}
    prepare(session, timetable(absences=[absence]))
    drawn = draw(session)
    assert [(each["on"], each["cause"]) for each in drawn["closed"]] == [("2026-11-30", "ABSENCE")]
    assert [each["on"] for each in drawn["openings"]] == ["2026-12-01"]


def test_every_time_is_free_or_refused_with_its_reason(session: Session) -> None:
    prepare(session, timetable())
    engage(session)
    drawn = draw(session)
    assert drawn["engagements"] == [
        {
            "counsellor": "jeanne",
            "commune": "amont",
            "venue": "mairie-amont",
            "starts_at": "2026-11-30T09:00:00Z",
            "ends_at": "2026-11-30T09:45:00Z",
        }
    ]
    found = answer(drawn, "PERMANENCE")
    assert times(found["free"]) == ["08:00", "08:15", "09:45", "10:00", "10:15"]
    assert found["free"][0] == {
        "availability": "lundi",
        "counsellor": "jeanne",
        "commune": "amont",
        "venue": "mairie-amont",
        "starts_at": "2026-11-30T08:00:00Z",
        "ends_at": "2026-11-30T08:45:00Z",
    }
    reasons = {each["starts_at"][11:16]: each["reason"] for each in found["refused"]}
    assert reasons["09:15"] == "ENGAGED"
    assert list(reasons) == ["08:30", "08:45", "09:00", "09:15", "09:30"]


def test_a_time_that_would_leave_a_useless_rest_is_told_as_such(session: Session) -> None:
    prepare(session, timetable())
    found = answer(draw(session), "PERMANENCE")
    assert "08:00" in times(found["free"])
    stranding = next(each for each in found["refused"] if each["starts_at"][11:16] == "08:15")
    assert stranding["reason"] == "STRANDS"
    assert stranding["reason_place"] == {"commune": None, "venue": None}


def engage(session: Session) -> None:
    with write_transaction(session):
        session.add(
            Engagement(
                counsellor_id=session.scalars(
                    select(Counsellor.id).where(Counsellor.code == "jeanne")
                ).one(),
                starts_at=AT_TEN,
                ends_at=AT_TEN + timedelta(minutes=45),
                kind=EngagementKind.APPOINTMENT,
                commune_id=session.scalars(select(Commune.id).where(Commune.slug == "amont")).one(),
                venue_id=session.scalars(select(Venue.id)).one(),
            )
        )


def test_what_an_own_agenda_takes_is_told_for_it_decides_too(session: Session) -> None:
    prepare(session, timetable())
    jeanne = select(Counsellor.id).where(Counsellor.code == "jeanne")
    with write_transaction(session):
        session.add(
            BusyTime(
                counsellor_id=session.scalars(jeanne).one(),
                starts_at=AT_TEN,
                ends_at=AT_TEN + timedelta(minutes=45),
            )
        )
    drawn = draw(session)
    assert (drawn["engagements"], drawn["busy"]) == (
        [],
        [
            {
                "counsellor": "jeanne",
                "starts_at": "2026-11-30T09:00:00Z",
                "ends_at": "2026-11-30T09:45:00Z",
            }
        ],
    )
    assert "09:00" not in times(answer(drawn, "PERMANENCE")["free"])


def test_a_visit_is_told_with_its_window_and_the_travel_that_refuses_it(session: Session) -> None:
    morning_visits = {**TUESDAY_VISITS, "weekday": "lundi", "from": "12:00", "to": "14:00"}
    prepare(session, timetable(MONDAY_MORNING, morning_visits))
    found = answer(draw(session), "HOME_VISITS")
    first = next(iter(found["free"]))
    assert (first["starts_at"], first["window_ends_at"], first["ends_at"]) == (
        "2026-11-30T11:15:00Z",
        "2026-11-30T11:45:00Z",
        "2026-11-30T12:45:00Z",
    )
    refused = found["refused"][0]
    assert (refused["starts_at"], refused["reason"]) == ("2026-11-30T11:00:00Z", "TRAVEL_BEFORE")
    assert refused["reason_minutes"] == 10
    assert refused["reason_place"] == {"commune": "amont", "venue": "mairie-amont"}


def test_each_topic_has_its_own_answer(session: Session) -> None:
    prepare(session, timetable(), topics__1=TOPIC, topics__2={**TOPIC, "code": "pareil"})
    drawn = draw(session)
    assert drawn["shortest_topic_minutes"] == 30
    short, same = (answer(drawn, "PERMANENCE", code) for code in ("court", "pareil"))
    assert times(short["free"] + short["refused"]) == [
        "08:00", "08:30", "09:00", "09:30", "10:00", "10:30",
    ]  # fmt: skip
    assert short["free"] == same["free"]
    assert answer(drawn, "PERMANENCE")["free"] != short["free"]


def test_days_gone_by_are_shown_without_times(session: Session) -> None:
    prepare(session, timetable(), topics__0__minutes=60)
    drawn = draw(session, first=date(2026, 11, 16), days=7)
    assert drawn["openings"] == []
    assert answer(drawn, "PERMANENCE")["free"] == []
