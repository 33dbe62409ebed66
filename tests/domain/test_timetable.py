"""A timetable file as a whole: what it gives, and what is refused."""

from copy import deepcopy
from datetime import date, datetime, time
from typing import Any

import pytest

from app.domain.availability import AvailabilityKind
from app.domain.checks import InvalidFile
from app.domain.recurrence import LAST
from app.domain.timetable import parse_timetable
from app.domain.timetable_entries import (
    DeclaredAbsence,
    DeclaredAvailability,
    DeclaredClosure,
    DeclaredCounsellor,
    DeclaredReplacement,
    TimetableFile,
    TimetableRefs,
)

MONDAY = date(2026, 11, 23)
REFS = TimetableRefs(
    venues=("mairie-amont", "mairie-aval"),
    communes=("amont", "aval"),
    shortest_minutes={AvailabilityKind.PERMANENCE: 45, AvailabilityKind.HOME_VISITS: 90},
    effective_on=MONDAY,
)
PERMANENCE = {
    "code": "lundi-matin",
    "counsellor": "jeanne",
    "kind": "permanence",
    "venue": "mairie-amont",
    "weekday": "lundi",
    "from": "09:00",
    "to": "12:00",
}
VISITS = {
    "code": "mardi-visites",
    "counsellor": "jeanne",
    "kind": "visites",
    "communes": ["amont", "aval", "amont"],
    "weekday": "mardi",
    "from": "13:30",
    "to": "17:30",
}
SAMPLE: dict[str, Any] = {
    "counsellors": [
        {"code": "jeanne", "first_name": "Jeanne"},
        {"code": "karim", "first_name": "Karim"},
        {"code": "ancien", "first_name": "Paul", "active": False},
    ],
    "availabilities": [PERMANENCE, VISITS],
    "absences": [{"counsellor": "jeanne", "from": date(2026, 12, 1), "to": date(2026, 12, 3)}],
    "replacements": [
        {
            "absent": "jeanne",
            "substitute": "karim",
            "from": datetime(2026, 12, 1, 14),
            "to": datetime(2026, 12, 1, 18),
        }
    ],
    "closures": [
        {
            "venue": "mairie-aval",
            "from": date(2026, 12, 24),
            "to": date(2026, 12, 24),
            "reason": "travaux",
        }
    ],
}


def sample(table: str = "", rank: int = 0, **changes: Any) -> dict[str, Any]:
    """The sample, where one row of one table is changed; « from » is written `from_`."""
    raw = deepcopy(SAMPLE)
    for name, value in changes.items():
        raw[table][rank][name.rstrip("_")] = value
    return raw


def with_rule(**changes: Any) -> dict[str, Any]:
    """The sample with one more availability, made from the first."""
    raw = deepcopy(SAMPLE)
    raw["availabilities"].append({**PERMANENCE, "code": "autre", **changes})
    return raw


def refusals(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidFile) as refusal:
        parse_timetable(raw, REFS)
    return [str(problem) for problem in refusal.value.problems]


def test_a_valid_file_gives_all_that_it_says() -> None:
    timetable = parse_timetable(SAMPLE, REFS)
    assert timetable.counsellors[2] == DeclaredCounsellor("ancien", "Paul", active=False)
    permanence, visits = timetable.availabilities
    assert permanence == DeclaredAvailability(
        code="lundi-matin",
        counsellor="jeanne",
        kind=AvailabilityKind.PERMANENCE,
        venue="mairie-amont",
        communes=(),
        weekday=0,
        every_weeks=1,
        nth=None,
        first_on=None,
        from_time=time(9),
        to_time=time(12),
        valid_from=None,
        valid_until=None,
        skipped_dates=(),
        extra_dates=(),
        desk_until_days=None,
    )
    assert (visits.venue, visits.communes) == ("", ("amont", "aval"))


