"""What the pages of people say of a card and of its appointments."""

from typing import Any

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
        {"key": "Rappels", "value": "Refusés" if person.refuses_reminders else "Acceptés"},
    ]
