"""The pages that describe the service. Each is a table of contents of its template."""

from datetime import date

from flask import Blueprint, Response, abort, current_app, render_template

from app.domain.errors import CommuneDeparted, CommuneUnknown
from app.services.catalogue import Catalogue, CommuneEntry
from app.web.access import public
from app.web.clock import utc_now
from app.web.errors import error_page
from app.web.public.commune_page import next_times, town_hall_of, venues_of
from app.web.site import current_catalogue
from app.web.wording import sentence

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public
def home() -> str:
    catalogue = current_catalogue()
    return render_template("public/home.html", communes=_served(catalogue))


@blueprint.get("/communes/<slug>")
@public
def commune(slug: str) -> str | Response:
    catalogue = current_catalogue()
    try:
        found = catalogue.served_commune(slug, catalogue.today(utc_now()))
    except CommuneUnknown:
        abort(404)
    except CommuneDeparted as refusal:
        return _not_served(refusal, catalogue)
    return render_template(
        "public/commune.html",
        commune=found,
        venues=venues_of(catalogue, found),
        town_hall=town_hall_of(found),
        times=next_times(catalogue, found, utc_now()),
    )


@blueprint.get("/accessibilite")
@public
def accessibility() -> str:
    catalogue = current_catalogue()
    told = catalogue.texts.get("accessibility_audited_on")
    audited_on = date.fromisoformat(told) if told else None
    loaded_on = catalogue.today(catalogue.loaded_at)
    return render_template(
        "public/accessibility.html",
        texts=catalogue.texts,
        audited_on=audited_on,
        updated_on=max(loaded_on, audited_on or loaded_on),
        address=current_app.config["COCLICO"].public_url,
    )


@blueprint.get("/vos-donnees")
@public
def your_data() -> str:
    return render_template("public/your_data.html", texts=current_catalogue().texts)


@blueprint.get("/mentions-legales")
@public
def legal() -> str:
    return render_template("public/legal.html", texts=current_catalogue().texts)


@blueprint.get("/conditions")
@public
def conditions() -> str:
    catalogue = current_catalogue()
    return render_template(
        "public/conditions.html", texts=catalogue.texts, settings=catalogue.settings
    )


@blueprint.get("/plan-du-site")
@public
def site_map() -> str:
    return render_template("public/site_map.html", communes=_served(current_catalogue()))


@blueprint.get("/aide")
@public
def help_page() -> str:
    catalogue = current_catalogue()
    return render_template(
        "public/help.html", topics=catalogue.offered_topics(), settings=catalogue.settings
    )


def _served(catalogue: Catalogue) -> list[CommuneEntry]:
    return catalogue.served_communes(catalogue.today(utc_now()))


def _not_served(refusal: CommuneDeparted, catalogue: Catalogue) -> Response:
    """410 for a commune that has left; one that never was served (or not yet) has no page."""
    left_on = refusal.facts["commune"].active_until
    if left_on is None or left_on >= catalogue.today(utc_now()):
        abort(404)
    return error_page(410, sentence(refusal))