def test_a_date_lasts_until_its_midnight_and_an_hour_is_that_hour() -> None:
    timetable = parse_timetable(SAMPLE, REFS)
    assert timetable.absences == (
        DeclaredAbsence("jeanne", datetime(2026, 12, 1), datetime(2026, 12, 4)),
    )
    assert timetable.replacements == (
        DeclaredReplacement(
            "jeanne", "karim", datetime(2026, 12, 1, 14), datetime(2026, 12, 1, 18)
        ),
    )
    assert timetable.closures == (
        DeclaredClosure("mairie-aval", datetime(2026, 12, 24), datetime(2026, 12, 25), "travaux"),
    )


def test_a_rule_may_be_all_that_the_format_allows() -> None:
    raw = sample(
        "availabilities",
        0,
        every_weeks=2,
        first_on=date(2026, 11, 30),
        valid_from=MONDAY,
        valid_until=date(2027, 6, 30),
        skipped_dates=[date(2026, 12, 28)],
        extra_dates=[date(2026, 12, 8)],
        desk_until_days=2,
    )
    rule = parse_timetable(raw, REFS).availabilities[0]
    assert (rule.every_weeks, rule.first_on) == (2, date(2026, 11, 30))
    assert (rule.valid_from, rule.valid_until) == (MONDAY, date(2027, 6, 30))
    assert rule.skipped_dates == (date(2026, 12, 28),)
    assert rule.extra_dates == (date(2026, 12, 8),)
    assert rule.desk_until_days == 2


@pytest.mark.parametrize(("nth", "rank"), [(1, 1), (5, 5), ("dernier", LAST)])
def test_a_rule_may_be_the_nth_weekday_of_the_month(nth: object, rank: int) -> None:
    assert parse_timetable(sample("availabilities", nth=nth), REFS).availabilities[0].nth == rank


def test_an_empty_timetable_is_valid() -> None:
    assert parse_timetable({}, REFS) == TimetableFile((), (), (), (), ())


