"""Reading what a territory file says of the service: contact, legal texts, colours, topics."""

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from app.domain.checks import BothLanguages, Section, refuse_repeats
from app.domain.colours import HEX_COLOUR, LOWEST_CONTRAST, lowest_contrast_on_pages
from app.domain.territory_entries import (
    ACCESSIBILITY_STATES,
    Colours,
    DeclaredService,
    DeclaredTopic,
    LegalTexts,
)
from app.domain.territory_places import EMAIL, PHONE, PHONE_FORM, read_sms_text

SMS_SENDER = re.compile(r"[A-Za-z0-9]{1,11}")
URL = re.compile(r"https://[^\s]+")
MARK = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.svg")
DEPARTMENT = re.compile(r"\d{2}|2[AB]|97\d")

LONGEST_SERVICE_SMS = 10
LONGEST_LEGAL_TEXT = 1000
SHORTEST_TOPIC_MINUTES, LONGEST_TOPIC_MINUTES = 15, 180
STEPS = {5, 10, 15, 20, 30, 60}

WANTED_BEFORE_OPENING = {
    "service": ("phone", "email"),
    "texts": (
        "controllers",
        "dpo",
        "publisher",
        "publisher_address",
        "publication_director",
        "host_name",
        "host_address",
        "host_phone",
    ),
}
"""Texts that may be empty in the file but that the public pages must show (law.md B9, B15, B39)."""


def read_timezone(section: Section) -> str:
    value = section.text("timezone")
    try:
        ZoneInfo(value or "Europe/Paris")
    except (ValueError, OSError, KeyError):
        section.refuse("timezone", f"« {value} » n'est pas un fuseau connu (Europe/Paris)")
    return value


def read_service(section: Section, mark: Section) -> DeclaredService:
    service = DeclaredService(
        name=section.text("name", longest=60),
        slogan=section.both_languages("slogan"),
        service_sms=read_sms_text(section, "service_sms", LONGEST_SERVICE_SMS),
        sms_sender=_shaped(section, "sms_sender", SMS_SENDER, "11 lettres ou chiffres au plus"),
        phone=_shaped(section, "phone", PHONE, PHONE_FORM, ""),
        phone_hours=section.both_languages("phone_hours", required=False),
        email=_shaped(section, "email", EMAIL, "nom@exemple.fr", ""),
        text_number=_shaped(section, "text_number", PHONE, PHONE_FORM, ""),
        mark=_shaped(mark, "file", MARK, "nom de fichier .svg", ""),
    )
    section.close()
    mark.close()
    return service


def _shaped(
    section: Section, name: str, pattern: re.Pattern[str], expected: str, default: str | None = None
) -> str:
    return section.matching(name, section.text(name, default), pattern, expected)


def read_texts(section: Section) -> LegalTexts:
    state = section.choice(
        "accessibility_state", {word: word for word in ACCESSIBILITY_STATES}, "non conforme"
    )
    texts = LegalTexts(
        controllers=_legal(section, "controllers"),
        processor=_legal(section, "processor"),
        dpo=_legal(section, "dpo"),
        publisher=_legal(section, "publisher"),
        publisher_address=_legal(section, "publisher_address"),
        publisher_phone=_shaped(section, "publisher_phone", PHONE, PHONE_FORM, ""),
        publisher_email=_shaped(section, "publisher_email", EMAIL, "nom@exemple.fr", ""),
        publication_director=_legal(section, "publication_director"),
        host_name=_legal(section, "host_name"),
        host_address=_legal(section, "host_address"),
        host_phone=_shaped(section, "host_phone", PHONE, PHONE_FORM, ""),
        accessibility_state=state,
        accessibility_audited_on=section.optional_day("accessibility_audited_on"),
        accessibility_results=_both(section, "accessibility_results"),
        accessibility_exceptions=_both(section, "accessibility_exceptions"),
        accessibility_scheme_url=_url(section, "accessibility_scheme_url"),
        accessibility_plan_url=_url(section, "accessibility_plan_url"),
        national_map_url=_url(section, "national_map_url"),
    )
    if state != "non conforme" and texts.accessibility_audited_on is None:
        section.refuse("accessibility_audited_on", f"« {state} » demande la date d'un audit")
    section.close()
    return texts


def _legal(section: Section, name: str) -> str:
    return section.text(name, "", longest=LONGEST_LEGAL_TEXT)


def _both(section: Section, name: str) -> BothLanguages:
    return section.both_languages(name, required=False, longest=LONGEST_LEGAL_TEXT)


def _url(section: Section, name: str) -> str:
    return _shaped(section, name, URL, "https://…", "")


def read_colours(section: Section) -> Colours:
    """Own colours, refused below 4.5:1 on the grounds of the pages."""
    colours = Colours(brand=_colour(section, "brand"), accent=_colour(section, "accent"))
    section.close()
    return colours


def _colour(section: Section, name: str) -> str:
    value = section.text(name, "").lower()
    section.matching(name, value, HEX_COLOUR, "#0b5563")
    if HEX_COLOUR.fullmatch(value):
        ratio = lowest_contrast_on_pages(value)
        if ratio < LOWEST_CONTRAST:
            section.refuse(
                name, f"contraste de {ratio:.1f} sur fond clair, il faut {LOWEST_CONTRAST} au moins"
            )
    return value


def read_topics(sections: Sequence[Section]) -> tuple[DeclaredTopic, ...]:
    topics = tuple(_read_topic(section) for section in sections)
    refuse_repeats(sections, "code", [topic.code for topic in topics])
    return topics


def _read_topic(section: Section) -> DeclaredTopic:
    step = section.optional_integer("step_minutes", 5, 60)
    if step is not None and step not in STEPS:
        section.refuse("step_minutes", f"{step} ne tombe pas juste dans une heure")
    topic = DeclaredTopic(
        code=section.code("code"),
        label=section.both_languages("label"),
        minutes=section.integer("minutes", SHORTEST_TOPIC_MINUTES, LONGEST_TOPIC_MINUTES),
        step_minutes=step,
        bring=section.both_languages("bring", required=False),
        themes=section.texts("themes"),
        sensitive=section.flag("sensitive", False),
        active=section.flag("active", True),
    )
    section.close()
    return topic


def still_missing(service: DeclaredService, texts: LegalTexts) -> list[tuple[str, str]]:
    """The keys that the operator must fill before the site opens, with what to tell him."""
    entries: Mapping[str, DeclaredService | LegalTexts] = {"service": service, "texts": texts}
    return [
        (f"{table}.{name}", "à remplir avant l'ouverture du site")
        for table, names in WANTED_BEFORE_OPENING.items()
        for name in names
        if not getattr(entries[table], name)
    ]
