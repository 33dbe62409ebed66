"""The answers about the person: asked, checked, confirmed. They travel in POST bodies only."""

from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.booking import BookingRequest
from app.domain.errors import (
    DomainError,
    FormAlreadyUsed,
    SlotNotOffered,
    SlotTaken,
    SlotTooFar,
    SlotTooSoon,
    TooManyBookings,
)
from app.extensions import db
from app.services import booking, throttle, usage
from app.services.catalogue import Catalogue
from app.services.choosing import check_choice
from app.services.links import Links
from app.services.times import find_neighbours, find_times
from app.web.access import public
from app.web.booking.flow import Flow, first_gap
from app.web.booking.forms import ContactForm, contact_form
from app.web.booking.routes import FLOW, blueprint
from app.web.booking.summary import check_rows
from app.web.booking.time_choice import taken_page, time_page
from app.web.booking_terms import YES
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue, known_catalogue

__all__ = ["blueprint"]

GONE = (SlotTaken, SlotNotOffered, SlotTooSoon, SlotTooFar)
HOUR = 60


@blueprint.get(f"{FLOW}/coordonnees")
@public
def details(flow: str) -> Any:
    """The empty contact page of the chosen time."""
    catalogue, now = current_catalogue(), utc_now()
    answers = Flow.read(flow)
    gap = first_gap(answers, catalogue, now, "details")
    if gap:
        return redirect(gap)
    form = contact_form(answers)
    try:
        check_choice(db.session(), catalogue, answers.choice(catalogue), now)
    except GONE as refusal:
        return taken_page(answers, None, refusal, now)
    return _details_page(answers, form)


@blueprint.post(f"{FLOW}/coordonnees")
@keeps_answers
@public
def details_again(flow: str) -> Any:
    """« Modifier » on the check page: the contact page with every answer still there."""
    answers, form, gap = _carried(flow)
    return redirect(gap) if gap else _details_page(answers, form)


@blueprint.post(f"{FLOW}/heure")
@keeps_answers
@public
def time_again(flow: str) -> Any:
    """« Modifier l’heure »: the page of times, with the personal answers carried along."""
    answers, form, gap = _carried(flow, until="time")
    if gap:
        return redirect(gap)
    catalogue, now = current_catalogue(), utc_now()
    search = answers.search(catalogue, now)
    if answers.voisines == YES or search.home is None:
        neighbours = find_neighbours(db.session(), catalogue, search, now=now)
        return time_page(answers, search, now, neighbours=neighbours, form=form)
    times = find_times(db.session(), catalogue, search, now=now)
    return time_page(answers, search, now, times=times, form=form)


@blueprint.get(f"{FLOW}/verifier")
@public
def check_bookmark(flow: str) -> Response:
    """Nothing is stored, so a bookmark of the check page leads back to the contact page."""
    return redirect(Flow.read(flow).url("details"))


@blueprint.post(f"{FLOW}/verifier")
@keeps_answers
@public
def check(flow: str) -> Any:
    """The last page before the booking: everything to read again, and nothing saved."""
    answers, form, gap = _carried(flow)
    if gap:
        return redirect(gap)
    catalogue, now = _catalogue(), utc_now()
    if not (form.validate() and form.check_pace()):
        return _details_page(answers, form)
    try:
        booking_request = form.to_request(answers.choice(catalogue), catalogue.settings)
        check_choice(db.session(), catalogue, booking_request.choice, now)
    except GONE as refusal:
        return taken_page(answers, form, refusal, now)
    except DomainError as refusal:
        form.refuse(refusal)
        return _details_page(answers, form)
    form.give_key()
    return _check_page(answers, form, booking_request)


@blueprint.post(f"{FLOW}/confirmer")
@keeps_answers
@public
def confirm(flow: str) -> Any:
    """THE click. Booked once however often it is pressed; a refusal keeps every answer."""
    answers, form, gap = _carried(flow)
    if gap:
        return redirect(gap)
    catalogue, now = _catalogue(), utc_now()
    if not form.validate():
        return _details_page(answers, form)
    try:
        booking_request = form.to_request(answers.choice(catalogue), catalogue.settings)
        if not form.has_key:
            raise FormAlreadyUsed
        token = _book(catalogue, booking_request, now)
    except GONE as refusal:
        _count_lost_place(answers, catalogue, refusal, now)
        return taken_page(answers, form, refusal, now)
    except DomainError as refusal:
        return _refused(answers, form, refusal)
    return redirect(url_for("appointment.confirmed", token=token), 303)


def _book(catalogue: Catalogue, booking_request: BookingRequest, now: datetime) -> str:
    links = current_links()
    quota = _address_quota(catalogue, links)
    throttle.spend(db.session(), [quota], now=now)
    try:
        return booking.book(db.session(), booking_request, now=now, links=links)
    except DomainError:
        throttle.give_back(db.session(), [quota])
        raise


def _address_quota(catalogue: Catalogue, links: Links) -> throttle.Quota:
    return throttle.Quota(
        key=links.digest(f"booking:{request.remote_addr}"),
        limit=catalogue.settings.bookings_per_hour_per_address,
        minutes=HOUR,
        refusal=TooManyBookings,
    )


def _refused(flow: Flow, form: ContactForm, refusal: DomainError) -> Any:
    """A form sent twice, or a silent database, is asked again here; the rest on its own page."""
    catalogue = _catalogue()
    form.refuse(refusal)
    field_on_details = refusal.field is not None and refusal.field in form
    if field_on_details:
        return _details_page(flow, form)
    if isinstance(refusal, FormAlreadyUsed):
        form.give_key()
    booking_request = form.to_request(flow.choice(catalogue), catalogue.settings)
    return _check_page(flow, form, booking_request)


def _catalogue() -> Catalogue:
    """The territory; while the database is away, as it was last seen: answers must not be lost."""
    return known_catalogue() or current_catalogue()


def _carried(flow: str, until: str = "details") -> tuple[Flow, ContactForm, str | None]:
    """The answers of the address and of the form, and where to go if one of them is missing."""
    answers = Flow.read(flow)
    form = contact_form(answers)
    g.page_path = url_for("booking.details", flow=flow).removeprefix(request.script_root)
    gap = first_gap(answers, _catalogue(), utc_now(), until)
    return answers, form, gap


def _details_page(flow: Flow, form: ContactForm) -> Any:
    catalogue = _catalogue()
    form.stamp()
    page = render_template(
        "booking/details.html",
        flow=flow,
        form=form,
        commune=flow.home(catalogue, utc_now()),
    )
    return page, form.status


def _check_page(flow: Flow, form: ContactForm, booking_request: BookingRequest) -> Any:
    page = render_template(
        "booking/check.html",
        flow=flow,
        form=form,
        rows=check_rows(flow, booking_request, _catalogue(), utc_now()),
    )
    return page, form.status


def _count_lost_place(
    flow: Flow, catalogue: Catalogue, refusal: DomainError, now: datetime
) -> None:
    """How often somebody is quicker: the figure that tells whether places should be held."""
    if isinstance(refusal, SlotTaken):
        home = flow.home(catalogue, now)
        today = catalogue.today(now)
        usage.count(db.session(), usage.SLOT_TAKEN, home.id if home else 0, today=today)
