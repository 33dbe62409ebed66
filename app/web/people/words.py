"""What the pages of people say of a card and of its appointments."""

from dataclasses import replace
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


def merged_rows(
    kept: PersonFile, other: PersonFile
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """« Nous gardons », « Nous perdons »: what both cards are as one, and what that one says not.

    What the kept card leaves empty comes from the other; a refusal of either holds; all
    appointments and registrations stay (services.person_doubles.merge_cards).
    """
    wishes = Wishes(
        no_sms=kept.wishes.no_sms or other.wishes.no_sms,
        no_mail=kept.wishes.no_mail or other.wishes.no_mail,
        no_reminders=kept.wishes.no_reminders or other.wishes.no_reminders,
    )
    one = replace(
        kept,
        phone=kept.phone or other.phone,
        email=kept.email or other.email,
        commune=kept.commune or other.commune,
        wishes=wishes,
    )
    count = len(kept.visits) + len(other.visits)
    gains = [*_named_rows(one), {"key": "Rendez-vous", "value": f"{count}, des deux fiches"}]
    enrolled = len(kept.registrations) + len(other.registrations)
    if enrolled:
        gains.append({"key": "Ateliers", "value": f"{enrolled}, des deux fiches"})
    pairs = zip(_named_rows(one), _named_rows(other), strict=True)
    says = {"Téléphone": other.phone, "Adresse e-mail": other.email, "Commune": other.commune}
    losses = [
        row
        for of_one, row in pairs
        if row["key"] != "Refuse" and row != of_one and says.get(row["key"], True)
    ]
    return gains, losses


def _named_rows(person: PersonFile) -> list[dict[str, Any]]:
    return [{"key": "Nom", "value": f"{person.first_name} {person.last_name}"}, *card_rows(person)]


def refused(wishes: Wishes) -> str:
    """« Les SMS, les rappels », or nothing."""
    told = (
        ("les SMS", wishes.no_sms),
        ("les e-mails", wishes.no_mail),
        ("les rappels", wishes.no_reminders),
    )
    return filters.first_upper(", ".join(text for text, is_so in told if is_so) or "rien")
