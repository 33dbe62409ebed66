"""`/avis/<token>`: three questions, anonymous at once. Looking at the page changes nothing (T5)."""

from typing import Any

from flask import Response, redirect, render_template, url_for

from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.domain.survey_errors import SurveyEmpty, SurveyLinkUnknown
from app.extensions import db
from app.services import survey, throttle
from app.services.transaction import answering
from app.web.access import public
from app.web.clock import utc_now
from app.web.quotas import link_quotas
from app.web.security import keeps_answers, personal
from app.web.site import current_catalogue
from app.web.survey.blueprint import blueprint
from app.web.survey.forms import AnswersForm
from app.web.survey_questions import questions
from app.web.wording import sentence


@blueprint.get("/avis/merci")
@public
def thanked() -> Response:
    """It is kept; nobody knows whose it was."""
    return _page("survey/thanked.html")


@blueprint.get("/avis/<token>")
@public
def ask(token: str) -> Response:
    """The three questions, while the link may still answer."""
    today = current_catalogue().today(utc_now())
    try:
        survey.invitation(db.session(), token, today)
    except SurveyLinkUnknown as refusal:
        return _closed(refusal)
    return _asked(token, AnswersForm())


@blueprint.post("/avis/<token>")
@keeps_answers
@public
def answer(token: str) -> Any:
    """Keep the answers and use the link up; pressed again, it is over."""
    form = AnswersForm()
    if not form.check_token():
        return _asked(token, form)
    today = current_catalogue().today(utc_now())
    try:
        with answering(db.session()):
            survey.answer(db.session(), token, form.answers, today)
    except (SurveyEmpty, DatabaseUnavailable, OutcomeUnknown) as refusal:
        form.refuse(refusal)
        return _asked(token, form)
    except SurveyLinkUnknown as refusal:
        return _closed(refusal)
    return redirect(url_for("survey.thanked"), 303)


def _asked(token: str, form: AnswersForm) -> Response:
    return _page("survey/ask.html", form.status, token=token, form=form, questions=questions())


def _closed(refusal: SurveyLinkUnknown) -> Response:
    """Nobody knows whether it answered or was never made: it counts as a try (T8)."""
    throttle.spend(db.session(), link_quotas(current_catalogue()), now=utc_now())
    return _page("survey/closed.html", refusal.status, said=sentence(refusal))


def _page(template: str, status: int = 200, **names: Any) -> Response:
    return personal(Response(render_template(template, noindex=True, **names), status=status))
