"""The form of a call, in the order of the call. Field names are French, as in every form."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from flask import current_app
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from app.domain.appointment import Caller, CallTime, Deadline, MessageChannel
from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE
from app.domain.desk_errors import ContactDiffers
from app.domain.errors import DomainError
from app.domain.settings import OtherCommune
from app.domain.waiting import HalfDay
from app.gateways.senders import is_configured
from app.services.catalogue import Catalogue
from app.web.appointment_words import CALLERS, DEADLINES
from app.web.desk.wording import desk_sentence
from app.web.forms import BaseForm
from app.web.numbers import small_number
from app.web.quotas import note_wait

Taken = TypeVar("Taken")
NEW_PERSON, NO_DEADLINE, YES, NO = "nouvelle", "aucun", "oui", "non"
FORM_KEY = re.compile(r"[0-9a-f]{32}")
MOVES = {YES: "Oui", NO: "Non, visite à domicile"}
CALL_TIMES = {
    CallTime.MORNING: "Le matin",
    CallTime.AFTERNOON: "L’après-midi",
    CallTime.ANY: "Peu importe",
}
MESSAGES = {
    MessageChannel.SMS: "SMS",
    MessageChannel.EMAIL: "E-mail",
    MessageChannel.PAPER: "Courrier imprimé",
    MessageChannel.VOICE: "À l’oral",
}
HALF_DAYS = {
    HalfDay.MORNING: "Le matin",
    HalfDay.AFTERNOON: "L’après-midi",
    HalfDay.ANY: "Peu importe",
}
REACHES = {"0": "Sa commune", "15": "À 15 minutes", "30": "À 30 minutes"}
WRITTEN = (MessageChannel.SMS, MessageChannel.EMAIL)


def _choices(answers: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in answers.items()]


def _radios(label: str, answers: dict[Any, str], default: str | None = None) -> RadioField:
    return RadioField(label, choices=_choices(answers), default=default, validate_choice=False)


class DeskForm(BaseForm):
    """All that a call tells. Nothing is stored before « Enregistrer le rendez-vous »."""

    is_for_list = False
    """« Mettre sur la liste d’attente » was pressed: its questions stay open."""
    contact_differs = False
    """The card says another phone or e-mail: the page leads to it."""
    telephone = StringField("Téléphone de la personne")
    personne = StringField("Personne")
    prenom = StringField("Prénom")
    nom = StringField("Nom")
    commune = SelectField("Commune", validate_choice=False)
    besoin = _radios("Besoin", {})
    deplacement = _radios("Peut se déplacer ?", MOVES, YES)
    adresse = StringField("Adresse (numéro et rue, ou lieu-dit)")
    complement = StringField("Bâtiment, étage, appartement")
    rappel = _radios("Quand appeler avant la visite ?", CALL_TIMES, CallTime.ANY)
    delai = _radios("Délai proche", {NO_DEADLINE: "Aucun", **DEADLINES}, NO_DEADLINE)
    choix = StringField("Heure")
    message = _radios("Confirmation", MESSAGES)
    email = StringField("Adresse e-mail")
    note = TextAreaField("Note pour le conseiller")
    appel = _radios("Appel reçu de", CALLERS, Caller.PERSON)
    quand = _radios("Sur la liste d’attente : quand ?", HALF_DAYS, HalfDay.ANY)
    trajet = _radios("Jusqu’où ?", REACHES, "0")
    des = StringField("Dès le")
    refusees = StringField("Heures refusées")
    lieu = HiddenField()
    """« Même lieu »: the venue of the person before."""
    conseiller = HiddenField()
    """A follow-up: whom the person sees already."""
    cle = HiddenField()
    """The key of this form: sent twice, it books once."""

    def __init__(self, catalogue: Catalogue, communes: list[tuple[str, str]]) -> None:
        super().__init__()
        topics = catalogue.offered_topics()
        self.besoin.choices = [
            SelectChoice(topic.code, f"{(rank + 1) % 10}. {topic.label['fr']}")
            for rank, topic in enumerate(topics)
        ]
        self.commune.choices = communes
        self.message.choices = _choices(_channels())
        self.message.data = self.message.data or next(iter(_channels()))
        if not FORM_KEY.fullmatch(self.cle.data or ""):
            self.give_key()

    @property
    def is_visit(self) -> bool:
        return bool(self.deplacement.data == NO)

    @property
    def kind(self) -> AvailabilityKind:
        return AvailabilityKind.HOME_VISITS if self.is_visit else AvailabilityKind.PERMANENCE

    @property
    def has_deadline(self) -> bool:
        return self.deadline is not None

    @property
    def deadline(self) -> Deadline | None:
        """None for no deadline, and for one that is not on the list."""
        known = self.delai.data in set(Deadline)
        return Deadline(self.delai.data) if known else None

    @property
    def half_day(self) -> HalfDay:
        known = self.quand.data in set(HalfDay)
        return HalfDay(self.quand.data) if known else HalfDay.ANY

    @property
    def reach_minutes(self) -> int:
        return int(self.trajet.data) if self.trajet.data in REACHES else 0

    @property
    def resident_id(self) -> int | None:
        """The card chosen; None for a new person."""
        return small_number(self.personne.data)

    @property
    def counsellor_id(self) -> int | None:
        """Whom the person sees already; None: whoever is free."""
        return small_number(self.conseiller.data)

    def give_key(self) -> None:
        """A new key: from now on this form is another one."""
        self.cle.data = uuid4().hex

    def refuse(self, refusal: DomainError, name: str | None = None) -> None:
        """Show a refusal beside its field (or the one of that name), in the words of the desk."""
        self.contact_differs |= isinstance(refusal, ContactDiffers)
        self._status = refusal.status
        note_wait(refusal)
        field = self._fields.get(name or refusal.field or "")
        words = desk_sentence(refusal, for_list=self.is_for_list)
        if field is None:
            self.form_errors.append(words)
        else:
            field.errors = [*field.errors, words]

    def taken(self, name: str, rule: Callable[[str], Taken]) -> Taken | None:
        """What a rule makes of an answer; None where it refuses, which the field then tells."""
        try:
            return rule(str(self._fields[name].data or ""))
        except DomainError as refusal:
            self.refuse(refusal, name)
            return None


def _channels() -> dict[MessageChannel, str]:
    """The ways to confirm that this installation can keep; paper and voice always can."""
    config = current_app.config["COCLICO"]
    return {
        channel: label
        for channel, label in MESSAGES.items()
        if channel not in WRITTEN or is_configured(channel, config)
    }


def commune_choices(catalogue: Catalogue, served: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The served communes, and another one where the territory lets it book."""
    allowed = catalogue.settings.other_commune is OtherCommune.ALLOW
    return [
        ("", "Choisissez"),
        *served,
        *([(OTHER_COMMUNE, "Une autre commune")] if allowed else []),
    ]
