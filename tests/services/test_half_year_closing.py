"""The half-year computed by hand, through the database: before its closing, and for ever after."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app.domain.attendance_errors import (
    EarlierHalfYearOpen,
    HalfYearClosedAlready,
    HalfYearOpenYet,
    RecordsMissing,
)
from app.domain.cubes import enter, publics, residences, volumes
from app.domain.fair_share import shares
from app.domain.half_year import HalfYear
from app.domain.hours import held_times, hours
from app.domain.nomenclature import Family
from app.domain.sharing import time_keys
from app.domain.statistics import Outcomes
from app.models.appointment import Appointment
from app.models.attendance import AttendanceRow, HalfYearClosing, VolumeCube
from app.models.schedule import Availability
from app.services.figures_cubes import Cubes, read_cubes
from app.services.figures_hours import read_worked
from app.services.figures_outcomes import read_outcomes
from app.services.figures_time import read_period
from app.services.half_year_closing import close_half_year, read_quality
from app.services.half_years import closed_half_years
from app.services.sharing_keys import read_keys
from app.services.transaction import write_transaction
from tests.domain.builders import at
from tests.domain.records import one
from tests.domain.three_communes import ENTRIES, KEYS, RECORDS, SPRING, SPRING_WORK, on
from tests.support.spring import AFTER, Spring, live_spring, write_entries
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage

AUTUMN = HalfYear(2026, 2)


def figures(stage: Stage) -> tuple[object, ...]:
    """Every figure of the half-year, as pages and reports are given them."""
    session, catalogue = stage.session, stage.catalogue
    closed = closed_half_years(session)
    worked = read_worked(session, catalogue, [SPRING], closed, until=SPRING.last)
    keys = time_keys(read_keys(session).everything)
    return (
        read_cubes(session, [SPRING], closed),
        worked.lines,
        shares(worked.times, keys, SPRING.first, SPRING.last),
        read_outcomes(session, catalogue, [SPRING], closed),
    )


def test_every_figure_is_the_one_computed_by_hand_and_stays_so_for_ever(stage: Stage) -> None:
    live_spring(stage)
    by_hand = shares(held_times(SPRING_WORK), time_keys(KEYS), SPRING.first, SPRING.last)
    cubes = Cubes(volumes(ENTRIES), residences(ENTRIES), publics(ENTRIES))

    before = figures(stage)
    assert before[:3] == (cubes, hours(SPRING_WORK), by_hand)
    outcomes = read_outcomes(stage.session, stage.catalogue, [SPRING], ())
    assert sum(outcomes.values(), Outcomes()) == Outcomes(7, 1, 2, 1, 64)

    quality = read_quality(stage.session, stage.catalogue, SPRING, now=AFTER)
    assert (quality.records, quality.late, quality.alone, quality.missing) == (10, 1, 10, ())
    told = {each.family: (each.count, each.among) for each in quality.not_told}
    assert told == {Family.AGE: (0, 21), Family.GENDER: (0, 21), Family.STATUS: (15, 21)}

    close_half_year(
        stage.session, SPRING, by=coordinator(stage.session), accepted_missing=0, now=AFTER
    )
    assert figures(stage) == before

    # Whatever happens to the lines, the appointments and the timetable, and what is told late.
    with write_transaction(stage.session):
        stage.session.execute(delete(AttendanceRow))
        stage.session.execute(delete(Appointment))
        stage.session.execute(delete(Availability))
        late = enter(one(on=on(5, 20)), AFTER.date(), closed_half_years(stage.session))
        write_entries(stage.session, [late])
    assert figures(stage) == before
    kept = read_quality(stage.session, stage.catalogue, SPRING, now=AFTER)
    assert replace(kept, closing=None, alone=quality.alone) == quality
    assert kept.alone is None, "no cube knows the days on which somebody was alone"
    after = read_cubes(stage.session, [SPRING, AUTUMN], closed_half_years(stage.session))
    counted = sum(volume.activities for volume in after.volumes.values())
    assert counted == len(RECORDS) + 1, "no activity is lost, none counts twice"
    assert sum(volume.late_activities for volume in after.volumes.values()) == 2


def test_a_half_year_closes_once_in_order_and_not_without_asking(stage: Stage) -> None:
    live_spring(stage)
    session, clerk = stage.session, coordinator(stage.session)

    def close(half: HalfYear = SPRING, accepted: int = 0, days: int = 0) -> None:
        now = AFTER + timedelta(days=days)
        close_half_year(session, half, by=clerk, accepted_missing=accepted, now=now)

    spring = Spring(stage)
    with write_transaction(session):
        nobody_told = spring.appointment(at(on(5, 6), "10:45"), 30, 3, is_recorded=False)
        session.add(nobody_told)
    with pytest.raises(HalfYearOpenYet):
        close(days=-1)
    with pytest.raises(EarlierHalfYearOpen):
        close(AUTUMN, days=200)
    with pytest.raises(RecordsMissing) as asked:
        close()
    assert asked.value.facts == {"missing": 1}
    (line,) = read_quality(session, stage.catalogue, SPRING, now=AFTER).missing
    assert (line.on, line.counsellor, line.commune) == (on(5, 6), "Jeanne", "Butte")
    assert session.scalars(select(func.count()).select_from(VolumeCube)).one() == 0
    close(accepted=1)
    with pytest.raises(HalfYearClosedAlready):
        close(accepted=1)
    closing = session.get_one(HalfYearClosing, SPRING.code)
    assert (closing.missing, closing.closed_by_id) == (1, clerk)


def test_the_time_of_a_counsellor_is_a_part_of_the_whole(stage: Stage) -> None:
    live_spring(stage)
    whole = hours(read_period(stage.session, stage.catalogue, SPRING.first, SPRING.last))
    assert whole == hours(SPRING_WORK)
    both = [
        hours(
            read_period(
                stage.session,
                stage.catalogue,
                SPRING.first,
                SPRING.last,
                counsellor_id=stage.counsellor(code),
            )
        )
        for code in ("jeanne", "karim")
    ]
    for line, of_all in whole.items():
        parts = [of_one[line] for of_one in both if line in of_one]
        assert sum(part.held for part in parts) == of_all.held
        assert sum(part.used for part in parts) == of_all.used
