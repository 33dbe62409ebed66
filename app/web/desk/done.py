"""It is booked: what to read aloud, the card to print, the next call."""

from datetime import datetime
from typing import Any

from flask import Response, url_for

from app.domain.access import Action
from app.domain.desk_words import at_the_place, in_the_middle, spoken_clock, spoken_reference
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.gateways import dates
from app.services.appointment_facts import AppointmentFacts, facts_of
from app.services.catalogue import Catalogue
from app.services.desk_call import Call, read_call
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.desk.blueprint import blueprint
from app.web.desk.forms import NO, YES
from app.web.links import current_links
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

FRENCH = "fr"


@blueprint.get("/agents/telephone/fait/<int:appointment_id>")
@requires(Action.BOOK)
def finished(appointment_id: int) -> Response:
    """The end of the call. 404 for an appointment that is none of the actor's business."""
    catalogue, actor, now = current_catalogue(), current_actor(), utc_now()
    call = read_call(db.session(), catalogue, appointment_id)
    if call is None or not call.is_shown_to(actor, now):
        raise SubjectUnknown
    facts = facts_of(db.session(), catalogue, appointment_id, current_links())
    own = actor.commune_ids
    return staff_page(
        "desk/done.html",
        facts=facts,
        call=call,
        spoken=spoken(facts, call, catalogue, now),
        is_other_commune=bool(own) and call.commune_id not in own,
        next_person=_next_person(facts, call, catalogue),
    )


def spoken(facts: AppointmentFacts, call: Call, catalogue: Catalogue, now: datetime) -> list[str]:
    """The sentences to read aloud (product §8), hours and digits in words."""
    bring = facts.bring.get(FRENCH, "")
    pack = "Pensez à préparer" if facts.is_visit else "Pensez à apporter"
    sentences = [
        f"Je vous confirme : {_when(facts, catalogue, now)}, {_where(call)}.",
        "Nous vous appelons avant la visite." if facts.is_visit else "",
        _number(facts),
        f"{pack} : {in_the_middle(bring)}." if bring else "",
        "Si vous ne pouvez pas venir, rappelez-nous.",
    ]
    if facts.is_visit:
        sentences[-1] = "Si vous n’êtes pas là, rappelez-nous."
    return [each for each in sentences if each]


def _number(facts: AppointmentFacts) -> str:
    if facts.reference is None:
        return ""
    return f"Votre numéro de rendez-vous est le {spoken_reference(facts.reference)}."


def _when(facts: AppointmentFacts, catalogue: Catalogue, now: datetime) -> str:
    zone = catalogue.timezone
    day = dates.long_date(facts.starts_at, FRENCH, zone, catalogue.today(now).year)
    start = spoken_clock(facts.starts_at.astimezone(zone).time())
    if not facts.is_visit:
        return f"{day}, {start}"
    end = spoken_clock(facts.window_ends_at.astimezone(zone).time())
    return f"{day}, entre {start} et {end}"


def _where(call: Call) -> str:
    if call.venue is None:
        return "chez vous"
    return ", ".join(filter(None, (at_the_place(call.venue.name), call.venue.address)))


def _next_person(facts: AppointmentFacts, call: Call, catalogue: Catalogue) -> str:
    """« Personne suivante, même lieu »: the place, the day, the commune and the need are kept."""
    kept: dict[str, Any] = {
        "commune": facts.commune.slug if facts.commune else None,
        "besoin": facts.topic_code,
        "deplacement": NO if facts.is_visit else YES,
        "lieu": call.venue.slug if call.venue else None,
        "le": catalogue.today(facts.starts_at).isoformat(),
    }
    return url_for("desk.call", **kept)
