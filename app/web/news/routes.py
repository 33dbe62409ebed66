"""`/ateliers/nouvelles`, and `/nouvelles/<token>`: looking at it changes nothing (T5)."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from app.domain.errors import DomainError
from app.extensions import db
from app.services import throttle
from app.services.transaction import answering
from app.services.workshop_news import ask_for_news, gets_news, stop_news
from app.web.access import public
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.news.forms import NewsForm, StopForm, news_channels
from app.web.quotas import link_quotas, news_quotas
from app.web.security import for_machines, keeps_answers, personal
from app.web.site import current_catalogue

blueprint = Blueprint("news", __name__)


@blueprint.app_template_global()
def news_can_leave() -> bool:
    """Whether news can leave by any way: otherwise no page promises any."""
    return bool(news_channels())


@blueprint.get("/ateliers/nouvelles")
@public
def ask() -> Any:
    """The form, with the box unticked."""
    return _ask_page(NewsForm())


@blueprint.post("/ateliers/nouvelles")
@keeps_answers
@public
def ask_now() -> Any:
    """Keep the consent. The answer is the same whether the address was known or not."""
    form, catalogue = NewsForm(), current_catalogue()
    if not (news_can_leave() and form.validate() and form.check_pace()):
        return _ask_page(form)
    try:
        with answering(db.session()):
            ask_for_news(
                db.session(),
                form.to_wanted(catalogue),
                now=utc_now(),
                links=current_links(),
                quotas=news_quotas(catalogue),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _ask_page(form)
    return redirect(url_for("news.asked", par="sms" if form.by_sms else None), 303)


def _ask_page(form: NewsForm) -> Any:
    form.offer(current_catalogue())
    form.stamp()
    return render_template("news/ask.html", form=form), form.status


@blueprint.get("/ateliers/nouvelles/merci")
@public
def asked() -> str:
    """It is kept; the first message is on its way."""
    return render_template("news/asked.html", by_sms=request.args.get("par") == "sms")


@blueprint.get("/nouvelles/<token>")
@public
def leave(token: str) -> Response:
    """One button, and no question. A network address that tries many links is stopped (T8)."""
    is_known = gets_news(db.session(), token)
    if not is_known:
        throttle.spend(db.session(), link_quotas(current_catalogue()), now=utc_now())
        return _page("news/left.html")
    return _page("news/leave.html", token=token, form=StopForm())


@blueprint.get("/nouvelles/<token>/arret")
@public
def leave_by_header(token: str) -> Response:
    """A mail reader that knows no one-press stop opens the address of its header."""
    return leave(token)


@blueprint.post("/nouvelles/<token>/arret")
@public
@for_machines
def left(token: str) -> Response:
    """Stopped at once, whoever sends it: the mail reader or the button (RFC 8058).

    No cookie, no form token, no redirect: the link itself is the right to stop.
    """
    with answering(db.session()):
        stop_news(db.session(), token, now=utc_now())
    return _page("news/left.html")


def _page(template: str, **names: Any) -> Response:
    return personal(Response(render_template(template, noindex=True, **names)))
