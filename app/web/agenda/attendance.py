"""The presses of a day: arrived, present, absent, without an appointment, running late."""

import re
import secrets
from typing import Any

from flask import current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.appointment import MessageChannel
from app.extensions import db
from app.gateways.senders import is_configured
from app.services import attendance, delay
from app.services.agenda_card import subject_of
from app.services.visits import end_visit
from app.web.access import allow, current_actor, requires
from app.web.agenda.blueprint import blueprint
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.site import current_catalogue

FORM_KEY = re.compile(r"[0-9a-f]{32}")


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/arrive")
@requires(Action.RECORD_ATTENDANCE)
def arrived(appointment_id: int) -> Any:
    """« Arrivé »: a fact, not a state."""
    _allow(appointment_id)
    user_id = current_actor().user_id
    attendance.mark_arrived(db.session(), appointment_id, by=user_id, now=utc_now())
    return _back(appointment_id, "arrive")


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/present")
@requires(Action.RECORD_ATTENDANCE)
def present(appointment_id: int) -> Any:
    return _record(appointment_id, came=True)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/absent")
@requires(Action.RECORD_ATTENDANCE)
def absent(appointment_id: int) -> Any:
    return _record(appointment_id, came=False)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/visite-terminee")
@requires(Action.END_VISIT)
def visit_ended(appointment_id: int) -> Any:
    """The counsellor left the home; or a colleague called, and all is well."""
    actor = current_actor()
    subject = subject_of(db.session(), current_catalogue(), appointment_id)
    allow(Action.END_VISIT, subject)
    end_visit(db.session(), appointment_id, by=actor.user_id, now=utc_now())
    if actor.counsellor_id in subject.counsellor_ids:
        return _back(appointment_id, "visite-terminee")
    return redirect(url_for("agenda.today", fait="nouvelles"), 303)


def _record(appointment_id: int, *, came: bool) -> Any:
    _allow(appointment_id)
    user_id = current_actor().user_id
    attendance.record_outcome(db.session(), appointment_id, came, by=user_id, now=utc_now())
    return _back(appointment_id, "present" if came else "absent")


@blueprint.post("/agents/aujourdhui/sans-rendez-vous")
@requires(Action.RECORD_ATTENDANCE)
def walk_in() -> Any:
    """« Venu sans rendez-vous »: one press, so that the figures are true."""
    actor, given = current_actor(), request.form.get("cle", "")
    key = given if FORM_KEY.fullmatch(given) else secrets.token_hex(16)
    added = attendance.add_walk_in(
        db.session(), actor.counsellor_id or 0, key, by=actor.user_id, now=utc_now()
    )
    return _to_line(added, "sans-rendez-vous")


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/retirer")
@requires(Action.RECORD_ATTENDANCE)
def remove_walk_in(appointment_id: int) -> Any:
    """The press of « Venu sans rendez-vous » was a slip."""
    _allow(appointment_id)
    user_id = current_actor().user_id
    attendance.remove_walk_in(db.session(), appointment_id, by=user_id, now=utc_now())
    return redirect(url_for("agenda.today", fait="retire"), 303)


@blueprint.post("/agents/aujourdhui/retard")
@requires(Action.RECORD_ATTENDANCE)
def running_late() -> Any:
    """« J’ai du retard »: who is kept waiting gets a message, or is listed, to be called."""
    actor, length = current_actor(), small_number(request.form.get("minutes")) or 0
    delay.announce_delay(
        db.session(),
        actor.counsellor_id or 0,
        length,
        now=utc_now(),
        sms_leaves=is_configured(MessageChannel.SMS, current_app.config["COCLICO"]),
    )
    return redirect(url_for("agenda.today", retard=length, _anchor="a-prevenir"), 303)


def _allow(appointment_id: int) -> None:
    subject = subject_of(db.session(), current_catalogue(), appointment_id)
    allow(Action.RECORD_ATTENDANCE, subject)


def _back(appointment_id: int, done: str) -> Any:
    """To the page where it was pressed: the day, or the appointment."""
    if request.form.get("retour") == "carte":
        page = url_for("agenda.appointment", appointment_id=appointment_id, fait=done)
        return redirect(page, 303)
    return _to_line(appointment_id, done)


def _to_line(appointment_id: int, done: str) -> Any:
    """To that person on the day, where what was done is said."""
    page = url_for("agenda.today", fait=done, rdv=appointment_id, _anchor=f"rdv-{appointment_id}")
    return redirect(page, 303)
