"""The answers that the timetable forms share: dates, parts of a day, people, venues."""

from typing import Any

from wtforms import RadioField, StringField

from app.domain.access import Action, Role, Subject
from app.domain.planning import Days, PartOfDay
from app.domain.planning_errors import (
    AgendaClosed,
    AgendaMissing,
    DateMissing,
    DateUnreadable,
    EndUnreadable,
)
from app.domain.staff_errors import AnswerMissing, SubjectUnknown
from app.extensions import db
from app.services.planning_lists import Person, has_left, people_at_work
from app.web.access import current_actor, may
from app.web.date_fields import date_validator, read_date
from app.web.forms import BaseForm, offered, refuse_field, required
from app.web.numbers import small_number

PARTS = {
    PartOfDay.WHOLE: "Toute la journée",
    PartOfDay.MORNING: "Le matin (jusqu’à 13 h)",
    PartOfDay.AFTERNOON: "L’après-midi (à partir de 13 h)",
}
ONCE, WEEKLY = "non", "semaine"
REPEATS = {ONCE: "Non", WEEKLY: "Chaque semaine, le même jour, jusqu’à la date de fin"}


class DaysForm(BaseForm):
    """When: from a date to another, whole days or halves, once or each week."""

    du = StringField("Premier jour", [date_validator(DateUnreadable, DateMissing)])
    au = StringField("Dernier jour", [date_validator(EndUnreadable)])
    moment = RadioField(
        "Quelle partie de la journée ?",
        [required(AnswerMissing)],
        choices=offered(PARTS.items()),
        default=PartOfDay.WHOLE.value,
        validate_choice=False,
    )
    repetition = RadioField(
        "Est-ce que cela se répète ?",
        [required(AnswerMissing)],
        choices=offered(REPEATS.items()),
        default=ONCE,
        validate_choice=False,
    )

    def days(self) -> Days:
        """The answers as a value."""
        first = read_date(self.du.data)
        assert first is not None  # noqa: S101 # nosec B101 - the form was validated
        part, is_weekly = PartOfDay(self.moment.data), self.repetition.data == WEEKLY
        return Days(first, read_date(self.au.data), part, is_weekly)


def own_people() -> list[Person]:
    """The counsellors whose timetable whoever is signed in may plan."""
    return [each for each in people_at_work(db.session()) if may_plan(each.id)]


def may_plan(counsellor_id: int) -> bool:
    """Whether whoever is signed in plans that timetable."""
    return may(Action.PLAN_TIMETABLE, Subject(counsellor_ids=frozenset({counsellor_id})))


def chosen_person(field: RadioField, people: list[Person]) -> int:
    """Who was chosen.

    Raises SubjectUnknown for somebody else's agenda (T1), AgendaClosed for who has left meanwhile.
    """
    ids = {str(each.id): each.id for each in people}
    if field.data in ids:
        return ids[field.data]
    number = small_number(field.data)
    if number is None or not may_plan(number) or not has_left(db.session(), number):
        raise SubjectUnknown
    raise AgendaClosed


def person_validator(form: Any, field: Any) -> None:
    """Somebody must be chosen; who is alone to choose from needs no question."""
    if not field.data:
        refuse_field(form, AgendaMissing())


def is_own_only() -> bool:
    """Whether the only agenda to plan is one's own."""
    return current_actor().role is Role.COUNSELLOR
