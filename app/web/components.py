"""From a WTForms field to the parameters of a govuk-frontend macro, and the door to those macros.

The macros count on a forgiving `undefined`, ours are strict: they live in their own Jinja
environment, and our templates/components/ call them through `govuk(…)`, so that no English default
reaches a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask import Flask
from flask_babel import gettext
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup
from wtforms import Field, Form, HiddenField, SelectFieldBase

from app.gateways.dates import NBSP
from app.web import sentences
from app.web.filters import speech

Params = dict[str, Any]
PACKAGE = "govuk_frontend_jinja"


def register(app: Flask) -> None:
    """Give templates and their macros the names that components/ use, our `_` among them."""
    sentences.register(app)
    app.jinja_env.globals.update(
        govuk=govuk,
        field_params=field_params,
        choice_items=choice_items,
        select_items=select_items,
        tick_items=tick_items,
        form_errors=form_errors,
    )


def govuk(component: str, params: Params) -> Markup:
    """The HTML of a govuk-frontend component (« radios »), with its documented parameters."""
    return Markup(_macro(component)(params))  # noqa: S704 - rendered by an autoescaping environment


def field_params(field: Field, hint: str | None = None, **extra: Any) -> Params:
    """What all controls share: name, id, label, hint and the first error.

    The hint is `hint`, else the description of the field; an `extra` that is None is left out.
    """
    params: Params = {
        "id": field.id,
        "idPrefix": field.id,
        "name": field.name,
        "label": {"text": str(field.label.text), "classes": ""},
    }
    said = hint or field.description
    if said:
        params["hint"] = {"text": str(said)}
    if field.errors:
        params["errorMessage"] = error_message(first_error(field))
    params.update({name: value for name, value in extra.items() if value is not None})
    return params


def error_message(text: str) -> Params:
    """The sentence beside a field; « Erreur : » is read before it, not shown."""
    space = NBSP if speech().language == "fr" else ""
    return {"text": text, "visuallyHiddenText": gettext("Erreur") + space}


def first_error(field: Field) -> str:
    """One sentence at a time: the first that the field was refused for."""
    return str(field.errors[0])


def choice_items(field: SelectFieldBase, hints: Mapping[str, str] | None = None) -> list[Params]:
    """The answers of a list of radios, as the macro wants them; `hints` by value."""
    said = hints or {}
    return [
        {
            "value": choice.value,
            "text": str(choice.label),
            "checked": choice.selected,
            **({"hint": {"text": str(said[choice.value])}} if choice.value in said else {}),
        }
        for choice in field.iter_choices()
    ]


def select_items(field: SelectFieldBase) -> list[Params]:
    """The answers of a list to unfold, as the macro wants them."""
    return [
        {"value": choice.value, "text": str(choice.label), "selected": choice.selected}
        for choice in field.iter_choices()
    ]


def tick_items(fields: Iterable[Field]) -> list[Params]:
    """The boxes of one question, as the macro wants them; each is a field of its own."""
    return [
        {
            "id": field.id,
            "name": field.name,
            "value": "oui",
            "text": str(field.label.text),
            "checked": bool(field.data),
        }
        for field in fields
    ]


def form_errors(form: Form) -> list[Params]:
    """The lines of the error summary, in the order of the page; a visible field has its link."""
    lines = [_error_line(field) for field in form if field.errors]
    return [*({"text": str(text)} for text in form.form_errors), *lines]


def _error_line(field: Field) -> Params:
    line = {"text": first_error(field)}
    return line if isinstance(field, HiddenField) else {**line, "href": f"#{field.id}"}


@cache
def _macro(component: str) -> Any:
    template = _environment().get_template(f"{PACKAGE}/components/{component}/macro.html")
    words: Iterable[str] = component.split("-")
    return getattr(template.module, "govuk" + "".join(word.capitalize() for word in words))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PrefixLoader({PACKAGE: PackageLoader(PACKAGE)}),
        undefined=ChainableUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
