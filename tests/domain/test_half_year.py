"""A half-year of three communes, computed by hand: every figure is written out here.

The plan, 180 minutes each time: Arvert on 4 Mondays (30 March, 6, 13, 20 April), Breuillet on 4
Tuesdays (3, 10, 17, 24 March), Vaux on 4 Wednesdays (6, 13, 20, 27 May), home visits on 2
Thursdays (4, 11 June); and a workshop of 120 minutes in Vaux on Friday 29 May, led by two.
What happened: 6 April is a holiday; Bob is away on 10 and 17 March, replaced on the 17th; the
venue of Vaux is closed for an hour on 13 May; 27 May was cancelled by hand; nobody was visited
on 11 June. Vaux joined on 1 May. A record of December came after the closing, on 10 February.
"""

from datetime import date
from fractions import Fraction

import pytest

from app.domain.attendance import alone
from app.domain.attendance_checks import check
from app.domain.closing import check_closing
from app.domain.cubes import (
    TERRITORY,
    Residence,
    ResidenceKey,
    Volume,
    VolumeKey,
    publics,
    residences,
    volumes,
)
from app.domain.fair_share import Share, projected, shares, since_january
from app.domain.half_year import HalfYear, month_of
from app.domain.hours import (
    Hours,
    LostCause,
    Period,
    Travelled,
    held_times,
    hours,
    travelled,
)
from app.domain.masking import Cell, Thresholds
from app.domain.national_labels import AT_HOME, AT_VENUE, INDIVIDUAL, NATIONAL, REMOTE, WORKSHOP
from app.domain.nomenclature import Family
from app.domain.publication import people_by_place, publish_half, row_percentages
from app.domain.sharing import amounts_due, check_keys, time_keys
from app.domain.statistics import (
    Change,
    Figures,
    Outcomes,
    mean_delay_days,
    percentages,
    presence_rate,
    total,
    within,
)
from tests.domain.records import ARVERT, BREUILLET, COMMUNES, VAUX
from tests.domain.three_communes import (
    APRIL,
    ENTERED,
    ENTRIES,
    FEBRUARY,
    INSEE,
    JUNE,
    KEYS,
    MARCH,
    MAY,
    RECORDS,
    SPRING,
    SPRING_WORK,
    WORKSHOPS,
    on,
)


def test_a_half_year_has_its_days() -> None:
    assert (SPRING.code, SPRING.first, SPRING.last) == ("2026-1", on(1, 1), on(6, 30))
    assert SPRING.months == tuple(on(month, 1) for month in range(1, 7))
    assert HalfYear(2026, 2).months == tuple(on(month, 1) for month in range(7, 13))
    assert HalfYear(2026, 2).following == HalfYear(2027, 1)
    assert (HalfYear(2026, 2).last, HalfYear.of(on(7, 1)).half) == (on(12, 31), 2)
    assert (SPRING.year_before, SPRING.closable_on) == (HalfYear(2025, 1), on(7, 30))
    assert month_of(on(5, 29)) == MAY
    with pytest.raises(ValueError, match="two halves"):
        HalfYear(2026, 3)
    assert HalfYear.parse("2026-1") == SPRING
    for wrong in ("2026", "26-1", "2026-3", "2026-1-1", "deux-1"):
        with pytest.raises(ValueError, match="not a half-year"):
            HalfYear.parse(wrong)


def test_the_records_are_sound_and_the_half_year_may_be_closed() -> None:
    for record in RECORDS:
        check(record, ENTERED, NATIONAL, COMMUNES)
    assert alone(RECORDS) == 10
    check_closing(
        SPRING,
        on(7, 30),
        {HalfYear(2025, 2)},
        oldest=HalfYear(2025, 2),
        missing=0,
        is_confirmed=False,
    )


