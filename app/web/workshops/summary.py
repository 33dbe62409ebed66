"""What the check page of a registration says, row by row, each with the way to change it."""

from flask_babel import gettext
from markupsafe import Markup

from app.domain.appointment import MessageChannel
from app.domain.booking import OTHER_COMMUNE
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import RegistrationRequest
from app.services.catalogue import Catalogue
from app.web.check_rows import Row, helper_rows, person_rows, row
from app.web.contact_words import MESSAGES, RECIPIENTS
from app.web.language import localized
from app.web.workshop_words import place_row, session_when
from app.web.workshops.asked import Asked


def check_rows(
    asked: Asked, wanted: RegistrationRequest, workshop: WorkshopFacts, catalogue: Catalogue
) -> list[Row]:
    """The workshop, then the answers in the order they were asked."""
    again = asked.url("register_again")
    commune = (
        gettext("Une autre commune")
        if wanted.commune_slug == OTHER_COMMUNE
        else catalogue.commune(wanted.commune_slug).name
    )
    return [
        *_workshop_rows(workshop),
        row(gettext("Commune"), commune, again, gettext("la commune")),
        *person_rows(wanted.person, again, is_helped=wanted.helper is not None),
        *_companion_rows(wanted, again),
        *_device_rows(wanted, workshop, again),
        *helper_rows(wanted.helper, again),
        _message_row(wanted, again),
    ]


def _workshop_rows(workshop: WorkshopFacts) -> list[Row]:
    """What one registers for; another workshop is another registration."""
    dates = [session_when(each) for each in workshop.standing_sessions]
    place = place_row(workshop)
    return [
        _told(gettext("Atelier"), [localized(workshop.title)]),
        _told(gettext("Dates") if len(dates) > 1 else gettext("Date et heure"), dates),
        _told(gettext("Lieu"), [place["text"], *place.get("more", [])]),
    ]


def _told(key: str, lines: list[str]) -> Row:
    return {"key": key, "value": Markup("<br>").join(lines)}


def _companion_rows(wanted: RegistrationRequest, again: str) -> list[Row]:
    if wanted.companion is None:
        return []
    lines = [f"{wanted.companion.first_name} {wanted.companion.last_name}"]
    if wanted.accepts_one:
        lines.append(gettext("S’il reste une seule place, la première personne peut venir seule."))
    return [row(gettext("Deuxième personne"), lines, again, gettext("la deuxième personne"))]


def _device_rows(wanted: RegistrationRequest, workshop: WorkshopFacts, again: str) -> list[Row]:
    if not workshop.devices:
        return []
    said = {
        0: gettext("Vous apportez votre appareil"),
        1: gettext("Nous prêtons un appareil"),
        2: gettext("Nous prêtons deux appareils"),
    }
    return [row(gettext("Appareil"), said[wanted.devices_wanted], again, gettext("l’appareil"))]


def _message_row(wanted: RegistrationRequest, again: str) -> Row:
    lines = [str(MESSAGES[wanted.message_channel])]
    if wanted.helper and wanted.message_channel is not MessageChannel.NONE:
        lines.append(str(RECIPIENTS[wanted.message_to]))
    return row(gettext("Messages"), lines, again, gettext("les messages"))