A = "availabilities"
BAD: list[tuple[dict[str, Any], str]] = [
    (sample("counsellors", 0, first_name=""), "counsellors[1].first_name : est vide"),
    (sample("counsellors", 1, code="jeanne"), "counsellors[2].code : « jeanne » est déjà pris"),
    (sample("counsellors", 0, last_name="Martin"), "counsellors[1].last_name : clé inconnue"),
    ({"vacances": []}, "vacances : clé inconnue"),
    (sample(A, counsellor="luc"), f"{A}[1].counsellor : « luc » n'est pas un conseiller"),
    (sample(A, counsellor="ancien"), f"{A}[1].counsellor : « ancien » n'est plus en activité"),
    (sample(A, kind="bureau"), f"{A}[1].kind : « bureau » : choisir parmi permanence, visites"),
    (sample(A, venue="mairie"), f"{A}[1].venue : « mairie » n'est pas un lieu ouvert"),
    (sample(A, communes=["amont"]), f"{A}[1].communes : clé inconnue"),
    (sample(A, 1, communes=[]), f"{A}[2].communes : au moins une commune"),
    (sample(A, 1, communes=["ici"]), f"{A}[2].communes : « ici » n'est pas une commune servie"),
    (sample(A, 1, venue="mairie-amont"), f"{A}[2].venue : clé inconnue"),
    (sample(A, weekday="monday"), f"{A}[1].weekday : « monday » : choisir parmi lundi"),
    (sample(A, every_weeks=0), f"{A}[1].every_weeks : 0 n'est pas entre 1 et 12"),
    (sample(A, every_weeks=2), f"{A}[1].first_on : nécessaire pour compter les semaines"),
    (
        sample(A, every_weeks=2, first_on=date(2026, 11, 24)),
        f"{A}[1].first_on : 2026-11-24 n'est pas un lundi",
    ),
    (sample(A, nth=6), f"{A}[1].nth : 6 n'est pas entre 1 et 5"),
    (sample(A, nth="premier"), f"{A}[1].nth : « premier » : choisir parmi dernier"),
    (sample(A, nth=1, every_weeks=2, first_on=MONDAY), f"{A}[1].nth : choisir « nth » ou"),
    (sample(A, from_="12:00"), f"{A}[1].to : 12:00 n'est pas après 12:00"),
    (sample(A, from_="11:30"), f"{A}[1].to : 30 minutes : trop court pour un rendez-vous (45)"),
    (sample(A, 1, from_="16:30"), f"{A}[2].to : 60 minutes : trop court pour un rendez-vous (90)"),
    (
        sample(A, valid_from=MONDAY, valid_until=date(2026, 11, 22)),
        f"{A}[1].valid_until : 2026-11-22 est avant 2026-11-23",
    ),
    (
        sample(A, skipped_dates=[MONDAY], extra_dates=[MONDAY]),
        f"{A}[1].extra_dates : 2026-11-23 est aussi dans skipped_dates",
    ),
    (
        sample(A, valid_until=MONDAY, extra_dates=[date(2026, 11, 24)]),
        f"{A}[1].extra_dates : 2026-11-24 est hors de la période",
    ),
    (
        sample(A, valid_from=MONDAY, extra_dates=[date(2026, 11, 22)]),
        f"{A}[1].extra_dates : 2026-11-22 est hors de la période",
    ),
    (sample(A, desk_until_days=0), f"{A}[1].desk_until_days : 0 n'est pas entre"),
    (sample(A, 1, code="lundi-matin"), f"{A}[2].code : « lundi-matin » est déjà pris"),
    (sample(A, couleur="bleu"), f"{A}[1].couleur : clé inconnue"),
    (with_rule(venue="mairie-aval", from_="09:00"), f"{A}[3].from_ : clé inconnue"),
    (
        with_rule(venue="mairie-aval", **{"from": "11:00", "to": "13:00"}),
        f"{A}[3].from : jeanne est déjà pris par « lundi-matin » le 2026-11-23",
    ),
    (sample("absences", counsellor="luc"), "absences[1].counsellor : « luc » n'est pas"),
    (sample("absences", reason="grippe"), "absences[1].reason : clé inconnue"),
    (sample("absences", to=date(2026, 11, 30)), "absences[1].to : la fin n'est pas après le début"),
    (
        {**SAMPLE, "absences": [{"counsellor": "jeanne", "from": date(2026, 12, 1)}]},
        "absences[1].to : manque",
    ),
    ({**SAMPLE, "absences": SAMPLE["absences"] * 2}, "absences[2] : répète une ligne plus haut"),
    (sample("replacements", substitute="jeanne"), "replacements[1].substitute : personne ne se"),
    (
        sample("replacements", substitute="ancien"),
        "replacements[1].substitute : ce conseiller n'est plus actif",
    ),
    (sample("replacements", absent="luc"), "replacements[1].absent : « luc » n'est pas"),
    (
        {**SAMPLE, "replacements": SAMPLE["replacements"] * 2},
        "replacements[2].absent : « jeanne » est déjà remplacé à ce moment-là",
    ),
    (sample("replacements", to=datetime(2026, 12, 1, 14)), "replacements[1].to : la fin n'est"),
    (sample("closures", venue="mairie"), "closures[1].venue : « mairie » n'est pas un lieu"),
    (sample("closures", reason="x" * 81), "closures[1].reason : 81 caractères, 80 au plus"),
    ({**SAMPLE, "closures": SAMPLE["closures"] * 2}, "closures[2] : répète une ligne plus haut"),
]


@pytest.mark.parametrize(("raw", "expected"), BAD)
def test_a_bad_file_is_refused_with_the_key_and_the_reason(
    raw: dict[str, Any], expected: str
) -> None:
    found = refusals(raw)
    assert any(problem.startswith(expected) for problem in found), found


def test_two_people_may_replace_the_same_one_at_different_times() -> None:
    raw = deepcopy(SAMPLE)
    raw["replacements"].append(
        {
            "absent": "jeanne",
            "substitute": "karim",
            "from": datetime(2026, 12, 1, 18),
            "to": date(2026, 12, 2),
        }
    )
    assert len(parse_timetable(raw, REFS).replacements) == 2
