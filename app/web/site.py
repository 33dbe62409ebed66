"""What every page knows of the place it serves: the territory, its phone, its words, its zone.

The catalogue is read at most once a request, by whoever asks first. While the database is away,
pages speak from the last catalogue that this process has seen, so that the phone stays on them.
"""

from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import Any

import phonenumbers
from flask import Flask, current_app, g
from flask_babel import gettext
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlalchemy.exc import SQLAlchemyError

from app.domain.appointment_facts import CommuneWords
from app.extensions import db
from app.services.catalogue import (
    Catalogue,
    NoTerritory,
    last_known,
    read_catalogue,
)
from app.web import filters
from app.web.clock import utc_now
from app.web.language import DEFAULT, alternate_url, current_language, localized
from app.web.theme import mark_url, theme_url


@dataclass(frozen=True, slots=True)
class Site:
    """The words around every page, in the language of the page; None where the service has none."""

    service_name: str
    slogan: str
    phone: str | None
    phone_href: str | None
    phone_hours: str | None
    email: str | None
    text_number: str | None
    text_href: str | None
    accessibility_state: str
    mark_url: str | None
    theme_url: str | None


def register(app: Flask) -> None:
    """Give every template `site`, `language`, `alternate_url`, `localized`; set zone and clock."""
    app.context_processor(_page_names)
    app.jinja_env.filters.update(in_commune=in_commune, of_commune=of_commune)
    app.extensions["babel"].timezone_selector = _timezone
    filters.register(app, now=utc_now)


def current_catalogue() -> Catalogue:
    """The territory as it is now, read once a request.

    Raises NoTerritory when none was loaded, SQLAlchemyError when the database is away: both have
    their error page.
    """
    if "catalogue" not in g:
        g.catalogue = read_catalogue(db.session())
    catalogue: Catalogue = g.catalogue
    return catalogue


def known_catalogue() -> Catalogue | None:
    """The territory, or what is remembered of it while the database is away; never raises."""
    if "known_catalogue" not in g:
        try:
            g.known_catalogue = current_catalogue()
        except NoTerritory:
            g.known_catalogue = None
        except SQLAlchemyError:
            g.known_catalogue = last_known()
    known: Catalogue | None = g.known_catalogue
    return known


def stop_asking_the_database() -> None:
    """From here on this request speaks from memory: the page of an error waits for nobody."""
    g.known_catalogue = g.get("catalogue") or last_known()
    if g.known_catalogue:
        g.catalogue = g.known_catalogue


def warm_up(app: Flask) -> None:
    """Read the territory before the first request, so that this process knows the phone at once."""
    with app.app_context():
        known_catalogue()


def site_of(catalogue: Catalogue) -> Site:
    """The words of that territory in the language of the page, made once for each picture of it."""
    language = current_language()
    known = _sites.get(language)
    if known is None or known[0] is not catalogue:
        known = _sites[language] = (catalogue, _site(catalogue))
    return known[1]


_sites: dict[str, tuple[Catalogue, Site]] = {}


def _site(catalogue: Catalogue) -> Site:
    service = catalogue.service
    phone, text_number = service.get("phone"), service.get("text_number")
    return Site(
        service_name=service["name"],
        slogan=localized(service["slogan"]),
        phone=filters.phone(phone) if phone else None,
        phone_href=dialled("tel", phone),
        phone_hours=localized(service.get("phone_hours") or {}) or None,
        email=service.get("email") or None,
        text_number=filters.phone(text_number) if text_number else None,
        text_href=dialled("sms", text_number),
        accessibility_state=accessibility_state(catalogue.texts),
        mark_url=mark_url(service.get("mark")),
        theme_url=theme_url(catalogue.colours),
    )


@lru_cache(maxsize=128)
def dialled(scheme: str, number: str | None) -> str | None:
    """« tel:+33536490000 »; short numbers, and what is no number, as they are written."""
    if not number:
        return None
    try:
        parsed = phonenumbers.parse(number, filters.HOME_REGION)
    except NumberParseException:
        return f"{scheme}:{number.replace(' ', '')}"
    if not phonenumbers.is_possible_number(parsed):
        return f"{scheme}:{number.replace(' ', '')}"
    return f"{scheme}:{phonenumbers.format_number(parsed, PhoneNumberFormat.E164)}"


def accessibility_state(texts: Any) -> str:
    """One of the three mentions of the law, word for word; without an audit, the first."""
    states = {
        "non conforme": gettext("non conforme"),
        "partiellement conforme": gettext("partiellement conforme"),
        "totalement conforme": gettext("totalement conforme"),
    }
    return str(states[texts.get("accessibility_state") or "non conforme"])


def in_commune(commune: CommuneWords) -> str:
    """« à Arvert », « aux Mathes »; "in Arvert"."""
    return commune.name_in if current_language() == DEFAULT else f"in {commune.name}"


def of_commune(commune: CommuneWords) -> str:
    """« d’Arvert », « des Mathes »; "of Arvert"."""
    return commune.name_of if current_language() == DEFAULT else f"of {commune.name}"


def _page_names() -> dict[str, Any]:
    catalogue = known_catalogue()
    return {
        "site": site_of(catalogue) if catalogue else None,
        "language": current_language(),
        "alternate_url": alternate_url,
        "public_url": current_app.config["COCLICO"].public_url,
        "localized": localized,
    }


def _timezone() -> tzinfo | None:
    catalogue = known_catalogue()
    return catalogue.timezone if catalogue else None
