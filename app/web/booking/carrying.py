"""What every POST of a booking shares: the answers come along, and no failure loses them."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import g, render_template, request, url_for

from app.domain.booking import BookingRequest
from app.domain.errors import DatabaseUnavailable, DomainError
from app.extensions import db
from app.services.catalogue import Catalogue
from app.services.transaction import answering
from app.web.booking.flow import Flow
from app.web.booking.forms import ContactForm, contact_form
from app.web.booking.questions import commune_page, topic_page
from app.web.booking.summary import check_rows
from app.web.booking.time_choice import times_page
from app.web.booking.waiting_forms import WaitFields, wait_form
from app.web.clock import utc_now
from app.web.site import current_catalogue, known_catalogue

View = Callable[[Flow, ContactForm], Any]
Question = Callable[[Flow, ContactForm, DomainError], Any]
ASKED_FOR_LIST = ("commune", "topic")
"""What somebody on the way to the waiting list is asked, too."""


def carries(until: str = "details") -> Callable[[View], Callable[[str], Any]]:
    """Give a view the answers of the address and of the form, once those before `until` are there.

    A missing answer, a token that is not ours and a database that is silent are told on a page that
    holds all the others.
    """

    def carrying(view: View) -> Callable[[str], Any]:
        @wraps(view)
        def with_answers(flow: str) -> Any:
            answers = Flow.read(flow)
            waits = answers.is_for_list and until in ASKED_FOR_LIST
            form = wait_form(answers) if waits else contact_form(answers)
            try:
                with answering(db.session()):
                    return _other_page(answers, form, until) or view(answers, form)
            except DatabaseUnavailable as refusal:
                form.refuse(refusal)
                return person_page(answers, form)

        return with_answers

    return carrying


def _other_page(flow: Flow, form: ContactForm, until: str) -> Any:
    """The page to go through first, if any."""
    endpoint = "wait" if isinstance(form, WaitFields) else "details"
    page_path = url_for(f"booking.{endpoint}", flow=flow.path)
    g.page_path = page_path.removeprefix(request.script_root)
    if not form.check_token():
        return person_page(flow, form)
    return question_left(flow, form, until)


def question_left(flow: Flow, form: ContactForm, until: str) -> Any:
    """The first question before `until` whose answer is missing or no longer true, asked again."""
    catalogue = catalogue_at_hand()
    questions: tuple[tuple[str, Callable[[], object], Question], ...] = (
        ("commune", lambda: flow.home(catalogue, utc_now()), commune_page),
        ("topic", lambda: flow.topic(catalogue), topic_page),
        ("time", lambda: flow.choice(catalogue), times_page),
    )
    for name, check, ask in questions:
        if name == until:
            return None
        try:
            check()
        except DomainError as refusal:
            return ask(flow.without_time(), form, refusal)
    return None


def catalogue_at_hand() -> Catalogue:
    """The territory; while the database is away, as it was last seen: answers must not be lost."""
    return known_catalogue() or current_catalogue()


def person_page(flow: Flow, form: ContactForm) -> Any:
    """Where the answers about the person are asked: for an hour, or for the waiting list."""
    is_for_list = isinstance(form, WaitFields)
    return wait_page(flow, form) if is_for_list else details_page(flow, form)


def wait_page(flow: Flow, form: ContactForm) -> Any:
    """Who waits, with what was typed; first the commune or the need, where it is gone meanwhile."""
    if left := question_left(flow, form, "time"):
        return left
    form.stamp()
    catalogue = catalogue_at_hand()
    commune, topic = flow.home(catalogue, utc_now()), flow.topic(catalogue)
    page = render_template("booking/wait.html", flow=flow, form=form, commune=commune, topic=topic)
    return page, form.status


def details_page(flow: Flow, form: ContactForm) -> Any:
    """Screen 4, with what was typed and what is to correct."""
    form.stamp()
    home = None
    with suppress(DomainError):  # told on top of the page, where every answer stays
        home = flow.home(catalogue_at_hand(), utc_now())
    page = render_template("booking/details.html", flow=flow, form=form, commune=home)
    return page, form.status


def check_page(flow: Flow, form: ContactForm, booking_request: BookingRequest) -> Any:
    """The last screen: everything to read again."""
    rows = check_rows(flow, booking_request, catalogue_at_hand(), utc_now())
    page = render_template("booking/check.html", flow=flow, form=form, rows=rows)
    return page, form.status
