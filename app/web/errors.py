"""Every refusal and every failure as a page: what happened, what to do, whom to call."""

from types import TracebackType
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.domain.errors import DomainError
from app.domain.staff_errors import SecondStepNeeded, SignInNeeded
from app.services.catalogue import NoTerritory
from app.services.transaction import AWAY
from app.web.error_words import ErrorWords, block_minutes, words_of
from app.web.fault_log import log_fault
from app.web.language import current_language
from app.web.quotas import note_wait
from app.web.signed_out import kept_answers, signed_out_page
from app.web.site import known_catalogue, stop_asking_the_database
from app.web.static_files import AssetsNotBuilt, asset
from app.web.wording import sentence

log = structlog.get_logger(__name__)

RETRY_AFTER_S = "30"
ExceptionFacts = tuple[type, BaseException, TracebackType | None] | tuple[None, None, None]


def register(app: Flask) -> None:
    """Give every exception its page, and the log of faults its discretion."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _untrusted_form)
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(NoTerritory, _no_territory)
    for kind in AWAY:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(DBAPIError, _database_error)
    app.after_request(_without_words)
    app.after_request(_say_when_to_come_back)
    app.log_exception = _log_exception  # type: ignore[assignment,method-assign]


def error_page(status: int, *said: str, words: ErrorWords | None = None) -> Response:
    """The page of that status; `said` takes the place of its usual sentences."""
    words = words or words_of(status)
    sentences = said or words.sentences
    response = make_response(_rendered(status, words, sentences), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _rendered(status: int, words: ErrorWords, sentences: tuple[str, ...]) -> str:
    """The page with all around it; where that fails too, the bare one, which needs nothing."""
    facts: dict[str, Any] = {"status": status, "words": words, "sentences": sentences}
    if known_catalogue():
        try:
            return render_template(_sheet(status), noindex=True, **facts)
        except Exception as fault:
            log_fault("error_page_failed", fault)
    return _bare(facts)


def _sheet(status: int) -> str:
    """Around a refusal the team keeps its menu; a fault asks nothing of the database for one."""
    is_staff = request.path.startswith("/agents") and status < 500
    return "errors/staff.html" if is_staff else "errors/error.html"


def _bare(facts: dict[str, Any]) -> str:
    """Rendered without what every page knows, since that may be what is missing."""
    template = current_app.jinja_env.get_template("errors/bare.html")
    home = f"{request.script_root}/"
    return template.render(
        language=current_language(), home=home, stylesheet=_stylesheet(), **facts
    )


def _stylesheet() -> str | None:
    try:
        return asset("site.css")
    except (AssetsNotBuilt, KeyError):
        return None


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        stop_asking_the_database()
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _without_words(response: Response) -> Response:
    """The library writes « Redirecting… » in English under every redirection: nobody needs it."""
    if 300 <= response.status_code < 400:
        response.set_data(b"")
    return response


def _say_when_to_come_back(response: Response) -> Response:
    """Retry-After, in seconds, on every page that asks to wait, forms included."""
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", RETRY_AFTER_S)
    if response.status_code == 429:
        response.headers.setdefault("Retry-After", str(g.get("wait_minutes", block_minutes()) * 60))
    return response


def _untrusted_form(_error: CSRFError) -> Response:
    return error_page(400, words=words_of("form"))


def _refusal(refusal: DomainError) -> Response | BaseResponse:
    if isinstance(refusal, SignInNeeded) and request.method == "GET":
        return redirect(url_for("accounts.sign_in", suite=request.full_path.rstrip("?")), 303)
    if isinstance(refusal, SignInNeeded):
        answers = kept_answers()
        return signed_out_page(answers) if answers else error_page(refusal.status)
    if isinstance(refusal, SecondStepNeeded) and request.method == "GET":
        return redirect(url_for("accounts.own_second_step"), 303)
    note_wait(refusal)
    if refusal.status >= 500:
        stop_asking_the_database()
        log_fault(refusal.code, refusal)
    if known_catalogue() is None:
        return error_page(refusal.status)
    said = sentence(refusal).removeprefix(words_of(refusal.status).heading).strip()
    return error_page(refusal.status, said)


def _no_territory(_error: NoTerritory) -> Response:
    log.error("no_territory", run="./run flask territory load territories/FILE.toml")
    return error_page(503, words=words_of("empty"))


def _unavailable(error: Exception) -> Response:
    stop_asking_the_database()
    log_fault("database_unavailable", error)
    return error_page(503)


def _database_error(error: DBAPIError) -> Response:
    """A connection that died is « away » whatever its name; anything else is a fault of ours."""
    if error.connection_invalidated:
        return _unavailable(error)
    raise error


def _log_exception(facts: ExceptionFacts) -> None:
    """In the place of Flask's own, which prints the address and the exception's message."""
    if facts[1] is not None:
        log_fault("fault", facts[1])
