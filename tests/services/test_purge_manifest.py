"""The purge obeys the manifest, whole: each period has its part, and nothing else ever goes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.models import Base
from app.services.erasure_register import ErasureRegister
from app.services.purge import purge, purges
from app.services.retention import MANIFEST, Fate
from tests.support.every_table import NUMBER, Picture, Row, fill_every_table, picture_of
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

PERIODS = {each.period for each in MANIFEST.values() if each.days is not None}
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
AGES = sorted({age for each in PERIODS for age in (each - SECOND, each, each + DAY)})
BY_THE_DAY = {"survey_invitation", "attendance_record", "erasure"}
"""Tables that know the day only: a row may stay until the end of the last one."""
GROW = {"journal_entry", "message_count", "erasure"}
"""Where the purge itself writes: its proof, its counts, its register."""
MARKED = {"resident.to_reconcile", "resident.updated_at", "user.role"}
"""What the purge itself says of a row that it emptied; a counsellor without an agenda is none."""
EMPTY = {None, "", f"-{NUMBER}"}
"""An address is unique, so that of an erased account is its number."""


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "erasures.txt")


def purge_at(stage: Stage, register: ErasureRegister, now: datetime) -> Picture:
    proof = purge(stage.session, register, lambda: now, lambda _: False)
    assert proof.failed == ()
    return picture_of(stage.session)


def test_each_period_has_exactly_one_part_of_the_purge(register: ErasureRegister) -> None:
    parts = [(table.__tablename__, rule) for each in purges(register) for table, rule in each.obeys]
    ruled = {
        (name.split(".")[0], policy) for name, policy in MANIFEST.items() if policy.days is not None
    }
    assert len(parts) == len(set(parts))
    assert set(parts) == ruled


def test_every_value_goes_at_its_hour_and_nothing_else_ever(
    stage: Stage, register: ErasureRegister
) -> None:
    fill_every_table(stage.session, NOW)
    first = picture_of(stage.session)
    assert all(first[table.name] for table in Base.metadata.sorted_tables)
    for age in AGES:
        compare(first, purge_at(stage, register, NOW + age), age)


def compare(first: Picture, left: Picture, age: timedelta) -> None:
    for table, rows in first.items():
        for key, before in rows.items():
            after = left[table].get(key)
            removed = [p for p in policies(table) if p.fate is Fate.REMOVED]
            if removed and (after is None or is_due(table, removed[0].period, age)):
                [policy] = set(removed)
                assert after is None, f"{table} stays after {age}"
                assert age >= policy.period, f"{table} is gone after {age}"
                continue
            assert after is not None, f"a row of {table} is gone after {age}"
            compare_row(table, before, after, age)
        assert table in GROW or left[table].keys() <= rows.keys(), table


def policies(table: str) -> list:
    return [policy for name, policy in MANIFEST.items() if name.split(".")[0] == table]


def is_due(table: str, period: timedelta, age: timedelta) -> bool:
    """Whether it must be gone."""
    return age >= period + (DAY if table in BY_THE_DAY else timedelta())


def compare_row(table: str, before: Row, after: Row, age: timedelta) -> None:
    for column, value in before.items():
        name = f"{table}.{column}"
        policy = MANIFEST[name]
        if policy.fate is Fate.ERASED and is_due(table, policy.period, age):
            assert after[column] in EMPTY, f"{name} stays after {age}"
        elif name not in MARKED:
            assert after[column] == value, f"{name} changed after {age}"
