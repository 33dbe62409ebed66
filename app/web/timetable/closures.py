"""Closures of a venue: works, elections. Declared with their impact shown first, withdrawn."""

from typing import Any

from flask import Response, url_for
from wtforms import RadioField, StringField

from app.domain.access import Action
from app.domain.planning_errors import ClosureReasonTooLong, VenueMissing
from app.domain.timetable import LONGEST_REASON
from app.extensions import db
from app.services.planning import ClosurePlan, ClosureWithdrawal
from app.services.planning_lists import closed_venue, list_closures
from app.web.access import requires
from app.web.clock import utc_now
from app.web.forms import offered, refuse_field, required
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.timetable.changes import own_changes
from app.web.timetable.fields import DaysForm
from app.web.timetable.impact_page import (
    preview_change,
    preview_withdrawal,
    save_change,
    save_plan,
)
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
    return staff_page(
        "timetable/closures.html",
        closures=list_closures(db.session(), now=utc_now()),
        changes=own_changes(),
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


@blueprint.post("/agents/fermetures/<int:closure_id>/retrait/apercu")
@requires(Action.CLOSE_VENUE)
def closure_withdrawal(closure_id: int) -> Response:
    """What it would touch; nothing is saved."""
    return preview_withdrawal(
        _withdrawal(closure_id),
        subject="retrait de fermeture",
        save_url=url_for("timetable.withdraw_closure", closure_id=closure_id),
        list_url=url_for("timetable.closures"),
    )


@blueprint.post("/agents/fermetures/<int:closure_id>/retrait")
@requires(Action.CLOSE_VENUE)
def withdraw_closure(closure_id: int) -> Any:
    """The venue stays open."""
    return save_plan(_withdrawal(closure_id))


def _withdrawal(closure_id: int) -> ClosureWithdrawal:
    return ClosureWithdrawal(closure_id, closed_venue(db.session(), closure_id))


def _form_page(form: ClosureForm) -> Response:
    return staff_page("timetable/closure.html", form.status, form=form)
