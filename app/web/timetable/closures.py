"""Closures of a venue: works, elections. Declared with their impact shown first, withdrawn."""

from typing import Any

from flask import Response, redirect, url_for
from wtforms import RadioField, StringField

from app.domain.access import Action
from app.domain.planning_errors import ClosureReasonTooLong, VenueMissing
from app.domain.timetable import LONGEST_REASON
from app.extensions import db
from app.services import impact
from app.services.planning import ClosurePlan, ClosureWithdrawal
from app.services.planning_lists import closed_venue, list_closures, undoable_changes
from app.web.access import current_user, requires
from app.web.clock import utc_now
from app.web.forms import offered, refuse_field, required
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.timetable.fields import DaysForm
from app.web.timetable.impact_page import preview_change, save_change
from app.web.timetable.routes import blueprint


def _short_enough(form: Any, field: Any) -> None:
    if len(field.data or "") > LONGEST_REASON:
        refuse_field(form, ClosureReasonTooLong())


class ClosureForm(DaysForm):
    """Which venue is shut, when."""

    lieu = RadioField("Quel lieu est fermé ?", [required(VenueMissing)], validate_choice=False)
    raison = StringField("Raison", [_short_enough])

    def __init__(self) -> None:
        super().__init__()
        venues = [each for each in current_catalogue().venues if each.active]
        self.lieu.choices = offered((each.id, each.name) for each in venues)

    def plan(self) -> ClosurePlan:
        """The answers as a plan."""
        return ClosurePlan(int(self.lieu.data), self.days(), (self.raison.data or "").strip())


@blueprint.get("/agents/fermetures")
@requires(Action.SEE_TIMETABLE)
def closures() -> Response:
    """Which venues are shut, from today on."""
    session, now = db.session(), utc_now()
    return staff_page(
        "timetable/closures.html",
        closures=list_closures(session, now=now),
        changes=undoable_changes(session, now=now),
    )


@blueprint.get("/agents/fermetures/nouvelle")
@requires(Action.CLOSE_VENUE)
def closure() -> Response:
    """Which venue, when."""
    return _form_page(ClosureForm())


@blueprint.post("/agents/fermetures/apercu")
@keeps_answers
@requires(Action.CLOSE_VENUE)
def closure_impact() -> Any:
    """What it would touch; nothing is saved."""
    form = ClosureForm()
    return preview_change(
        form,
        form.plan,
        lambda: _form_page(form),
        subject="fermeture",
        endpoint="timetable.save_closure",
    )


@blueprint.post("/agents/fermetures/enregistrer")
@keeps_answers
@requires(Action.CLOSE_VENUE)
def save_closure() -> Any:
    """One confirmation: the closure, and what was chosen for each appointment."""
    form = ClosureForm()
    return save_change(form, form.plan, lambda: _form_page(form))


@blueprint.post("/agents/fermetures/<int:closure_id>/retrait")
@requires(Action.CLOSE_VENUE)
def withdraw_closure(closure_id: int) -> Any:
    """The venue stays open."""
    plan = ClosureWithdrawal(closure_id, closed_venue(db.session(), closure_id))
    by = current_user().actor.user_id
    change_id = impact.apply(db.session(), plan, {}, now=utc_now(), by=by)
    return redirect(url_for("timetable.change", change_id=change_id), 303)


def _form_page(form: ClosureForm) -> Response:
    return staff_page("timetable/closure.html", form.status, form=form)
