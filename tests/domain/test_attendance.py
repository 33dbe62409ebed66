"""Records made from appointments, walk-ins and workshops; copies; who is alone."""

from dataclasses import fields
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import (
    OTHER_COMMUNE,
    AttendanceRecord,
    Group,
    Held,
    Told,
    alone,
    duplicate,
    filled,
    of_appointment,
    of_walk_in,
    of_workshop,
)
from app.domain.national_labels import AT_HOME, INDIVIDUAL, NOT_TOLD, WALK_IN
from tests.domain.records import A_DAY, ARVERT, BREUILLET, EMAIL, one, records, workshop

VISIT = Held(A_DAY, "C2", 60, AT_HOME, BREUILLET, None, "rdv_telephone", 1, 20, 5)


def test_two_taps_make_a_record() -> None:
    record = of_appointment(VISIT, Told(EMAIL, age="70p"), residence=BREUILLET)
    assert record == AttendanceRecord(
        on=A_DAY,
        counsellor="C2",
        type=INDIVIDUAL,
        minutes=60,
        place_kind=AT_HOME,
        place_commune=BREUILLET,
        venue=None,
        participants=1,
        themes=EMAIL,
        genders={NOT_TOLD: 1},
        ages={"70p": 1},
        statuses={NOT_TOLD: 1},
        residences={BREUILLET: 1},
        origin="rdv_telephone",
        travel_minutes=20,
        preparation_minutes=5,
    )
    assert not record.is_workshop


def test_everything_else_may_be_told() -> None:
    told = Told(
        EMAIL,
        minutes=90,
        result="oriente",
        redirection="aide_sociale",
        autonomy="autonome",
        devices=frozenset({"telephone"}),
        is_already_helped=True,
    )
    record = of_appointment(VISIT, told, residence=None)
    assert (record.minutes, record.already_helped, record.is_referred) == (90, 1, True)
    assert record.residences == {OTHER_COMMUNE: 1}
    assert (record.redirection, record.autonomy, record.devices) == (
        "aide_sociale",
        "autonome",
        frozenset({"telephone"}),
    )


def test_a_walk_in_has_no_commune_unless_told() -> None:
    record = of_walk_in(VISIT, Told(EMAIL))
    assert (record.origin, record.residences) == (WALK_IN, {NOT_TOLD: 1})
    assert of_walk_in(VISIT, Told(EMAIL), residence=ARVERT).residences == {ARVERT: 1}


def test_a_workshop_is_closed_by_counts() -> None:
    group = Group(
        attended=5,
        walk_ins=2,
        themes=EMAIL,
        ages={"70p": 4, "60_69": 2},
        genders={"f": 7},
        residences={ARVERT: 3, BREUILLET: 2},
        already_helped=3,
        minutes=110,
    )
    record = of_workshop(VISIT, group, title="Photos", level="avance")
    assert record.is_workshop
    assert (record.participants, record.minutes, record.already_helped) == (7, 110, 3)
    assert record.ages == {"70p": 4, "60_69": 2, NOT_TOLD: 1}
    assert record.genders == {"f": 7}
    assert record.statuses == {NOT_TOLD: 7}
    assert record.residences == {ARVERT: 3, BREUILLET: 2, NOT_TOLD: 2}
    assert (record.title, record.level) == ("Photos", "avance")
    assert of_workshop(VISIT, Group(3), title="", level=None).minutes == VISIT.minutes


@given(
    st.dictionaries(st.sampled_from(["f", "m", NOT_TOLD]), st.integers(0, 9)), st.integers(0, 30)
)
def test_whoever_is_missing_is_not_told(counts: dict[str, int], participants: int) -> None:
    whole = filled(counts, participants)
    assert sum(whole.values()) == max(participants, sum(counts.values()))
    assert all(whole.get(code, 0) == counts.get(code, 0) for code in ("f", "m"))
    assert 0 not in whole.values()


def test_a_copy_is_another_day_to_be_copied_anew() -> None:
    record = of_appointment(VISIT, Told(EMAIL), residence=BREUILLET)
    copy = duplicate(record, date(2026, 9, 9))
    assert (copy.on, copy.is_copied) == (date(2026, 9, 9), False)
    assert (copy.travel_minutes, copy.preparation_minutes) == (0, 0)
    assert (copy.themes, copy.minutes, copy.origin) == (EMAIL, 60, "rdv_telephone")


def test_who_is_alone_on_an_occasion_is_counted() -> None:
    twins = [one(), one(age="70p")]
    assert alone(twins) == 0
    assert alone([*twins, workshop(), one(BREUILLET), one(on=date(2026, 9, 9))]) == 3
    assert alone([]) == 0


@given(records())
def test_a_record_knows_no_instant_and_no_person(record: AttendanceRecord) -> None:
    told = [getattr(record, each.name) for each in fields(record)]
    assert not any(isinstance(value, datetime) for value in told)
    assert sum(isinstance(value, date) for value in told) == 1
    words = {each.name for each in fields(record)}
    assert not words & {"id", "appointment", "resident", "name", "phone", "note", "starts_at"}