def test_hours_by_commune() -> None:
    assert hours(SPRING_WORK) == {
        TERRITORY: Hours(360, 180, 0),
        ARVERT: Hours(720, 540 + 120, 135, {LostCause.PUBLIC_HOLIDAY: 180}, Travelled(20, 0)),
        BREUILLET: Hours(720, 540, 105, {LostCause.COUNSELLOR_AWAY: 180}),
        VAUX: Hours(
            720 + 240,
            480 + 240 + 60,
            90 + 30 + 240,
            {LostCause.PLACE_CLOSED: 60, LostCause.OTHER: 180},
            Travelled(15, 60),
        ),
    }
    assert travelled(volumes(ENTRIES)) == SPRING_WORK.travelled
    lines = hours(SPRING_WORK)
    assert [lines[commune].unused for commune in COMMUNES] == [525, 435, 420]
    assert lines[VAUX].given(with_travel=True, with_preparation=True) == 855
    assert (sum(line.planned for line in lines.values()), 2160 + 600) == (2760, 2760)


def test_volumes_by_month_and_commune_of_the_place() -> None:
    def key(month: date, commune: str, kind: str = AT_VENUE, what: str = INDIVIDUAL) -> VolumeKey:
        return VolumeKey(month, commune, what, kind)

    cube = volumes(ENTRIES)
    assert cube == {
        key(FEBRUARY, ARVERT): Volume(1, 1, 0, 45, late_activities=1),
        key(MARCH, ARVERT): Volume(1, 1, 0, 45),
        key(APRIL, ARVERT): Volume(1, 1, 0, 30),
        key(MARCH, BREUILLET): Volume(2, 2, 1, 105),
        key(MAY, VAUX): Volume(1, 1, 0, 90),
        key(MAY, VAUX, what=WORKSHOP): Volume(1, 12, 5, 120, 0, 60),
        key(JUNE, ARVERT, AT_HOME): Volume(1, 1, 0, 60, 20),
        key(JUNE, VAUX, AT_HOME): Volume(1, 1, 0, 30, 15),
        key(JUNE, REMOTE, REMOTE): Volume(1, 1, 0, 15),
    }
    assert total(cube.values()) == Volume(10, 21, 6, 540, 35, 60, 1)
    assert within(cube) == Figures(10, 21, 1, 12, 6, 540)
    assert within(cube).mean_minutes == 54
    assert within(cube, lambda cell: cell.commune == VAUX) == Figures(3, 14, 1, 12, 5, 240)
    assert Change(10, 8).percent == 25


def test_people_and_minutes_by_residence() -> None:
    assert residences(ENTRIES) == {
        ResidenceKey(FEBRUARY, ARVERT): Residence(1, 45),
        ResidenceKey(MARCH, ARVERT): Residence(1, 45),
        ResidenceKey(APRIL, BREUILLET): Residence(1, 30),
        ResidenceKey(MARCH, BREUILLET): Residence(1, 60),
        ResidenceKey(MARCH, "autre"): Residence(1, 45),
        ResidenceKey(MAY, VAUX): Residence(1 + 6, 90 + 60),
        ResidenceKey(MAY, ARVERT): Residence(3, 30),
        ResidenceKey(MAY, "nc"): Residence(3, 30),
        ResidenceKey(JUNE, ARVERT): Residence(2, 60 + 15),
        ResidenceKey(JUNE, VAUX): Residence(1, 30),
    }


def test_people_themes_and_durations_of_the_territory() -> None:
    cube = publics(ENTRIES)

    def of(family: Family) -> dict[str, int]:
        return {
            key.code: count
            for key, count in cube.items()
            if key.commune == TERRITORY and key.family is family
        }

    assert of(Family.AGE) == {"70p": 16, "60_69": 4, "40_59": 1}
    assert of(Family.GENDER) == {"f": 20, "m": 1}
    assert of(Family.STATUS) == {"retraite": 6, "nc": 15}
    assert of(Family.THEME) == {
        "email": 8,
        "securite_numerique": 12,
        "aide_aux_demarches_administratives": 1,
    }
    assert of(Family.PROCEDURE) == {"logement": 1}
    assert (of(Family.RESULT), of(Family.REDIRECTION)) == ({"oriente": 1}, {"aide_sociale": 1})
    durations = of(Family.DURATION_BAND)
    assert durations == {"m30": 1, "30_59": 5, "60_119": 3, "120p": 1}
    assert percentages(durations) == {"m30": 10, "30_59": 50, "60_119": 30, "120p": 10}


