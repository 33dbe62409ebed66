"""Availabilities: listed by counsellor, planned « à partir du … » with their impact first."""

from typing import Any

from flask import Response

from app.domain.access import Action
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services.planning_rule_lists import RuleEntry, find_held, find_rule, list_rules
from app.web.access import requires
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.timetable.changes import own_changes
from app.web.timetable.fields import is_own_only, may_plan
from app.web.timetable.impact_page import preview_change, save_change
from app.web.timetable.routes import blueprint
from app.web.timetable.rule_forms import RuleDateForm, RuleForm
from app.web.timetable.rule_words import rhythm_words


@blueprint.get("/agents/horaires")
@requires(Action.SEE_TIMETABLE)
def rules() -> Response:
    """Who is where, by which rule."""
    found = list_rules(db.session(), now=utc_now())
    by_person: dict[str, list[RuleEntry]] = {}
    for each in found:
        by_person.setdefault(each.counsellor, []).append(each)
    own = [each for each in found if may_plan(each.counsellor_id)]
    by_date = {each.code: each.id for each in sorted(own, key=lambda each: each.version)}
    return staff_page(
        "timetable/rules.html",
        by_person=by_person,
        today=current_catalogue().today(utc_now()),
        own_rules={each.id for each in own if each.is_latest},
        own_dates=set(by_date.values()),
        rhythm_words=rhythm_words,
        changes=own_changes(),
    )


@blueprint.get("/agents/horaires/nouveau")
@requires(Action.PLAN_TIMETABLE)
def rule() -> Response:
    """New reception hours."""
    return _form_page(RuleForm())


@blueprint.get("/agents/horaires/plage/<int:rule_id>")
@requires(Action.PLAN_TIMETABLE)
def change_rule(rule_id: int) -> Response:
    """The same hours, otherwise from a day on."""
    found = own_rule(rule_id)
    form = RuleForm()
    form.fill(found)
    return _form_page(form)


@blueprint.post("/agents/horaires/apercu")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def rule_impact() -> Any:
    """What it would touch, and what deserves a word; nothing is saved."""
    form = RuleForm()
    return preview_change(
        form,
        lambda: form.plan(own_rule),
        lambda: _form_page(form),
        subject="horaires",
        endpoint="timetable.save_rule",
    )


@blueprint.post("/agents/horaires/enregistrer")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def save_rule() -> Any:
    """One confirmation: the hours, and what was chosen for each appointment."""
    form = RuleForm()
    return save_change(form, lambda: form.plan(own_rule), lambda: _form_page(form))


@blueprint.get("/agents/horaires/plage/<int:rule_id>/dates")
@requires(Action.PLAN_TIMETABLE)
def rule_dates(rule_id: int) -> Response:
    """Skip a date, add one, or end it."""
    form, found = RuleDateForm(), own_dates(rule_id)
    form.version.data = found.state
    return _dates_page(form, found)


@blueprint.post("/agents/horaires/plage/<int:rule_id>/dates/apercu")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def rule_date_impact(rule_id: int) -> Any:
    """What it would touch; nothing is saved."""
    form, found = RuleDateForm(), own_dates(rule_id)
    return preview_change(
        form,
        lambda: form.plan(found),
        lambda: _dates_page(form, found),
        subject="horaires",
        endpoint="timetable.save_rule_date",
        rule_id=found.id,
    )


@blueprint.post("/agents/horaires/plage/<int:rule_id>/dates/enregistrer")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def save_rule_date(rule_id: int) -> Any:
    """One confirmation."""
    form, found = RuleDateForm(), own_dates(rule_id)
    return save_change(form, lambda: form.plan(found), lambda: _dates_page(form, found))


def own_rule(rule_id: int) -> RuleEntry:
    """The latest version of that availability. Raises SubjectUnknown for a foreign one (T1)."""
    found = find_rule(db.session(), rule_id, now=utc_now())
    if not may_plan(found.counsellor_id):
        raise SubjectUnknown
    return found


def own_dates(rule_id: int) -> RuleEntry:
    """Its last own version that is not over: hours that go to a colleague are one's own until then.

    Raises SubjectUnknown for foreign ones (T1).
    """
    return find_held(db.session(), rule_id, may_plan, now=utc_now())


def _form_page(form: RuleForm) -> Response:
    if form.was_edited:  # who was told of it may save over it: the next answer is to that version
        form.version.data = own_rule(small_number(form.plage.data) or 0).state
    return staff_page("timetable/rule.html", form.status, form=form, is_own=is_own_only())


def _dates_page(form: RuleDateForm, found: RuleEntry) -> Response:
    if form.was_edited:  # the same here; its dates of now are on the page
        found = own_dates(found.id)
        form.version.data = found.state
    return staff_page(
        "timetable/rule_dates.html", form.status, form=form, rule=found, rhythm=rhythm_words(found)
    )
