"""Every text of every message, by the name that its page has in the address."""

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.gateways.message_words import TextKey, table
from app.services.message_texts import ON_A_PAGE
from app.web.language import LANGUAGES
from app.web.message_words import CHANNELS, KINDS
from app.web.survey_questions import QUESTIONS

PARTS = {
    "subject": "objet",
    "both": "texte",
    "venue": "permanence",
    "visit": "visite à domicile",
    "workshop": "atelier",
    "workshop_subject": "objet, atelier",
    "workshop_date": "une date d’un atelier",
    "workshop_date_subject": "objet, une date d’un atelier",
    "workshop_off": "une date annulée",
    "workshop_off_subject": "objet, une date annulée",
    "news": "nouvelles des ateliers",
    "news_subject": "objet, nouvelles des ateliers",
    "helped": "l’aide obtenue",
    "alone": "refaire sans aide",
    "recommends": "conseiller le service",
}
IN_LANGUAGE = {"fr": "en français", "en": "en anglais"}
WORDS = {
    "service": "le nom du service",
    "phone": "le téléphone du service",
    "url": "le lien à suivre",
    "find": "la page « Retrouver mon rendez-vous »",
    "number": "le numéro de rendez-vous",
    "when": "le jour et l’heure",
    "start": "le jour et l’heure de début",
    "day": "la date et l’heure, sans le jour de la semaine",
    "hour": "l’heure",
    "booked": "le jour de la demande",
    "place": "le lieu",
    "address": "l’adresse du lieu",
    "access": "l’accès au lieu",
    "help_day": "le jour de l’aide",
    "answer_by": "la date limite de réponse",
    "minutes": "le retard",
    "title": "le titre de l’atelier",
    "short_title": "le début du titre de l’atelier",
    "bring": "ce qu’il faut apporter",
    "seats": "pour combien de personnes",
    "free": "une ou deux places libres",
    "position": "le numéro sur la liste d’attente",
    "more": "combien d’autres dates",
    "dates": "toutes les dates, une par ligne",
    "list": "les ateliers à venir",
    "programme": "la page des ateliers",
    "was": "le jour et l’heure d’avant",
    "was_day": "la date et l’heure d’avant, sans le jour de la semaine",
    "none_left": "aucune de ses dates, ou aucune autre, n’a lieu",
    "count": "combien d’ateliers sont prévus",
    "stop": "le numéro qui reçoit STOP",
}
"""What each word between braces says."""


def texts_in(language: str) -> dict[MessageKind, list[TextKey]]:
    """The texts of a language by kind, in the order of the page."""
    found: dict[MessageKind, list[TextKey]] = {}
    for kind in KINDS:
        sms, email = (table(name)[language].get(kind.value, {}) for name in ("sms", "email"))
        keys = [(language, MessageChannel.SMS, kind, part) for part in sms]
        keys += [(language, MessageChannel.EMAIL, kind, part) for part in email]
        if kind is MessageKind.SATISFACTION:
            keys += [(language, ON_A_PAGE, kind, code) for code in QUESTIONS]
        found[kind] = keys
    return found


def name_of(key: TextKey) -> str:
    """« fr-sms-last-reminder-venue », for the address."""
    return "-".join(key).lower().replace("_", "-")


def key_of(name: str) -> TextKey | None:
    """The text of that name; None where there is none."""
    keys = (key for each in LANGUAGES for keys in texts_in(each).values() for key in keys)
    return next((key for key in keys if name_of(key) == name), None)


def label_of(key: TextKey) -> str:
    """« SMS, permanence »; « Question, l’aide obtenue »."""
    _language, channel, _kind, part = key
    return f"{CHANNELS.get(channel, 'Question')}, {PARTS[part]}"


def title_of(key: TextKey) -> str:
    """« Rappel : SMS, permanence, en français »."""
    return f"{KINDS[key[2]]} : {label_of(key)}, {IN_LANGUAGE[key[0]]}"
