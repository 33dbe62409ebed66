"""Absences and replacements: listed, declared with their impact shown first, withdrawn."""

from typing import Any

from flask import Response, request, url_for
from wtforms import RadioField

from app.domain.access import Action
from app.domain.planning_errors import SubstituteUnfit
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services.planning import AbsencePlan, AbsenceWithdrawal
from app.services.planning_lists import (
    Person,
    absence_holder,
    list_absences,
    moved_by_absence,
    people_at_work,
)
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.forms import offered
from app.web.security import keeps_answers
from app.web.staff_page import staff_page
from app.web.timetable.changes import own_changes
from app.web.timetable.fields import (
    DaysForm,
    chosen_person,
    is_own_only,
    may_plan,
    own_people,
    person_validator,
)
from app.web.timetable.impact_page import (
    preview_change,
    preview_withdrawal,
    save_change,
    save_plan,
)
from app.web.timetable.routes import blueprint

NOBODY = "personne"


class AbsenceForm(DaysForm):
    """Who is away, when, and who replaces them."""

    conseiller = RadioField("Qui est absent ?", [person_validator], validate_choice=False)
    remplacant = RadioField(
        "Qui remplace ?",
        choices=offered([(NOBODY, "Personne")]),
        default=NOBODY,
        validate_choice=False,
    )

    def __init__(self) -> None:
        super().__init__()
        self.people = own_people()
        self.conseiller.choices = offered((each.id, each.first_name) for each in self.people)
        if is_own_only():
            self.conseiller.data = str(current_actor().counsellor_id)
        away = self.conseiller.data if is_own_only() else None
        others = [each for each in _all_people() if str(each.id) != away]
        self.remplacant.choices = offered(
            [(NOBODY, "Personne"), *((each.id, each.first_name) for each in others)]
        )

    def plan(self) -> AbsencePlan:
        """The answers as a plan. Raises SubjectUnknown, SubstituteUnfit."""
        person = chosen_person(self.conseiller, self.people)
        return AbsencePlan(person, self.days(), self._substitute())

    def _substitute(self) -> int | None:
        if self.remplacant.data in (None, "", NOBODY):
            return None
        ids = {str(each.id): each.id for each in _all_people()}
        if self.remplacant.data not in ids:
            raise SubstituteUnfit
        return ids[self.remplacant.data]


def _all_people() -> list[Person]:
    return people_at_work(db.session())


@blueprint.get("/agents/absences")
@requires(Action.SEE_TIMETABLE)
def absences() -> Response:
    """Who is away, from today on."""
    found = list_absences(db.session(), now=utc_now())
    own = [each.id for each in found if may_plan(each.counsellor_id)]
    return staff_page(
        "timetable/absences.html",
        absences=found,
        own_absences=own,
        changes=own_changes(),
    )


@blueprint.get("/agents/absences/nouvelle")
@requires(Action.PLAN_TIMETABLE)
def absence() -> Response:
    """Who, when, replaced by whom."""
    form = AbsenceForm()
    form.du.data = request.args.get("du", "")
    return _form_page(form)


@blueprint.post("/agents/absences/apercu")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def absence_impact() -> Any:
    """What it would touch; nothing is saved."""
    form = AbsenceForm()
    return preview_change(
        form,
        form.plan,
        lambda: _form_page(form),
        subject="absence",
        endpoint="timetable.save_absence",
    )


@blueprint.post("/agents/absences/enregistrer")
@keeps_answers
@requires(Action.PLAN_TIMETABLE)
def save_absence() -> Any:
    """One confirmation: the absence, and what was chosen for each appointment."""
    form = AbsenceForm()
    return save_change(form, form.plan, lambda: _form_page(form))


@blueprint.post("/agents/absences/<int:absence_id>/retrait/apercu")
@requires(Action.PLAN_TIMETABLE)
def absence_withdrawal(absence_id: int) -> Response:
    """Who was booked with the substitute, for instance; nothing is saved."""
    return preview_withdrawal(
        _withdrawal(absence_id),
        subject="retrait d’absence",
        save_url=url_for("timetable.withdraw_absence", absence_id=absence_id),
        list_url=url_for("timetable.absences"),
        word=kept_words(moved_by_absence(db.session(), absence_id, now=utc_now())),
    )


def kept_words(count: int) -> str | None:
    """Withdrawing brings nobody back: they were told their new date."""
    if not count:
        return None
    if count == 1:
        return "1 personne avait été déplacée : elle garde sa nouvelle date."
    return f"{count} personnes avaient été déplacées : elles gardent leur nouvelle date."


@blueprint.post("/agents/absences/<int:absence_id>/retrait")
@requires(Action.PLAN_TIMETABLE)
def withdraw_absence(absence_id: int) -> Any:
    """It does not take place: its sessions are open again."""
    return save_plan(_withdrawal(absence_id))


def _withdrawal(absence_id: int) -> AbsenceWithdrawal:
    """Raises SubjectUnknown for somebody else's absence (T1)."""
    holder = absence_holder(db.session(), absence_id)
    if not may_plan(holder):
        raise SubjectUnknown
    return AbsenceWithdrawal(absence_id, holder)


def _form_page(form: AbsenceForm) -> Response:
    return staff_page("timetable/absence.html", form.status, form=form, is_own=is_own_only())
