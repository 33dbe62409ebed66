"""Who came: one press each; « Venu sans inscription »; devices lent; close. And on paper."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.workshops import ParticipationState
from app.extensions import db
from app.services import sheets
from app.services.attendance_workshops import HeldWorkshop, read_workshop
from app.services.sheets import Expected, Sheet, read_sheet
from app.services.transaction import changing
from app.web.access import allow, current_actor, may, requires
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.sheets.blueprint import blueprint
from app.web.staff_page import staff_page
from app.web.wording import sentence

SHEET = "/agents/ateliers/<int:workshop_id>/presence/<int:date_id>"
SAID = {
    "note": "C’est noté.",
    "clos": "La feuille est close. Les présences sont comptées.",
    "rouvert": "La feuille est rouverte.",
}


@blueprint.get(SHEET)
@requires(Action.KEEP_SHEET)
def sheet(workshop_id: int, date_id: int) -> Any:
    """Who is expected, and what was said of them; that somebody looked is journalled."""
    found = _allowed(workshop_id, date_id)
    _tell_seen(found)
    return _page(found)


@blueprint.get(f"{SHEET}/imprimer")
@requires(Action.KEEP_SHEET)
def printed(workshop_id: int, date_id: int) -> Any:
    """First names and initials, with boxes to tick: it lies on a table where everybody reads."""
    found = _allowed(workshop_id, date_id)
    _tell_seen(found)
    return staff_page("sheets/printed.html", sheet=found, lines=_paper_lines(found))


@blueprint.post(f"{SHEET}/venu")
@requires(Action.KEEP_SHEET)
def came(workshop_id: int, date_id: int) -> Any:
    """So many of one registration came."""
    about = small_number(request.form.get("inscription")) or 0
    count = _count("venus")

    def act() -> None:
        sheets.mark(db.session(), date_id, about, count, now=utc_now())

    return _done(workshop_id, date_id, act, f"ligne-{about}")


@blueprint.post(f"{SHEET}/sans-inscription")
@requires(Action.KEEP_SHEET)
def walk_ins(workshop_id: int, date_id: int) -> Any:
    """So many came without being registered: a count, no name."""

    def act() -> None:
        sheets.count_walk_ins(db.session(), date_id, _count("nombre"), now=utc_now())

    return _done(workshop_id, date_id, act, "sans-inscription")


@blueprint.post(f"{SHEET}/prets")
@requires(Action.KEEP_SHEET)
def lent(workshop_id: int, date_id: int) -> Any:
    """So many devices were lent."""

    def act() -> None:
        sheets.count_lent(db.session(), date_id, _count("nombre"), now=utc_now())

    return _done(workshop_id, date_id, act, "prets")


@blueprint.post(f"{SHEET}/clore")
@requires(Action.KEEP_SHEET)
def close(workshop_id: int, date_id: int) -> Any:
    """Who was not told of did not come."""

    def act() -> None:
        sheets.close_sheet(db.session(), date_id, by=current_actor().user_id, now=utc_now())

    return _done(workshop_id, date_id, act, "", "clos")


@blueprint.post(f"{SHEET}/rouvrir")
@requires(Action.KEEP_SHEET)
def reopen(workshop_id: int, date_id: int) -> Any:
    """Something was told wrong."""

    def act() -> None:
        sheets.reopen_sheet(db.session(), date_id, by=current_actor().user_id, now=utc_now())

    return _done(workshop_id, date_id, act, "", "rouvert")


def _allowed(workshop_id: int, date_id: int) -> Sheet:
    """Raises SubjectUnknown (404) where it is none of the actor's business."""
    found = read_sheet(db.session(), workshop_id, date_id)
    allow(Action.KEEP_SHEET, found.subject)
    return found


def _tell_seen(found: Sheet) -> None:
    by = current_actor().user_id
    sheets.note_sheet_seen(db.session(), found, by=by, now=utc_now())


def _count(name: str) -> int | None:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else None


def _done(
    workshop_id: int, date_id: int, act: Callable[[], None], line: str, done: str = "note"
) -> Any:
    _allowed(workshop_id, date_id)
    try:
        with changing(db.session()):
            act()
    except DomainError as refusal:
        return _page(_allowed(workshop_id, date_id), refusal)
    address = url_for(
        "sheets.sheet",
        workshop_id=workshop_id,
        date_id=date_id,
        fait=done,
        _anchor=line or None,
    )
    return redirect(address, 303)


def _page(found: Sheet, refusal: DomainError | None = None) -> Any:
    now = utc_now()
    return staff_page(
        "sheets/sheet.html",
        refusal.status if refusal else 200,
        sheet=found,
        lines=[(each, _state(each), _answers(each)) for each in found.people],
        has_begun=found.starts_at <= now,
        held=_to_record(found),
        said=None if refusal else SAID.get(request.args.get("fait", "")),
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None,
    )


def _to_record(found: Sheet) -> HeldWorkshop | None:
    """What is counted once the sheet is closed, for whoever led that date."""
    if found.closed_at is None:
        return None
    held = read_workshop(db.session(), found.date_id)
    return held if may(Action.RECORD_ATTENDANCE, held.subject) else None


def _state(each: Expected) -> str:
    if each.state is ParticipationState.ATTENDED:
        return "Présents tous les deux" if each.came == 2 else _one(each)
    if each.state is ParticipationState.EXCUSED:
        return "S’est excusé"
    return "Absent" if each.state is ParticipationState.ABSENT else ""


def _one(each: Expected) -> str:
    return "Présent" if each.places == 1 else "Un seul présent"


def _answers(each: Expected) -> list[tuple[int, str, bool]]:
    """(how many came, the words of the button, whether it is what was said)."""
    words = ["Absent", "Présent"] if each.places == 1 else ["Absents", "Un seul", "Tous les deux"]
    is_said = each.state in {ParticipationState.ATTENDED, ParticipationState.ABSENT}
    return [
        (count, text, is_said and count == each.came)
        for count, text in reversed(list(enumerate(words)))
    ]


def _paper_lines(found: Sheet) -> list[str]:
    """« Rose S. », and who comes with her on a line of their own; who misses that date says so."""
    lines = []
    for each in found.people:
        missing = " (ne vient pas ce jour-là)" if each.state is ParticipationState.EXCUSED else ""
        lines.append(_initial(each.first_name, each.last_name) + missing)
        if each.places == 2:
            companion = _initial(each.companion_first_name, each.companion_last_name)
            lines.append(companion + missing)
    return lines


def _initial(first_name: str | None, last_name: str | None) -> str:
    if not first_name:
        return "Sans nom"
    return f"{first_name} {last_name[:1]}." if last_name else first_name
