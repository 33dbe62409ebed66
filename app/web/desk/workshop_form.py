"""The form of a call that registers somebody for a workshop; field names are French."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField

from app.domain import names
from app.domain.appointment import HelperRelation, Recipient
from app.domain.booking import Helper
from app.domain.errors import (
    DomainError,
    HelperPhoneMissing,
    HelperRelationMissing,
    OutcomeUnknown,
    RecipientMissing,
)
from app.domain.programme_errors import FilterUnknown, WorkshopNotChosen
from app.domain.themes import THEMES
from app.domain.workshop_errors import DevicesMissing
from app.domain.workshops import MOST_PLACES, Companion
from app.gateways.contacts import parse_phone
from app.services.catalogue import Catalogue
from app.web.contact_words import RELATIONS
from app.web.desk.forms import DeskForm
from app.web.forms import offered
from app.web.numbers import small_number

A_STEP, MOST_LISTED = 40, 200
"""Workshops on the page: at first, and at most once somebody asked for more."""
DEVICES = (("0", "Non"), ("1", "Un appareil"), ("2", "Deux appareils"))
RECIPIENTS = {Recipient.PERSON: "À la personne", Recipient.HELPER: "À qui appelle"}
FILTERS = ("ateliers_commune", "ateliers_theme", "ateliers_nombre")
"""What the address may say of the list."""
UNKNOWN = (
    "Nous ne savons pas si l’inscription est enregistrée. Appuyez encore sur « Inscrire » : "
    "elle ne sera pas prise deux fois."
)


def _radios(label: str, answers: dict[Any, Any], default: str | None = None) -> RadioField:
    return RadioField(label, choices=offered(answers), default=default, validate_choice=False)


class WorkshopDeskForm(DeskForm):
    """The person as in every call, then the workshop. Nothing is stored before « Inscrire »."""

    ateliers_commune = SelectField("Ateliers de quelle commune ?", validate_choice=False)
    ateliers_theme = SelectField(
        "Sur quel thème ?",
        choices=offered({"": "Tous les thèmes", **THEMES}),
        validate_choice=False,
    )
    ateliers_nombre = HiddenField()
    """How many are listed."""
    atelier = RadioField("Atelier", choices=[], validate_choice=False)
    accompagnant_prenom = StringField("Prénom de la deuxième personne")
    accompagnant_nom = StringField("Nom de la deuxième personne")
    appareil = _radios("Prêter un appareil ?", dict(DEVICES), "0")
    attente = BooleanField("Si c’est complet : sur la liste d’attente")
    une_place = BooleanField("Si une seule place est libre, une personne vient seule")
    aidant_nom = StringField("Nom de qui appelle")
    aidant_telephone = StringField("Téléphone de qui appelle")
    aidant_lien = _radios("Son lien avec la personne", RELATIONS)
    destinataire = _radios("À qui envoyer les messages ?", RECIPIENTS, Recipient.PERSON)

    def __init__(self, catalogue: Catalogue, communes: list[tuple[str, str]]) -> None:
        super().__init__(catalogue, communes)
        everywhere = {each.slug: each.name for each in catalogue.communes}
        self.ateliers_commune.choices = offered({"": "Toutes les communes", **everywhere})

    @property
    def listed_count(self) -> int:
        """How many workshops the list may show, as far as it goes."""
        asked = small_number(self.ateliers_nombre.data) or A_STEP
        return min(max(asked, A_STEP), MOST_LISTED)

    def filter_by(self, name: str) -> str | None:
        """What that filter asks for. An answer that is none of its list filters nothing, and is
        told.
        """
        field = self._fields[name]
        if not field.data:
            return None
        if field.data in {choice.value for choice in field.choices}:
            return str(field.data)
        self.refuse(FilterUnknown(), name)
        field.data = ""
        return None

    def refuse(self, refusal: DomainError, name: str | None = None) -> None:
        """As every call; what nobody knows of is told in the words of this page."""
        super().refuse(refusal, name)
        if isinstance(refusal, OutcomeUnknown):
            self.form_errors[-1] = UNKNOWN

    def workshop_id(self, value: str) -> int:
        """Raises WorkshopNotChosen for what is none of the list."""
        if value not in {choice.value for choice in self.atelier.choices}:
            raise WorkshopNotChosen
        return int(value)

    def companion(self) -> Companion | None:
        """Both names, or none."""
        if not (self.accompagnant_prenom.data or self.accompagnant_nom.data):
            return None
        first = self.taken("accompagnant_prenom", names.first_name)
        last = self.taken("accompagnant_nom", names.last_name)
        return Companion(first, last) if first and last else None

    @property
    def has_helper(self) -> bool:
        """Whether anything was said of who calls; then all three are asked."""
        said = self.aidant_nom.data, self.aidant_telephone.data, self.aidant_lien.data
        return any(said) or self.destinataire.data == Recipient.HELPER

    def helper(self) -> Helper | None:
        """Who calls for somebody else, with their number and relation; None: nobody said."""
        if not self.has_helper:
            return None
        name = self.taken("aidant_nom", names.helper_name)
        phone = self.taken("aidant_telephone", _helper_phone)
        relation = self.taken("aidant_lien", _relation)
        return Helper(name, phone, relation) if name and phone and relation else None


def devices_of(value: str) -> int:
    """Raises DevicesMissing."""
    if value not in {str(count) for count in range(MOST_PLACES + 1)}:
        raise DevicesMissing
    return int(value)


def recipient_of(value: str) -> Recipient:
    """Raises RecipientMissing."""
    if value not in set(Recipient):
        raise RecipientMissing
    return Recipient(value)


def _helper_phone(typed: str) -> Any:
    if not typed.strip():
        raise HelperPhoneMissing
    return parse_phone(typed)


def _relation(value: str) -> HelperRelation:
    if value not in set(HelperRelation):
        raise HelperRelationMissing
    return HelperRelation(value)
