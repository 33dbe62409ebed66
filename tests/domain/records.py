"""Records of attendance made short, for the tests of figures."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.domain.attendance import (
    AttendanceRecord,
    Group,
    Held,
    Told,
    of_appointment,
    of_workshop,
)
from app.domain.national_labels import (
    AT_HOME,
    AT_VENUE,
    ELSEWHERE,
    NATIONAL,
    NOT_TOLD,
    REMOTE,
)
from app.domain.nomenclature import Family

ARVERT, BREUILLET, VAUX = "17021", "17064", "17461"
COMMUNES = (ARVERT, BREUILLET, VAUX)
A_DAY = date(2026, 9, 8)
EMAIL = frozenset({"email"})


def one(commune: str = ARVERT, on: date = A_DAY, **told: Any) -> AttendanceRecord:
    """Somebody of the commune, received there for 45 minutes about e-mail."""
    held = Held(on, "C1", 45, AT_VENUE, commune, f"mairie-{commune}", "rdv_internet")
    return of_appointment(held, Told(**{"themes": EMAIL, **told}), residence=commune)


def workshop(commune: str = ARVERT, on: date = A_DAY, **told: Any) -> AttendanceRecord:
    """A workshop of two hours, led by two; six people unless told otherwise."""
    held = Held(on, "C1", 120, AT_VENUE, commune, f"salle-{commune}", leaders=2)
    group = Group(**{"attended": 6, "themes": EMAIL, **told})
    return of_workshop(held, group, title="Mots de passe et arnaques", level="debutant")


def codes(family: Family) -> list[str]:
    return [label.code for label in NATIONAL.labels_at(family, A_DAY)]


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def records(draw: st.DrawFn) -> AttendanceRecord:
    """Any record that may be kept, of 2026."""
    kind = draw(st.sampled_from((AT_VENUE, AT_HOME, ELSEWHERE, REMOTE)))
    held = Held(
        draw(days),
        draw(st.sampled_from(("C1", "C2"))),
        draw(st.integers(1, 300)),
        kind,
        None if kind == REMOTE else draw(st.sampled_from(COMMUNES)),
        origin=draw(st.sampled_from([None, *codes(Family.ORIGIN)])),
        travel_minutes=draw(st.integers(0, 60)),
        preparation_minutes=draw(st.integers(0, 60)),
    )
    themes = draw(st.frozensets(st.sampled_from(codes(Family.THEME)), min_size=1, max_size=3))
    if draw(st.booleans()):
        told = Told(
            themes,
            age=draw(st.sampled_from(codes(Family.AGE))),
            gender=draw(st.sampled_from(codes(Family.GENDER))),
            status=draw(st.sampled_from(codes(Family.STATUS))),
            devices=draw(st.frozensets(st.sampled_from(codes(Family.DEVICE)), max_size=2)),
            result=draw(st.sampled_from([None, *codes(Family.RESULT)])),
            autonomy=draw(st.sampled_from([None, *codes(Family.AUTONOMY)])),
            is_already_helped=draw(st.booleans()),
        )
        return of_appointment(held, told, residence=draw(st.sampled_from([None, *COMMUNES])))
    people = draw(st.integers(1, 12))
    group = Group(
        people,
        themes=themes,
        ages={draw(st.sampled_from(codes(Family.AGE))): draw(st.integers(0, people))},
        genders={draw(st.sampled_from(codes(Family.GENDER))): draw(st.integers(0, people))},
        residences={draw(st.sampled_from([*COMMUNES, NOT_TOLD])): draw(st.integers(0, people))},
        already_helped=draw(st.integers(0, people)),
    )
    return of_workshop(held, group, title="Débuter", level=draw(st.sampled_from([None, "avance"])))
