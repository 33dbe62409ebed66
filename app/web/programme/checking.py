"""The page on which dates are ticked before anything is saved."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from app.web.forms import BaseForm
from app.web.staff_page import staff_page


def answers_of(form: BaseForm) -> list[tuple[str, str]]:
    """What was typed, to be sent again with the ticks."""
    names = {field.name for field in form} - {"csrf_token"}
    return [(name, value) for name, value in request.form.items(multi=True) if name in names]


def told_of(form: BaseForm) -> list[str]:
    """Every refusal of the form, for a page that shows none of its fields."""
    return [str(text) for text in form.form_errors] + [
        str(text) for field in form for text in field.errors
    ]


def check_page(
    form: BaseForm, items: Sequence[dict[str, Any]], *, heading: str, **shown: Any
) -> Response:
    """`items` are the boxes; `shown` has answers, save_url, correct_url, button_text and lead.

    The refusals of the form are told above the boxes, each with no field of its own here.
    """
    told = told_of(form)
    refused = sum(bool(each["disabled"]) for each in items)
    return staff_page(
        "programme/check.html",
        form.status,
        heading=heading,
        items=items,
        refused=refused,
        errors=[{"text": text, "href": "#dates"} for text in told],
        has_errors=bool(told),
        **shown,
    )
