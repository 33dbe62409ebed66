"""Closing a workshop by counts, for whichever of its counsellors does it first."""

from typing import Any

from flask import redirect, url_for

from app.domain.access import Action
from app.domain.attendance_errors import AlreadyRecorded, WorkshopNotHeld
from app.domain.errors import DomainError
from app.extensions import db
from app.services.attendance_workshops import (
    HeldWorkshop,
    read_workshop,
    record_workshop,
    take_back_nobody,
    tell_nobody_came,
)
from app.web.access import allow, current_actor, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.group_form import GroupForm, group_form
from app.web.attendance.words import residence_choices
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.staff_page import staff_page
from app.web.wording import sentence


@blueprint.get("/agents/frequentation/atelier/<int:workshop_session_id>")
@requires(Action.RECORD_ATTENDANCE)
def workshop(workshop_session_id: int) -> Any:
    """The counts that the attendance sheet knows already, and themes of the programme."""
    held = _allowed(workshop_session_id)
    if held.is_deserted:
        return staff_page("attendance/workshop_deserted.html", held=held)
    if held.is_recorded:
        return _refused(held, AlreadyRecorded())
    if held.starts_at > utc_now():
        return _refused(held, WorkshopNotHeld())
    form = group_form(held.on, residence_choices())
    minutes = int((held.ends_at - held.starts_at).total_seconds()) // 60
    form.begin(held.attended, held.walk_ins, minutes, held.residences)
    form.themes.data = list(held.themes)
    return _page(held, form)


@blueprint.post("/agents/frequentation/atelier/<int:workshop_session_id>")
@keeps_answers
@requires(Action.RECORD_ATTENDANCE)
def workshop_now(workshop_session_id: int) -> Any:
    """One record, once."""
    held = _allowed(workshop_session_id)
    form = group_form(held.on, residence_choices())
    if not form.check_token():
        return _page(held, form)
    own = current_actor().counsellor_id or 0
    try:
        record_workshop(
            db.session(),
            workshop_session_id,
            form.group(),
            by_counsellor=own,
            now=utc_now(),
            travel_minutes=form.minutes_of("trajet", "travel_minutes"),
            preparation_minutes=form.minutes_of("preparation", "preparation_minutes"),
        )
    except (AlreadyRecorded, WorkshopNotHeld) as refusal:
        return _refused(held, refusal)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(held, form)
    return redirect(url_for("attendance.to_complete", fait="clos"), 303)


@blueprint.post("/agents/frequentation/atelier/<int:workshop_session_id>/personne")
@requires(Action.RECORD_ATTENDANCE)
def nobody_came(workshop_session_id: int) -> Any:
    """« Personne n’est venu »: the workshop is finished without a record."""
    held = _allowed(workshop_session_id)
    try:
        tell_nobody_came(
            db.session(), workshop_session_id, by=current_actor().user_id, now=utc_now()
        )
    except DomainError as refusal:
        return _refused(held, refusal)
    return redirect(url_for("attendance.to_complete", fait="personne"), 303)


@blueprint.post("/agents/frequentation/atelier/<int:workshop_session_id>/quelqu-un")
@requires(Action.RECORD_ATTENDANCE)
def somebody_came(workshop_session_id: int) -> Any:
    """« Quelqu’un est venu »: the form of the record again."""
    _allowed(workshop_session_id)
    take_back_nobody(db.session(), workshop_session_id, by=current_actor().user_id, now=utc_now())
    return redirect(url_for(".workshop", workshop_session_id=workshop_session_id), 303)


def _allowed(workshop_session_id: int) -> HeldWorkshop:
    held = read_workshop(db.session(), workshop_session_id)
    allow(Action.RECORD_ATTENDANCE, held.subject)
    return held


def _page(held: HeldWorkshop, form: GroupForm) -> Any:
    return staff_page(
        "attendance/workshop.html",
        form.status,
        form=form,
        held=held,
    )


def _refused(held: HeldWorkshop, refusal: DomainError) -> Any:
    return staff_page(
        "attendance/workshop_refused.html", refusal.status, said=sentence(refusal), held=held
    )
