"""Which records are refused, one fault at a time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from app.domain import attendance_errors as errors
from app.domain.attendance import AttendanceRecord, duplicate
from app.domain.attendance_checks import MOST_PARTICIPANTS, check, faults
from app.domain.errors import DomainError
from app.domain.national_labels import ADMINISTRATIVE, LABELS, NATIONAL, NOT_TOLD, REMOTE
from app.domain.nomenclature import Family, Label, Nomenclature
from tests.domain.records import A_DAY, ARVERT, COMMUNES, EMAIL, one, records, workshop

TODAY = date(2026, 12, 31)


def found(record: AttendanceRecord, today: date = TODAY) -> list[DomainError]:
    return list(faults(record, today, NATIONAL, COMMUNES))


@given(records())
def test_a_record_made_from_a_closing_has_no_fault(record: AttendanceRecord) -> None:
    assert found(record) == []
    check(record, TODAY, NATIONAL, COMMUNES)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"minutes": 0}, errors.MinutesWrong),
        ({"minutes": 1440}, errors.MinutesWrong),
        ({"travel_minutes": -1}, errors.MinutesWrong),
        ({"preparation_minutes": 1440}, errors.MinutesWrong),
        ({"leaders": 0}, errors.LeadersWrong),
        ({"leaders": 11}, errors.LeadersWrong),
        ({"place_commune": None}, errors.RecordPlaceMissing),
        ({"place_kind": REMOTE}, errors.RecordPlaceMissing),
        ({"ages": {"70p": 2}}, errors.CountsDisagree),
        ({"genders": {}}, errors.CountsDisagree),
        ({"statuses": {"retraite": 2, NOT_TOLD: -1}}, errors.CountNegative),
        ({"residences": {ARVERT: 2}}, errors.CountsDisagree),
        ({"residences": {"75056": 1}}, errors.ResidenceUnknown),
        ({"already_helped": 2}, errors.AlreadyHelpedWrong),
        ({"already_helped": -1}, errors.AlreadyHelpedWrong),
        ({"themes": frozenset()}, errors.ThemeMissing),
        ({"procedures": frozenset({"logement"})}, errors.ProcedureAlone),
        ({"themes": frozenset({"bricolage"})}, errors.LabelUnknown),
        ({"ages": {"17": 1}}, errors.LabelUnknown),
        ({"result": "gagne"}, errors.LabelUnknown),
        ({"redirection": "autre", "result": "regle"}, errors.RedirectionUnwanted),
        ({"redirection": "autre"}, errors.RedirectionUnwanted),
        ({"level": "avance"}, errors.NotForThisType),
        ({"title": "Photos"}, errors.NotForThisType),
        (
            {"on": date(2024, 11, 3), "themes": frozenset({"sante", ADMINISTRATIVE})},
            errors.LabelRetired,
        ),
    ],
)
def test_one_fault_is_one_refusal(change: dict[str, Any], refusal: type[DomainError]) -> None:
    record = replace(one(), **change)
    assert [type(fault) for fault in found(record)] == [refusal]
    with pytest.raises(refusal):
        check(record, TODAY, NATIONAL, COMMUNES)


@pytest.mark.parametrize("people", [0, 51, 400])
def test_a_workshop_is_neither_empty_nor_a_crowd(people: int) -> None:
    assert [type(fault) for fault in found(workshop(attended=people))] == [errors.ParticipantsWrong]
    assert found(workshop(attended=MOST_PARTICIPANTS)) == []


def test_a_day_ahead_has_no_record() -> None:
    assert found(one(), A_DAY) == []
    assert [type(fault) for fault in found(one(), A_DAY - timedelta(days=1))] == [
        errors.RecordInFuture
    ]


def test_two_people_are_a_workshop() -> None:
    pair = {NOT_TOLD: 2}
    record = replace(
        one(), participants=2, genders=pair, ages=pair, statuses=pair, residences={ARVERT: 2}
    )
    assert [type(fault) for fault in found(record)] == [errors.IndividualIsOne]


def test_counts_above_the_people_are_refused_and_not_cut() -> None:
    fault = found(workshop(ages={"70p": 9}))[0]
    assert isinstance(fault, errors.CountsDisagree)
    assert fault.facts == {"family": Family.AGE, "told": 9, "participants": 6}


def test_answers_about_one_person_are_none_of_a_workshop() -> None:
    record = replace(workshop(), result="oriente", redirection="autre", autonomy="autonome")
    assert [fault.facts["family"] for fault in found(record)] == [
        "RESULT",
        "AUTONOMY",
        "REDIRECTION",
    ]


def test_all_that_the_form_offers_may_be_told() -> None:
    record = replace(
        one(),
        themes=EMAIL | {ADMINISTRATIVE},
        procedures=frozenset({"logement"}),
        result="oriente",
        redirection="aide_sociale",
        autonomy="autonome",
    )
    assert found(record) == []


def test_a_label_retired_meanwhile_is_refused_on_a_copy() -> None:
    gone = Label("email", Family.THEME, "E-mail", 6, date(2024, 9, 1), A_DAY)
    kept = [each for each in LABELS if (each.family, each.code) != (Family.THEME, "email")]
    table = Nomenclature([*kept, gone])
    check(one(), TODAY, table, COMMUNES)
    with pytest.raises(errors.LabelRetired) as refused:
        check(duplicate(one(), TODAY), TODAY, table, COMMUNES)
    assert refused.value.facts == {"family": Family.THEME, "label": "E-mail"}
