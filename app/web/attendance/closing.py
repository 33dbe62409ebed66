"""« Terminer » one appointment, in five taps; and the list of those that wait for it."""

from typing import Any

from flask import current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.attendance_errors import AlreadyRecorded
from app.domain.errors import DomainError
from app.domain.half_year import HalfYear
from app.domain.staff_errors import StateRefused
from app.extensions import db
from app.services.agenda import Entry
from app.services.agenda_card import read_card, read_entry
from app.services.attendance_lines import counsellor_code, lines_like, withdraw_line
from app.services.attendance_records import (
    LOOKED_BACK,
    TO_CLOSE,
    close_appointment,
    find_to_complete,
    likely_themes,
)
from app.services.attendance_workshops import deserted_workshops, workshops_to_complete
from app.services.half_years import closed_half_years
from app.web.access import allow, current_actor, may, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.forms import AnswersForm
from app.web.attendance.words import half_days, line_id_of, residence_choices, told_line, who
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

WORKSHOPS = "programme.dates"
"""The staff's list of workshops, where this site has one."""
FIRST_THEMES = 3
SAID = {
    "clos": "C’est noté : le relevé est fait.",
    "deja": "Ce relevé était déjà fait. Rien n’est compté deux fois.",
    "personne": "C’est noté : personne n’est venu à cet atelier.",
    "demi-journee": "C’est noté : la demi-journée est faite.",
    "retire": "Le relevé est retiré. Le rendez-vous est de nouveau à compléter.",
}


@blueprint.get("/agents/frequentation")
@requires(Action.CORRECT_RECORDS)
def to_complete() -> Any:
    """Everybody who came and is not counted yet, by half-day, with what closes them.

    The coordination closes nothing: it sees the records, never beside names.
    """
    if not may(Action.RECORD_ATTENDANCE):
        return redirect(url_for("attendance.lines"), 303)
    now, own = utc_now(), current_actor().counsellor_id or 0
    entries = find_to_complete(db.session(), current_catalogue(), own, now=now)
    return staff_page(
        "attendance/to_complete.html",
        half_days=half_days(entries),
        workshops=workshops_to_complete(db.session(), own, now=now),
        deserted=deserted_workshops(db.session(), own, now=now),
        said=SAID.get(request.args.get("fait", "")),
        days=LOOKED_BACK.days,
    )


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/releve")
@requires(Action.RECORD_ATTENDANCE)
def close(appointment_id: int) -> Any:
    """The closing form of an appointment that has begun, or is of today."""
    entry = _allowed(appointment_id)
    refusal = _refusal(entry)
    if refusal:
        return _refused(entry, refusal)
    form = _form(entry)
    form.begin(read_card(db.session(), current_catalogue(), appointment_id).topic_minutes)
    form.retour.data = request.args.get("retour", "")
    return _page(entry, form)


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/releve")
@keeps_answers
@requires(Action.RECORD_ATTENDANCE)
def close_now(appointment_id: int) -> Any:
    """Present and counted; pressed again, or by two people, it is still counted once."""
    entry = _allowed(appointment_id)
    form = _form(entry)
    if not form.check_token():
        return _page(entry, form)
    by = current_actor().user_id
    try:
        close_appointment(db.session(), appointment_id, form.answer(), by=by, now=utc_now())
    except AlreadyRecorded as refusal:
        return _refused(entry, refusal)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(entry, form)
    return redirect(_onward(entry, form), 303)


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/releve/retirer")
@requires(Action.RECORD_ATTENDANCE)
def withdraw(appointment_id: int) -> Any:
    """Which line of that day tells of this person? Nothing here knows; the counsellor does."""
    return _withdraw_page(_allowed(appointment_id), BaseForm())


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/releve/retirer")
@keeps_answers
@requires(Action.RECORD_ATTENDANCE)
def withdraw_now(appointment_id: int) -> Any:
    """The line goes, the appointment is to be closed again."""
    entry, form = _allowed(appointment_id), BaseForm()
    if not form.check_token():
        return _withdraw_page(entry, form)
    try:
        line_id = line_id_of(request.form.get("ligne", ""))
        withdraw_line(db.session(), appointment_id, line_id)
    except DomainError as refusal:
        form.refuse(refusal)
        return _withdraw_page(entry, form)
    return redirect(url_for("attendance.to_complete", fait="retire"), 303)


