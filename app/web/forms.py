"""What all forms share: refusals of the domain become sentences beside the field they are about."""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import g
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation

from app.domain.errors import DomainError
from app.web.wording import PAGE_EXPIRED, sentence

FORM_REFUSED = 422


class BaseForm(FlaskForm):
    """A form that keeps what was typed, and knows the HTTP status of its refusal."""

    _status = FORM_REFUSED
    _refusals: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refusals = []

    @property
    def status(self) -> int:
        """200 while nothing is refused, else the status that tells the refusal."""
        return self._status if self.errors else 200

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every answer is fine and the form is ours (its CSRF token was checked)."""
        is_valid: bool = super().validate(extra_validators)
        if g.csrf_refused:
            self._fields["csrf_token"].errors = []  # the library's own words, in English
            self.form_errors.append(str(PAGE_EXPIRED))
            return False
        return is_valid

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal of a use case beside its field, or on top where no field is its own."""
        self._status = refusal.status
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(sentence(refusal))
        else:
            field.errors = [*field.errors, sentence(refusal)]


def refuse_field(refusal: DomainError) -> NoReturn:
    """Stop a field's validation with the sentence of a refusal."""
    raise StopValidation(sentence(refusal))


def checked_by(rule: Callable[[str], Any]) -> Callable[[Any, Field], None]:
    """A validator from a rule that takes what was typed and raises a DomainError."""

    def validator(_form: Any, field: Field) -> None:
        try:
            rule(field.data or "")
        except DomainError as refusal:
            refuse_field(refusal)

    # WTForms shows the `required` attribute from flags: none, since the browser would answer first.
    return validator


def required(refusal: type[DomainError]) -> Callable[[Any, Field], None]:
    """A validator for a choice that must be made among those offered."""

    def validator(_form: Any, field: Field) -> None:
        offered = {choice[0] for choice in getattr(field, "choices", None) or ()}
        if not field.data or (offered and field.data not in offered):
            refuse_field(refusal())

    return validator
