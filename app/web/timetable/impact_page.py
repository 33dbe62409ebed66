"""The page that shows what a plan would touch, and reads what was chosen for each appointment."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for

from app.domain.impact import Way
from app.services.impact_lines import Choice, Line
from app.web.forms import BaseForm
from app.web.staff_page import staff_page
from app.web.timetable.words import moment_words, window_words

PREFIX = "choix-"
HEADINGS = {
    "absence": "Cette absence",
    "fermeture": "Cette fermeture",
    "horaires": "Ce changement",
}


def impact_page(
    form: BaseForm,
    lines: Sequence[Line],
    subject: str,
    endpoint: str,
    warnings: Sequence[str] = (),
    **address: Any,
) -> Response:
    """The preview; `endpoint` saves it, `subject` is a word of HEADINGS."""
    return staff_page(
        "timetable/impact.html",
        lines=[shown_line(each) for each in lines],
        heading=heading(subject, len(lines)),
        kept=_kept(form),
        save_url=url_for(endpoint, **address),
        correct_url=request.path,
        warnings=warnings,
    )


def heading(subject: str, count: int) -> str:
    """« Cette absence touche 3 rendez-vous. »"""
    if not count:
        return f"{HEADINGS[subject]} ne touche aucun rendez-vous."
    return f"{HEADINGS[subject]} touche {count} rendez-vous."


def chosen_keys() -> dict[int, str]:
    """What was chosen, by appointment; anything that is no number is left out."""
    return {
        int(name.removeprefix(PREFIX)): value
        for name, value in request.form.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).isdecimal()
    }


def wants_to_correct() -> bool:
    """« Corriger mes réponses »: the form again, as it was filled."""
    return "corriger" in request.form


def shown_line(line: Line) -> dict[str, Any]:
    """A line in words: who, when, where, and the radios of what can be done."""
    return {
        "id": line.appointment_id,
        "name": f"{PREFIX}{line.appointment_id}",
        "person": line.person,
        "reference": line.reference,
        "starts_at": line.starts_at,
        "counsellor": line.counsellor,
        "place": line.place,
        "choices": line.choices,
        "items": [
            {
                "value": each.key,
                "text": choice_words(each),
                "checked": each.key == line.chosen,
                **({"hint": {"text": hint}} if (hint := choice_hint(each)) else {}),
            }
            for each in line.choices
        ],
    }


def choice_words(choice: Choice) -> str:
    """« Proposer à un collègue : Karim, même heure, même lieu »."""
    if choice.way is Way.COLLEAGUE:
        return f"Proposer à un collègue : {choice.colleague}, même heure, même lieu"
    if choice.way is Way.CALL:
        return "Créer la liste d’appels : nous cherchons une date avec la personne"
    where = "même lieu" if choice.way is Way.HERE else choice.place
    return f"Prévenir et déplacer : {_when(choice)}, {where}, avec {choice.colleague}"


def choice_hint(choice: Choice) -> str | None:
    if choice.way is Way.COLLEAGUE:
        return "La personne n’a rien à changer."
    if choice.way is Way.CALL:
        return None
    return "La personne reçoit un message, et nous l’appelons aussi."


def _when(choice: Choice) -> str:
    assert choice.starts_at is not None  # noqa: S101 # nosec B101 - a time was proposed
    if choice.window_ends_at is None:
        return moment_words(choice.starts_at)
    return window_words(choice.starts_at, choice.window_ends_at)


def _kept(form: BaseForm) -> list[tuple[str, str]]:
    """What was typed, to be sent again with the choices."""
    names = {field.name for field in form} - {"csrf_token"}
    return [(name, value) for name, value in request.form.items(multi=True) if name in names]
