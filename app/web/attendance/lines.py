"""The lines that are kept: a month of them, one to read and copy, to correct, to do again."""

import secrets
from datetime import date
from typing import Any

from flask import Response, current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.attendance import duplicate
from app.domain.attendance_errors import HalfYearClosedAlready, LineOfAppointment
from app.domain.calendar import ONE_DAY
from app.domain.errors import DomainError
from app.domain.half_year import month_of
from app.domain.planning_errors import DayMissing
from app.domain.staff_errors import EditedMeanwhile
from app.extensions import db
from app.gateways.national_form import prefilled
from app.gateways.spreadsheets import csv_text
from app.services.attendance_lines import (
    Line,
    add_line,
    correct_line,
    counsellor_code,
    find_lines,
    mark_copied,
    read_line,
    subject_of_line,
)
from app.services.attendance_removal import read_removal
from app.web.access import allow, current_actor, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.copying import HEADER, form_facts, sheet_rows, table_rows
from app.web.attendance.forms import AnswersForm, RecordForm
from app.web.attendance.group_form import group_form
from app.web.attendance.words import line_id_of, place_of, residence_choices, told_line
from app.web.booking_terms import YEARS, parse_date
from app.web.clock import utc_now
from app.web.security import keeps_answers, personal
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
SAID = {
    "corrige": "Le relevé est corrigé.",
    "saisi": "C’est noté : saisi.",
    "a-saisir": "C’est noté : à saisir.",
    "double": "Un nouveau relevé est fait.",
    "supprime": "Le relevé est supprimé.",
    "atelier-supprime": "Le relevé est supprimé. L’atelier est de nouveau à compléter.",
}


@blueprint.get("/agents/frequentation/releves")
@requires(Action.CORRECT_RECORDS)
def lines() -> Any:
    """A month of lines: one's own, or for the coordination everybody's, never beside names."""
    first = wanted_month()
    found = lines_of(first)
    waiting = [each for each in found if not each.record.is_copied]
    only_waiting = request.args.get("saisi") == "non"
    return staff_page(
        "attendance/lines.html",
        month=MONTHS[first.month - 1] + f" {first.year}",
        mois=f"{first:%Y-%m}",
        lines=[told_line(each) for each in (waiting if only_waiting else found)],
        counts=(len(found), len(waiting)),
        only_waiting=only_waiting,
        earlier=f"{month_of(first - ONE_DAY):%Y-%m}",
        later=f"{following_month(first):%Y-%m}" if first < month_of(_today()) else None,
        is_own=current_actor().counsellor_id is not None,
        said=SAID.get(request.args.get("fait", "")),
    )


def wanted_month() -> date:
    """The first day of the month in the address; of this month where it says none."""
    day = parse_date(f"{request.args.get('mois', '')}-01")
    return day if day and day.year in YEARS[:-1] else month_of(_today())


def following_month(first: date) -> date:
    """The first day of the next month."""
    return month_of(first.replace(day=28) + 4 * ONE_DAY)


def lines_of(first: date) -> list[Line]:
    """The lines of that month that whoever is signed in may see."""
    own = current_actor().counsellor_id
    whose = counsellor_code(db.session(), own) if own is not None else None
    last = following_month(first) - ONE_DAY
    return find_lines(db.session(), first, last, counsellor=whose)


@blueprint.get("/agents/frequentation/releves.csv")
@requires(Action.CORRECT_RECORDS)
def table() -> Any:
    """The same month as a table to keep, one row per activity, under the national headers."""
    first = wanted_month()
    answer = Response(csv_text(HEADER, table_rows(lines_of(first))), mimetype="text/csv")
    name = f'attachment; filename="releves-{first:%Y-%m}.csv"'
    answer.headers["Content-Disposition"] = name
    return personal(answer)


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
        said=SAID.get(request.args.get("fait", "")),
    )


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
