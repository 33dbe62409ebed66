"""A line that is kept: to read and copy, to correct, to do again."""

import secrets
from datetime import date
from typing import Any

from flask import current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.attendance import duplicate
from app.domain.attendance_errors import HalfYearClosedAlready, LineOfAppointment
from app.domain.errors import DomainError
from app.domain.national_labels import AT_VENUE
from app.domain.planning_errors import DayMissing
from app.domain.staff_errors import EditedMeanwhile
from app.extensions import db
from app.gateways.national_form import prefilled
from app.services.attendance_lines import (
    Line,
    add_line,
    correct_line,
    mark_copied,
    read_line,
    subject_of_line,
)
from app.services.attendance_removal import read_removal
from app.web.access import allow, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.copying import form_facts, sheet_rows
from app.web.attendance.forms import AnswersForm, RecordForm
from app.web.attendance.group_form import group_form
from app.web.attendance.words import line_id_of, place_of, residence_choices
from app.web.booking_terms import YEARS, parse_date
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

SAID = {
    "corrige": "Le relevé est corrigé.",
    "corrige-saisi": (
        "Le relevé est corrigé. Déjà saisi dans l’outil national : corrigez-le là-bas aussi."
    ),
    "saisi": "C’est noté : saisi.",
    "a-saisir": "C’est noté : à saisir.",
}


@blueprint.get("/agents/frequentation/releves/<line_id>")
@requires(Action.CORRECT_RECORDS)
def line(line_id: str) -> Any:
    """The copy sheet: the answers in the order and the words of the national form."""
    found = allowed_line(line_id)
    base = current_app.config["COCLICO"].national_form_url
    return staff_page(
        "attendance/line.html",
        line=found,
        may_remove=_may_remove(found),
        rows=sheet_rows(found.record),
        national=prefilled(base, form_facts(found.record)) if base else None,
        place_to_check=place_of(found.record) if found.record.place_kind == AT_VENUE else None,
        said=_said(found),
    )


def _said(found: Line) -> str | None:
    done = request.args.get("fait", "")
    if done == "corrige" and found.record.is_copied:  # the national tool keeps what was typed there
        done = "corrige-saisi"
    return SAID.get(done)


def _may_remove(found: Line) -> bool:
    """Whether « Supprimer » has a meaning; a line of an appointment is withdrawn from there."""
    try:
        read_removal(db.session(), found)
    except (HalfYearClosedAlready, LineOfAppointment):
        return False
    return True


@blueprint.post("/agents/frequentation/releves/<line_id>/saisi")
@requires(Action.CORRECT_RECORDS)
def copied(line_id: str) -> Any:
    """« Saisi » in the national tool, or not after all."""
    found, is_copied = allowed_line(line_id), request.form.get("saisi") != "non"
    mark_copied(db.session(), found.id, is_copied=is_copied)
    done = "saisi" if is_copied else "a-saisir"
    return redirect(url_for("attendance.line", line_id=found.id, fait=done), 303)


@blueprint.get("/agents/frequentation/releves/<line_id>/corriger")
@requires(Action.CORRECT_RECORDS)
def correct(line_id: str) -> Any:
    """The same questions, with the answers that are kept."""
    found = allowed_line(line_id)
    form = _form(found)
    form.show(found.record)
    form.version.data = found.version
    return _correct_page(found, form)


@blueprint.post("/agents/frequentation/releves/<line_id>/corriger")
@keeps_answers
@requires(Action.CORRECT_RECORDS)
def correct_now(line_id: str) -> Any:
    """Until its half-year is closed; what somebody else corrected meanwhile is not overwritten."""
    found = allowed_line(line_id)
    form = _form(found)
    if not form.check_token():
        return _correct_page(found, form)
    try:
        correct_line(
            db.session(),
            found.id,
            form.answered,
            version=form.version.data or "",
            now=utc_now(),
        )
    except DomainError as refusal:
        form.refuse(refusal)
        if isinstance(refusal, EditedMeanwhile):  # they read it now; before, nobody had seen it
            form.version.data = read_line(db.session(), found.id).version
        return _correct_page(found, form)
    return redirect(url_for("attendance.line", line_id=found.id, fait="corrige"), 303)


@blueprint.get("/agents/frequentation/releves/<line_id>/dupliquer")
@requires(Action.CORRECT_RECORDS)
def copy(line_id: str) -> Any:
    """One more activity with the same answers, today unless another day is written."""
    found = allowed_line(line_id)
    form = _form(found)
    form.show(duplicate(found.record, _today()))
    form.jour.data, form.cle.data = _today().isoformat(), secrets.token_hex(16)
    return _copy_page(found, form)


@blueprint.post("/agents/frequentation/releves/<line_id>/dupliquer")
@keeps_answers
@requires(Action.CORRECT_RECORDS)
def copy_now(line_id: str) -> Any:
    """Kept once, however often the button was pressed."""
    found = allowed_line(line_id)
    form = _form(found)
    if not form.check_token():
        return _copy_page(found, form)
    try:
        record = form.answered(duplicate(found.record, _day(form)))
        add_line(db.session(), record, form.cle.data or secrets.token_hex(16), now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _copy_page(found, form)
    month = f"{record.on:%Y-%m}"
    return redirect(url_for("attendance.lines", mois=month, fait="double"), 303)


def _day(form: RecordForm) -> date:
    day = parse_date(form.jour.data or "")
    if day is None or day.year not in YEARS[:-1]:
        form.jour.errors = ["Écrivez le jour, le mois et l’année."]
        raise DayMissing
    return day


def _today() -> date:
    return current_catalogue().today(utc_now())


def allowed_line(line_id: str) -> Line:
    """The line, if it is any business of whoever asks. Raises SubjectUnknown (404)."""
    found = read_line(db.session(), line_id_of(line_id))
    allow(Action.CORRECT_RECORDS, subject_of_line(db.session(), found))
    return found


def _form(found: Line) -> Any:
    """The questions of one person, or the counts of a workshop."""
    if found.record.is_workshop:
        form: RecordForm = group_form(found.record.on, residence_choices())
    else:
        form = AnswersForm()
        form.ask_all(found.record.on, residence_choices())
    return form


def _correct_page(found: Line, form: RecordForm) -> Any:
    return _asked_page("attendance/correct.html", found, form)


def _copy_page(found: Line, form: RecordForm) -> Any:
    return _asked_page("attendance/copy.html", found, form)


def _asked_page(template: str, found: Line, form: RecordForm) -> Any:
    return staff_page(
        template,
        form.status,
        form=form,
        line=found,
        place=place_of(found.record),
        first_themes=sorted(found.record.themes),
    )
