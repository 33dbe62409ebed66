"""Who did what: the journal, narrowed by person, act and period; and as a table to keep."""

from datetime import date
from typing import Any

from flask import Response, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.journal import JournalAction, JournalSubject
from app.extensions import db
from app.gateways.spreadsheets import csv_text
from app.services.journal_reading import JournalFilter, Line, export_lines, read_lines
from app.services.team_list import Member, read_team
from app.web.access import current_actor, requires
from app.web.administration.blueprint import blueprint
from app.web.administration.words import ROLES, told_facts
from app.web.booking_terms import YEARS, parse_date
from app.web.clock import utc_now
from app.web.journal_words import ACTS, SUBJECTS
from app.web.numbers import small_number
from app.web.security import personal
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

COMMAND = "Commande ou inconnu"
HEADER = ("Date", "Heure", "Qui", "Quoi", "Sur", "Numéro", "Détail")


@blueprint.get("/agents/journal")
@requires(Action.READ_JOURNAL)
def journal() -> Any:
    """A page of lines, the latest first."""
    return _page()


@blueprint.get("/agents/journal.csv")
@requires(Action.READ_JOURNAL)
def journal_file() -> Any:
    """All lines of the filter; that it was exported is a line too."""
    catalogue, by = current_catalogue(), current_actor().user_id
    try:
        lines = export_lines(db.session(), catalogue, _wanted(), by=by, now=utc_now())
    except DomainError as refusal:
        return _page(refusal)
    answer = Response(csv_text(HEADER, map(_cells, lines)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return personal(answer)


def _page(refusal: DomainError | None = None) -> Any:
    wanted, members = _wanted(), read_team(db.session())
    lines, before = read_lines(db.session(), current_catalogue(), wanted)
    asked = _asked(wanted)
    return staff_page(
        "administration/journal.html",
        refusal.status if refusal else 200,
        lines=[(each, _href(each), told_facts(each.action, each.facts)) for each in lines],
        people=_people(members),
        acts=sorted(ACTS.items(), key=lambda each: each[1]),
        act_words=ACTS,
        subjects=SUBJECTS,
        wanted=wanted,
        command=COMMAND,
        older=url_for("administration.journal", **asked, avant=before) if before else None,
        file=url_for("administration.journal_file", **asked),
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None,
    )


def _people(members: list[Member]) -> list[tuple[int, str]]:
    """Each with the role and the communes: several may bear the same name."""
    communes = {each.id: each.name for each in current_catalogue().communes}
    return [
        (each.id, ", ".join([each.name, ROLES[each.role], *_names(each, communes)]))
        for each in members
    ]


def _names(member: Member, communes: dict[int, str]) -> list[str]:
    return sorted(communes[each] for each in member.commune_ids if each in communes)


def _wanted() -> JournalFilter:
    """The filter of the address; what cannot be read filters nothing."""
    asked = request.args
    act = asked.get("acte", "")
    return JournalFilter(
        user_id=small_number(asked.get("qui")),
        action=JournalAction(act) if act in set(JournalAction) else None,
        first=_day(asked.get("du", "")),
        last=_day(asked.get("au", "")),
        before=small_number(asked.get("avant")),
    )


def _asked(wanted: JournalFilter) -> dict[str, Any]:
    """The same filter as an address says it."""
    given = {
        "qui": wanted.user_id,
        "acte": wanted.action.value if wanted.action else None,
        "du": wanted.first.isoformat() if wanted.first else None,
        "au": wanted.last.isoformat() if wanted.last else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _day(typed: str) -> date | None:
    day = parse_date(typed)
    return day if day and day.year in YEARS[:-1] else None


def _href(line: Line) -> str | None:
    """The page of what the act was done to, where it has one of its own."""
    pages = {
        JournalSubject.RESIDENT: ("people.person", "resident_id"),
        JournalSubject.APPOINTMENT: ("agenda.appointment", "appointment_id"),
        JournalSubject.USER: ("administration.account", "user_id"),
    }
    if line.subject_id is None or line.subject_kind not in pages:
        return None
    endpoint, parameter = pages[line.subject_kind]
    values: dict[str, Any] = {parameter: line.subject_id}
    return url_for(endpoint, **values)


def _cells(line: Line) -> tuple[object, ...]:
    local = line.at.astimezone(current_catalogue().timezone)
    return (
        f"{local:%d/%m/%Y}",
        f"{local:%H:%M:%S}",
        line.who or COMMAND,
        ACTS[line.action],
        SUBJECTS[line.subject_kind],
        line.subject_id,
        told_facts(line.action, line.facts),
    )
