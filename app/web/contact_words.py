"""The answers that the contact page offers, and the words of what depends on the installation."""

from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.appointment import CallTime, HelperRelation, MessageChannel, Recipient
from app.gateways.senders import is_configured

MESSAGES = {
    MessageChannel.SMS: _l("Par SMS (message sur votre téléphone portable)"),
    MessageChannel.EMAIL: _l("Par e-mail"),
    MessageChannel.NONE: _l("Je note moi-même, pas de message"),
}
RELATIONS = {
    HelperRelation.RELATIVE: _l("Un proche"),
    HelperRelation.NEIGHBOUR: _l("Un voisin ou un ami"),
    HelperRelation.HOME_AIDE: _l("Une aide à domicile"),
    HelperRelation.PROFESSIONAL: _l("Un professionnel"),
}
RECIPIENTS = {
    Recipient.PERSON: _l("À la personne"),
    Recipient.HELPER: _l("À moi"),
}
CALL_TIMES = {
    CallTime.MORNING: _l("Le matin"),
    CallTime.AFTERNOON: _l("L’après-midi"),
    CallTime.ANY: _l("Peu importe"),
}


def message_channels() -> dict[MessageChannel, Any]:
    """The ways to be told that this installation can keep: a page promises no other."""
    config = current_app.config["COCLICO"]
    return {
        channel: label
        for channel, label in MESSAGES.items()
        if channel is MessageChannel.NONE or is_configured(channel, config)
    }


def message_question() -> str:
    """What is asked about messages."""
    return str(gettext("Comment voulez-vous recevoir la confirmation et le rappel ?"))


def email_label(*, is_for_another: bool) -> str:
    """What the one address is called: beside a helper, it is that of whoever gets the messages."""
    if is_for_another:
        return str(gettext("Adresse e-mail pour les messages"))
    return str(gettext("Adresse e-mail"))


def email_hint() -> str:
    """Whose address it is, where somebody helps."""
    return str(gettext("La vôtre, si les messages viennent à vous. Sinon, celle de la personne."))


def phone_hint(*, is_visit: bool, is_for_another: bool) -> str:
    """Why and when we call or write, as far as we do."""
    if is_visit and is_for_another:
        return str(gettext("Nous appelons cette personne avant la visite."))
    if is_visit:
        return str(gettext("Nous vous appelons avant la visite."))
    if is_for_another:
        return str(gettext("Pour prévenir cette personne si le rendez-vous change."))
    return str(gettext("Pour vous rappeler le rendez-vous et vous prévenir s’il change."))
