"""Sharing keys: those in force and those of the past, and a form to add one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import redirect, url_for
from wtforms import RadioField, StringField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.sharing import KeyKind, Part, SharingKey, time_keys
from app.domain.sharing_errors import KeyPartWrong, KeyStartMissing
from app.extensions import db
from app.services.sharing_keys import add_key, payer_names, possible_parts, read_keys
from app.web.access import current_actor, requires
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.forms import BaseForm, offered
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.statistics.blueprint import blueprint
from app.web.statistics.words import percent_words, place_name

HUNDREDTHS = 100
KINDS = {KeyKind.COST: "Le coût : qui paie quoi", KeyKind.TIME: "Le temps : qui reçoit quoi"}


class KeyForm(BaseForm):
    """Which kind, from which day, and the part of each payer in percent."""

    genre = RadioField("Que partage cette clé ?", choices=offered(KINDS), default=KeyKind.COST)
    valid_from = StringField("Valable à partir du")
    payers: tuple[tuple[str, str, Part], ...] = ()
    """Name of the field, name of the payer, and what they are."""

    def key(self) -> SharingKey | None:
        """What was typed as a key; None where a field was refused."""
        first = parse_date(self.valid_from.data or "")
        if first is None:
            self.refuse(KeyStartMissing())
        parts = [self._part(name, part) for name, _title, part in self.payers]
        told = [each for each in parts if each is not None]
        if first is None or len(told) < len(parts):
            return None
        return SharingKey(KeyKind(self.genre.data), first, tuple(told))

    def _part(self, name: str, part: Part) -> Part | None:
        hundredths = _hundredths(self._fields[name].data or "")
        if hundredths is None:
            field = self._fields[name]
            field.errors = [*field.errors, self.told(KeyPartWrong(code=part.code))]
            return None
        return replace(part, hundredths=hundredths)


def _hundredths(typed: str) -> int | None:
    """« 22,5 » as 2250; empty is 0; None for what is no percentage of two decimals."""
    text = typed.replace("%", "").replace("\u00a0", "").replace(" ", "").replace(",", ".") or "0"
    try:
        number = Decimal(text) * HUNDREDTHS
    except InvalidOperation:
        return None
    if not number.is_finite() or number != int(number):
        return None
    return int(number) if 0 <= number <= HUNDREDTHS * HUNDREDTHS else None


def _form() -> KeyForm:
    named = [
        (f"part_{rank}", title, part)
        for rank, (title, part) in enumerate(possible_parts(db.session()))
    ]
    fields: dict[str, Any] = {name: StringField(title) for name, title, _part in named}
    made: type[KeyForm] = type("KeyForm", (KeyForm,), {**fields, "payers": tuple(named)})
    return made()


@blueprint.get("/agents/statistiques/cles")
@requires(Action.SEE_SHARES)
def keys() -> Any:
    """Every key, and the parts of time that follow from them."""
    found, names = read_keys(db.session()), payer_names(db.session())
    today = current_catalogue().today(utc_now())
    return staff_page(
        "statistics/keys.html",
        cost=[
            _shown(each, names, today) | {"is_implied": each in found.implied}
            for each in sorted(found.cost, key=lambda one: one.valid_from, reverse=True)
        ],
        time=[_shown(each, names, today) for each in reversed(time_keys(found.everything))],
        is_implied=not found.agreed,
    )


def _shown(key: SharingKey, names: dict[str, str], today: date) -> dict[str, Any]:
    order = [*(code for code in names if code in key.hundredths), *key.hundredths]
    return {
        "key": key,
        "is_implied": False,
        "is_now": key.is_valid(today),
        "parts": [
            (place_name(code, names), percent_words(key.hundredths[code]))
            for code in dict.fromkeys(order)
        ],
    }


@blueprint.get("/agents/statistiques/cles/nouvelle")
@requires(Action.EDIT_KEYS)
def new_key() -> Any:
    """An empty form."""
    return _form_page(_form())


@blueprint.post("/agents/statistiques/cles/nouvelle")
@keeps_answers
@requires(Action.EDIT_KEYS)
def save_key() -> Any:
    """Keep the key; what was typed stays on the page where something is refused."""
    form = _form()
    key = form.key() if form.validate() else None
    if key is None:
        return _form_page(form)
    try:
        add_key(db.session(), key, by=current_actor().user_id, now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(form)
    return redirect(url_for("statistics.keys"), code=303)


def _form_page(form: KeyForm) -> Any:
    return staff_page("statistics/key.html", form.status, form=form)
