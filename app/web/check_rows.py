"""The rows of a check page that tell who comes, each with the way to change it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.domain.booking import Helper, Person
from app.web import filters
from app.web.contact_words import RELATIONS, email_label

Row = dict[str, Any]


def person_rows(person: Person, answers: str, *, is_helped: bool = False) -> list[Row]:
    """Who comes, and how to reach them."""
    name = f"{person.first_name} {person.last_name}"
    who = gettext("La personne qui a besoin d’aide") if is_helped else gettext("Nom")
    rows = [row(who, name, answers, gettext("le nom"))]
    if person.phone:
        number = filters.phone(person.phone.number)
        rows.append(row(gettext("Téléphone"), number, answers, gettext("le téléphone")))
    if person.email:
        label = email_label(is_for_another=is_helped)
        rows.append(row(label, person.email, answers, gettext("l’adresse e-mail")))
    return rows


def helper_rows(helper: Helper | None, answers: str) -> list[Row]:
    """Who does it for them, if anybody."""
    if helper is None:
        return []
    relation = str(RELATIONS[helper.relation])
    lines = [helper.name, filters.phone(helper.phone.number), relation]
    return [row(gettext("Vous"), lines, answers, gettext("vos réponses"))]


def row(key: str, value: str | Sequence[str | None], formaction: str, hidden_text: str) -> Row:
    """A row; its « Modifier » posts all the answers back to that page."""
    lines = [value] if isinstance(value, str) else [line for line in value if line]
    change = {"formaction": formaction, "hidden_text": hidden_text}
    return {"key": key, "value": Markup("<br>").join(lines), "change": change}
