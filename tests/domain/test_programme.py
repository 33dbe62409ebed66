"""What can be planned: dates of a rule, places, numbers; and which weeks a term comes back in."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.domain.calendar import PARIS
from app.domain.errors import DomainError
from app.domain.planning_errors import EndBeforeStart, EndMissing, PeriodTooLong, StartPast
from app.domain.programme import (
    Numbers,
    ProgrammePlan,
    Rhythm,
    Term,
    Where,
    check_words,
    rank_in_month,
)
from app.domain.programme_errors import (
    CapacityWrong,
    DevicesWrong,
    HolderMissing,
    KeptAboveCapacity,
    KeptDaysWrong,
    KeptUntilMissing,
    LengthWrong,
    MinimumAboveCapacity,
    NewStartPast,
    NoDates,
    PlaceAddressMissing,
    PlaceCommuneMissing,
    PlaceMissing,
    PlaceNameMissing,
    ProgrammeTextTooLong,
    TooManyDates,
    TooManyHolders,
)
from app.domain.recurrence import LAST

TODAY = date(2026, 11, 23)
TUESDAY = date(2026, 12, 8)
PLAN = ProgrammePlan(
    template_id=1,
    where=Where("mairie"),
    counsellor_ids=(1,),
    rhythm=Rhythm(TUESDAY, date(2026, 12, 29)),
    from_time=time(14),
    minutes=120,
    is_cycle=False,
    numbers=Numbers(6, 3, 2),
)


@pytest.mark.parametrize(
    ("rhythm", "dates"),
    [
        (Rhythm(TUESDAY), "08/12"),
        (Rhythm(TUESDAY, date(2026, 12, 29)), "08/12 15/12 22/12 29/12"),
        (Rhythm(TUESDAY, date(2027, 1, 5), every_weeks=2), "08/12 22/12 05/01"),
        (Rhythm(TUESDAY, date(2027, 2, 28), nth=2), "08/12 12/01 09/02"),
        (Rhythm(TUESDAY, date(2027, 1, 31), nth=LAST), "29/12 26/01"),
        (
            Rhythm(
                TUESDAY,
                date(2026, 12, 22),
                skipped=frozenset({date(2026, 12, 15)}),
                extra=frozenset({date(2026, 12, 16)}),
            ),
            "08/12 16/12 22/12",
        ),
    ],
)
def test_the_dates_of_a_rule(rhythm: Rhythm, dates: str) -> None:
    rhythm.check(TODAY)
    assert " ".join(f"{day:%d/%m}" for day in rhythm.dates()) == dates


@pytest.mark.parametrize(("day", "rank"), [(1, 1), (7, 1), (8, 2), (28, 4), (29, LAST)])
def test_a_fifth_weekday_is_the_last_one(day: int, rank: int) -> None:
    assert rank_in_month(date(2026, 12, day)) == rank


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"rhythm": Rhythm(date(2026, 11, 22))}, StartPast),
        ({"rhythm": Rhythm(TUESDAY, extra=frozenset({date(2026, 11, 1)}))}, StartPast),
        ({"rhythm": Rhythm(TUESDAY, date(2026, 12, 1))}, EndBeforeStart),
        ({"rhythm": Rhythm(TUESDAY, date(2028, 1, 1))}, PeriodTooLong),
        ({"rhythm": Rhythm(TUESDAY, extra=frozenset({date(2028, 1, 1)}))}, PeriodTooLong),
        ({"rhythm": Rhythm(TUESDAY, skipped=frozenset({TUESDAY}))}, NoDates),
        (
            {
                "rhythm": Rhythm(
                    TUESDAY,
                    extra=frozenset(TUESDAY + timedelta(days=each) for each in range(61)),
                )
            },
            TooManyDates,
        ),
        ({"where": Where("")}, PlaceMissing),
        ({"where": Where("", "", "2 place du Bourg", "arvert")}, PlaceNameMissing),
        ({"where": Where("", "Salle des fêtes", "", "arvert")}, PlaceAddressMissing),
        ({"where": Where("", "Salle des fêtes", "2 place du Bourg", "")}, PlaceCommuneMissing),
        ({"where": Where("", "x" * 121, "2 place du Bourg", "arvert")}, ProgrammeTextTooLong),
        ({"counsellor_ids": ()}, HolderMissing),
        ({"counsellor_ids": (1, 2, 3)}, TooManyHolders),
        ({"minutes": 10}, LengthWrong),
        ({"rhythm": Rhythm(TUESDAY), "is_cycle": True}, EndMissing),
        ({"numbers": Numbers(0, 0, 0)}, CapacityWrong),
        ({"numbers": Numbers(101, 0, 0)}, CapacityWrong),
        ({"numbers": Numbers(6, 3, -1)}, DevicesWrong),
        ({"numbers": Numbers(6, 7, 0)}, MinimumAboveCapacity),
        ({"numbers": Numbers(6, 3, 0, 7, 1)}, KeptAboveCapacity),
        ({"numbers": Numbers(6, 3, 0, 2)}, KeptUntilMissing),
        ({"numbers": Numbers(6, 3, 0, 2, 91)}, KeptDaysWrong),
    ],
)
def test_what_is_refused(changes: dict[str, object], refusal: type[DomainError]) -> None:
    PLAN.check(TODAY)
    with pytest.raises(refusal):
        replace(PLAN, **changes).check(TODAY)  # type: ignore[arg-type]


def test_any_place_with_a_name_and_an_address_will_do() -> None:
    replace(PLAN, where=Where("", "Salle des fêtes", "2 place du Bourg", "arvert")).check(TODAY)


def test_hours_on_the_wall_hold_in_summer_and_in_winter() -> None:
    winter, summer = (PLAN.span(day, PARIS)[0] for day in (TUESDAY, date(2027, 6, 8)))
    assert winter == datetime(2026, 12, 8, 13, tzinfo=UTC)
    assert summer == datetime(2027, 6, 8, 12, tzinfo=UTC)


def test_places_are_kept_until_so_many_days_before() -> None:
    assert Numbers(6, 3, 0, 2, 7).kept_until(TUESDAY) == date(2026, 12, 1)
    assert Numbers(6, 3, 0, 0, 7).kept_until(TUESDAY) is None
    assert Numbers(6, 3, 0, 2, None).kept_until(TUESDAY) is None


def test_a_text_that_is_too_long_is_told_how_long_it_may_be() -> None:
    check_words({"fr": "x" * 80}, {"fr": "x" * 1000})
    with pytest.raises(ProgrammeTextTooLong) as told:
        check_words({"fr": "Titre", "en": "x" * 81})
    assert told.value.facts == {"most": 80}


def test_a_term_comes_back_on_the_same_weekdays() -> None:
    term = Term(date(2026, 9, 2), date(2026, 12, 18), date(2027, 1, 5))
    term.check(TODAY)
    assert term.shift == timedelta(weeks=18)
    assert (TUESDAY + term.shift).weekday() == TUESDAY.weekday()


@pytest.mark.parametrize(
    ("term", "refusal"),
    [
        (Term(TUESDAY, TODAY, TUESDAY), EndBeforeStart),
        (Term(TODAY, date(2028, 1, 1), TUESDAY), PeriodTooLong),
        (Term(TODAY, TUESDAY, date(2026, 11, 1)), NewStartPast),
    ],
)
def test_a_term_that_cannot_be_repeated(term: Term, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        term.check(TODAY)
