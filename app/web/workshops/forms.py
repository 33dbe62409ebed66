"""The form of a registration: the contact page of a booking, and what a workshop asks besides."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField

from app.domain import names
from app.domain.appointment import Channel, MessageChannel
from app.domain.booking import OTHER_COMMUNE
from app.domain.errors import DomainError, FirstNameMissing, LastNameMissing
from app.domain.workshop_errors import CompanionMissing, DeviceAnswerMissing, DevicesMissing
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import Companion, RegistrationRequest
from app.services.catalogue import Catalogue
from app.web.booking_terms import YES
from app.web.clock import utc_now
from app.web.contact_form import ContactFields, HelperFields, HomeCommuneField
from app.web.forms import offered, refuse_field
from app.web.language import current_language
from app.web.wording import sentence
from app.web.workshops.asked import Asked

OWN_DEVICE = {
    1: {
        "0": _l("Oui"),
        "1": _l("Non, prêtez-moi un appareil"),
    },
    2: {
        "0": _l("Oui, chacun le sien"),
        "1": _l("Non, prêtez-nous un appareil"),
        "2": _l("Non, prêtez-nous deux appareils"),
    },
}
"""By how many come; each answer sends how many devices to lend."""


def device_answered(form: "RegistrationForm", field: RadioField) -> None:
    """One of the answers; more devices than are lent by now is told as that."""
    known = {choice.value for choice in field.choices}
    if not field.data or field.data not in known:
        refuse_field(form, DevicesMissing() if form.asks_for_devices else DeviceAnswerMissing())


class RegistrationForm(HomeCommuneField, ContactFields):
    """Who comes, from where, and with which device."""

    appareil = RadioField(
        _l("Pouvez-vous apporter votre appareil ?"),
        [device_answered],
        choices=[],
        validate_choice=False,
    )
    attente = HiddenField()
    """« oui »: they have read that it is full, and want the waiting list then."""

    is_for_two = False
    has_lost_devices = False
    """They asked for a device on a page of before; the question is gone since."""

    def told(self, refusal: DomainError) -> str:
        return sentence(refusal, for_another=self.is_for_another, for_workshop=True)

    @property
    def phone_hint(self) -> str:
        """Why the phone is asked."""
        if self.is_for_another:
            return str(gettext("Pour prévenir cette personne si l’atelier change."))
        return str(gettext("Pour vous rappeler l’atelier et vous prévenir s’il change."))

    @property
    def may_wait(self) -> bool:
        return bool(self.attente.data == YES)

    def let_wait(self, *, wanted: bool) -> None:
        """The next « Confirmer » says that they have read that it is full, or no more."""
        self.attente.data = YES if wanted else ""

    def shapes(self, workshop: WorkshopFacts | None, catalogue: Catalogue) -> None:
        """The lists of answers: the communes of today, and as many devices as can be lent."""
        communes = catalogue.served_communes(catalogue.today(utc_now()))
        slugs = {each.slug: each.name for each in communes}
        self.commune.choices = offered({**slugs, OTHER_COMMUNE: _l("Une autre commune")})
        if self.is_for_another:
            self.commune.label.text = gettext("Dans quelle commune habite cette personne ?")
            self.appareil.label.text = gettext("Cette personne peut-elle apporter son appareil ?")
        devices = 2 if workshop is None else workshop.devices
        answers = OWN_DEVICE[2 if self.is_for_two else 1]
        self.appareil.choices = offered(
            {count: words for count, words in answers.items() if int(count) <= devices}
        )
        if not devices:
            self.has_lost_devices = self.asks_for_devices
            del self.appareil

    @property
    def asks_for_devices(self) -> bool:
        """Whether they have asked for one or two devices."""
        answers = OWN_DEVICE[2 if self.is_for_two else 1]
        return self.appareil.data in answers.keys() - {"0"}

    def check_devices(self) -> None:
        """Raises DevicesMissing where they asked for one, and none is lent any more.

        Told once: what is shown with it asks for none.
        """
        if self.has_lost_devices:
            raise DevicesMissing

    def to_request(self, workshop: WorkshopFacts) -> RegistrationRequest:
        """The frozen request that the use case takes, once every field is fine."""
        wanted = self.appareil.data if "appareil" in self else "0"
        return RegistrationRequest(
            workshop_id=workshop.id,
            person=self.to_person(),
            companion=self._companion(),
            commune_slug=self.commune.data,
            devices_wanted=int(wanted),
            may_wait=self.may_wait,
            accepts_one=self._accepts_one(),
            helper=self._helper(),
            message_channel=MessageChannel(self.message.data),
            message_to=self._recipient(),
            language=current_language(),
            channel=Channel.WEB,
            form_key=self.form_key,
        )

    def forget_names(self) -> None:
        """For the next person: the contact stays, the names and the key do not."""
        self.prenom.data = self.nom.data = self.cle.data = ""
        self.let_wait(wanted=False)

    def _companion(self) -> Companion | None:
        return None

    def _accepts_one(self) -> bool:
        return False


class PairFields:
    """Two who come together: one registration, one link, two places or none."""

    accompagnant_prenom = StringField(_l("Prénom de la deuxième personne"))
    accompagnant_nom = StringField(_l("Nom de la deuxième personne"))
    un_seul = BooleanField(_l("S’il reste une seule place, la première personne peut venir seule."))

    is_for_two = True

    def validate_accompagnant_prenom(self, field: StringField) -> None:
        _check_name(self, field, names.first_name)

    def validate_accompagnant_nom(self, field: StringField) -> None:
        _check_name(self, field, names.last_name)

    def _companion(self) -> Companion:
        first, last = self.accompagnant_prenom.data or "", self.accompagnant_nom.data or ""
        return Companion(names.first_name(first), names.last_name(last))

    def _accepts_one(self) -> bool:
        return bool(self.un_seul.data)


class PairForm(PairFields, RegistrationForm):
    """Two who come together."""


class HelperForm(HelperFields, RegistrationForm):
    """Somebody registers another person."""

    def told(self, refusal: DomainError) -> str:
        return RegistrationForm.told(self, refusal)


class PairHelperForm(PairFields, HelperForm):
    """Somebody registers two others."""


def registration_form(
    asked: Asked, workshop: WorkshopFacts | None, catalogue: Catalogue
) -> RegistrationForm:
    """The form for as many people as the address says; without a workshop, as it was last seen."""
    forms: dict[tuple[bool, bool], type[RegistrationForm]] = {
        (False, False): RegistrationForm,
        (False, True): HelperForm,
        (True, False): PairForm,
        (True, True): PairHelperForm,
    }
    form = forms[asked.is_for_two, asked.is_for_another]()
    form.shapes(workshop, catalogue)
    if not form.is_submitted() and asked.commune:
        form.commune.data = asked.commune
    return form


def _check_name(form: Any, field: StringField, rule: Any) -> None:
    try:
        rule(field.data or "")
    except (FirstNameMissing, LastNameMissing):
        refuse_field(form, CompanionMissing())
    except DomainError as refusal:
        refuse_field(form, refusal)
