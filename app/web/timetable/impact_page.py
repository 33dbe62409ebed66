"""The page that shows what a plan would touch, and reads what was chosen for each appointment."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.desk_words import at_the_place
from app.domain.errors import DomainError
from app.domain.impact import Way
from app.domain.names import of_name
from app.extensions import db
from app.services import impact
from app.services.impact_lines import Choice, Line
from app.services.planning import Plan
from app.web.access import current_user
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.numbers import small_number
from app.web.staff_page import staff_page
from app.web.timetable.rule_words import caution_words
from app.web.timetable.words import moment_words, window_words

PREFIX = "choix-"
HEADINGS = {
    "absence": "Cette absence",
    "fermeture": "Cette fermeture",
    "horaires": "Ce changement",
    "retrait d’absence": "Le retrait de cette absence",
    "retrait de fermeture": "Le retrait de cette fermeture",
}


def preview_change(
    form: BaseForm,
    plan: Callable[[], Plan],
    again: Callable[[], Response],
    *,
    subject: str,
    endpoint: str,
    **address: Any,
) -> Response:
    """What the plan of this form would touch, and what deserves a word; nothing is saved.

    `again` shows the form, with its refusals; `endpoint` saves, `subject` is a word of HEADINGS.
    """
    if form.validate() and not _wants_to_correct():
        try:
            found = impact.preview(db.session(), plan(), now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _impact_page(
                found,
                subject,
                url_for(endpoint, **address),
                kept=_kept(form),
                form_url=request.path,
            )
    return again()


def preview_withdrawal(
    plan: Plan, *, subject: str, save_url: str, list_url: str, word: str | None = None
) -> Response:
    """The same for what needs no answers: a row of `list_url` that is withdrawn; `word`: beware."""
    found = impact.preview(db.session(), plan, now=utc_now())
    return _impact_page(found, subject, save_url, list_url=list_url, word=word)


def save_change(form: BaseForm, plan: Callable[[], Plan], again: Callable[[], Response]) -> Any:
    """One confirmation: the plan, and what was chosen for each appointment, in one transaction."""
    if form.validate():
        try:
            return save_plan(plan())
        except DomainError as refusal:
            form.refuse(refusal)
    return again()


def save_plan(plan: Plan) -> Any:
    """The plan and what was chosen on its preview; then what became of it. Raises its refusals."""
    by, keys = current_user().actor.user_id, chosen_keys()
    change_id = impact.apply(db.session(), plan, keys, now=utc_now(), by=by)
    return redirect(url_for("timetable.change", change_id=change_id), 303)


def _impact_page(
    found: impact.Preview,
    subject: str,
    save_url: str,
    *,
    kept: Sequence[tuple[str, str]] = (),
    form_url: str | None = None,
    list_url: str | None = None,
    word: str | None = None,
) -> Response:
    """`form_url` shows the form again; without a form, `list_url` leaves all as it is."""
    return staff_page(
        "timetable/impact.html",
        blocks=blocks_of(found.lines),
        total=total_words([each.way for each in found.lines]),
        heading=heading(subject, len(found.lines)),
        workshops=found.workshops,
        workshops_heading=_workshops_heading(subject, len(found.workshops)),
        kept=kept,
        save_url=save_url,
        correct_url=form_url,
        list_url=list_url,
        warnings=[*caution_words(found.cautions), *([word] if word else [])],
    )


def heading(subject: str, count: int) -> str:
    """« Cette absence touche 3 rendez-vous. »"""
    if not count:
        return f"{HEADINGS[subject]} ne touche aucun rendez-vous."
    return f"{HEADINGS[subject]} touche {count} rendez-vous."


def _workshops_heading(subject: str, count: int) -> str:
    """« Cette absence touche aussi un atelier »."""
    what = "un atelier" if count == 1 else f"{count} ateliers"
    return f"{HEADINGS[subject]} touche aussi {what}"


def blocks_of(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines; in two blocks with a heading each where who replaces leaves people behind."""
    own = [each for each in lines if each.gives_way]
    others = [each for each in lines if not each.gives_way]
    titles: tuple[str | None, str | None] = (None, None)
    if own:
        who, places = own[0].counsellor, " ni ".join(dict.fromkeys(map(_there, own)))
        away = f"Rendez-vous {of_name(others[0].counsellor)}, repris par {who}" if others else None
        titles = away, f"Rendez-vous {of_name(who)}, à déplacer : {who} ne sera plus {places}"
    blocks = zip(titles, (others, own), strict=True)
    return [
        {"title": title, "lines": [shown_line(each) for each in found]}
        for title, found in blocks
        if found
    ]


def _there(line: Line) -> str:
    """« à la mairie d’Arvert », « en visite à Breuillet »."""
    return f"en {line.place}" if line.is_visit else at_the_place(line.place)


def total_words(ways: Sequence[Way]) -> str | None:
    """« 8 gardés, 6 déplacés, 0 à appeler »; nothing of nothing."""
    if not ways:
        return None
    kept, called = ways.count(Way.COLLEAGUE), ways.count(Way.CALL)
    moved = len(ways) - kept - called
    told = (
        f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((kept, "gardé"), (moved, "déplacé"))
    )
    return f"{', '.join(told)}, {called} à appeler"


def chosen_keys() -> dict[int, str]:
    """What was chosen, by appointment; anything that is no number is left out."""
    return {
        number: value
        for name, value in request.form.items()
        if name.startswith(PREFIX)
        and (number := small_number(name.removeprefix(PREFIX))) is not None
    }


def _wants_to_correct() -> bool:
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
