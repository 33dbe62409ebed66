"""One workshop: its dates, who comes (for who may know), what was done to it, what can be done."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.access import Action
from app.domain.workshops import WorkshopStatus
from app.extensions import db
from app.services.programme_changes import Edit
from app.services.programme_history import note_seen, read_history
from app.services.programme_lists import list_registered
from app.services.programme_minimum import questions, uphold
from app.web.access import current_user, may, requires
from app.web.clock import utc_now
from app.web.journal_words import ACTS
from app.web.programme.blueprint import blueprint
from app.web.programme.rights import may_change, may_name, may_open, own_workshop, seen_workshop
from app.web.programme.words import LEVELS
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

SAID = {
    "change": "C’est enregistré.",
    "date": "C’est enregistré. Les personnes sont prévenues, ou dans la liste à appeler.",
    "annule": "C’est annulé. Les personnes sont prévenues, ou dans la liste à appeler.",
    "annule-sans": "C’est annulé. Personne n’était inscrit.",
    "maintenu": "L’atelier est maintenu.",
}
"""By `?fait=`: what has just been done."""


@blueprint.get("/agents/ateliers/<int:workshop_id>")
@requires(Action.SEE_PROGRAMME)
def workshop(workshop_id: int) -> Response:
    """Dates and counts for all who see it; names only of those whom one may name."""
    found, now = seen_workshop(workshop_id), utc_now()
    people = list_registered(db.session(), current_catalogue(), workshop_id)
    named = [each for each in people if may_name(found, each)]
    if named:
        note_seen(db.session(), workshop_id, by=current_user().actor.user_id, now=now)
    asked = questions(db.session(), current_catalogue(), now=now)
    return staff_page(
        "programme/workshop.html",
        workshop=found,
        named=[(each, may_open(found, each)) for each in named],
        unnamed=len(people) - len(named),
        level=LEVELS[found.row.level],
        is_cancelled=found.row.status is WorkshopStatus.CANCELLED,
        is_over=found.is_over(now),
        may_change=may_change(found.counsellor_ids),
        may_register=not found.is_cancelled and found.row.first_at > now and may(Action.BOOK),
        asked=next((each for each in asked if each.workshop_id == workshop_id), None),
        history=[
            (each.at, each.by, ACTS[each.action])
            for each in read_history(db.session(), workshop_id)
        ],
        said=SAID.get(request.args.get("fait", "")),
        now=now,
    )


@blueprint.post("/agents/ateliers/<int:workshop_id>/maintien")
@requires(Action.PLAN_PROGRAMME)
def keep(workshop_id: int) -> Any:
    """« Maintenir »: it takes place with so few."""
    own_workshop(workshop_id)
    edit = Edit(current_user().actor.user_id, utc_now(), request.form.get("version", ""))
    uphold(db.session(), workshop_id, edit)
    return redirect(url_for("programme.workshop", workshop_id=workshop_id, fait="maintenu"), 303)
