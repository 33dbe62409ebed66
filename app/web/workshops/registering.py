"""Registering for a workshop: one form, one check, one click. Answers travel in POST bodies."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import DatabaseUnavailable, DomainError, FormAlreadyUsed
from app.domain.workshop_errors import DevicesMissing, TooManyPlaces, WorkshopFull
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import RegistrationRequest, check_open, check_people, check_places
from app.extensions import db
from app.services import registrations
from app.services.catalogue import Catalogue
from app.services.choosing import home_commune
from app.services.registration_facts import registration_by_token
from app.services.transaction import answering
from app.services.workshop_reading import workshop_by_slug
from app.web.access import public
from app.web.booking_terms import YES
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.quotas import registration_quotas, registration_tries
from app.web.security import keeps_answers
from app.web.site import current_catalogue, known_catalogue
from app.web.wording import sentence
from app.web.workshop_words import places, workshop_when
from app.web.workshops.asked import Asked
from app.web.workshops.blueprint import blueprint
from app.web.workshops.forms import RegistrationForm, registration_form
from app.web.workshops.summary import check_rows

__all__ = ["blueprint"]

REGISTER = "/ateliers/<slug>/inscription"
View = Callable[[Asked, RegistrationForm, WorkshopFacts], Any]


def carries(view: View) -> Callable[[str], Any]:
    """Give a view what was answered; a silent database is told on a page that holds it all."""

    @wraps(view)
    def with_answers(slug: str) -> Any:
        asked, catalogue = Asked.read(slug), _catalogue_at_hand()
        g.page_path = url_for("workshops.register", slug=slug).removeprefix(request.script_root)
        try:
            with answering(db.session()):
                workshop = workshop_by_slug(db.session(), catalogue, slug, utc_now())
                form = registration_form(asked, workshop, catalogue)
                if not form.check_token():
                    return _form_page(asked, form, workshop)
                if not _is_for_one_or_two(asked, form):
                    return _form_page(asked.alone, form, workshop)
                return view(asked, form, workshop)
        except DatabaseUnavailable as refusal:
            form = registration_form(asked, None, catalogue)
            form.refuse(refusal)
            return _form_page(asked, form, None)

    return with_answers


@blueprint.get(REGISTER)
@public
def register(slug: str) -> Any:
    """The empty form; a workshop that takes nobody any more says so on its own page."""
    catalogue = current_catalogue()
    workshop = workshop_by_slug(db.session(), catalogue, slug, utc_now())
    if not places(workshop).can_register:
        return redirect(url_for("workshops.detail", slug=slug))
    asked = Asked.read(slug)
    form = registration_form(asked, workshop, catalogue)
    shown = asked if _is_for_one_or_two(asked, form) else asked.alone
    return _form_page(shown, form, workshop)


@blueprint.post(REGISTER)
@keeps_answers
@public
@carries
def register_again(asked: Asked, form: RegistrationForm, workshop: WorkshopFacts) -> Any:
    """« Modifier » on the check page: the form with every answer still there."""
    try:
        form.check_devices()
    except DevicesMissing as refusal:
        form.refuse(refusal)
    return _form_page(asked, form, workshop)


@blueprint.get(f"{REGISTER}/verifier")
@public
def check_bookmark(slug: str) -> Response:
    """Nothing is stored, so a bookmark of the check page leads back to the form."""
    return redirect(Asked.read(slug).url("register"))


@blueprint.post(f"{REGISTER}/verifier")
@keeps_answers
@public
@carries
def check(asked: Asked, form: RegistrationForm, workshop: WorkshopFacts) -> Any:
    """The last page before it is done: everything to read again, and nothing saved."""
    if not (form.validate() and form.check_pace()):
        return _form_page(asked, form, workshop)
    try:
        wanted = _checked(form, workshop)
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(asked, form, workshop)
    form.let_wait(wanted=_is_full(workshop, wanted))
    form.give_key()
    return _check_page(asked, form, workshop, wanted)


@blueprint.post(f"{REGISTER}/confirmer")
@keeps_answers
@public
@carries
def confirm(asked: Asked, form: RegistrationForm, workshop: WorkshopFacts) -> Any:
    """THE click. Registered once however often it is pressed; a refusal keeps every answer."""
    if not (form.validate() and form.check_key()):
        return _form_page(asked, form, workshop)
    try:
        wanted = _checked(form, workshop)
        done = _register(wanted)
    except DomainError as refusal:
        return _refused(asked, form, workshop, refusal)
    if request.args.get("encore") == YES:
        return _another(asked, workshop, done.token)
    return redirect(url_for("appointment.registered", token=done.token), 303)


def _is_for_one_or_two(asked: Asked, form: RegistrationForm) -> bool:
    """Whether the address asks for as many as may come; else the form says so, and is for one."""
    try:
        check_places(asked.places)
    except TooManyPlaces as refusal:
        form.refuse(refusal)
        return False
    return True


def _catalogue_at_hand() -> Catalogue:
    """The territory; while the database is away, as it was last seen: answers must not be lost."""
    return known_catalogue() or current_catalogue()


def _checked(form: RegistrationForm, workshop: WorkshopFacts) -> RegistrationRequest:
    """What is asked, as far as it can be judged before the lock. Raises its refusals."""
    catalogue, now = _catalogue_at_hand(), utc_now()
    form.check_devices()
    wanted = form.to_request(workshop)
    home_commune(catalogue, wanted.commune_slug, now)
    check_people(wanted, catalogue.settings)
    check_open(workshop.status, workshop.first_at, now)
    return wanted


def _is_full(workshop: WorkshopFacts, wanted: RegistrationRequest) -> bool:
    """Whether there is only the waiting list for them, as far as the page knows."""
    is_from_host = wanted.commune_slug == workshop.host.slug
    return (workshop.free_for_host if is_from_host else workshop.free) < wanted.places


def _register(wanted: RegistrationRequest) -> registrations.Registered:
    catalogue = _catalogue_at_hand()
    with answering(db.session()):
        return registrations.register(
            db.session(),
            wanted,
            now=utc_now(),
            links=current_links(),
            quotas=registration_quotas(catalogue, wanted),
            tries=registration_tries(catalogue, wanted),
        )


def _refused(
    asked: Asked, form: RegistrationForm, workshop: WorkshopFacts, refusal: DomainError
) -> Any:
    """Full meanwhile: the list is offered here. A field is asked again on the form."""
    form.refuse(refusal)
    if refusal.field is not None and refusal.field in form:
        return _form_page(asked, form, workshop)
    if isinstance(refusal, FormAlreadyUsed):
        form.give_key()
    wanted = form.to_request(workshop)
    is_full = isinstance(refusal, WorkshopFull)
    if is_full:
        form.let_wait(wanted=True)
    return _check_page(asked, form, workshop, wanted, is_full_meanwhile=is_full)


def _another(asked: Asked, workshop: WorkshopFacts, token: str) -> Any:
    """« Inscrire une autre personne »: the same contact, no name, and what was just done."""
    catalogue, now, alone = _catalogue_at_hand(), utc_now(), asked.alone
    form = registration_form(alone, workshop, catalogue)
    form.forget_names()
    done = registration_by_token(db.session(), catalogue, token, now=now, links=current_links())
    return _form_page(alone, form, done.workshop, done=done)


def _form_page(
    asked: Asked, form: RegistrationForm, workshop: WorkshopFacts | None, **names: Any
) -> Any:
    """The form, with what was typed and what is to correct."""
    form.stamp()
    page = render_template(
        "workshops/register.html",
        flow=asked,
        form=form,
        workshop=workshop,
        when=workshop_when(workshop) if workshop else None,
        places=places(workshop) if workshop else None,
        for_groups=sentence(TooManyPlaces()),
        **{"done": None, **names},
    )
    return page, form.status


def _check_page(
    asked: Asked,
    form: RegistrationForm,
    workshop: WorkshopFacts,
    wanted: RegistrationRequest,
    *,
    is_full_meanwhile: bool = False,
) -> Any:
    """The last page: everything to read again."""
    page = render_template(
        "workshops/check.html",
        flow=asked,
        form=form,
        workshop=workshop,
        rows=check_rows(asked, wanted, workshop, _catalogue_at_hand()),
        is_list=form.may_wait,
        is_full_meanwhile=is_full_meanwhile,
        place=workshop.waiting + 1,
    )
    return page, form.status
