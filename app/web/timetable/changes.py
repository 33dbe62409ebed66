"""What a change of the timetable did, and taking it back while nobody was told."""

from typing import Any

from flask import Response, redirect, url_for

from app.domain.access import Action, Subject
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services.planning_lists import (
    UndoableChange,
    change_holder,
    read_change,
    undoable_changes,
)
from app.services.undo import undo
from app.web.access import current_user, may, requires
from app.web.clock import utc_now
from app.web.staff_page import staff_page
from app.web.timetable.routes import blueprint
from app.web.wording import sentence


@blueprint.get("/agents/horaires/changement/<int:change_id>")
@requires(Action.PLAN_TIMETABLE)
def change(change_id: int) -> Response:
    """What became of each appointment."""
    _allow(change_id)
    found = read_change(db.session(), change_id, now=utc_now())
    why_not = sentence(found.undo_refusal) if found.undo_refusal else None
    return staff_page("timetable/change.html", change=found, why_not=why_not)


@blueprint.post("/agents/horaires/changement/<int:change_id>/annulation")
@requires(Action.PLAN_TIMETABLE)
def undo_change(change_id: int) -> Any:
    """Everything goes back to where it was."""
    _allow(change_id)
    undo(db.session(), change_id, now=utc_now(), by=current_user().actor.user_id)
    return redirect(url_for("timetable.change", change_id=change_id), 303)


def own_changes() -> list[UndoableChange]:
    """The last changes that whoever is signed in may take back, the newest first."""
    found = undoable_changes(db.session(), now=utc_now())
    return [each for each in found if _may_undo(each.counsellor_id)]


def _allow(change_id: int) -> None:
    """Raises SubjectUnknown: somebody else's change does not exist (T1)."""
    if not _may_undo(change_holder(db.session(), change_id)):
        raise SubjectUnknown


def _may_undo(holder: int | None) -> bool:
    """Whoever plans that timetable; None: a venue, of whoever may shut it."""
    if holder is None:
        return may(Action.CLOSE_VENUE)
    return may(Action.PLAN_TIMETABLE, Subject(counsellor_ids=frozenset({holder})))