def test_what_is_published_of_people() -> None:
    """Only Vaux has 11 people; of the others, what the territory tells to be nobody stays 0.

    Ages: the territory's own 1 and 4 are masked; the two could be 0 to 5 each. Genders: with 20
    women told, the one man would be what is missing, so that the women are masked too.
    """
    entries_volumes = volumes(ENTRIES)
    assert people_by_place(entries_volumes, SPRING) == {
        ARVERT: 4,
        BREUILLET: 2,
        VAUX: 14,
        REMOTE: 1,
    }
    tables = publish_half(publics(ENTRIES), entries_volumes, SPRING, NATIONAL, Thresholds())
    ages, genders = tables[Family.AGE], tables[Family.GENDER]
    for small in (ARVERT, BREUILLET, REMOTE):
        assert [ages[Cell(small, band)] for band in ("m25", "25_59", "60p", "nc")] == [
            0,
            None,
            None,
            0,
        ]
        assert [genders[Cell(small, code)] for code in ("m", "f", "nc")] == [None, None, 0]
    assert [ages[Cell(VAUX, band)] for band in ("m25", "25_59", "60p", "nc")] == [0, 0, 14, 0]
    assert row_percentages(ages, Family.AGE, VAUX, 14)["60p"] == 100
    told = {cell.column: count for cell, count in ages.items() if cell.row == TERRITORY}
    assert told == {
        "m12": 0,
        "12_17": 0,
        "18_24": 0,
        "25_39": 0,
        "40_59": None,
        "60_69": None,
        "70p": 16,
        "nc": 0,
    }
    assert row_percentages(ages, Family.AGE, TERRITORY, 21)["70p"] == 76
    assert [genders[Cell(TERRITORY, code)] for code in ("m", "f", "nc")] == [None, None, 0]


def test_presence_and_delay() -> None:
    """Seven came by appointment, one did not; two cancelled, one was cancelled; 64 days in all."""
    outcomes = Outcomes(7, 1, 2, 1, 64)
    assert presence_rate(outcomes) == Fraction(7, 8)
    assert mean_delay_days(outcomes) == 8


def test_shares_of_time() -> None:
    """Until April 1,080 minutes at 60 and 40 %; then 900 at 45, 30 and 25 %, and 180 of nobody."""
    check_keys(KEYS)
    times, keys = held_times(SPRING_WORK), time_keys(KEYS)
    assert shares(times, keys, SPRING.first, SPRING.last) == {
        ARVERT: Share(660, 648 + 405, 3_333, 5_318, 81),
        BREUILLET: Share(540, 432 + 270, 2_727, 3_546, 54),
        VAUX: Share(780, 225, 3_940, 1_136, 45),
    }
    told = shares(times, keys, SPRING.first, SPRING.last)
    assert [told[commune].gap for commune in COMMUNES] == [-393, -162, 555]
    assert [told[commune].gap_hundredths for commune in COMMUNES] == [-1985, -819, 2804]
    assert since_january(times, keys, on(3, 31)) == {
        ARVERT: Share(180, 432, 2_500, 6_000, 0),
        BREUILLET: Share(540, 288, 7_500, 4_000, 0),
    }


def test_the_share_at_the_end_as_it_was_to_be_on_the_first_of_may() -> None:
    """720 minutes of Vaux are ahead (closure and cancelled day known), 360 of visits to anybody."""
    ahead = Period(SPRING_WORK.held, (), INSEE, (), WORKSHOPS)
    told = projected(
        held_times(SPRING_WORK),
        held_times(ahead),
        time_keys(KEYS),
        (SPRING.first, SPRING.last),
        on(5, 1),
    )
    assert {code: (each.held, each.due, each.spread) for code, each in told.items()} == {
        ARVERT: (540, 648 + 324, 162),
        BREUILLET: (540, 432 + 216, 108),
        VAUX: (720, 180, 90),
    }


def test_the_cost_of_the_half_year() -> None:
    """12,345.67 € over 120 and 61 days: 8,184.97 and 4,160.70 €."""
    assert amounts_due(12_345_67, KEYS, SPRING.first, SPRING.last) == {
        ARVERT: 4_910_98 + 1_872_32,
        BREUILLET: 3_273_99 + 1_248_21,
        VAUX: 1_040_17,
    }
