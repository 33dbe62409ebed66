"""What the pages of people say of a card and of its appointments."""

from typing import Any

from app.domain.sending import Wishes
from app.services.people import PersonFile
from app.web import filters

LANGUAGES = {"fr": "Français", "en": "Anglais"}
ELSEWHERE = "Une autre commune"


def card_rows(person: PersonFile) -> list[dict[str, Any]]:
    """The summary of a card."""
    return [
        {"key": "Téléphone", "value": filters.phone(person.phone) if person.phone else "Aucun"},
        {"key": "Adresse e-mail", "value": person.email or "Aucune"},
        {"key": "Commune", "value": person.commune.name if person.commune else ELSEWHERE},
        {"key": "Langue", "value": LANGUAGES.get(person.language, person.language)},
        {"key": "Refuse", "value": refused(person.wishes)},
    ]


def refused(wishes: Wishes) -> str:
    """« Les SMS, les rappels », or nothing."""
    told = (
        ("les SMS", wishes.no_sms),
        ("les e-mails", wishes.no_mail),
        ("les rappels", wishes.no_reminders),
    )
    return filters.first_upper(", ".join(text for text, is_so in told if is_so) or "rien")
