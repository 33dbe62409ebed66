"""The three cubes keep every activity, person and minute, once."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.attendance import AttendanceRecord
from app.domain.cubes import (
    BY_COMMUNE,
    TERRITORY,
    Entry,
    PublicKey,
    Residence,
    ResidenceKey,
    Volume,
    VolumeKey,
    enter,
    publics,
    residences,
    volumes,
)
from app.domain.half_year import HalfYear
from app.domain.national_labels import AT_VENUE, NOT_TOLD, REMOTE, WORKSHOP
from app.domain.nomenclature import Family
from app.domain.statistics import total
from tests.domain.records import A_DAY, ARVERT, BREUILLET, VAUX, one, records, workshop

TODAY = date(2026, 12, 31)
SEPTEMBER = date(2026, 9, 1)
SPRING, AUTUMN = HalfYear(2026, 1), HalfYear(2026, 2)


def entries(kept: list[AttendanceRecord], closed: set[HalfYear]) -> list[Entry]:
    return [enter(record, TODAY, closed) for record in kept]


many = st.builds(entries, st.lists(records(), max_size=6), st.sets(st.sampled_from([SPRING])))


@settings(max_examples=30)
@given(many)
def test_nothing_is_lost_nor_counted_twice(told: list[Entry]) -> None:
    kept = [entry.record for entry in told]
    people = sum(record.participants for record in kept)
    minutes = sum(record.minutes for record in kept)
    assert total(volumes(told).values()) == Volume(
        len(kept),
        people,
        sum(record.already_helped for record in kept),
        minutes,
        sum(record.travel_minutes for record in kept),
        sum(record.preparation_minutes for record in kept),
        sum(entry.is_late for entry in told),
    )
    assert sum(residences(told).values(), Residence()) == Residence(people, minutes)


@settings(max_examples=30)
@given(many)
def test_people_of_a_family_are_the_people_of_the_place(told: list[Entry]) -> None:
    cube, places = publics(told), volumes(told)
    for half in (SPRING, AUTUMN):
        everybody = sum(
            volume.participants for key, volume in places.items() if HalfYear.of(key.month) == half
        )
        for family in (Family.AGE, Family.GENDER, Family.STATUS):
            of_family = {key: n for key, n in cube.items() if key[0] == half and key[2] is family}
            by_place = {key: n for key, n in of_family.items() if key.commune != TERRITORY}
            assert sum(by_place.values()) == everybody
            assert sum(of_family.values()) == 2 * everybody
    assert {key.family for key in cube if key.commune != TERRITORY} <= BY_COMMUNE


@settings(max_examples=30)
@given(many, st.data())
def test_the_order_of_records_tells_nothing(told: list[Entry], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(told))
    assert volumes(shuffled) == volumes(told)
    assert residences(shuffled) == residences(told)
    assert publics(shuffled) == publics(told)


@given(records(), st.sets(st.sampled_from([SPRING])))
def test_a_closed_half_year_never_changes(record: AttendanceRecord, closed: set[HalfYear]) -> None:
    entry = enter(record, TODAY, closed)
    assert entry.half_year not in closed
    assert entry.is_late == (HalfYear.of(record.on) in closed)
    assert entry.record.on == record.on


def test_a_workshop_is_split_by_residence_only_in_its_cube() -> None:
    people = {ARVERT: 1, VAUX: 1, "autre": 1}
    told = [Entry(workshop(BREUILLET, attended=3, residences=people, minutes=100), A_DAY)]
    key = VolumeKey(SEPTEMBER, BREUILLET, WORKSHOP, AT_VENUE)
    assert volumes(told) == {key: Volume(1, 3, 0, 100)}
    assert residences(told) == {
        ResidenceKey(SEPTEMBER, ARVERT): Residence(1, 34),
        ResidenceKey(SEPTEMBER, VAUX): Residence(1, 33),
        ResidenceKey(SEPTEMBER, "autre"): Residence(1, 33),
    }


def test_what_is_done_at_a_distance_is_in_no_commune() -> None:
    call = replace(one(), place_kind=REMOTE, place_commune=None, venue=None)
    assert [key.commune for key in volumes([Entry(call, A_DAY)])] == [REMOTE]
    assert call.occasion == (A_DAY, "C1", REMOTE, "individuel")


def test_every_answer_is_counted_once_for_each_person() -> None:
    told = one(
        age="70p",
        themes=frozenset({"aide_aux_demarches_administratives", "email"}),
        procedures=frozenset({"logement"}),
        devices=frozenset({"telephone"}),
        result="oriente",
        redirection="autre",
        autonomy="autonome",
    )
    cube = publics([Entry(told, A_DAY), Entry(workshop(), A_DAY)])
    territory = {
        (key.family, key.code): count for key, count in cube.items() if key.commune == TERRITORY
    }
    assert territory == {
        (Family.AGE, "70p"): 1,
        (Family.AGE, NOT_TOLD): 6,
        (Family.GENDER, NOT_TOLD): 7,
        (Family.STATUS, NOT_TOLD): 7,
        (Family.THEME, "aide_aux_demarches_administratives"): 1,
        (Family.THEME, "email"): 7,
        (Family.PROCEDURE, "logement"): 1,
        (Family.DEVICE, "telephone"): 1,
        (Family.RESULT, "oriente"): 1,
        (Family.REDIRECTION, "autre"): 1,
        (Family.AUTONOMY, "autonome"): 1,
        (Family.ORIGIN, "rdv_internet"): 1,
        (Family.DURATION_BAND, "30_59"): 1,
        (Family.DURATION_BAND, "120p"): 1,
        (Family.LEVEL, "debutant"): 1,
    }
    assert cube[PublicKey(AUTUMN, ARVERT, Family.THEME, "email")] == 7
