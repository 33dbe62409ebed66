"""A counsellor's own agenda: its address is taken, never shown again."""

from typing import Any

from flask import Response, redirect, url_for

from app.domain.access import Action, Subject
from app.domain.busy_calendars import CalendarFailure
from app.domain.errors import DomainError
from app.extensions import db
from app.services.busy_calendars import known_calendar, remove_calendar, set_calendar
from app.web.access import allow, current_actor, requires
from app.web.calendars.forms import CalendarForm
from app.web.calendars.routes import blueprint
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.staff_page import staff_page

FAILURES = {
    CalendarFailure.NOT_HTTPS: "L’adresse mène ailleurs qu’à une adresse https.",
    CalendarFailure.NO_SUCH_HOST: "Ce site n’existe pas.",
    CalendarFailure.PRIVATE_ADDRESS: "Cette adresse n’est pas sur internet.",
    CalendarFailure.UNREACHABLE: "Le site ne répond pas.",
    CalendarFailure.NOT_TRUSTED: "Le certificat du site n’est pas bon.",
    CalendarFailure.TOO_MANY_REDIRECTS: "Le site renvoie trop de fois ailleurs.",
    CalendarFailure.REFUSED: "Le site refuse l’adresse. Elle a peut-être changé.",
    CalendarFailure.TOO_SLOW: "Le site est trop lent.",
    CalendarFailure.TOO_BIG: "L’agenda est trop gros : 2 Mo au plus.",
    CalendarFailure.NOT_A_CALENDAR: "Ce n’est pas un agenda au format ICS.",
    CalendarFailure.TOO_FREQUENT: "Un événement revient sans fin chaque heure, ou plus souvent.",
    CalendarFailure.TOO_MANY_EVENTS: "L’agenda a plus de 5 000 événements.",
    CalendarFailure.TOO_LONG: "L’agenda est trop long à lire.",
}
"""Why an agenda cannot be read, for the team."""


@blueprint.get("/agents/agendas/personnel/<int:counsellor_id>")
@requires(Action.PLAN_TIMETABLE)
def personal_calendar(counsellor_id: int) -> Response:
    """What is known of it, and the field for another address."""
    return _page(counsellor_id, CalendarForm())


@blueprint.post("/agents/agendas/personnel/<int:counsellor_id>")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def set_personal(counsellor_id: int) -> Any:
    """Read that agenda from now on."""
    form = CalendarForm()
    _allow(counsellor_id)
    if form.validate():
        typed, by = form.adresse.data or "", current_actor().user_id
        try:
            set_calendar(db.session(), counsellor_id, typed, by=by, now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _back(counsellor_id, "enregistre")
    return _page(counsellor_id, form)


@blueprint.post("/agents/agendas/personnel/<int:counsellor_id>/retrait")
@requires(Action.PLAN_TIMETABLE)
def remove_personal(counsellor_id: int) -> Any:
    """Forget the agenda and what it said."""
    _allow(counsellor_id)
    by = current_actor().user_id
    remove_calendar(db.session(), counsellor_id, by=by, now=utc_now())
    return _back(counsellor_id, "retire")


def _allow(counsellor_id: int) -> None:
    """Raises SubjectUnknown for an agenda that is none of the actor's business, or nobody's."""
    allow(Action.PLAN_TIMETABLE, Subject(counsellor_ids=frozenset({counsellor_id})))
    known_calendar(db.session(), counsellor_id, now=utc_now())


def _page(counsellor_id: int, form: CalendarForm) -> Response:
    _allow(counsellor_id)
    known = known_calendar(db.session(), counsellor_id, now=utc_now())
    why = FAILURES[known.failure] if known.failure else "Personne ne l’a lu depuis une heure."
    return staff_page("calendars/personal.html", form.status, form=form, known=known, why=why)


def _back(counsellor_id: int, done: str) -> Any:
    where = url_for("calendars.personal_calendar", counsellor_id=counsellor_id, fait=done)
    return redirect(where, 303)
