"""Sharing keys: those in force and those of the past, and a form to add one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.sharing import KeyKind, SharingKey, time_keys
from app.domain.sharing_errors import KeyWithdrawn
from app.extensions import db
from app.services.half_years import last_closed
from app.services.sharing_keys import add_key, known_vintage, payer_names, read_keys, withdraw_key
from app.web.access import current_actor, requires
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.statistics.blueprint import blueprint
from app.web.statistics.key_form import PEOPLE, KeyForm, key_form
from app.web.statistics.words import percent_words, place_name
from app.web.wording import sentence


@blueprint.get("/agents/statistiques/cles")
@requires(Action.SEE_SHARES)
def keys() -> Any:
    """Every key, and the parts of time that follow from them."""
    return _keys_page()


def _keys_page(refused: DomainError | None = None) -> Any:
    found, names = read_keys(db.session()), payer_names(db.session())
    today = current_catalogue().today(utc_now())
    return staff_page(
        "statistics/keys.html",
        refused.status if refused else 200,
        refusal=sentence(refused) if refused else None,
        has_errors=refused is not None,
        last_closed=last_closed(db.session()),
        cost=[
            _shown(each, names, today, is_implied=each in found.implied, agreed=found.agreed)
            for each in sorted(found.cost, key=lambda one: one.valid_from, reverse=True)
        ],
        time=[
            _shown(each, names, today, agreed=found.agreed)
            for each in reversed(time_keys(found.everything))
        ],
        is_implied=not found.agreed,
    )


def _shown(
    key: SharingKey,
    names: dict[str, str],
    today: date,
    *,
    agreed: Sequence[SharingKey],
    is_implied: bool = False,
) -> dict[str, Any]:
    order = [*(code for code in names if code in key.hundredths), *key.hundredths]
    return {
        "key": key,
        "is_implied": is_implied,
        "is_agreed": key in agreed,
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
    today = current_catalogue().today(utc_now())
    form = key_form(today)
    if request.args.get("nombres") == PEOPLE:
        form.begin_with_people(known_vintage(db.session()), today)
    return _form_page(form)


@blueprint.post("/agents/statistiques/cles/nouvelle")
@keeps_answers
@requires(Action.EDIT_KEYS)
def save_key() -> Any:
    """Keep the key; what was typed stays on the page where something is refused."""
    form = key_form(current_catalogue().today(utc_now()))
    try:
        key = form.key() if form.validate() else None
        if key is not None:
            add_key(db.session(), key, by=current_actor().user_id, now=utc_now())
            return redirect(url_for("statistics.keys"), code=303)
    except DomainError as refusal:
        form.refuse(refusal)
    return _form_page(form)


@blueprint.post("/agents/statistiques/cles/retirer")
@requires(Action.EDIT_KEYS)
def withdraw() -> Any:
    """Take back a key that was typed wrong, while no closed half-year has used it."""
    first, genre = parse_date(request.form.get("valid_from", "")), request.form.get("genre", "")
    try:
        if first is None or genre not in set(KeyKind):
            raise KeyWithdrawn
        withdraw_key(db.session(), KeyKind(genre), first, by=current_actor().user_id, now=utc_now())
    except DomainError as refusal:
        return _keys_page(refusal)
    return redirect(url_for("statistics.keys"), code=303)


def _form_page(form: KeyForm) -> Any:
    return staff_page("statistics/key.html", form.status, form=form)