def _withdraw_page(entry: Entry, form: BaseForm) -> Any:
    own = counsellor_code(db.session(), entry.counsellor_id)
    lines = lines_like(db.session(), current_catalogue(), entry, own)
    half = HalfYear.of(current_catalogue().today(entry.starts_at))
    return staff_page(
        "attendance/withdraw.html",
        form.status,
        form=form,
        entry=entry,
        who=who(entry),
        lines=[told_line(each) for each in lines] if entry.is_recorded else [],
        is_closed=entry.is_recorded and half in closed_half_years(db.session()),
    )


def _allowed(appointment_id: int) -> Entry:
    """The appointment, if it is the counsellor's own. Raises SubjectUnknown (404)."""
    entry = read_entry(db.session(), current_catalogue(), appointment_id)
    allow(Action.RECORD_ATTENDANCE, entry.subject)
    return entry


def _refusal(entry: Entry) -> DomainError | None:
    catalogue = current_catalogue()
    if entry.is_recorded:
        return AlreadyRecorded()
    is_to_come = catalogue.today(entry.starts_at) > catalogue.today(utc_now())
    if is_to_come or entry.is_cancelled:
        return StateRefused()
    return None


def _form(entry: Entry) -> AnswersForm:
    form = AnswersForm()
    on = current_catalogue().today(entry.starts_at)
    form.ask_all(on, residence_choices(), atelier=WORKSHOPS in current_app.view_functions)
    return form


def _page(entry: Entry, form: AnswersForm) -> Any:
    likely = likely_themes(db.session()).get(entry.topic.id, [])
    return staff_page(
        "attendance/close.html",
        form.status,
        form=form,
        entry=entry,
        who=who(entry),
        first_themes=_first_themes(form, likely),
        may_be_absent=entry.starts_at <= utc_now()
        and entry.status is TO_CLOSE[0]
        and not entry.is_walk_in,
    )


def _first_themes(form: AnswersForm, likely: list[str]) -> list[str]:
    """The themes of the need first, then those of the form, until there are three."""
    known = {choice.value: choice for choice in form.themes.choices}
    codes = list(dict.fromkeys([*(each for each in likely if each in known), *known]))
    form.themes.choices = [known[code] for code in codes]
    return codes[:FIRST_THEMES]


def _refused(entry: Entry, refusal: DomainError) -> Any:
    return staff_page(
        "attendance/refused.html",
        refusal.status,
        said=sentence(refusal),
        entry=entry,
        who=who(entry),
    )


def _onward(entry: Entry, form: AnswersForm) -> str:
    """What comes next: the appointment to take, the workshops, the list, or the day."""
    if form.suite.data == "rendez-vous":
        return _book_again(entry)
    if form.suite.data == "atelier" and WORKSHOPS in current_app.view_functions:
        return url_for(WORKSHOPS)
    if form.retour.data == "liste":
        return url_for("attendance.to_complete", fait="clos")
    return url_for(
        "agenda.today",
        fait="clos",
        rdv=entry.appointment_id,
        _anchor=f"rdv-{entry.appointment_id}",
    )


def _book_again(entry: Entry) -> str:
    """The desk page with the same person, counsellor, need and place."""
    card = read_card(db.session(), current_catalogue(), entry.appointment_id)
    kept: dict[str, Any] = {
        "personne": card.resident_id if entry.first_name else None,
        "conseiller": entry.counsellor_id,
        "besoin": entry.topic.code,
        "deplacement": "non" if entry.is_visit else "oui",
        "lieu": entry.venue.slug if entry.venue else None,
    }
    return url_for("desk.call", **kept)
