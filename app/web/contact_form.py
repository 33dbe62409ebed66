"""Who comes and how to tell them: the fields of every form that asks it, and its robots' trap.

Field names are the words of the address, in French. The order of the classes is the order of their
fields in the summary of errors.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField

from app.domain import errors, names
from app.domain.appointment import CallTime, HelperRelation, MessageChannel, Recipient
from app.domain.booking import Helper, Home, Person, Phone
from app.domain.errors import AskedAgain, DomainError
from app.gateways.contacts import parse_email, parse_phone
from app.web import trap
from app.web.contact_words import (
    CALL_TIMES,
    MESSAGES,
    RECIPIENTS,
    RELATIONS,
    email_hint,
    email_label,
    message_channels,
    message_question,
    phone_hint,
)
from app.web.forms import BaseForm, checked_by, offered, refuse_field, required
from app.web.wording import sentence


class HomeCommuneField:
    """Where they live, asked on the page of a workshop: there is no question before it."""

    commune = RadioField(
        _l("Dans quelle commune habitez-vous ?"),
        [required(errors.CommuneMissing)],
        choices=[],
        validate_choice=False,
    )


class VisitFields:
    """Where a visit goes. Asked after the time, so that no address travels before."""

    adresse = StringField(
        _l("Adresse (numéro et rue, ou lieu-dit)"), [checked_by(names.address_line)]
    )
    complement = StringField(
        _l("Bâtiment, étage, appartement"),
        [checked_by(lambda typed: names.address_line(typed, required=False))],
    )
    rappel = RadioField(
        _l("Quand peut-on vous appeler ?"),
        [required(errors.CallTimeMissing)],
        choices=offered(CALL_TIMES),
        default=CallTime.ANY,
        validate_choice=False,
    )

    is_visit = True

    def _home(self) -> Home | None:
        line1 = names.address_line(text_of(self.adresse.data))
        line2 = names.address_line(text_of(self.complement.data), required=False)
        return Home(line1 or "", line2, CallTime(self.rappel.data))


class TrapFields(BaseForm):
    """What tells a person from a robot: see `trap`."""

    horodatage = HiddenField()
    site_web = StringField(_l("Laissez ce champ vide"))

    def check_pace(self) -> bool:
        """Whether the page was read and filled by a person; otherwise it is asked once more."""
        if not trap.is_read_by_a_person(self.horodatage.data) or self.site_web.data:
            self.ask_again()
            return False
        return True

    def ask_again(self) -> None:
        """The contact page again, with every answer and without a robot's."""
        self.refuse(AskedAgain())
        self.site_web.data = ""

    def stamp(self) -> None:
        """Note when the page was first shown, unless it is known already, and not too long ago."""
        if not trap.is_still_good(self.horodatage.data):
            self.horodatage.data = trap.stamp()


class ContactFields(TrapFields):
    """Who comes, and how to tell them. The same fields travel hidden on the next pages."""

    prenom = StringField(_l("Prénom"), [checked_by(names.first_name)])
    nom = StringField(_l("Nom"), [checked_by(names.last_name)])
    telephone = StringField(_l("Téléphone"))
    email = StringField(_l("Adresse e-mail"), [checked_by(parse_email)])
    message = RadioField(
        "",
        [required(errors.MessageChannelMissing)],
        choices=offered(MESSAGES),
        default=MessageChannel.SMS,
        validate_choice=False,
    )
    cle = HiddenField()
    """The key of this form: sent twice, it books once."""

    is_for_another = False
    is_visit = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = message_channels()
        self.message.choices = offered(channels)
        if not self.is_submitted():
            self.message.data = next(iter(channels))
        self.message.label.text = message_question()

    def validate_telephone(self, field: StringField) -> None:
        """The person's phone may be absent only where a helper answers for a permanence."""
        if self.is_for_another and not self.is_visit and not (field.data or "").strip():
            return
        _check(self, field, parse_phone)

    @property
    def phone_hint(self) -> str:
        """Why the phone is asked."""
        return phone_hint(is_visit=self.is_visit, is_for_another=self.is_for_another)

    @property
    def email_hint(self) -> str | None:
        """Whose address it is, where two people answer."""
        return email_hint() if self.is_for_another else None

    @property
    def personal(self) -> dict[str, str]:
        """Every answer of the person, to be repeated as hidden fields; those that are, are."""
        return {each.name: text_of(each.data) for each in self if each.data and _is_asked(each)}

    @property
    def has_key(self) -> bool:
        """Whether it carries a key that the check page gave: it came by the contact page."""
        return trap.known_key(self.cle.data or "") is not None

    def give_key(self) -> None:
        """A new key: from now on this form is another one."""
        self.cle.data = trap.new_key()

    def check_key(self) -> bool:
        """Whether the contact page was passed before; otherwise it is asked once more."""
        if not self.has_key:
            self.ask_again()
        return self.has_key

    def to_person(self) -> Person:
        """The person, once every field is fine."""
        return Person(
            names.first_name(self.prenom.data),
            names.last_name(self.nom.data),
            self._phone(),
            parse_email(self.email.data or ""),
        )

    @property
    def form_key(self) -> str:
        """The key that makes a form sent twice one; empty where it is not ours."""
        return trap.known_key(self.cle.data or "") or ""

    def _phone(self) -> Phone | None:
        return parse_phone(self.telephone.data) if (self.telephone.data or "").strip() else None

    def _helper(self) -> Helper | None:
        return None

    def _recipient(self) -> Recipient:
        return Recipient.PERSON


class HelperFields:
    """What somebody who books for another adds (law: allowed without proof, with agreement)."""

    aidant_nom = StringField(_l("Votre nom"), [checked_by(names.helper_name)])
    aidant_telephone = StringField(_l("Votre téléphone"))
    aidant_lien = RadioField(
        _l("Quel est votre lien avec cette personne ?"),
        [required(errors.HelperRelationMissing)],
        choices=offered(RELATIONS),
        validate_choice=False,
    )
    destinataire = RadioField(
        _l("À qui envoyer les messages ?"),
        [required(errors.RecipientMissing)],
        choices=offered(RECIPIENTS),
        default=Recipient.PERSON,
        validate_choice=False,
    )
    accord = BooleanField(_l("La personne est d’accord."), [required(errors.ConsentMissing)])

    is_for_another = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self  # there is one address: whoever gets the messages reads them there
        form.email.label.text = email_label(is_for_another=True)

    def told(self, refusal: DomainError) -> str:
        """What is missing is the other person's."""
        return sentence(refusal, for_another=True)

    def validate_aidant_telephone(self, field: StringField) -> None:
        if not (field.data or "").strip():
            refuse_field(self, errors.HelperPhoneMissing())
        _check(self, field, parse_phone)

    def _helper(self) -> Helper | None:
        return Helper(
            names.helper_name(text_of(self.aidant_nom.data)),
            parse_phone(text_of(self.aidant_telephone.data)),
            HelperRelation(self.aidant_lien.data),
        )

    def _recipient(self) -> Recipient:
        return Recipient(self.destinataire.data)


def _is_asked(field: Any) -> bool:
    """Whether a person answers it: a robot's trap is no question."""
    return field.name != "site_web" and not isinstance(field, HiddenField)


def _check(form: Any, field: StringField, rule: Any) -> None:
    try:
        rule(field.data or "")
    except DomainError as refusal:
        refuse_field(form, refusal)


def text_of(value: Any) -> str:
    """What a hidden field repeats: a ticked box is « oui »."""
    return "oui" if value is True else str(value or "")
