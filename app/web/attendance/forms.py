"""The questions of a record. All but the themes may stay « Non communiqué »."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)

from app.domain.attendance import OTHER_COMMUNE, AttendanceRecord, Told
from app.domain.attendance_checks import LONGEST_MINUTES
from app.domain.attendance_errors import MinutesWrong
from app.domain.errors import DomainError
from app.domain.national_labels import NATIONAL, NOT_TOLD
from app.domain.nomenclature import Family
from app.services.attendance_records import Answer
from app.web.forms import BaseForm, offered
from app.web.numbers import small_number

OTHER_LENGTH = "personnaliser"
NO_ANSWER = ""
FOLLOW_UPS = {"rien": "Rien", "rendez-vous": "Un nouveau rendez-vous"}
WORKSHOP = {"atelier": "Un atelier"}
FIELDS = {
    Family.AGE: "age",
    Family.GENDER: "genre",
    Family.STATUS: "statut",
    Family.DEVICE: "appareils",
    Family.THEME: "themes",
    Family.PROCEDURE: "demarches",
    Family.RESULT: "resultat",
    Family.AUTONOMY: "autonomie",
    Family.REDIRECTION: "orientation",
    "minutes": "duree",
    "travel_minutes": "trajet",
    "preparation_minutes": "preparation",
}
"""Which field a refusal is about, by the question or the measure that it names."""


def labels(family: Family, on: date) -> dict[str, str]:
    """The answers in force that day, in the order of the national form."""
    return {each.code: each.label for each in NATIONAL.labels_at(family, on)}


def _one(text: str) -> RadioField:
    return RadioField(text, validate_choice=False)


def many(text: str) -> SelectMultipleField:
    return SelectMultipleField(text, validate_choice=False)


class RecordForm(BaseForm):
    """What every form of a record shares: themes, and refusals beside their question."""

    themes = many("Thèmes")
    demarches = many("Quelle démarche ?")
    jour = StringField("Jour de l’activité")
    """Asked of a copy only."""
    retour = HiddenField()
    version = HiddenField()
    """Which state of the line the page showed."""
    cle = HiddenField()
    """The same form sent again is kept once."""

    def ask(self, on: date) -> None:
        """Offer the answers of that day."""
        self.themes.choices = offered(labels(Family.THEME, on))
        self.demarches.choices = offered(labels(Family.PROCEDURE, on))

    def refuse(self, refusal: DomainError) -> None:
        """The family or the measure of the refusal says which question it is about."""
        about = str(refusal.facts.get("family") or refusal.facts.get("measure") or "")
        field = self._fields.get(self.field_about(about))
        if field is None:
            super().refuse(refusal)
            return
        self._status = refusal.status
        field.errors = [*field.errors, self.told(refusal)]

    def field_about(self, about: str) -> str:
        """The name of the field for that question or measure."""
        return FIELDS.get(about, about)

    def minutes_of(self, name: str, measure: str, *, low: int = 0) -> int:
        """What was typed as minutes; nothing typed is 0. Raises MinutesWrong."""
        typed = (self[name].data or "").strip()
        given = small_number(typed) if typed else 0
        if given is None or not low <= given <= LONGEST_MINUTES:
            raise MinutesWrong(low=low, high=LONGEST_MINUTES, measure=measure)
        return given


class AnswersForm(RecordForm):
    """One person who came."""

    age = _one("Âge")
    duree = _one("Durée réelle")
    minutes = StringField("Autre durée, en minutes")
    minutes_lues = HiddenField()
    """What stood in « Autre durée » when the page was opened."""
    resultat = _one("Résultat")
    orientation = SelectField("Orienté vers", validate_choice=False)
    appareils = many("Appareil")
    autonomie = _one("Autonomie")
    genre = _one("Genre")
    statut = _one("Situation")
    deja = BooleanField("J’ai déjà accompagné cette personne")
    distance = BooleanField("C’était à distance : par téléphone ou en visio")
    residence = SelectField("Commune de la personne", validate_choice=False)
    trajet = StringField("Trajet, en minutes")
    preparation = StringField("Préparation, en minutes")
    suite = _one("Suite")

    def ask_all(
        self, on: date, communes: Iterable[tuple[str, str]] = (), *, atelier: bool = False
    ) -> None:
        """Offer the answers of that day; « Non communiqué » where one may say nothing."""
        self.ask(on)
        unsaid = {NO_ANSWER: "Non communiqué"}
        self.age.choices = offered(labels(Family.AGE, on))
        self.genre.choices = offered(labels(Family.GENDER, on))
        self.statut.choices = offered(labels(Family.STATUS, on))
        self.duree.choices = offered(labels(Family.DURATION, on))
        self.appareils.choices = offered(labels(Family.DEVICE, on))
        self.resultat.choices = offered(labels(Family.RESULT, on) | unsaid)
        self.autonomie.choices = offered(labels(Family.AUTONOMY, on) | unsaid)
        self.orientation.choices = offered(unsaid | labels(Family.REDIRECTION, on))
        self.suite.choices = offered(FOLLOW_UPS | (WORKSHOP if atelier else {}))
        elsewhere = {NOT_TOLD: "Non communiqué", OTHER_COMMUNE: "Une autre commune"}
        self.residence.choices = offered(elsewhere | dict(communes))

    def begin(self, minutes: int) -> None:
        """The page before anybody answers: the planned length, nothing else told."""
        self._show_length(minutes)
        self.age.data = self.genre.data = self.statut.data = NOT_TOLD
        self.resultat.data = self.autonomie.data = self.orientation.data = NO_ANSWER
        self.residence.data, self.suite.data = NOT_TOLD, "rien"

    def show(self, record: AttendanceRecord) -> None:
        """The answers of a record of one person."""
        self._show_length(record.minutes)
        self.themes.data, self.demarches.data = list(record.themes), list(record.procedures)
        self.age.data, self.genre.data = only(record.ages), only(record.genders)
        self.statut.data, self.residence.data = only(record.statuses), only(record.residences)
        self.resultat.data = record.result or NO_ANSWER
        self.autonomie.data = record.autonomy or NO_ANSWER
        self.orientation.data = record.redirection or NO_ANSWER
        self.appareils.data = list(record.devices)
        self.deja.data = record.already_helped > 0
        self.trajet.data = str(record.travel_minutes or "")
        self.preparation.data = str(record.preparation_minutes or "")

    def _show_length(self, minutes: int) -> None:
        is_step = str(minutes) in {choice.value for choice in self.duree.choices}
        self.duree.data = str(minutes) if is_step else OTHER_LENGTH
        self.minutes.data = self.minutes_lues.data = "" if is_step else str(minutes)

    def answer(self) -> Answer:
        """What was told. Raises MinutesWrong for what is no number of minutes."""
        return Answer(
            told=self.told_answers(),
            is_remote=bool(self.distance.data),
            residence=self.residence.data or NOT_TOLD,
            travel_minutes=self.minutes_of("trajet", "travel_minutes"),
            preparation_minutes=self.minutes_of("preparation", "preparation_minutes"),
        )

    def told_answers(self) -> Told:
        """The same without what is of the outing. Raises MinutesWrong."""
        return Told(
            themes=frozenset(self.themes.data or ()),
            procedures=frozenset(self.demarches.data or ()),
            age=self.age.data or NOT_TOLD,
            gender=self.genre.data or NOT_TOLD,
            status=self.statut.data or NOT_TOLD,
            devices=frozenset(self.appareils.data or ()),
            result=self.resultat.data or None,
            autonomy=self.autonomie.data or None,
            redirection=self.orientation.data or None,
            minutes=self._length(),
            is_already_helped=bool(self.deja.data),
        )

    def answered(self, record: AttendanceRecord) -> AttendanceRecord:
        """The record with these answers in the place of its own. Raises MinutesWrong."""
        told = self.told_answers()
        return replace(
            record,
            minutes=record.minutes if told.minutes is None else told.minutes,
            themes=told.themes,
            procedures=told.procedures,
            ages={told.age: 1},
            genders={told.gender: 1},
            statuses={told.status: 1},
            residences={self.residence.data or NOT_TOLD: 1},
            devices=told.devices,
            result=told.result,
            autonomy=told.autonomy,
            redirection=told.redirection,
            already_helped=int(told.is_already_helped),
            travel_minutes=self.minutes_of("trajet", "travel_minutes"),
            preparation_minutes=self.minutes_of("preparation", "preparation_minutes"),
        )

    def _length(self) -> int | None:
        """Minutes typed win over the step that was ticked beforehand; those read there do not."""
        typed = (self.minutes.data or "").strip()
        is_typed = bool(typed) and typed != self.minutes_lues.data
        if is_typed or self.duree.data == OTHER_LENGTH:
            return self.minutes_of("minutes", "minutes", low=1)
        if not self.duree.data:
            return None
        given = small_number(self.duree.data)
        if given is None:
            raise MinutesWrong(low=1, high=LONGEST_MINUTES, measure="minutes")
        return given


def only(counts: Any) -> str:
    """The one code of a record of one person."""
    return next(iter(counts), NOT_TOLD)
