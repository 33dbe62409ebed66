"""One's own place on the waiting list: see it, and leave."""

from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from app.domain.errors import DomainError
from app.extensions import db
from app.gateways.senders import carried
from app.services import waiting
from app.services.holds import only_waits
from app.services.offer_facts import offer_facts_of
from app.services.transaction import answering
from app.services.waiting_reading import Waiter, waiter_by_token
from app.web.access import public
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.waiting.blueprint import blueprint, opened, page
from app.web.waiting_words import HALF_DAYS, REACHES


class LeaveForm(BaseForm):
    """Leave the list: a token, and nothing else."""


def _waiter(token: str) -> Waiter:
    """Raises WaitingUnknown (404), or TooManyTries (429)."""
    session, catalogue = db.session(), current_catalogue()
    return opened(lambda: waiter_by_token(session, catalogue, token, utc_now()))


@blueprint.get("/liste-attente/<token>")
@public
def show(token: str) -> Any:
    """What they wait for, and until when."""
    return page("waiting/show.html", token=token, **_words(_waiter(token)))


def _words(waiter: Waiter) -> dict[str, Any]:
    return {
        "waiter": waiter,
        "answer_url": _answer_url(waiter),
        "half_day": HALF_DAYS[waiter.half_day],
        "reach": REACHES.get(str(waiter.reach_minutes)) if waiter.reach_minutes else None,
        "is_written_to": waiter.is_told_by_machine
        and waiter.channel in carried(current_app.config["COCLICO"]),
        "done": request.args.get("fait", ""),
    }


def _answer_url(waiter: Waiter) -> str | None:
    """Where the place that is held for them is answered; None where none is, or no more."""
    if waiter.offered is None:
        return None
    session, offer_id = db.session(), waiter.offered.offer_id
    facts = offer_facts_of(session, current_catalogue(), offer_id, current_links())
    return url_for("waiting.offer", token=facts.token) if facts else None


@blueprint.get("/liste-attente/<token>/quitter")
@public
def leave(token: str) -> Any:
    """The question before leaving; looking at it changes nothing."""
    waiter = _waiter(token)
    return _leave_page(token, waiter, LeaveForm(), erases_card=_erases_card(waiter))


def _erases_card(waiter: Waiter) -> bool:
    """Whether nothing else needs their details: what would be erased is said before."""
    return only_waits(db.session(), waiter.resident_id, waiter.entry_id)


def _leave_page(token: str, waiter: Waiter, form: LeaveForm, *, erases_card: bool) -> Any:
    return page(
        "waiting/leave.html",
        form.status,
        token=token,
        form=form,
        waiter=waiter,
        erases_card=erases_card,
    )


@blueprint.post("/liste-attente/<token>/depart")
@keeps_answers
@public
def leave_now(token: str) -> Any:
    """Off the list, at once: what was held on them for it is erased."""
    waiter, form = _waiter(token), LeaveForm()
    erases_card = _erases_card(waiter)
    if form.validate():
        try:
            with answering(db.session()):
                waiting.leave(db.session(), waiter.entry_id, now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("waiting.left"), 303)
    return _leave_page(token, waiter, form, erases_card=erases_card)


@blueprint.get("/liste-attente/merci")
@public
def left() -> str:
    """It is done; the link opens nothing any more."""
    return render_template("waiting/left.html", noindex=True)
