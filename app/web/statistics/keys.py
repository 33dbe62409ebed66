"""Sharing keys: those in force and those of the past, and a form to add one."""

from datetime import date
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.sharing import SharingKey, time_keys
from app.extensions import db
from app.services.sharing_keys import add_key, known_vintage, payer_names, read_keys
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.statistics.blueprint import blueprint
from app.web.statistics.key_form import PEOPLE, KeyForm, key_form
from app.web.statistics.words import percent_words, place_name


@blueprint.get("/agents/statistiques/cles")
@requires(Action.SEE_SHARES)
def keys() -> Any:
    """Every key, and the parts of time that follow from them."""
    found, names = read_keys(db.session()), payer_names(db.session())
    today = current_catalogue().today(utc_now())
    return staff_page(
        "statistics/keys.html",
        cost=[
            _shown(each, names, today, is_implied=each in found.implied)
            for each in sorted(found.cost, key=lambda one: one.valid_from, reverse=True)
        ],
        time=[_shown(each, names, today) for each in reversed(time_keys(found.everything))],
        is_implied=not found.agreed,
    )


def _shown(
    key: SharingKey, names: dict[str, str], today: date, *, is_implied: bool = False
) -> dict[str, Any]:
    order = [*(code for code in names if code in key.hundredths), *key.hundredths]
    return {
        "key": key,
        "is_implied": is_implied,
        "is_now": key.is_valid(today),
        "parts": [
            (place_name(code, names), percent_words(key.hundredths[code]))
            for code in dict.fromkeys(order)
        ],
    }


@blueprint.get("/agents/statistiques/cles/nouvelle")
@requires(Action.EDIT_KEYS)
def new_key() -> Any:
    """An empty form; or one that begins with the inhabitants of the territory's file."""
    form = key_form()
    if request.args.get("nombres") == PEOPLE:
        form.begin_with_people(known_vintage(db.session()))
    return _form_page(form)


@blueprint.post("/agents/statistiques/cles/nouvelle")
@keeps_answers
@requires(Action.EDIT_KEYS)
def save_key() -> Any:
    """Keep the key; what was typed stays on the page where something is refused."""
    form = key_form()
    try:
        key = form.key() if form.validate() else None
        if key is not None:
            add_key(db.session(), key, by=current_actor().user_id, now=utc_now())
            return redirect(url_for("statistics.keys"), code=303)
    except DomainError as refusal:
        form.refuse(refusal)
    return _form_page(form)


def _form_page(form: KeyForm) -> Any:
    return staff_page("statistics/key.html", form.status, form=form)
