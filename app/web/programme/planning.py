"""Planning: which kind, the dates, what is in the way of each, one confirmation."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import HiddenField, RadioField, StringField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.planning_errors import DateMissing, DateUnreadable, EndUnreadable
from app.domain.programme import ProgrammePlan, Rhythm, rank_in_month
from app.domain.programme_conflicts import DateCheck
from app.domain.programme_errors import TemplateMissing
from app.domain.recurrence import LAST
from app.domain.staff_errors import AnswerMissing, SubjectUnknown
from app.domain.timetable import MOST_WEEKS
from app.extensions import db
from app.services.programme import Confirmation, check_plan, plan_workshops
from app.services.programme_templates import Template, list_templates, read_template
from app.web.access import current_user, requires
from app.web.clock import utc_now
from app.web.date_fields import clock_validator, date_validator, read_clock, read_date
from app.web.forms import offered, required
from app.web.numbers import small_number
from app.web.programme.blueprint import blueprint
from app.web.programme.checking import answers_of, check_page
from app.web.programme.fields import (
    KeptForm,
    WhereForm,
    dates_validator,
    length_field,
    number,
    read_dates,
    whole,
)
from app.web.programme.words import check_item
from app.web.security import keeps_answers
from app.web.staff_page import staff_page
from app.web.wording import sentence

ONCE, WEEKLY, WEEKS, MONTHLY, MONTHLY_LAST = "non", "semaine", "semaines", "mois", "mois-dernier"
RHYTHMS = {
    ONCE: "Non, une seule date",
    WEEKLY: "Chaque semaine",
    WEEKS: "Toutes les 2 semaines, ou plus",
    MONTHLY: "Une fois par mois, au même rang (par exemple le deuxième mardi)",
    MONTHLY_LAST: "Une fois par mois, le dernier (par exemple le dernier mardi)",
}
SERIES, CYCLE = "serie", "cycle"
GROUPS = {
    SERIES: "Chaque date est un atelier : on s’inscrit à une date",
    CYCLE: "C’est un cycle : on s’inscrit une fois, pour toutes les dates",
}


class PlanForm(WhereForm, KeptForm):
    """A kind of workshop on some dates."""

    cle = HiddenField()
    modele = HiddenField()
    du = StringField("Première date", [date_validator(DateUnreadable, DateMissing)])
    de = StringField("Heure de début", [clock_validator])
    duree = length_field()
    rythme = RadioField(
        "Y a-t-il d’autres dates ?",
        [required(AnswerMissing)],
        choices=offered(RHYTHMS),
        default=ONCE,
        validate_choice=False,
    )
    semaines = StringField(
        "Toutes les combien de semaines ?", [whole(2, MOST_WEEKS, optional=True)]
    )
    au = StringField("Jusqu’au", [date_validator(EndUnreadable)])
    sauts = StringField("Dates à sauter", [dates_validator])
    ajouts = StringField("Dates à ajouter", [dates_validator])
    groupe = RadioField(
        "Comment s’inscrit-on ?",
        [required(AnswerMissing)],
        choices=offered(GROUPS),
        default=SERIES,
        validate_choice=False,
    )

    def shows(self, template: Template) -> None:
        """Fill in what this kind of workshop usually is."""
        self.cle.data, self.modele.data = secrets.token_hex(16), str(template.id)
        self.duree.data = str(template.sheet.minutes)
        self.shows_numbers(template.sheet.numbers)

    def plan(self) -> ProgrammePlan:
        """The answers as a plan. Raises TemplateMissing, HolderMissing, NotAmongHolders."""
        template_id = small_number(self.modele.data)
        if template_id is None:
            raise TemplateMissing
        return ProgrammePlan(
            template_id=template_id,
            where=self.where(),
            counsellor_ids=self.holders(),
            rhythm=self._rhythm(),
            from_time=read_clock(self.de.data),
            minutes=number(self.duree),
            is_cycle=self.groupe.data == CYCLE,
            numbers=self.numbers(),
        )

    def _rhythm(self) -> Rhythm:
        first_on = read_date(self.du.data)
        assert first_on is not None  # noqa: S101 # nosec B101 - the form was validated
        nth = {MONTHLY: rank_in_month(first_on), MONTHLY_LAST: LAST}.get(self.rythme.data)
        return Rhythm(
            first_on=first_on,
            until=None if self.rythme.data == ONCE else read_date(self.au.data) or first_on,
            every_weeks=number(self.semaines) or 2 if self.rythme.data == WEEKS else 1,
            nth=nth,
            skipped=read_dates(self.sauts.data),
            extra=read_dates(self.ajouts.data),
        )


@blueprint.get("/agents/ateliers/nouveau")
@requires(Action.PLAN_PROGRAMME)
def new() -> Response:
    """Which kind first; then its dates."""
    chosen = small_number(request.args.get("modele"))
    if chosen is None:
        return _choose_page()
    form = PlanForm()
    form.shows(read_template(db.session(), chosen))
    return _form_page(form)


@blueprint.post("/agents/ateliers/verifier")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def check() -> Response:
    """Every date with what is in its way; nothing is saved."""
    form = PlanForm()
    if form.validate() and "corriger" not in request.form:
        try:
            found = check_plan(db.session(), form.plan(), now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _check_page(form, found)
    return _form_page(form)


@blueprint.post("/agents/ateliers/enregistrer")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def save() -> Any:
    """One press: the dates that were ticked, all or none."""
    form = PlanForm()
    if not form.validate():
        return _form_page(form)
    try:
        plan = form.plan()
        found = check_plan(db.session(), plan, now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(form)
    kept = tuple(request.form.getlist("dates"))
    by = current_user().actor.user_id
    try:
        made = plan_workshops(
            db.session(), plan, Confirmation(kept, form.cle.data or "", by, utc_now())
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return _check_page(form, found, kept)
    return redirect(url_for("programme.dates", fait="planifie", nombre=len(made)), 303)


def _form_page(form: PlanForm) -> Response:
    """The kind is asked again where the form names none."""
    try:
        chosen = read_template(db.session(), small_number(form.modele.data) or 0)
    except SubjectUnknown:
        return _choose_page(TemplateMissing())
    return staff_page("programme/plan.html", form.status, form=form, chosen=chosen)


def _choose_page(refusal: TemplateMissing | None = None) -> Response:
    known = list_templates(db.session(), now=utc_now())
    return staff_page(
        "programme/choose.html",
        refusal.status if refusal else 200,
        templates=[each for each in known if each.active],
        errors=[{"text": str(sentence(refusal))}] if refusal else [],
        has_errors=refusal is not None,
    )


def _check_page(
    form: PlanForm, found: Sequence[DateCheck], kept: Sequence[str] | None = None
) -> Response:
    days = None if kept is None else {key.partition(".")[0] for key in kept}
    items = [
        check_item(
            each,
            each.key,
            "",
            ticked=each.is_proposed if days is None else each.on.isoformat() in days,
        )
        for each in found
    ]
    return check_page(
        form,
        items,
        heading="Vérifiez les dates",
        lead=_lead(form, found),
        answers=answers_of(form),
        save_url=url_for("programme.save"),
        correct_url=url_for("programme.check"),
        button_text="Planifier",
    )


def _lead(form: PlanForm, found: Sequence[DateCheck]) -> str:
    count = len(found)
    if form.groupe.data == CYCLE:
        return f"Un cycle de {count} dates : une seule inscription pour toutes."
    return "1 date." if count == 1 else f"{count} dates : une inscription pour chacune."
