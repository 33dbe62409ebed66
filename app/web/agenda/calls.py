"""« À appeler »: who, why, at which number, and what the call gave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.appointment import CallReason
from app.domain.call_errors import CallHourChanged, CallOutcomeMissing
from app.extensions import db
from app.gateways import dates
from app.gateways.senders import carried
from app.services.agenda_card import subject_of
from app.services.calls import Call, find_calls, record_call, told_hour
from app.services.waiting_reading import find_offer_calls
from app.web import filters
from app.web.access import allow, current_actor, may, requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.people import CALL_TIMES, Seen, see
from app.web.agenda.registration_calls import (
    OUTCOMES,
    SeenRegistrationCall,
    seen_places,
    seen_registration_calls,
)
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.waiting_words import seen_waiter
from app.web.wording import sentence

REASONS = {
    CallReason.BEFORE_HOME_VISIT: "Préparer la visite à domicile",
    CallReason.CANCELLED_BY_SERVICE: "Rendez-vous annulé par le service : proposer une autre date",
    CallReason.MOVED_BY_SERVICE: "Rendez-vous déplacé par le service : prévenir",
    CallReason.TO_MOVE: "Rendez-vous à déplacer : proposer une autre date",
    CallReason.RUNNING_LATE: "Conseiller en retard : prévenir",
    CallReason.REMINDER: "Rappeler le rendez-vous (pas de portable ni d’e-mail)",
    CallReason.UNDELIVERED: "Message non reçu : prévenir",
}
SAID = {
    "joint": "C’est noté : joint.",
    "message": "C’est noté : message laissé.",
    "pas-de-reponse": "C’est noté : pas de réponse. La personne reste à appeler.",
    "deja": "Cet appel était déjà noté.",
    "place-prise": "La place est prise : l’inscription à l’atelier est enregistrée.",
    "place-laissee": "C’est noté : la place est proposée à la personne suivante.",
    "place-perdue": "Cette place n’est plus gardée pour cette personne.",
}


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call with the words that its reader may read."""

    seen: Seen
    reason: CallReason
    why: str
    is_due: bool
    due: str
    call_time: str | None
    tries: tuple[str, ...]
    """The last three calls that nobody answered, of as many as `tried` says."""
    tried: int
    key: str
    """Names the call on its page."""
    hour: str
    """Of the appointment, as `told_hour`: what the caller is about to say."""
    is_workshop: bool = False


def seen_calls(calls: Iterable[Call], now: datetime) -> list[SeenCall | SeenRegistrationCall]:
    """Those that whoever is signed in may make; then those about workshops."""
    shown = [_seen(call, now) for call in calls if may(Action.CALL, call.entry.subject)]
    return [*shown, *seen_registration_calls(now)]


def _seen(call: Call, now: datetime) -> SeenCall:
    catalogue, zone = current_catalogue(), filters.zone()
    this_year = dates.local_date(now, zone).year
    return SeenCall(
        seen=see(call.entry, now),
        reason=call.reason,
        why=REASONS[call.reason],
        is_due=catalogue.today(call.due_at) <= catalogue.today(now),
        due=dates.long_date(call.due_at, "fr", zone, this_year),
        call_time=CALL_TIMES[call.call_time] if call.call_time else None,
        tries=tuple(dates.date_time(at, "fr", zone, this_year) for at in call.tries[-3:]),
        tried=len(call.tries),
        hour=told_hour(call.entry.starts_at),
        key=f"{call.entry.appointment_id}-{call.reason.value.lower().replace('_', '-')}",
    )


def seen_offers(now: datetime) -> list[dict[str, Any]]:
    """Places of the waiting list that nobody but a voice can offer, to those one may call."""
    by_machine = carried(current_app.config["COCLICO"])
    found = find_offer_calls(db.session(), current_catalogue(), now, by_machine)
    return [seen_waiter(each) for each in found if may(Action.CALL, each.subject)]


@blueprint.get("/agents/a-appeler")
@requires(Action.CALL)
def call_list() -> Any:
    """The calls of today first, then the later ones."""
    return _list_page()


@blueprint.get("/agents/a-appeler/imprimer")
@requires(Action.CALL)
def printed_calls() -> Any:
    """The same on paper, with boxes to tick."""
    return _list_page("agenda/calls_printed.html")


def _list_page(template: str = "agenda/calls.html", status: int = 200, error: str = "") -> Any:
    actor, now = current_actor(), utc_now()
    calls = seen_calls(find_calls(db.session(), current_catalogue(), actor, now=now), now)
    return staff_page(
        template,
        status,
        on=current_catalogue().today(now),
        due=[each for each in calls if each.is_due],
        later=[each for each in calls if not each.is_due],
        offers=seen_offers(now),
        places=seen_places(now),
        said=SAID.get(request.args.get("fait", "")),
        error=error,
    )


@blueprint.post("/agents/a-appeler/<int:appointment_id>")
@requires(Action.CALL)
def record(appointment_id: int) -> Any:
    """Joint, message, or no answer; « pas de réponse » leaves the call on the list."""
    session = db.session()
    allow(Action.CALL, subject_of(session, current_catalogue(), appointment_id))
    reason = CallReason.__members__.get(request.form.get("motif", ""))
    said = request.form.get("resultat", "")
    if reason is None or said not in OUTCOMES:
        return _list_page(status=422, error=sentence(CallOutcomeMissing()))
    user_id = current_actor().user_id
    told = request.form.get("heure")
    try:
        is_noted = record_call(
            session, appointment_id, reason, OUTCOMES[said], by=user_id, now=utc_now(), told=told
        )
    except CallHourChanged as refusal:
        return _list_page(status=refusal.status, error=sentence(refusal))
    if request.form.get("retour") == "aujourdhui":
        return redirect(url_for("agenda.today", fait="appel"), 303)
    return redirect(url_for("agenda.call_list", fait=said if is_noted else "deja"), 303)
