"""The counts of a workshop: whoever is not counted is « Non communiqué »."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import StringField

from app.domain.attendance import (
    OTHER_COMMUNE,
    AttendanceRecord,
    Counts,
    Group,
    filled,
)
from app.domain.attendance_checks import MOST_PARTICIPANTS
from app.domain.attendance_errors import NumberWrong
from app.domain.national_labels import NOT_TOLD
from app.domain.nomenclature import Family
from app.web.attendance.forms import RecordForm, labels, many
from app.web.forms import offered
from app.web.numbers import small_number

AGES, GENDERS, STATUSES, HOMES = "age_", "genre_", "statut_", "commune_"
PREFIXES = {
    Family.AGE: AGES,
    Family.GENDER: GENDERS,
    Family.STATUS: STATUSES,
    "RESIDENCE": HOMES,
}


class GroupForm(RecordForm):
    """What is asked of every workshop; `group_form` adds a number for each answer."""

    participants = StringField("Personnes inscrites et venues")
    sans_inscription = StringField("Personnes venues sans inscription")
    deja_accompagnes = StringField("Personnes déjà accompagnées")
    minutes = StringField("Durée de l’atelier, en minutes")
    appareils = many("Appareil")
    trajet = StringField("Trajet, en minutes")
    preparation = StringField("Préparation, en minutes")

    def field_about(self, about: str) -> str:
        """A family that does not add up is told at its first number."""
        prefix = PREFIXES.get(about)
        if prefix is None:
            return "minutes" if about == "minutes" else super().field_about(about)
        return str(next(name for name in self._fields if name.startswith(prefix)))

    def numbers(self, prefix: str) -> list[Any]:
        """The fields of one question."""
        return [field for name, field in self._fields.items() if name.startswith(prefix)]

    def begin(self, attended: int, walk_ins: int, minutes: int, homes: Counts) -> None:
        """The page before anybody answers: what the attendance sheet and the plan say."""
        self.participants.data, self.sans_inscription.data = str(attended), str(walk_ins)
        self.minutes.data = str(minutes)
        self._show(HOMES, homes)

    def show(self, record: AttendanceRecord) -> None:
        """The counts of a record."""
        self.themes.data, self.demarches.data = list(record.themes), list(record.procedures)
        self.appareils.data = list(record.devices)
        self.participants.data, self.sans_inscription.data = str(record.participants), ""
        self.deja_accompagnes.data = str(record.already_helped or "")
        self.minutes.data = str(record.minutes)
        self.trajet.data = str(record.travel_minutes or "")
        self.preparation.data = str(record.preparation_minutes or "")
        for prefix, counts in (
            (AGES, record.ages),
            (GENDERS, record.genders),
            (STATUSES, record.statuses),
            (HOMES, record.residences),
        ):
            self._show(prefix, counts)

    def _show(self, prefix: str, counts: Counts) -> None:
        for field in self.numbers(prefix):
            field.data = str(counts.get(field.name.removeprefix(prefix), "") or "")

    def group(self) -> Group:
        """The counts. Raises NumberWrong, MinutesWrong for what is no number."""
        return Group(
            attended=self._number("participants"),
            walk_ins=self._number("sans_inscription"),
            themes=frozenset(self.themes.data or ()),
            procedures=frozenset(self.demarches.data or ()),
            ages=self._counts(AGES),
            genders=self._counts(GENDERS),
            statuses=self._counts(STATUSES),
            residences=self._counts(HOMES),
            devices=frozenset(self.appareils.data or ()),
            already_helped=self._number("deja_accompagnes"),
            minutes=self.minutes_of("minutes", "minutes", low=1),
        )

    def answered(self, record: AttendanceRecord) -> AttendanceRecord:
        """The record with these counts in the place of its own."""
        group = self.group()
        people = group.participants
        return replace(
            record,
            participants=people,
            minutes=record.minutes if group.minutes is None else group.minutes,
            themes=group.themes,
            procedures=group.procedures,
            ages=filled(group.ages, people),
            genders=filled(group.genders, people),
            statuses=filled(group.statuses, people),
            residences=filled(group.residences, people),
            devices=group.devices,
            already_helped=group.already_helped,
            travel_minutes=self.minutes_of("trajet", "travel_minutes"),
            preparation_minutes=self.minutes_of("preparation", "preparation_minutes"),
        )

    def _counts(self, prefix: str) -> dict[str, int]:
        told = {
            field.name.removeprefix(prefix): self._number(field.name)
            for field in self.numbers(prefix)
        }
        return {code: count for code, count in told.items() if count}

    def _number(self, name: str) -> int:
        typed = (self[name].data or "").strip()
        given = small_number(typed) if typed else 0
        if given is None or given > MOST_PARTICIPANTS:
            raise NumberWrong(low=0, high=MOST_PARTICIPANTS, measure=name)
        return given


def group_form(on: date, communes: Iterable[tuple[str, str]]) -> GroupForm:
    """The form with a number for each answer in force that day."""
    homes = dict(communes) | {OTHER_COMMUNE: "Une autre commune"}
    questions: dict[str, Any] = {
        f"{prefix}{code}": StringField(word)
        for prefix, words in (
            (AGES, labels(Family.AGE, on)),
            (GENDERS, labels(Family.GENDER, on)),
            (STATUSES, labels(Family.STATUS, on)),
            (HOMES, homes),
        )
        for code, word in words.items()
        if code != NOT_TOLD
    }
    form: GroupForm = type("FilledGroupForm", (GroupForm,), questions)()
    form.ask(on)
    form.appareils.choices = offered(labels(Family.DEVICE, on))
    return form
