"""The pages of the commune and of the need: asked first by GET, and again with all answers kept."""

from typing import Any

from flask import render_template

from app.domain.errors import DomainError
from app.web.booking.flow import Flow
from app.web.booking.forms import ContactForm
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.wording import sentence


def commune_page(
    flow: Flow, form: ContactForm | None = None, refusal: DomainError | None = None
) -> Any:
    """Screen 1. With a `form`, its answers travel along hidden."""
    catalogue = current_catalogue()
    communes = catalogue.served_communes(catalogue.today(utc_now()))
    return _question("booking/commune.html", flow, form, refusal, communes=communes)


def topic_page(
    flow: Flow, form: ContactForm | None = None, refusal: DomainError | None = None
) -> Any:
    """Screen 2. With a `form`, its answers travel along hidden."""
    topics = current_catalogue().offered_topics()
    return _question("booking/topic.html", flow, form, refusal, topics=topics)


def _question(
    template: str, flow: Flow, form: ContactForm | None, refusal: DomainError | None, **names: Any
) -> Any:
    error = sentence(refusal, for_another=flow.is_for_another) if refusal else None
    page = render_template(template, flow=flow, form=form, error=error, **names)
    return page, refusal.status if refusal else 200
