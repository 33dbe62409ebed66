"""Cancel an appointment or hand it to a colleague, with the reason; what changed is seen first."""

from typing import Any

from flask import redirect, url_for
from wtforms import HiddenField, RadioField, SelectChoice

from app.domain.access import Action
from app.domain.appointment import Actor, ChangeReason, Channel
from app.domain.errors import AppointmentCancelled, AppointmentPast, DomainError
from app.domain.planning_errors import ColleagueMissing
from app.domain.staff_errors import (
    AnswerMissing,
    EditedMeanwhile,
    ReasonMissing,
    StateRefused,
)
from app.extensions import db
from app.services import booking, handover
from app.services.agenda_card import Card
from app.services.agenda_edits import check_not_edited
from app.services.appointment_rows import Act
from app.web.access import allow, current_actor, requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.card import allowed_card, tell_seen, when_of
from app.web.agenda.history import REASONS, told
from app.web.agenda.people import name_of, see
from app.web.clock import utc_now
from app.web.forms import BaseForm, required
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

ROUTES = {Channel.PHONE: "Par téléphone", Channel.DESK: "Sur place ou de nous-mêmes"}

CHANGED_SINCE = (EditedMeanwhile, StateRefused, AppointmentCancelled, AppointmentPast)
"""Refused since somebody has changed the appointment; any other refusal says all by itself."""


class ChangeForm(BaseForm):
    """Why, by which way; and which state of the appointment the page showed."""

    motif = RadioField(
        "Pourquoi ?",
        [required(ReasonMissing)],
        choices=[SelectChoice(each.value, text) for each, text in REASONS.items()],
        validate_choice=False,
    )
    voie = RadioField(
        "Comment l’avez-vous su ?",
        [required(AnswerMissing)],
        choices=[SelectChoice(each.value, text) for each, text in ROUTES.items()],
        default=Channel.PHONE.value,
        validate_choice=False,
    )
    version = HiddenField()
    has_changed = False
    """Whether the appointment is no longer what the page showed: its last change is told."""

    def act(self) -> Act:
        """Who does it, and why, as the history will tell."""
        return Act(
            at=utc_now(),
            actor=Actor.STAFF,
            channel=Channel(self.voie.data),
            user_id=current_actor().user_id,
            reason=ChangeReason(self.motif.data),
            sequence=self.sequence,
        )

    @property
    def sequence(self) -> int | None:
        """The number that the page carried; None where somebody took it out."""
        return small_number(self.version.data)

    def shows(self, card: Card) -> None:
        """From now on the form answers the appointment as it stands here."""
        self.version.data = str(card.entry.sequence)


class HandOverForm(ChangeForm):
    """The same, and to whom."""

    conseiller = RadioField(
        "À qui ?", [required(ColleagueMissing)], choices=[], validate_choice=False
    )


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/annuler")
@requires(Action.CHANGE_APPOINTMENT)
def cancel(appointment_id: int) -> Any:
    """Who asks, and why?"""
    card, form = open_card(appointment_id), ChangeForm()
    form.shows(card)
    return _cancel_page(card, form)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/annuler")
@keeps_answers
@requires(Action.CHANGE_APPOINTMENT)
def cancel_now(appointment_id: int) -> Any:
    """Its time is free at once; where the service cancels, the person is called back."""
    card, form = allowed_card(appointment_id), ChangeForm()
    if form.validate():
        try:
            act = form.act()
            check_not_edited(db.session(), appointment_id, act.user_id, act.sequence)
            booking.cancel(db.session(), appointment_id, now=act.at, by=act)
        except DomainError as refusal:
            card = refused(form, refusal, appointment_id)
        else:
            return done(appointment_id, "annule")
    return _cancel_page(card, form)


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/confier")
@requires(Action.REPLACE)
def hand_over(appointment_id: int) -> Any:
    """To whom? Each colleague with what stands in the way."""
    card, form = open_card(appointment_id), HandOverForm()
    allow(Action.REPLACE, card.entry.subject)
    form.shows(card)
    return _hand_over_page(card, form)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/confier")
@keeps_answers
@requires(Action.REPLACE)
def hand_over_now(appointment_id: int) -> Any:
    """Same hour, same place, another counsellor: the person is not disturbed."""
    card, form = allowed_card(appointment_id), HandOverForm()
    allow(Action.REPLACE, card.entry.subject)
    colleagues = _offer(form, card)
    if form.validate():
        try:
            act = form.act()
            check_not_edited(db.session(), appointment_id, act.user_id, act.sequence)
            chosen = int(form.conseiller.data)
            handover.reassign(db.session(), appointment_id, chosen, now=act.at, by=act)
        except DomainError as refusal:
            card = refused(form, refusal, appointment_id)
        else:
            return done(appointment_id, "confie")
    return _hand_over_page(card, form, colleagues)


def open_card(appointment_id: int) -> Card:
    """An appointment that may still change. Raises SubjectUnknown, StateRefused."""
    card = allowed_card(appointment_id)
    if card.entry.status.value != "BOOKED":
        raise StateRefused
    tell_seen(appointment_id)
    return card


def refused(form: ChangeForm, refusal: DomainError, appointment_id: int) -> Card:
    """The appointment as it is now; all that was answered stays in the form.

    After EditedMeanwhile the form answers what is shown now: sent once more, it is meant.
    """
    db.session().rollback()
    form.refuse(refusal)
    card = allowed_card(appointment_id)
    if isinstance(refusal, EditedMeanwhile):
        form.shows(card)
    form.has_changed = isinstance(refusal, CHANGED_SINCE)
    return card


def done(appointment_id: int, what: str) -> Any:
    """Back to the appointment, which says so."""
    page = url_for("agenda.appointment", appointment_id=appointment_id, fait=what)
    return redirect(page, 303)


def facts_of(card: Card, form: ChangeForm) -> dict[str, Any]:
    """What the pages of the acts have in common; the last change where somebody made one."""
    now = utc_now()
    last = card.changes[0] if card.changes else None
    return {
        "card": card,
        "form": form,
        "name": name_of(card.entry),
        "when": when_of(card),
        "where": see(card.entry, now).where,
        "changed": told(last, current_catalogue(), now) if form.has_changed and last else None,
        "is_over": card.entry.status.value != "BOOKED",
    }


def _cancel_page(card: Card, form: ChangeForm) -> Any:
    return staff_page("agenda/cancel.html", form.status, **facts_of(card, form))


def _offer(form: HandOverForm, card: Card) -> list[handover.Colleague]:
    """The colleagues as answers of the form."""
    found = handover.colleagues_for(db.session(), card.entry.appointment_id, now=utc_now())
    form.conseiller.choices = [
        SelectChoice(str(each.counsellor_id), each.first_name) for each in found
    ]
    return found


def _hand_over_page(
    card: Card, form: HandOverForm, colleagues: list[handover.Colleague] | None = None
) -> Any:
    colleagues = colleagues if colleagues is not None else _offer(form, card)
    hints = {str(each.counsellor_id): _words_of(each) for each in colleagues}
    return staff_page("agenda/hand_over.html", form.status, hints=hints, **facts_of(card, form))


def _words_of(colleague: handover.Colleague) -> str:
    if colleague.refusal:
        return sentence(colleague.refusal)
    if colleague.is_there:
        return "Libre, déjà sur place."
    return "Libre, travaille ce jour-là." if colleague.works_that_day else "Libre."
