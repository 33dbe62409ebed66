"""« Supprimer ce relevé »: a copy made by mistake, or a workshop that is to be closed again."""

from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.attendance_errors import LineOfWorkshop
from app.domain.errors import DomainError
from app.domain.staff_errors import AnswerMissing
from app.extensions import db
from app.services.attendance_lines import Line
from app.services.attendance_removal import Removal, read_removal, remove_line
from app.web.access import requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.lines import allowed_line
from app.web.attendance.words import told_line
from app.web.forms import BaseForm
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.staff_page import staff_page
from app.web.wording import sentence

COPY = "copie"
"""The line tells of no workshop: it was one copy too many."""


@blueprint.get("/agents/frequentation/releves/<line_id>/supprimer")
@requires(Action.CORRECT_RECORDS)
def remove(line_id: str) -> Any:
    """What goes with the line, before it goes."""
    return _page(allowed_line(line_id), BaseForm())


@blueprint.post("/agents/frequentation/releves/<line_id>/supprimer")
@keeps_answers
@requires(Action.CORRECT_RECORDS)
def remove_now(line_id: str) -> Any:
    """The line goes, once; its workshop is on the list « À compléter » again."""
    found, form = allowed_line(line_id), BaseForm()
    if not form.check_token():
        return _page(found, form)
    try:
        workshop = _workshop(request.form.get("seance", ""))
        remove_line(db.session(), found.id, workshop)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(found, form)
    done = "supprime" if workshop is None else "atelier-supprime"
    return redirect(url_for("attendance.lines", mois=f"{found.record.on:%Y-%m}", fait=done), 303)


def _workshop(answered: str) -> int | None:
    """Which session the line told of; None: a copy. Raises AnswerMissing, LineOfWorkshop."""
    if not answered:
        raise AnswerMissing
    if answered == COPY:
        return None
    number = small_number(answered)
    if number is None:
        raise LineOfWorkshop
    return number


def _page(found: Line, form: BaseForm) -> Any:
    refused, choices = None, []
    try:
        choices = _choices(read_removal(db.session(), found))
    except DomainError as refusal:
        refused = refusal
    return staff_page(
        "attendance/remove.html",
        refused.status if refused else form.status,
        form=form,
        line=found,
        told=told_line(found),
        refused=sentence(refused) if refused else None,
        choices=choices,
    )


def _choices(removal: Removal) -> list[dict[str, Any]]:
    workshops: list[dict[str, Any]] = [
        {"value": each.session_id, "at": each.starts_at, "text": each.title}
        for each in removal.workshops
    ]
    copy = {"value": COPY, "at": None, "text": "Aucun : c’est une copie en trop"}
    return [*workshops, *([copy] if removal.may_be_copy else [])]
