"""What all forms share: refusals of the domain become sentences beside the field they are about."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, Protocol

from flask import g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from app.domain.errors import DomainError
from app.web.fault_log import log_fault
from app.web.quotas import note_wait
from app.web.wording import PAGE_EXPIRED, sentence

FORM_REFUSED = 422
FAULT = 500
"""From here on the refusal is a fault of ours, told to whoever reads the logs."""
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters and what Unicode calls no character: HTML cannot hold them."""
IN_THEIR_PLACE = "\ufffd"


class Telling(Protocol):
    """What has words for a refusal."""

    def told(self, refusal: DomainError) -> str: ...


class BaseForm(FlaskForm):
    """A form that keeps what was typed, and knows the HTTP status of its refusal.

    It reads the fields of an HTML form, and nothing else: neither JSON nor files.
    """

    _status = FORM_REFUSED

    def __init__(self) -> None:
        super().__init__(formdata=_sent())

    @property
    def status(self) -> int:
        """200 while nothing is refused, else the status that tells the refusal."""
        return self._status if self.errors else 200

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every answer is fine and the form is ours (its CSRF token was checked)."""
        is_valid: bool = super().validate(extra_validators)
        self._fields["csrf_token"].errors = []  # the library's own words, in English
        return self.check_token() and is_valid

    def check_token(self) -> bool:
        """Whether the form is ours; where it is not, it asks to be sent once more."""
        if g.csrf_refused:
            self.form_errors.append(str(PAGE_EXPIRED))
        return not g.csrf_refused

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal of a use case beside its field, or on top where no field is its own."""
        self._status = refusal.status
        note_wait(refusal)
        if refusal.status >= FAULT:
            log_fault(refusal.code, refusal)
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(self.told(refusal))
        else:
            field.errors = [*field.errors, self.told(refusal)]

    def told(self, refusal: DomainError) -> str:
        """The sentence of a refusal, to whom this form speaks."""
        return sentence(refusal)


def _sent() -> MultiDict[str, str] | None:
    """What was sent, so that it can be shown again; None where nothing was."""
    if request.method != "POST":
        return None
    given = request.form.items(multi=True)
    return MultiDict((name, showable(value)) for name, value in given)


def showable(text: str) -> str:
    """What somebody typed, as a page can show it again: « � » is no answer to any question."""
    return UNSHOWABLE.sub(IN_THEIR_PLACE, text)


def refuse_field(form: Telling, refusal: DomainError) -> NoReturn:
    """Stop a field's validation with the sentence of a refusal."""
    raise StopValidation(form.told(refusal))


def checked_by(rule: Callable[[str], Any]) -> Callable[[BaseForm, Field], None]:
    """A validator from a rule that takes what was typed and raises a DomainError."""

    def validator(form: BaseForm, field: Field) -> None:
        try:
            rule(field.data or "")
        except DomainError as refusal:
            refuse_field(form, refusal)

    # WTForms shows the `required` attribute from flags: none, since the browser would answer first.
    return validator


def offered(answers: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """The answers of a list of choices, by the value that each sends."""
    return [SelectChoice(str(value), label) for value, label in dict(answers).items()]


def required(refusal: type[DomainError]) -> Callable[[BaseForm, Field], None]:
    """A validator for a choice that must be made among those offered."""

    def validator(form: BaseForm, field: Field) -> None:
        choices = getattr(field, "choices", None)  # none at all: a field where one writes
        known = None if choices is None else {choice.value for choice in choices}
        if not field.data or (known is not None and field.data not in known):
            refuse_field(form, refusal())

    return validator
