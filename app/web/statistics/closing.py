"""Closing a half-year: what is missing is listed first, and asked."""

from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.attendance_errors import EarlierHalfYearOpen, RecordsMissing
from app.domain.errors import DomainError
from app.domain.half_year import HalfYear
from app.domain.staff_errors import SubjectUnknown
from app.domain.statistics import portion
from app.extensions import db
from app.services.half_year_closing import close_half_year, read_quality
from app.services.half_years import closed_half_years
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.filters import half_words
from app.web.forms import BaseForm
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.statistics.blueprint import blueprint
from app.web.statistics.words import FAMILIES, rate_words

YEARS_BACK = 4


@blueprint.get("/agents/statistiques/cloture")
@requires(Action.CLOSE_HALF_YEAR)
def closing() -> Any:
    """The quality of a half-year: the first one that may be closed, or that of the address."""
    return _page(BaseForm())


@blueprint.post("/agents/statistiques/cloture")
@keeps_answers
@requires(Action.CLOSE_HALF_YEAR)
def close() -> Any:
    """Close it for ever, with as many missing records as were shown and accepted."""
    form, half = BaseForm(), _half()
    if not form.validate():
        return _page(form)
    accepted = small_number(request.form.get("manquants")) if _is_confirmed() else 0
    by = current_actor().user_id
    try:
        close_half_year(db.session(), half, by=by, accepted_missing=accepted or 0, now=utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form, refusal)
    return redirect(url_for("statistics.board", periode=half.code), code=303)


def _is_confirmed() -> bool:
    return request.form.get("confirmation") == "oui"


def _half() -> HalfYear:
    """The one that is asked; else the first after those that are closed, or the last one over.

    Raises SubjectUnknown for one that nobody could close.
    """
    catalogue = current_catalogue()
    offered = _offered(catalogue.today(utc_now()).year)
    code = (request.form if request.method == "POST" else request.args).get("semestre")
    if code:
        for half in offered:
            if half.code == code:
                return half
        raise SubjectUnknown
    today = catalogue.today(utc_now())
    closable = max(half for half in offered if half.closable_on <= today)
    closed = closed_half_years(db.session())
    following = max(closed).following if closed else closable
    return following if following in offered else closable


def _offered(year: int) -> list[HalfYear]:
    """From four years ago to this year, the latest first."""
    years = range(year, year - YEARS_BACK - 1, -1)
    return [HalfYear(each, half) for each in years for half in (2, 1)]


def _page(form: BaseForm, refusal: DomainError | None = None) -> Any:
    catalogue, half = current_catalogue(), _half()
    now = utc_now()
    quality = read_quality(db.session(), catalogue, half, now=now)
    earlier = None
    if isinstance(refusal, EarlierHalfYearOpen):
        earlier = HalfYear.parse(refusal.facts["half_year"])
    return staff_page(
        "statistics/closing.html",
        form.status,
        form=form,
        half=half,
        earlier=earlier,
        earlier_title=half_words(earlier) if earlier else "",
        title=half_words(half),
        quality=quality,
        not_told=[
            (FAMILIES[each.family], each.count, rate_words(portion(each.count, each.among)))
            for each in quality.not_told
        ],
        offered=[(each.code, half_words(each)) for each in _offered(catalogue.today(now).year)],
        is_closable=quality.closing is None and half.closable_on <= catalogue.today(now),
        is_asked_again=isinstance(refusal, RecordsMissing),
    )
