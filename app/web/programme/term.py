"""The next term: a period once more, date by date, with what is in the way of each."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import HiddenField, StringField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.planning_errors import (
    DateMissing,
    DateUnreadable,
    DayMissing,
    EndMissing,
    EndUnreadable,
)
from app.domain.programme import Term
from app.extensions import db
from app.services.programme import Confirmation
from app.services.programme_term import TermLine, check_term, repeat_term
from app.web.access import current_actor, current_user, requires
from app.web.clock import utc_now
from app.web.date_fields import date_validator, read_date
from app.web.forms import BaseForm
from app.web.programme.blueprint import blueprint
from app.web.programme.checking import answers_of, check_page
from app.web.programme.words import check_item
from app.web.security import keeps_answers
from app.web.staff_page import staff_page


class TermForm(BaseForm):
    """Which period, and from when on again."""

    cle = HiddenField()
    du = StringField("Du", [date_validator(DateUnreadable, DateMissing)])
    au = StringField("Au", [date_validator(EndUnreadable, EndMissing)])
    reprise = StringField("À partir du", [date_validator(DateUnreadable, DayMissing)])

    def term(self) -> Term:
        """A counsellor repeats what they hold themselves."""
        first, last, new = (read_date(each.data) for each in (self.du, self.au, self.reprise))
        assert first and last and new  # noqa: S101, PT018 # nosec B101 - the form was validated
        return Term(first, last, new, current_actor().counsellor_id)


@blueprint.get("/agents/ateliers/reprendre")
@requires(Action.PLAN_PROGRAMME)
def term() -> Response:
    """The three dates."""
    form = TermForm()
    form.cle.data = secrets.token_hex(16)
    return _form_page(form)


@blueprint.post("/agents/ateliers/reprendre/verifier")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def check_repeat() -> Response:
    """Every date of the new term; nothing is saved."""
    form = TermForm()
    if form.validate() and "corriger" not in request.form:
        try:
            return _check_page(form, check_term(db.session(), form.term(), now=utc_now()))
        except DomainError as refusal:
            form.refuse(refusal)
    return _form_page(form)


@blueprint.post("/agents/ateliers/reprendre/enregistrer")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def repeat() -> Any:
    """One press: the dates that were ticked, all or none."""
    form = TermForm()
    if not form.validate():
        return _form_page(form)
    try:
        found = check_term(db.session(), form.term(), now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(form)
    kept = tuple(request.form.getlist("dates"))
    by = current_user().actor.user_id
    press = Confirmation(kept, form.cle.data or "", by, utc_now())
    try:
        repeat_term(db.session(), form.term(), press)
    except DomainError as refusal:
        form.refuse(refusal)
        return _check_page(form, found, kept)
    return redirect(url_for("programme.dates", fait="reprise", du=form.reprise.data), 303)


def _form_page(form: TermForm) -> Response:
    return staff_page("programme/term.html", form.status, form=form)


def _check_page(
    form: TermForm, lines: Sequence[TermLine], kept: Sequence[str] | None = None
) -> Response:
    ticked = None if kept is None else {key.rpartition(".")[0] for key in kept}
    items = [
        check_item(
            each.check,
            each.key,
            each.title + (" (cycle)" if each.is_cycle else ""),
            ticked=each.check.is_proposed if ticked is None else each.name in ticked,
        )
        for each in lines
    ]
    return check_page(
        form,
        items,
        heading="Vérifiez le nouveau programme",
        lead="Mêmes jours, mêmes heures, mêmes lieux, mêmes personnes.",
        answers=answers_of(form),
        save_url=url_for("programme.repeat"),
        correct_url=url_for("programme.check_repeat"),
        button_text="Planifier",
    )
