"""Move an appointment: the free times, the old beside the new, then the click that saves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from wtforms import HiddenField

from app.domain.access import Action
from app.domain.booking import Choice
from app.domain.errors import DomainError, SlotGone, SlotNotOffered
from app.domain.slots import Slot
from app.extensions import db
from app.services import booking
from app.services.agenda_card import Card
from app.services.agenda_edits import check_not_edited
from app.services.agenda_moves import choice_of, find_moves, nearest_moves
from app.services.catalogue import VenueEntry
from app.web.access import requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.card import allowed_card
from app.web.agenda.changing import ROUTES, ChangeForm, done, facts_of, open_card, refused
from app.web.agenda.history import REASONS
from app.web.booking_terms import local_text, parse_date, parse_local, when_chosen
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.times_page import day_groups
from app.web.wording import sentence


class MoveForm(ChangeForm):
    """Why, and to which time and place."""

    debut = HiddenField()
    lieu = HiddenField()


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/deplacer")
@requires(Action.CHANGE_APPOINTMENT)
def move(appointment_id: int) -> Any:
    """Which other time? Nothing is given up before the new one is saved."""
    card, now, answered = open_card(appointment_id), utc_now(), _answered(request.args)
    from_day = parse_date(request.args.get("des", ""))
    moves = find_moves(db.session(), current_catalogue(), card, from_day=from_day, now=now)
    return staff_page(
        "agenda/move.html",
        groups=_groups(card, moves.days, now, answered),
        neighbours=[(each, _groups(card, each.days, now, answered)) for each in moves.neighbours],
        next_day=moves.next_day,
        answered=answered,
        **facts_of(card, ChangeForm()),
    )


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/deplacer/verifier")
@requires(Action.CHANGE_APPOINTMENT)
def check_move(appointment_id: int) -> Any:
    """The old time beside the new one, and why it moves."""
    card, form = open_card(appointment_id), MoveForm()
    choice = _choice(card, request.args.get("debut", ""), request.args.get("lieu", ""))
    if choice is None:
        return redirect(url_for("agenda.move", appointment_id=appointment_id), 303)
    form.shows(card)
    for name, answer in _answered(request.args).items():
        form[name].data = answer
    return _check_page(card, choice, form)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/deplacer")
@keeps_answers
@requires(Action.CHANGE_APPOINTMENT)
def move_now(appointment_id: int) -> Any:
    """Saved in one commit: either the new time is theirs, or the old one still is."""
    card, form = allowed_card(appointment_id), MoveForm()
    choice = _choice(card, form.debut.data or "", form.lieu.data or "")
    if choice is None:
        return redirect(url_for("agenda.move", appointment_id=appointment_id), 303)
    if form.validate():
        try:
            act = form.act()
            check_not_edited(db.session(), appointment_id, act.user_id, act.sequence)
            booking.reschedule(db.session(), appointment_id, choice, now=act.at, by=act)
        except SlotGone as refusal:
            return _gone(allowed_card(appointment_id), choice, refusal)
        except DomainError as refusal:
            card = refused(form, refusal, appointment_id)
        else:
            return done(appointment_id, "deplace")
    return _check_page(card, choice, form)


def _answered(given: Mapping[str, str]) -> dict[str, str]:
    """Why and by which way, as answered before the hour was lost: codes of closed lists, so that
    an address may carry them.
    """
    known: dict[str, Any] = {"motif": REASONS, "voie": ROUTES}
    return {name: given[name] for name, codes in known.items() if given.get(name) in codes}


def _choice(card: Card, debut: str, lieu: str) -> Choice | None:
    """The time that was pressed; None where none can be read, or at no venue that exists."""
    catalogue = current_catalogue()
    starts_at = parse_local(debut, catalogue)
    if starts_at is None:
        return None
    try:
        return choice_of(
            card, starts_at, None if card.entry.is_visit else catalogue.venue(lieu).slug
        )
    except SlotNotOffered:
        return None


def _groups(card: Card, days: Any, now: datetime, answered: dict[str, str]) -> list[dict[str, Any]]:
    def address(slot: Slot, venue: VenueEntry | None) -> dict[str, str]:
        more: dict[str, Any] = {**answered, **({"lieu": venue.slug} if venue else {})}
        debut = local_text(slot.starts_at, current_catalogue())
        page = url_for(
            "agenda.check_move",
            appointment_id=card.entry.appointment_id,
            debut=debut,
            **more,
        )
        return {"href": page}

    return day_groups(days, address, now, with_venue=True)


def _check_page(card: Card, choice: Choice, form: MoveForm) -> Any:
    catalogue, now = current_catalogue(), utc_now()
    form.debut.data = local_text(choice.starts_at, catalogue)
    form.lieu.data = choice.venue_slug or ""
    return staff_page(
        "agenda/check_move.html",
        form.status,
        new_when=when_chosen(choice, catalogue, now),
        answered=_answered(form.data),
        new_place=catalogue.venue(choice.venue_slug).name if choice.venue_slug else None,
        **facts_of(card, form),
    )


def _gone(card: Card, choice: Choice, refusal: DomainError) -> Any:
    """Somebody was quicker: the old time is untouched, and the nearest ones are offered (409), with
    the answers given.
    """
    now, answered = utc_now(), _answered(request.form)
    days = nearest_moves(db.session(), current_catalogue(), card, choice, now=now)
    return staff_page(
        "agenda/move_taken.html",
        409,
        message=sentence(refusal),
        groups=_groups(card, days, now, answered),
        answered=answered,
        **facts_of(card, ChangeForm()),
    )
