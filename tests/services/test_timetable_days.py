"""Absences, replacements and closures of a timetable file."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.territory import parse_territory
from app.models.accounts import Counsellor
from app.models.places import Territory
from app.models.schedule import Absence, Closure, Replacement
from app.services.changes import Change, ChangeKind
from app.services.territory import load_territory
from tests.support.territory_sample import spoiled
from tests.support.timetable_sample import JEANNE, load_sample, timetable

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ABSENCE = {"counsellor": "jeanne", "from": date(2026, 12, 1), "to": date(2026, 12, 3)}
REPLACEMENT = {
    "absent": "jeanne",
    "substitute": "karim",
    "from": datetime(2026, 7, 1, 14),
    "to": datetime(2026, 12, 1, 18),
}
CLOSURE = {
    "venue": "mairie-amont",
    "from": date(2026, 12, 24),
    "to": date(2026, 12, 24),
    "reason": "travaux",
}


@pytest.fixture(autouse=True)
def _territory(session: Session) -> None:
    load_territory(session, parse_territory(spoiled()), overwrite=False, now=NOW)
    load_sample(session, timetable(), now=NOW, on=TODAY)


def load(session: Session, now: datetime = NOW, **tables: Any) -> list[Change]:
    return load_sample(session, timetable(**tables), now=now, on=now.date())


def told(changes: list[Change]) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.key) for change in changes]


def test_local_days_become_instants_from_midnight_to_midnight(session: Session) -> None:
    changes = load(session, absences=[ABSENCE])
    assert told(changes) == [
        (ChangeKind.ADDED, "absences[jeanne, 2026-12-01 00:00 > 2026-12-04 00:00]")
    ]
    (row,) = session.scalars(select(Absence))
    assert row.starts_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert row.ends_at == datetime(2026, 12, 3, 23, tzinfo=UTC)
    assert row.counsellor_id == _id(session, "jeanne")
    assert (row.recorded_at, row.withdrawn_at) == (NOW, None)


def _id(session: Session, code: str) -> int:
    return session.scalars(select(Counsellor.id).where(Counsellor.code == code)).one()


def test_hours_keep_the_clock_of_their_season(session: Session) -> None:
    load(session, replacements=[REPLACEMENT])
    (row,) = session.scalars(select(Replacement))
    assert row.starts_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert row.ends_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert (row.absent_id, row.substitute_id) == (_id(session, "jeanne"), _id(session, "karim"))


def test_a_closure_keeps_its_reason(session: Session) -> None:
    load(session, closures=[CLOSURE])
    (row,) = session.scalars(select(Closure))
    assert row.reason == "travaux"
    assert row.ends_at - row.starts_at == timedelta(days=1)


ALL = {"absences": [ABSENCE], "replacements": [REPLACEMENT], "closures": [CLOSURE]}


def test_the_same_facts_twice_change_nothing(session: Session) -> None:
    assert len(load(session, **ALL)) == 3
    assert load(session, **ALL) == []


def test_what_the_file_no_longer_has_is_withdrawn_never_deleted(session: Session) -> None:
    load(session, **ALL)
    changes = load(session)
    assert told(changes) == [
        (ChangeKind.ENDED, "absences[jeanne, 2026-12-01 00:00 > 2026-12-04 00:00]"),
        (ChangeKind.ENDED, "replacements[jeanne, 2026-07-01 14:00 > 2026-12-01 18:00]"),
        (ChangeKind.ENDED, "closures[mairie-amont, 2026-12-24 00:00 > 2026-12-25 00:00]"),
    ]
    for table in (Absence, Replacement, Closure):
        (row,) = session.scalars(select(table))
        assert row.withdrawn_at == NOW
    assert load(session) == []
    assert len(load(session, **ALL)) == 3
    assert len(session.scalars(select(Absence)).all()) == 2


def test_a_changed_reason_is_another_closure(session: Session) -> None:
    load(session, closures=[CLOSURE])
    changes = load(session, closures=[{**CLOSURE, "reason": "élections"}])
    assert [change.kind for change in changes] == [ChangeKind.ADDED, ChangeKind.ENDED]


def test_what_is_over_stays_whatever_the_file_says(session: Session) -> None:
    load(session, absences=[ABSENCE])
    afterwards = datetime(2026, 12, 4, 9, tzinfo=UTC)
    assert load(session, afterwards) == []
    (row,) = session.scalars(select(Absence))
    assert row.withdrawn_at is None


def test_who_leaves_on_a_day_to_come_works_until_then(session: Session) -> None:
    """Karim is no longer in the file, Jeanne is marked: both are there until that day."""
    january = date(2027, 1, 4)
    away = {"counsellor": "karim", "from": date(2026, 12, 20), "to": date(2027, 1, 10)}
    period = {"from": away["from"], "to": away["to"]}
    replaced = {"absent": "karim", "substitute": "jeanne", **period}
    load(session, absences=[away, {**away, "from": date(2027, 1, 6)}], replacements=[replaced])
    known, raw = session.scalars(select(Territory.revision)).one(), timetable()
    raw["counsellors"], raw["availabilities"] = [{**JEANNE, "active": False}], []
    until = "2026-12-20 00:00 > 2027-01-11 00:00"
    assert told(load_sample(session, raw, now=NOW, on=january)) == [
        (ChangeKind.LEAVING, "counsellors[jeanne]"),
        (ChangeKind.LEAVING, "counsellors[karim]"),
        (ChangeKind.ENDED, "availabilities[lundi]"),
        (ChangeKind.ENDED, "availabilities[mardi]"),
        (ChangeKind.CHANGED, f"absences[karim, {until}].to"),
        (ChangeKind.ENDED, "absences[karim, 2027-01-06 00:00 > 2027-01-11 00:00]"),
        (ChangeKind.CHANGED, f"replacements[karim, {until}].to"),
    ]
    assert session.scalars(select(Counsellor.active)).all() == [True, True]
    for kind in (Absence, Replacement):
        last = session.scalars(select(kind.ends_at).where(kind.withdrawn_at.is_(None))).one()
        assert last == datetime(2027, 1, 3, 23, tzinfo=UTC)
    again = load_sample(session, raw, now=NOW, on=january)
    assert {change.kind for change in again} == {ChangeKind.LEAVING}
    session.expire_all()
    assert session.scalars(select(Territory.revision)).one() == known + 1
    that_day = datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert len(load_sample(session, raw, now=that_day, on=january)) == 2
    assert session.scalars(select(Counsellor.active)).all() == [False, False]


def test_who_replaces_somebody_and_leaves_does_it_until_then(session: Session) -> None:
    load(session, replacements=[{**REPLACEMENT, "to": date(2027, 1, 10)}])
    raw = timetable()
    raw["counsellors"], raw["availabilities"] = [JEANNE], []
    load_sample(session, raw, now=NOW, on=date(2027, 1, 4))
    (row,) = session.scalars(select(Replacement))
    assert (row.withdrawn_at, row.ends_at) == (None, datetime(2027, 1, 3, 23, tzinfo=UTC))


def test_an_absence_cut_short_keeps_its_past(session: Session) -> None:
    load(session, absences=[ABSENCE])
    halfway = datetime(2026, 12, 2, 9, tzinfo=UTC)
    load(session, halfway, absences=[{**ABSENCE, "to": date(2026, 12, 1)}])
    rows = session.scalars(select(Absence).order_by(Absence.id)).all()
    assert [row.withdrawn_at for row in rows] == [halfway, None]
    assert rows[1].ends_at == datetime(2026, 12, 1, 23, tzinfo=UTC)
