"""A whole half-day on one page: the same themes for several, present or absent for each."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import redirect, request, url_for
from wtforms import RadioField, SelectField

from app.domain.access import Action
from app.domain.attendance import Told
from app.domain.attendance_errors import OutcomeUntold, ProcedureAlone, ThemeMissing
from app.domain.errors import DomainError
from app.domain.national_labels import NOT_TOLD
from app.domain.nomenclature import Family
from app.extensions import db
from app.services.agenda import Entry
from app.services.agenda_card import read_entry
from app.services.attendance_records import Answer, close_several, find_to_complete
from app.web.access import allow, current_actor, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.forms import RecordForm, labels
from app.web.attendance.words import MOMENTS, half_day_of, who
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.forms import offered
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

PRESENT, ABSENT, LATER = "present", "absent", "plus-tard"
VENUES = {PRESENT: "Présent", ABSENT: "Absent", LATER: "Plus tard"}
WALK_IN_VENUES = {PRESENT: "Présent", LATER: "Plus tard"}
CAME = "venue_"
SHARED = (Family.THEME, Family.PROCEDURE)
"""Answered once for all of the page."""


class HalfDayForm(RecordForm):
    """The themes of all; each person adds two questions of their own."""

    people: dict[int, str]
    """How each of the page is called."""

    def refuse(self, refusal: DomainError) -> None:
        """A refusal about one person stands at their line, by their name; of all, where it is."""
        about, family = refusal.facts.get("appointment_id"), refusal.facts.get("family")
        is_shared = family in SHARED or isinstance(refusal, ThemeMissing | ProcedureAlone)
        if is_shared or about not in self.people:
            super().refuse(refusal)
            return
        self._status = refusal.status
        asked = "age_" if family is Family.AGE else CAME
        field = self[f"{asked}{about}"]
        field.errors = [*field.errors, f"{self.people[about]} : {self.told(refusal)}"]


@blueprint.get("/agents/frequentation/demi-journee")
@requires(Action.RECORD_ATTENDANCE)
def half_day() -> Any:
    """The appointments of a half-day that wait for a record; none: back to the list."""
    wanted = request.args.get("jour", ""), request.args.get("moment", "")
    own = current_actor().counsellor_id or 0
    found = find_to_complete(db.session(), current_catalogue(), own, now=utc_now())
    entries = [each for each in found if half_day_of(each) == wanted]
    if not entries:
        return redirect(url_for("attendance.to_complete"), 303)
    form = _form(entries)
    for each in entries:
        form[f"age_{each.appointment_id}"].data = NOT_TOLD
        if each.status.value == "ATTENDED":
            form[f"{CAME}{each.appointment_id}"].data = PRESENT
    return _page(entries, form)


@blueprint.post("/agents/frequentation/demi-journee")
@keeps_answers
@requires(Action.RECORD_ATTENDANCE)
def half_day_now() -> Any:
    """All that was told in one commit, or nothing of it."""
    entries = _sent_entries()
    if not entries:
        return redirect(url_for("attendance.to_complete"), 303)
    form = _form(entries)
    if not form.check_token():
        return _page(entries, form)
    try:
        answers = _answers(entries, form)
        close_several(db.session(), answers, by=current_actor().user_id, now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(entries, form)
    done = "demi-journee" if answers else None
    return redirect(url_for("attendance.to_complete", fait=done), 303)


def _sent_entries() -> list[Entry]:
    """The people of the page that was sent, all of them the counsellor's own; else 404."""
    numbers = (small_number(name.removeprefix("age_")) for name in request.form if "age_" in name)
    entries = [
        read_entry(db.session(), current_catalogue(), number)
        for number in sorted({each for each in numbers if each is not None})
    ]
    for each in entries:
        allow(Action.RECORD_ATTENDANCE, each.subject)
    return sorted(entries, key=lambda each: each.starts_at)


def _form(entries: Collection[Entry]) -> HalfDayForm:
    """A form with two questions for each person."""
    questions: dict[str, Any] = {}
    for each in entries:
        on = current_catalogue().today(each.starts_at)
        told = offered(WALK_IN_VENUES if each.is_walk_in else VENUES)
        ages = offered(labels(Family.AGE, on))
        came = RadioField("Venue", choices=told, validate_choice=False)
        questions[f"{CAME}{each.appointment_id}"] = came
        questions[f"age_{each.appointment_id}"] = SelectField(
            "Âge", choices=ages, validate_choice=False
        )
    form: HalfDayForm = type("FilledHalfDayForm", (HalfDayForm,), questions)()
    form.people = {each.appointment_id: who(each) for each in entries}
    form.ask(current_catalogue().today(next(iter(entries)).starts_at))
    return form


def _answers(entries: Iterable[Entry], form: HalfDayForm) -> dict[int, Answer | None]:
    """What was told of each, « plus tard » left out. Raises OutcomeUntold."""
    answers: dict[int, Answer | None] = {}
    untold = False
    for each in entries:
        field = form[f"{CAME}{each.appointment_id}"]
        if field.data not in VENUES or (each.is_walk_in and field.data == ABSENT):
            field.errors = [sentence(OutcomeUntold())]
            untold = True
        elif field.data == ABSENT:
            answers[each.appointment_id] = None
        elif field.data == PRESENT:
            answers[each.appointment_id] = Answer(_told(each, form))
    if untold:
        raise OutcomeUntold
    return answers


def _told(entry: Entry, form: HalfDayForm) -> Told:
    return Told(
        themes=frozenset(form.themes.data or ()),
        procedures=frozenset(form.demarches.data or ()),
        age=form[f"age_{entry.appointment_id}"].data or NOT_TOLD,
    )


def _page(entries: list[Entry], form: HalfDayForm) -> Any:
    first = entries[0]
    jour, moment = half_day_of(first)
    return staff_page(
        "attendance/half_day.html",
        form.status,
        form=form,
        on=parse_date(jour),
        moment=MOMENTS[moment],
        people=[
            {
                "who": who(each),
                "entry": each,
                "came": form[f"{CAME}{each.appointment_id}"],
                "age": form[f"age_{each.appointment_id}"],
            }
            for each in entries
        ],
    )
