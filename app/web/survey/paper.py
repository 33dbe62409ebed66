"""The three questions on paper: slips to print, each with a link of its own, and slips to type."""

from typing import Any

from flask import current_app, redirect, request, url_for
from markupsafe import Markup

from app.domain.access import Action
from app.domain.message_errors import SlipCountWrong, TooManyTypedSlips
from app.domain.survey_errors import SurveyEmpty
from app.extensions import db
from app.gateways.qr import qr_svg
from app.services import throttle
from app.services.survey import Invited, answer_on_paper, invite_on_paper
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.quotas import slip_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.survey.blueprint import blueprint
from app.web.survey.forms import SlipsForm, TypedForm
from app.web.survey_questions import questions

MOST_SLIPS = 20


@blueprint.get("/agents/avis")
@requires(Action.COLLECT_OPINIONS)
def paper() -> Any:
    """Print slips, or type what they say."""
    form = SlipsForm(current_actor().commune_ids)
    form.nombre.data = "1"
    return _paper_page(form)


@blueprint.post("/agents/avis/imprimer")
@keeps_answers
@requires(Action.COLLECT_OPINIONS)
def print_slips() -> Any:
    """So many slips, each with a link that answers once. The addresses are on paper only."""
    form = SlipsForm(current_actor().commune_ids)
    is_valid, count = form.validate(), _count(form.nombre.data or "")
    if is_valid and count:
        return _slips_page(form, count)
    if not count:
        form.refuse(SlipCountWrong())
    return _paper_page(form)


def _count(typed: str) -> int | None:
    digits = typed.strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 3
    return int(digits) if is_number and 1 <= int(digits) <= MOST_SLIPS else None


def _paper_page(form: SlipsForm) -> Any:
    return staff_page("survey/paper.html", form.status, form=form)


def _slips_page(form: SlipsForm, count: int) -> Any:
    today, config = current_catalogue().today(utc_now()), current_app.config["COCLICO"]
    addresses = []
    for _ in range(count):
        token = invite_on_paper(db.session(), form.commune_id, form.place_kind, today)
        addresses.append(f"{config.public_url}/avis/{token}")
    return staff_page(
        "survey/slips.html",
        slips=[(address, _drawn(address)) for address in addresses],
        questions=questions(),
    )


def _drawn(address: str) -> Markup:
    return Markup(qr_svg(address, "Répondre avec un téléphone"))  # noqa: S704 - drawn here


@blueprint.get("/agents/avis/saisie")
@requires(Action.COLLECT_OPINIONS)
def typed() -> Any:
    """One slip, as the person filled it in."""
    form = TypedForm(current_actor().commune_ids)
    return _typed_page(form)


@blueprint.post("/agents/avis/saisie")
@keeps_answers
@requires(Action.COLLECT_OPINIONS)
def typed_now() -> Any:
    """Kept without a name, an hour or who typed it; then the next slip."""
    form = TypedForm(current_actor().commune_ids)
    if form.validate():
        try:
            _keep(form)
        except (SurveyEmpty, TooManyTypedSlips) as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("survey.typed", fait="enregistre"), 303)
    return _typed_page(form)


def _keep(form: TypedForm) -> None:
    """Raises SurveyEmpty, TooManyTypedSlips: an empty slip counts for nothing."""
    given, now = form.answers, utc_now()
    if given.is_empty:
        raise SurveyEmpty
    throttle.spend(db.session(), slip_quotas(current_actor().user_id), now=now)
    invited = Invited(form.commune_id, form.place_kind)
    answer_on_paper(db.session(), invited, given, current_catalogue().today(now))


def _typed_page(form: TypedForm) -> Any:
    return staff_page(
        "survey/typed.html",
        form.status,
        form=form,
        questions=questions(),
        is_saved=request.args.get("fait") == "enregistre" and not form.errors,
    )
