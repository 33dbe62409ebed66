"""The menu of the staff pages: what somebody may open, in the order of their day."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from app.domain.access import Action
from app.extensions import db
from app.services.sending_pause import OpenPause, open_pause
from app.web.access import known_user, may


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; the first one that somebody may open is where they land."""

    text: str
    endpoint: str
    action: Action
    icon: str
    also: tuple[str, ...] = ()
    """Endpoints of its other lists: their pages light it too."""


MENU = (
    Entry("Aujourd’hui", "agenda.today", Action.SEE_TODAY, "sun"),
    Entry("Téléphone", "desk.call", Action.BOOK, "phone"),
    Entry("Agenda", "agenda.week", Action.SEE_AGENDA, "calendar-days"),
    Entry("À appeler", "agenda.call_list", Action.CALL, "phone-call"),
    Entry("Relevés", "attendance.to_complete", Action.CORRECT_RECORDS, "list-checks"),
    Entry("Liste d’attente", "waiting.staff_list", Action.CALL, "hourglass"),
    Entry("À replacer", "timetable.orphans", Action.REPLACE, "calendar-x"),
    Entry(
        "Horaires",
        "timetable.rules",
        Action.SEE_TIMETABLE,
        "calendar-clock",
        also=("timetable.absences", "timetable.closures"),
    ),
    Entry(
        "Ateliers",
        "programme.dates",
        Action.SEE_PROGRAMME,
        "presentation",
        also=("programme.templates",),
    ),
    Entry("Messages", "messages.outgoing", Action.MANAGE_MESSAGES, "mail"),
    Entry("Statistiques", "statistics.board", Action.SEE_STATISTICS, "chart-column"),
    Entry("Avis", "survey.paper", Action.COLLECT_OPINIONS, "smile"),
    Entry("Personnes", "people.find", Action.FIND_PEOPLE, "users"),
    Entry("Équipe", "administration.team", Action.MANAGE_TEAM, "users-round"),
    Entry("Réglages", "administration.settings", Action.EDIT_SETTINGS, "settings"),
    Entry("Journal", "administration.journal", Action.READ_JOURNAL, "history"),
    Entry("Mon compte", "accounts.own_account", Action.OWN_ACCOUNT, "user"),
)


def register(app: Flask) -> None:
    """Give every template `staff_menu()`, `signed_in_as()`, `may()` and the pause of sending."""
    app.jinja_env.globals.update(staff_menu=staff_menu, signed_in_as=known_user, may=may)
    app.jinja_env.globals.update(sending_pause=sending_pause, may_resume=may_resume)


def staff_menu() -> list[dict[str, object]]:
    """The entries that whoever is signed in may open; the current one is marked."""
    current = _current()
    return [
        {
            "text": entry.text,
            "href": url_for(entry.endpoint),
            "icon": entry.icon,
            "current": entry is current,
        }
        for entry in MENU
        if may(entry.action)
    ]


def _current() -> Entry | None:
    """The entry whose address begins the address of this page; else the first of its part."""
    lit = [(url_for(each), entry) for entry in MENU for each in (entry.endpoint, *entry.also)]
    above = [each for each in lit if request.path.startswith(each[0])]
    if above:
        return max(above, key=lambda each: len(each[0]))[1]
    part = (entry for entry in MENU if entry.endpoint.split(".")[0] == request.blueprint)
    return next(part, None)


def sending_pause() -> OpenPause | None:
    """The pause in force, for whoever ends it or promises messages; None for everybody else.

    Also None while the database is away: the page of that error must still be shown.
    """
    try:
        return open_pause(db.session()) if may(Action.BOOK) else None
    except SQLAlchemyError:
        return None


def may_resume() -> bool:
    """Whether whoever is signed in may end a pause of sending."""
    return may(Action.MANAGE_MESSAGES)


def landing() -> str:
    """Where somebody goes after signing in: the first page of their menu."""
    return next(url_for(entry.endpoint) for entry in MENU if may(entry.action))
