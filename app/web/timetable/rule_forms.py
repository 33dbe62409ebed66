"""The forms of an availability: which hours come back, and one date of it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField

from app.domain.availability import AvailabilityKind
from app.domain.calendar import ONE_DAY
from app.domain.checks import WEEKDAYS
from app.domain.errors import DomainError
from app.domain.planning_errors import (
    AgendaMissing,
    DateMissing,
    DateUnreadable,
    DayMissing,
    EndUnreadable,
    HoursOfColleague,
    NumberUnreadable,
)
from app.domain.planning_rules import Rule
from app.domain.recurrence import LAST
from app.domain.staff_errors import AnswerMissing, EditedMeanwhile, SubjectUnknown
from app.domain.timetable import MOST_DESK_DAYS, MOST_WEEKS
from app.services.planning import Plan
from app.services.planning_rule_lists import RuleEntry
from app.services.planning_rules import RuleDate, RuleEnd, RulePlan
from app.web.access import current_actor
from app.web.date_fields import clock_validator, date_validator, read_clock, read_date
from app.web.forms import BaseForm, offered, refuse_field, required
from app.web.numbers import small_number
from app.web.site import current_catalogue
from app.web.timetable import rule_words
from app.web.timetable.fields import (
    chosen_person,
    is_own_only,
    may_plan,
    own_people,
)

KINDS = {
    AvailabilityKind.PERMANENCE: "Une permanence dans un lieu",
    AvailabilityKind.HOME_VISITS: "Des visites à domicile",
}
WEEKLY, WEEKS, MONTHLY = "semaine", "semaines", "mois"
RHYTHMS = {
    WEEKLY: "Chaque semaine",
    WEEKS: "Toutes les 2 semaines, ou plus",
    MONTHLY: "Une fois par mois",
}
RANKS = {rank: f"Le {rule_words.RANKS[rank]}" for rank in (1, 2, 3, 4, 5, LAST)}
SKIP, ADD, END = "sauter", "ajouter", "fin"
ACTS = {
    SKIP: "Sauter cette date",
    ADD: "Ajouter cette date",
    END: "Arrêter après cette date",
}


def _number(low: int, high: int) -> Callable[[Any, Any], None]:
    def validator(form: Any, field: Any) -> None:
        words = (field.data or "").strip()
        number = small_number(words)
        if words and (number is None or not low <= number <= high):
            refuse_field(form, NumberUnreadable(low=low, high=high))

    return validator


def _read(field: Any) -> int | None:
    """The number in a field that passed `_number`: spaces alone are nothing typed."""
    return small_number((field.data or "").strip())


def _person(form: Any, field: Any) -> None:
    if not field.data:
        refuse_field(form, AgendaMissing())


class RuleForm(BaseForm):
    """Who, where, when, from when on."""

    was_edited = False
    """Somebody else has changed these hours since the form was opened."""
    plage = HiddenField()
    version = HiddenField()
    conseiller = RadioField("Qui reçoit ?", [_person], validate_choice=False)
    genre = RadioField(
        "Qu’est-ce que c’est ?",
        [required(AnswerMissing)],
        choices=offered(KINDS.items()),
        default=AvailabilityKind.PERMANENCE.value,
        validate_choice=False,
    )
    lieu = SelectField("Lieu de la permanence", validate_choice=False)
    communes = SelectMultipleField("Communes des visites", validate_choice=False)
    jour = SelectField(
        "Jour",
        [required(AnswerMissing)],
        choices=offered(enumerate(WEEKDAYS)),
        default="0",
        validate_choice=False,
    )
    rythme = RadioField(
        "À quel rythme ?",
        [required(AnswerMissing)],
        choices=offered(RHYTHMS.items()),
        default=WEEKLY,
        validate_choice=False,
    )
    semaines = StringField("Toutes les combien de semaines ?", [_number(2, MOST_WEEKS)])
    rang = SelectField(
        "Lequel du mois ?",
        [required(AnswerMissing)],
        choices=offered(RANKS.items()),
        default="1",
        validate_choice=False,
    )
    de = StringField("De", [clock_validator])
    a = StringField("À", [clock_validator])
    du = StringField("À partir du", [date_validator(DateUnreadable, DateMissing)])
    au = StringField("Jusqu’au", [date_validator(EndUnreadable)])
    accueil = StringField(
        "Places gardées pour le téléphone, jusqu’à combien de jours avant ?",
        [_number(1, MOST_DESK_DAYS)],
    )

    def __init__(self) -> None:
        super().__init__()
        catalogue = current_catalogue()
        self.people = own_people()
        self.conseiller.choices = offered((each.id, each.first_name) for each in self.people)
        if is_own_only():
            self.conseiller.data = str(current_actor().counsellor_id)
        venues = [each for each in catalogue.venues if each.active]
        self.lieu.choices = offered(
            [("", "Choisissez un lieu"), *((each.slug, each.name) for each in venues)]
        )
        towns = catalogue.communes
        self.communes.choices = offered((each.slug, each.name) for each in towns if each.bookable)

    def refuse(self, refusal: DomainError) -> None:
        super().refuse(refusal)
        self.was_edited = isinstance(refusal, EditedMeanwhile)

    def fill(self, entry: RuleEntry) -> None:
        """What is in force, to be changed from a day on."""
        self.plage.data, self.version.data = str(entry.id), entry.state
        self.conseiller.data = str(entry.counsellor_id)
        self.genre.data, self.lieu.data = entry.kind.value, entry.venue_slug
        self.communes.data, self.jour.data = list(entry.commune_slugs), str(entry.weekday)
        self.rythme.data = MONTHLY if entry.nth else WEEKS if entry.every_weeks > 1 else WEEKLY
        self.semaines.data = str(entry.every_weeks) if entry.every_weeks > 1 else ""
        self.rang.data = str(entry.nth or 1)
        self.de.data, self.a.data = f"{entry.from_time:%H:%M}", f"{entry.to_time:%H:%M}"
        self.au.data = entry.valid_until.isoformat() if entry.valid_until else ""
        self.accueil.data = str(entry.desk_until_days or "")

    def plan(self, find: Callable[[int], RuleEntry]) -> RulePlan:
        """The answers as a plan; `find` opens the availability that is changed.

        Raises SubjectUnknown for a foreign agenda, HoursOfColleague where it would end sooner.
        """
        rule = self._rule()
        if not self.plage.data:
            return RulePlan(rule)
        rule_id = small_number(self.plage.data)
        if rule_id is None:
            raise SubjectUnknown
        found = find(rule_id)
        _refuse_foreign(found.holders_after(rule.starts_on - ONE_DAY))
        return RulePlan(rule, found.first_id, self.version.data)

    def _rule(self) -> Rule:
        is_visit = self.genre.data == AvailabilityKind.HOME_VISITS
        starts_on = read_date(self.du.data)
        assert starts_on is not None  # noqa: S101 # nosec B101 - the form was validated
        return Rule(
            counsellor_id=chosen_person(self.conseiller, self.people),
            kind=AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE,
            venue_slug="" if is_visit else self.lieu.data or "",
            commune_slugs=tuple(self.communes.data or ()) if is_visit else (),
            weekday=int(self.jour.data),
            every_weeks=_read(self.semaines) or 2 if self.rythme.data == WEEKS else 1,
            nth=int(self.rang.data) if self.rythme.data == MONTHLY else None,
            from_time=read_clock(self.de.data),
            to_time=read_clock(self.a.data),
            starts_on=starts_on,
            ends_on=read_date(self.au.data),
            desk_until_days=_read(self.accueil),
        )


class RuleDateForm(BaseForm):
    """One date: skipped, added, or the last one."""

    acte = RadioField(
        "Que voulez-vous faire ?", [required(AnswerMissing)], choices=offered(ACTS.items()),
        default=SKIP, validate_choice=False,
    )  # fmt: skip
    jour = StringField("Date", [date_validator(DateUnreadable, DayMissing)])
    version = HiddenField()
    was_edited = False

    def refuse(self, refusal: DomainError) -> None:
        super().refuse(refusal)
        self.was_edited = isinstance(refusal, EditedMeanwhile)

    def plan(self, entry: RuleEntry) -> Plan:
        """The answers as a plan. Raises HoursOfColleague where a colleague holds them by then."""
        day = read_date(self.jour.data) or date.max
        if self.acte.data == END:
            _refuse_foreign(entry.holders_after(day))
            return RuleEnd(entry.first_id, entry.counsellor_id, day, self.version.data)
        holder = entry.holder_on(day) or entry.counsellor_id
        _refuse_foreign({holder})
        return RuleDate(entry.first_id, holder, day, self.acte.data == ADD, self.version.data)


def _refuse_foreign(holders: Iterable[int]) -> None:
    if not all(map(may_plan, holders)):
        raise HoursOfColleague
