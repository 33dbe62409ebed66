"""Cancelling a date, a workshop, or the rest of a series: who is touched first, then one press."""

from datetime import datetime
from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.programme_errors import DateOver
from app.extensions import db
from app.services.programme_cancelling import (
    cancel_date,
    cancel_series,
    cancel_workshop,
    impact_of,
    rest_of_series,
)
from app.services.programme_lists import ProgrammeWorkshop, read_workshop
from app.web.access import requires
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.programme.blueprint import blueprint
from app.web.programme.changing import edit_of, own_date
from app.web.programme.rights import may_change, own_workshop, to_call
from app.web.programme.words import date_words, impact_words
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

ALL = "serie"


@blueprint.get("/agents/ateliers/<int:workshop_id>/annuler")
@requires(Action.PLAN_PROGRAMME)
def cancelling(workshop_id: int) -> Response:
    """How many are registered, wait, and must be called; nothing is done."""
    return _page(own_workshop(workshop_id), small_number(request.args.get("date")))


@blueprint.post("/agents/ateliers/<int:workshop_id>/annulation")
@requires(Action.PLAN_PROGRAMME)
def cancel(workshop_id: int) -> Any:
    """Everybody is told, by a machine or by a call."""
    own_workshop(workshop_id)
    date_id, edit = small_number(request.form.get("date")), edit_of(request.form.get("version"))
    is_all = date_id is None and request.form.get("etendue") == ALL
    wanted = _own_series(workshop_id, edit.at) if is_all else [workshop_id]
    touched = impact_of(db.session(), wanted)
    try:
        if date_id is not None:
            own_date(workshop_id, date_id)
            cancel_date(db.session(), workshop_id, date_id, edit)
        elif is_all:
            cancel_series(db.session(), wanted, edit)
        else:
            cancel_workshop(db.session(), workshop_id, edit)
    except DomainError as refusal:
        return _page(own_workshop(workshop_id), date_id, refusal)
    done = "annule" if touched.people or touched.waiting else "annule-sans"
    return redirect(url_for("programme.workshop", workshop_id=workshop_id, fait=done), 303)


def _own_series(workshop_id: int, now: datetime) -> list[int]:
    """The rest of the series, without the dates that a colleague holds by now."""
    ids = rest_of_series(db.session(), workshop_id, now)
    catalogue = current_catalogue()
    return [
        each
        for each in ids
        if may_change(read_workshop(db.session(), catalogue, each).counsellor_ids)
    ]


def _page(
    found: ProgrammeWorkshop, date_id: int | None, refusal: DomainError | None = None
) -> Response:
    now = utc_now()
    dates = [each for each in found.dates if not each.is_cancelled and each.starts_at > now]
    if date_id is not None:
        own = own_date(found.row.id, date_id)[1]
        dates = [each for each in dates if each.id == own.id]
    series = [] if date_id else _own_series(found.row.id, now)
    why_not = refusal or (None if dates else DateOver())
    return staff_page(
        "programme/cancel.html",
        why_not.status if why_not else 200,
        workshop=found,
        date_id=date_id,
        is_all=request.form.get("etendue") == ALL,
        dates=[date_words(each.starts_at, each.ends_at) for each in dates],
        impact=impact_words(impact_of(db.session(), [found.row.id])),
        called=to_call(found),
        series=len(series),
        series_impact=impact_words(impact_of(db.session(), series)) if len(series) > 1 else [],
        errors=[{"text": str(sentence(why_not))}] if why_not else [],
        has_errors=bool(why_not),
    )
