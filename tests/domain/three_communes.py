"""What happened in the half-year that `test_half_year` computes by hand."""

from datetime import date

from app.domain.attendance import Group, Held, Told, of_appointment, of_workshop
from app.domain.availability import Timetable
from app.domain.cubes import (
    enter,
)
from app.domain.half_year import HalfYear
from app.domain.hours import (
    Meeting,
    Period,
    Travelled,
    WorkshopTime,
)
from app.domain.national_labels import AT_HOME, AT_VENUE, REMOTE
from app.domain.schedule import expand, explain
from app.domain.sharing import KeyKind, Part, SharingKey
from tests.domain.builders import (
    ALICE,
    BOB,
    SECOND,
    THIRD,
    absence,
    at,
    closure,
    permanence,
    replacement,
    visits,
    weekly,
)
from tests.domain.records import ARVERT, BREUILLET, VAUX

SPRING = HalfYear(2026, 1)
INSEE = {1: ARVERT, 2: BREUILLET, 3: VAUX}
ENTERED = date(2026, 6, 30)
FEBRUARY, MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in range(2, 7))


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def between(weekday: int, first: date, last: date, *skipped: date) -> dict[str, object]:
    rule = weekly(weekday, valid_from=first, valid_until=last, skipped_dates=frozenset(skipped))
    return {"rule": rule}


TIMETABLE = Timetable(
    [
        permanence(1, ALICE, **between(0, on(3, 30), on(4, 20))),
        permanence(2, BOB, SECOND, ("14:00", "17:00"), **between(1, on(3, 3), on(3, 24))),
        permanence(3, ALICE, THIRD, **between(2, on(5, 6), on(5, 27), on(5, 27))),
        visits(4, ALICE, (1, 2, 3), **between(3, on(6, 4), on(6, 11))),
    ],
    absences=[absence(BOB, on(3, 10)), absence(BOB, on(3, 17))],
    replacements=[replacement(on(3, 17), who=(BOB, ALICE))],
    closures=[closure(30, on(5, 13), "9:00", "10:00")],
    holidays={on(4, 6): "Lundi de Pâques"},
)
MEETINGS = [
    Meeting(ALICE, at(on(3, 30), "9:00"), 45, 1),
    Meeting(ALICE, at(on(4, 13), "9:00"), 30, 1),
    Meeting(BOB, at(on(3, 3), "14:00"), 60, 2),
    Meeting(ALICE, at(on(3, 17), "14:00"), 45, 2),
    Meeting(ALICE, at(on(5, 6), "9:00"), 90, 3),
    Meeting(ALICE, at(on(6, 4), "14:00"), 60, 1, is_visit=True),
    Meeting(ALICE, at(on(6, 4), "16:00"), 30, 3, is_visit=True),
]
WORKSHOPS = [
    WorkshopTime(who, at(on(5, 29), "14:00"), at(on(5, 29), "16:00"), on(5, 29), 3)
    for who in (ALICE, BOB)
]
SPRING_WORK = Period(
    expand(TIMETABLE, SPRING.first, SPRING.last),
    explain(TIMETABLE, SPRING.first, SPRING.last),
    INSEE,
    MEETINGS,
    WORKSHOPS,
    {ARVERT: Travelled(20, 0), VAUX: Travelled(15, 60)},
)

EMAIL, SAFETY = frozenset({"email"}), frozenset({"securite_numerique"})
PAPERS = frozenset({"aide_aux_demarches_administratives"})


def venue(day: date, commune: str, minutes: int) -> Held:
    return Held(day, "C1", minutes, AT_VENUE, commune, f"mairie-{commune}", "rdv_internet")


OLD = Told(EMAIL, age="70p", gender="f", status="retraite")
RECORDS = [
    of_appointment(venue(date(2025, 12, 15), ARVERT, 45), OLD, residence=ARVERT),
    of_appointment(venue(on(3, 30), ARVERT, 45), OLD, residence=ARVERT),
    of_appointment(
        venue(on(4, 13), ARVERT, 30), Told(EMAIL, age="40_59", gender="m"), residence=BREUILLET
    ),
    of_appointment(venue(on(3, 3), BREUILLET, 60), OLD, residence=BREUILLET),
    of_appointment(
        venue(on(3, 17), BREUILLET, 45),
        Told(EMAIL, age="70p", gender="f", is_already_helped=True),
        residence=None,
    ),
    of_appointment(
        venue(on(5, 6), VAUX, 60),
        Told(
            PAPERS,
            frozenset({"logement"}),
            age="70p",
            gender="f",
            result="oriente",
            redirection="aide_sociale",
            minutes=90,
        ),
        residence=VAUX,
    ),
    of_workshop(
        Held(on(5, 29), "C1", 120, AT_VENUE, VAUX, "salle", None, 2, 0, 60),
        Group(
            10,
            2,
            SAFETY,
            ages={"70p": 8, "60_69": 4},
            genders={"f": 12},
            residences={VAUX: 6, ARVERT: 3},
            already_helped=5,
        ),
        title="Mots de passe et arnaques",
        level="debutant",
    ),
    of_appointment(
        Held(on(6, 4), "C1", 60, AT_HOME, ARVERT, travel_minutes=20), OLD, residence=ARVERT
    ),
    of_appointment(Held(on(6, 4), "C1", 30, AT_HOME, VAUX, travel_minutes=15), OLD, residence=VAUX),
    of_appointment(Held(on(6, 22), "C1", 15, REMOTE, None), OLD, residence=ARVERT),
]


def told_on(day: date) -> date:
    """When each record was written: the one of December late, the others in time."""
    return on(2, 10) if day.year == 2025 else ENTERED


ENTRIES = [enter(each, told_on(each.on), {HalfYear(2025, 2)}) for each in RECORDS]
KEYS = [
    SharingKey(
        KeyKind.COST, SPRING.first, (Part(ARVERT, 6_000), Part(BREUILLET, 4_000)), on(4, 30)
    ),
    SharingKey(
        KeyKind.COST, on(5, 1), (Part(ARVERT, 4_500), Part(BREUILLET, 3_000), Part(VAUX, 2_500))
    ),
]
