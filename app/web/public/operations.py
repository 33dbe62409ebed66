"""What machines ask: robots, browsers, watchmen, and people who found a weakness."""

from datetime import timedelta
from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.services.readiness import read_readiness
from app.web.access import public
from app.web.clock import utc_now
from app.web.settings import MIGRATIONS
from app.web.site import current_catalogue, dialled
from app.web.static_files import asset
from app.web.theme import mark, mark_url, theme_css

blueprint = Blueprint("operations", __name__)

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
SECURITY_CONTACT_VALID = timedelta(days=180)
ROBOTS = """\
User-agent: *
Disallow: /agents
Disallow: /rendez-vous/
Disallow: /ateliers/inscrit/
Disallow: /visite-a-domicile/
Disallow: /en/rendez-vous/
Disallow: /en/ateliers/inscrit/
Disallow: /en/visite-a-domicile/
"""
"""Feeds and message links are not named: nothing leads to them, and their pages say noindex."""


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """200 when the database answers and has this version's tables; no figure about people."""
    try:
        found = read_readiness(db.session(), _heads(), now=utc_now())
    except SQLAlchemyError:
        return jsonify(ready=False, database=False), 503
    answer = jsonify(
        ready=found.is_ready,
        database=True,
        migrations=found.migrations_at_head,
        oldest_unsent_seconds=found.oldest_unsent_seconds,
    )
    return answer, 200 if found.is_ready else 503


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return _text(ROBOTS)


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """RFC 9116: whom to tell of a weakness, for at most a year."""
    service = current_catalogue().service
    address = current_app.config["COCLICO"].public_url
    email, call = service.get("email"), dialled("tel", service.get("phone"))
    contact = f"mailto:{email}" if email else call or f"{address}/mentions-legales"
    until = (utc_now() + SECURITY_CONTACT_VALID).date()
    return _text(
        f"Contact: {contact}\n"
        f"Expires: {until.isoformat()}T00:00:00Z\n"
        "Preferred-Languages: fr, en\n"
        f"Canonical: {address}/.well-known/security.txt\n"
    )


@blueprint.get("/favicon.ico")
@public
def favicon() -> Response:
    """For browsers that ask here whatever the page says."""
    own = mark_url(current_catalogue().service.get("mark"))
    return Response(
        status=302, headers={"Location": own or asset("mark.svg"), "Cache-Control": FOR_A_DAY}
    )


@blueprint.get("/theme.css")
@public
def theme() -> Response:
    """The territory's two colours."""
    css = theme_css(current_catalogue().colours)
    if not css:
        abort(404)
    return _kept(Response(css, mimetype="text/css"))


@blueprint.get("/marque.svg")
@public
def territory_mark() -> Response:
    """The territory's mark; it can run nothing, the policy of every answer holds for it too."""
    drawing = mark(current_catalogue().service.get("mark"))
    if drawing is None:
        abort(404)
    return _kept(Response(drawing, mimetype="image/svg+xml"))


def _kept(response: Response) -> Response:
    """For ever where the address carries the version, a day where it does not."""
    response.headers["Cache-Control"] = FOR_EVER if "v" in request.args else FOR_A_DAY
    return response


def _text(content: str) -> Response:
    response = Response(content, mimetype="text/plain")
    response.headers["Cache-Control"] = FOR_A_DAY
    return response


@cache
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())
