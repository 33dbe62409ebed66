"""One page for every sheet of settings: questions in French, refusals beside their field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, cast

from flask import redirect, request, url_for
from wtforms import BooleanField, HiddenField, SelectField, StringField

from app.domain.checks import EARLIEST, LATEST
from app.domain.errors import DomainError
from app.domain.staff_errors import AnswerMissing, EditedMeanwhile, SettingsRefused
from app.services.settings_pages import Edit, Values
from app.web.access import current_actor
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.filters import first_upper
from app.web.forms import BaseForm, offered, required
from app.web.staff_page import staff_page

EMPTY = frozenset({"manque", "est vide"})
NOT_A_NUMBER, NOT_A_DAY = "écrivez un nombre entier", "écrivez une date de 2000 à 2099"


class Kind(StrEnum):
    """What an answer is."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DAY = "DAY"
    FLAG = "FLAG"
    CHOICE = "CHOICE"


@dataclass(frozen=True, slots=True)
class Question:
    """One value of a sheet, as the page asks for it."""

    key: str
    text: str
    kind: Kind = Kind.TEXT
    hint: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The field of the form."""
        return self.key.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of settings: what it asks, what is saved now, and how to save."""

    title: str
    questions: tuple[Question, ...]
    values: Values
    version: str
    save: Callable[[Values, Edit], object]
    intro: str | None = None


class SheetForm(BaseForm):
    """A field for each question; which state of the sheet the page showed travels along."""

    version = HiddenField()

    def shows(self, sheet: Sheet) -> None:
        """Fill the form with what is saved now."""
        self.version.data = sheet.version
        for question in sheet.questions:
            self[question.name].data = shown(question, sheet.values[question.key])

    def given(self, sheet: Sheet) -> Values:
        """The answers as values. Raises SettingsRefused for what is no number and no date."""
        problems: dict[str, str] = {}
        values: Values = {}
        for question in sheet.questions:
            try:
                values[question.key] = _value(question, self[question.name].data)
            except ValueError as unreadable:
                problems[question.key] = str(unreadable)
        if problems:
            raise SettingsRefused(problems=problems)
        return values

    def refuse_sheet(self, sheet: Sheet, refusal: DomainError) -> None:
        """Each problem beside its field; the refusal on top where no field is its own."""
        problems: Mapping[str, str] = refusal.facts.get("problems", {})
        left = dict(problems)
        for question in sheet.questions:
            for key in [each for each in left if _is_about(each, question)]:
                self[question.name].errors = [_sentence(left.pop(key))]
        if left or not problems:
            self.refuse(refusal)


def sheet_page(sheet: Sheet) -> Any:
    """The sheet as it is saved now."""
    form = sheet_form(sheet)
    form.shows(sheet)
    return _page(sheet, form)


def save_sheet(read: Callable[[], Sheet]) -> Any:
    """Save what was sent, then back to the list; a refusal keeps every answer.

    `read` gives the sheet as it is now, once more where a colleague saved it meanwhile.
    """
    sheet = read()
    form = sheet_form(sheet)
    if form.validate():
        edit = Edit(form.version.data or "", current_actor().user_id, utc_now())
        try:
            sheet.save(form.given(sheet), edit)
        except DomainError as refusal:
            form.refuse_sheet(sheet, refusal)
            sheet = read()
            if isinstance(refusal, EditedMeanwhile):
                form.version.data = sheet.version
        else:
            return redirect(url_for("administration.settings", fait="enregistre"), 303)
    return _page(sheet, form)


def sheet_form(sheet: Sheet) -> SheetForm:
    """The form of these questions."""
    fields = {question.name: _field(question) for question in sheet.questions}
    return cast("SheetForm", type("FormOfSheet", (SheetForm,), fields)())


def shown(question: Question, value: Any) -> Any:
    """A value as its field holds it."""
    if question.kind is Kind.FLAG:
        return bool(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _field(question: Question) -> Any:
    if question.kind is Kind.FLAG:
        return BooleanField(question.text)
    if question.kind is Kind.CHOICE:
        choices = offered(question.choices)
        asked = [required(AnswerMissing)]
        return SelectField(question.text, asked, choices=choices, validate_choice=False)
    return StringField(question.text)


def _value(question: Question, data: Any) -> Any:
    if question.kind in (Kind.FLAG, Kind.CHOICE):
        return data
    typed = (data or "").strip()
    if question.kind is Kind.NUMBER:
        return _number(typed)
    if question.kind is Kind.DAY:
        return _day(typed)
    return typed


def _number(typed: str) -> int | None:
    if not typed:
        return None
    digits = typed.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ValueError(NOT_A_NUMBER)
    return int(typed)


def _day(typed: str) -> date | None:
    if not typed:
        return None
    day = parse_date(typed)
    if day is None or not EARLIEST <= day < LATEST:
        raise ValueError(NOT_A_DAY)
    return day


def _is_about(key: str, question: Question) -> bool:
    """« breuillet.arvert » is about the question « arvert » of the sheet of Breuillet."""
    return key == question.key or key.endswith(f".{question.key}")


def _sentence(reason: str) -> str:
    """The words of the file's rules, as a sentence of a page."""
    if reason in EMPTY:
        return "Remplissez cette réponse."
    return f"{first_upper(reason.replace(chr(39), '’'))}."


def _page(sheet: Sheet, form: SheetForm) -> Any:
    return staff_page(
        "administration/sheet.html",
        form.status,
        sheet=sheet,
        form=form,
        fields=[(question, form[question.name]) for question in sheet.questions],
        saved=list(_saved(sheet, form)) if form.status == 409 else [],
        address=request.path,
    )


def _saved(sheet: Sheet, form: SheetForm) -> Iterator[dict[str, str]]:
    """What is saved now where the form says something else: to compare before saving again."""
    for question in sheet.questions:
        now = shown(question, sheet.values[question.key])
        if now != (form[question.name].data or ("" if question.kind is not Kind.FLAG else False)):
            value = question.choices.get(now, now) if question.kind is not Kind.FLAG else now
            yield {"key": question.text, "value": _told(value)}


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    return str(value) or "Rien"
