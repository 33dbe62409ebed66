"""Changing a workshop: its texts and places; then one of its dates, shown before it is saved."""

from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import HiddenField, StringField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.planning_errors import DateMissing, DateUnreadable
from app.domain.staff_errors import EditedMeanwhile
from app.domain.workshop_errors import SessionUnknown
from app.extensions import db
from app.services import programme_changes as changes
from app.services.programme_cancelling import impact_of
from app.services.programme_changes import DateChange, Edit
from app.services.programme_lists import ProgrammeDate, ProgrammeWorkshop
from app.services.workshop_announcing import is_too_late
from app.web.access import current_user, requires
from app.web.clock import utc_now
from app.web.date_fields import clock_validator, date_validator, read_clock, read_date
from app.web.forms import BaseForm
from app.web.programme.blueprint import blueprint
from app.web.programme.checking import answers_of, told_of
from app.web.programme.fields import (
    KeptForm,
    WhereForm,
    WordsForm,
    length_field,
    number,
)
from app.web.programme.rights import own_workshop, to_call
from app.web.programme.words import conflict_words, date_words, impact_words
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page


class WorkshopForm(WordsForm, KeptForm):
    """Its texts and its places."""

    version = HiddenField()

    def shows(self, found: ProgrammeWorkshop) -> None:
        """Fill in what is saved."""
        self.version.data = found.version
        self.shows_words(found.words)
        self.shows_numbers(found.numbers)


