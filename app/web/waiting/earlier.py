"""« Une place plus tôt », for who has an appointment: two questions, and nothing to type."""

from typing import Any

from flask import redirect, url_for

from app.domain.booking import check_can_change
from app.domain.errors import DomainError
from app.extensions import db
from app.services import waiting
from app.services.appointment_facts import AppointmentFacts, facts_by_token
from app.services.transaction import answering
from app.web.access import public
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.links import current_links
from app.web.quotas import move_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.waiting.blueprint import blueprint, opened, page
from app.web.waiting_questions import HowFarFields, WhenFields


class EarlierForm(WhenFields, HowFarFields, BaseForm):
    """When they can come, and how far they would go."""


def _facts(token: str) -> AppointmentFacts:
    """The appointment, if it may still be moved. Raises LinkUnknown, TooLateToChange…"""
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    facts = opened(
        lambda: facts_by_token(session, catalogue, token, now=now, links=current_links())
    )
    check_can_change(facts.status, facts.starts_at, now, catalogue.settings)
    return facts


@blueprint.get("/r/<token>/plus-tot")
@public
def earlier(token: str) -> Any:
    """The two questions."""
    return page("waiting/earlier.html", facts=_facts(token), form=EarlierForm())


@blueprint.post("/r/<token>/plus-tot/demande")
@keeps_answers
@public
def earlier_now(token: str) -> Any:
    """On the list; the appointment is theirs until a better one is."""
    facts, form = _facts(token), EarlierForm()
    if form.validate():
        try:
            with answering(db.session()):
                listed = waiting.join_for_earlier(
                    db.session(),
                    facts.id,
                    (form.half_day, 0 if facts.is_visit else form.reach_minutes),
                    now=utc_now(),
                    links=current_links(),
                    quotas=move_quotas(facts.id),
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("waiting.show", token=listed, fait="inscrit"), 303)
    return page("waiting/earlier.html", form.status, facts=facts, form=form)
