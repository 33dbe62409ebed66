"""The forms of somebody who has an appointment already."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from app.domain import errors
from app.gateways.contacts import parse_phone
from app.web.forms import BaseForm, checked_by, refuse_field

REFERENCE_DIGITS = 6


class MoveForm(BaseForm):
    """Confirm another time for an appointment that exists."""

    debut = HiddenField()
    lieu = HiddenField()


class CancelForm(BaseForm):
    """Confirm that an appointment is cancelled: a token, and nothing else."""


class FindForm(BaseForm):
    """Find an appointment with its number and the phone given for it; both, always (T17)."""

    numero = StringField(_l("Numéro de rendez-vous"))
    telephone = StringField(_l("Téléphone donné pour le rendez-vous"), [checked_by(parse_phone)])

    def validate_numero(self, field: StringField) -> None:
        if not (field.data or "").strip():
            refuse_field(self, errors.ReferenceMissing())
        digits = len(reference_digits(field.data or ""))
        if digits != REFERENCE_DIGITS:
            is_short = digits < REFERENCE_DIGITS
            refusal = errors.ReferenceIncomplete() if is_short else errors.ReferenceTooLong()
            refuse_field(self, refusal)

    @property
    def reference(self) -> int:
        return int(reference_digits(self.numero.data or ""))


class LostNumberForm(BaseForm):
    """Ask for the number by SMS: a telephone, and nothing else."""

    telephone = StringField(
        _l("Téléphone portable donné pour le rendez-vous"), [checked_by(parse_phone)]
    )


def reference_digits(typed: str) -> str:
    """The digits of a number as people copy it: with spaces, dots or dashes."""
    return "".join(each for each in typed if each in "0123456789")