class DateForm(WhereForm):
    """One date: when, where, with whom."""

    version = HiddenField()
    vu = HiddenField()
    du = StringField("Date", [date_validator(DateUnreadable, DateMissing)])
    de = StringField("Heure de début", [clock_validator])
    duree = length_field()

    def shows(self, found: ProgrammeWorkshop, date: ProgrammeDate) -> None:
        """Fill in what is saved."""
        local = date.starts_at.astimezone(current_catalogue().timezone)
        self.version.data = found.version
        self.du.data, self.de.data = local.date().isoformat(), f"{local:%H:%M}"
        self.duree.data = str(int((date.ends_at - date.starts_at).total_seconds()) // 60)
        self.shows_place(date.where)
        self.conseillers.data = [str(each) for each in date.counsellor_ids]

    def change(self) -> DateChange:
        """Raises HolderMissing, NotAmongHolders."""
        day = read_date(self.du.data)
        assert day is not None  # noqa: S101 # nosec B101 - the form was validated
        return DateChange(
            on=day,
            from_time=read_clock(self.de.data),
            minutes=number(self.duree),
            where=self.where(),
            counsellor_ids=self.holders(),
        )


@blueprint.get("/agents/ateliers/<int:workshop_id>/modifier")
@requires(Action.PLAN_PROGRAMME)
def change(workshop_id: int) -> Response:
    """Texts and numbers; its dates are changed one by one."""
    found = own_workshop(workshop_id)
    form = WorkshopForm()
    form.shows(found)
    return _workshop_page(form, found)


@blueprint.post("/agents/ateliers/<int:workshop_id>/modifier")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def save_change(workshop_id: int) -> Any:
    """A colleague who changed it meanwhile is named; fewer places than people: whom to call."""
    found, form = own_workshop(workshop_id), WorkshopForm()
    if form.validate():
        edit = edit_of(form.version.data)
        try:
            changes.change_workshop(db.session(), workshop_id, form.words(), form.numbers(), edit)
        except DomainError as refusal:
            _refuse(form, workshop_id, refusal)
        else:
            return _seen(workshop_id, "change")
    return _workshop_page(form, found)


@blueprint.get("/agents/ateliers/<int:workshop_id>/dates/<int:date_id>")
@requires(Action.PLAN_PROGRAMME)
def change_date(workshop_id: int, date_id: int) -> Response:
    """When, where and with whom."""
    found, date = own_date(workshop_id, date_id)
    form = DateForm()
    form.shows(found, date)
    return _date_page(form, found, date)


@blueprint.post("/agents/ateliers/<int:workshop_id>/dates/<int:date_id>/apercu")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def check_date(workshop_id: int, date_id: int) -> Response:
    """Who would be told, and what is in the way; nothing is saved."""
    found, date = own_date(workshop_id, date_id)
    form = DateForm()
    if form.validate() and "corriger" not in request.form:
        try:
            return _preview(form, found, date)
        except DomainError as refusal:
            form.refuse(refusal)
    return _date_page(form, found, date)


@blueprint.post("/agents/ateliers/<int:workshop_id>/dates/<int:date_id>/enregistrer")
@keeps_answers
@requires(Action.PLAN_PROGRAMME)
def save_date(workshop_id: int, date_id: int) -> Any:
    """One press; what is no longer true is shown again instead."""
    found, date = own_date(workshop_id, date_id)
    form = DateForm()
    if not form.validate():
        return _date_page(form, found, date)
    try:
        wanted, edit = form.change(), edit_of(form.version.data)
        changes.change_date(
            db.session(), workshop_id, date_id, wanted, edit, seen=form.vu.data or ""
        )
    except DomainError as refusal:
        _refuse(form, workshop_id, refusal)
        try:
            return _preview(form, found, date)
        except DomainError:
            return _date_page(form, found, date)
    is_told = _is_noticed(wanted, date) and (found.counted.registered or found.counted.waiting)
    return _seen(workshop_id, "date" if is_told else "change")


def own_date(workshop_id: int, date_id: int) -> tuple[ProgrammeWorkshop, ProgrammeDate]:
    """Raises what `own_workshop` raises, or SessionUnknown."""
    found = own_workshop(workshop_id)
    for date in found.dates:
        if date.id == date_id:
            return found, date
    raise SessionUnknown


def edit_of(version: str | None) -> Edit:
    """Who is signed in changes it now, having seen that state of it."""
    return Edit(current_user().actor.user_id, utc_now(), version or "")


def _refuse(form: Any, workshop_id: int, refusal: DomainError) -> None:
    """Who was told of a colleague's change may save over it: the next answer is to that state."""
    form.refuse(refusal)
    if isinstance(refusal, EditedMeanwhile):
        form.version.data = own_workshop(workshop_id).version


def _preview(form: DateForm, found: ProgrammeWorkshop, date: ProgrammeDate) -> Response:
    wanted, now = form.change(), utc_now()
    check = changes.check_date_change(db.session(), found.row.id, date.id, wanted, now=now)
    too_late = is_too_late(db.session(), date.starts_at, check.starts_at, now=now)
    kept = dict(answers_of(form), version=form.version.data or "", vu=check.key)
    holders = [("conseillers", str(each)) for each in wanted.counsellor_ids]
    kept.pop("conseillers", None)
    return staff_page(
        "programme/check_date.html",
        form.status,
        workshop=found,
        date=date,
        check=check,
        when=date_words(check.starts_at, check.ends_at),
        conflicts=[conflict_words(each) for each in check.conflicts],
        impact=impact_words(impact_of(db.session(), [found.row.id], is_too_late=too_late)),
        called=to_call(found, is_too_late=too_late),
        is_noticed=_is_noticed(wanted, date),
        answers=[*kept.items(), *holders],
        errors=[{"text": text} for text in told_of(form)],
        has_errors=bool(form.errors),
    )


def _is_noticed(wanted: DateChange, date: ProgrammeDate) -> bool:
    """Whether people would see the difference: who holds it is none of it."""
    hours = wanted.hours(current_catalogue())
    return hours != (date.starts_at, date.ends_at) or wanted.where != date.where


def _seen(workshop_id: int, done: str) -> Any:
    return redirect(url_for("programme.workshop", workshop_id=workshop_id, fait=done), 303)


def _workshop_page(form: BaseForm, found: ProgrammeWorkshop) -> Response:
    return staff_page("programme/change.html", form.status, form=form, workshop=found)


def _date_page(form: BaseForm, found: ProgrammeWorkshop, date: ProgrammeDate) -> Response:
    return staff_page("programme/date.html", form.status, form=form, workshop=found, date=date)
