"""Reading communes, venues, travel minutes and payers of a territory file."""

import re
from collections.abc import Mapping, Sequence
from datetime import time

from app.domain.checks import CLOCK, WEEKDAYS, Section, refuse_repeats
from app.domain.gsm7 import foreign_characters
from app.domain.territory_entries import (
    DeclaredCommune,
    DeclaredPayer,
    DeclaredTravel,
    DeclaredVenue,
    OpeningHours,
    TownHall,
)

INSEE_CODE = re.compile(r"\d{5}|2[AB]\d{3}")
POSTAL_CODE = re.compile(r"\d{5}")
SIREN = re.compile(r"\d{9}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"0\d(?: \d\d){4}|\d{4}|\+\d{1,3}(?: \d+)+")
PHONE_FORM = "05 36 49 00 00"

LONGEST_SMS_NAME = 20
LONGEST_TRAVEL_MINUTES = 240
WHOLE = 10_000
"""One hundred percent, in hundredths of a percent."""


def read_communes(sections: Sequence[Section]) -> tuple[DeclaredCommune, ...]:
    communes = tuple(_read_commune(section) for section in sections)
    refuse_repeats(sections, "slug", [commune.slug for commune in communes])
    refuse_repeats(sections, "insee_code", [commune.insee_code for commune in communes])
    return communes


def _read_commune(section: Section) -> DeclaredCommune:
    name = section.text("name")
    active_from = section.optional_day("active_from")
    active_until = section.optional_day("active_until")
    if active_from and active_until and active_until < active_from:
        section.refuse("active_until", f"{active_until} est avant active_from ({active_from})")
    siren = section.matching("siren", section.text("siren", ""), SIREN, "9 chiffres")
    commune = DeclaredCommune(
        slug=section.code("slug"),
        name=name,
        official_name=section.text("official_name", name),
        name_in=section.text("name_in"),
        name_of=section.text("name_of"),
        insee_code=_code(section, "insee_code", INSEE_CODE, "5 caractères, 17021"),
        postal_code=_code(section, "postal_code", POSTAL_CODE, "5 chiffres"),
        siren=siren or None,
        population=section.optional_integer("population", 1, 3_000_000),
        latitude=section.number("latitude", -90, 90),
        longitude=section.number("longitude", -180, 180),
        bookable=section.flag("bookable", True),
        active_from=active_from,
        active_until=active_until,
        town_hall=_read_town_hall(section.table("town_hall")),
    )
    section.close()
    return commune


def _code(section: Section, name: str, pattern: re.Pattern[str], expected: str) -> str:
    return section.matching(name, section.text(name), pattern, expected)


def _read_town_hall(section: Section) -> TownHall:
    hours = section.table("opening_hours")
    town_hall = TownHall(
        address=section.text("address", ""),
        postal_line=section.text("postal_line", ""),
        phone=section.matching("phone", section.text("phone", ""), PHONE, PHONE_FORM),
        opening_hours=tuple(span for weekday in range(7) for span in _read_day(hours, weekday)),
        email=section.matching("email", section.text("email", ""), EMAIL, "nom@exemple.fr"),
    )
    hours.close()
    section.close()
    return town_hall


def _read_day(hours: Section, weekday: int) -> list[OpeningHours]:
    """The spans of one day, such as ["08:30-12:00", "13:30-17:30"], in order and apart."""
    name = WEEKDAYS[weekday]
    spans: list[OpeningHours] = []
    for value in hours.texts(name):
        opens, _, closes = value.partition("-")
        if not CLOCK.fullmatch(opens) or not CLOCK.fullmatch(closes) or opens >= closes:
            hours.refuse(name, f"« {value} » n'a pas la forme attendue (08:30-12:00)")
            continue
        span = OpeningHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        if spans and span.opens_at <= spans[-1].closes_at:
            hours.refuse(name, f"« {value} » commence avant la fin de l'horaire précédent")
        spans.append(span)
    return spans


def read_venues(
    sections: Sequence[Section], communes: Mapping[str, DeclaredCommune]
) -> tuple[DeclaredVenue, ...]:
    venues = tuple(_read_venue(section, communes) for section in sections)
    refuse_repeats(sections, "slug", [venue.slug for venue in venues])
    return venues


def _read_venue(section: Section, communes: Mapping[str, DeclaredCommune]) -> DeclaredVenue:
    venue = DeclaredVenue(
        slug=section.code("slug"),
        commune=_known_commune(section, communes),
        name=section.text("name"),
        address=section.text("address", ""),
        postal_line=section.text("postal_line", ""),
        access=section.both_languages("access", required=False, longest=300),
        sms_name=read_sms_text(section, "sms_name", LONGEST_SMS_NAME),
        active=section.flag("active", True),
    )
    section.close()
    return venue


def _known_commune(
    section: Section, communes: Mapping[str, DeclaredCommune], default: str | None = None
) -> str:
    slug = section.code("commune", default)
    if slug and slug not in communes:
        section.refuse("commune", f"« {slug} » n'est pas une commune du fichier")
    return slug


def read_sms_text(section: Section, name: str, longest: int) -> str:
    """A text for text messages: short, and made only of characters that do not cut the limit."""
    value = section.text(name, longest=longest)
    if foreign := foreign_characters(value):
        section.refuse(name, f"caractères impossibles dans un SMS : {' '.join(foreign)}")
    return value


def read_travel(
    section: Section, communes: Mapping[str, DeclaredCommune]
) -> tuple[DeclaredTravel, ...]:
    """The listed pairs. A pair listed one way holds both ways; listed twice, each has its own."""
    minutes: dict[tuple[str, str], int] = {}
    for origin in section.raw:
        row = section.table(origin)
        if origin not in communes:
            section.refuse(origin, "n'est pas une commune du fichier")
            continue
        for destination in row.raw:
            value = row.integer(destination, 0, LONGEST_TRAVEL_MINUTES)
            if destination == origin:
                row.refuse(destination, "pas de trajet d'une commune à elle-même")
            elif destination not in communes:
                row.refuse(destination, "n'est pas une commune du fichier")
            minutes[origin, destination] = value
    for (origin, destination), value in list(minutes.items()):
        minutes.setdefault((destination, origin), value)
    return tuple(DeclaredTravel(*pair, value) for pair, value in sorted(minutes.items()))


def read_payers(
    sections: Sequence[Section], communes: Mapping[str, DeclaredCommune]
) -> tuple[DeclaredPayer, ...]:
    """Who pays. Shares are given for all (and sum to 100 %) or for none (pro rata)."""
    payers = tuple(_read_payer(section, communes) for section in sections)
    refuse_repeats(sections, "code", [payer.code for payer in payers])
    refuse_repeats(sections, "commune", [payer.commune for payer in payers])
    shares = [payer.share_hundredths for payer in payers if payer.share_hundredths is not None]
    if shares and len(shares) < len(payers):
        sections[0].refuse("share_hundredths", "donner la part de tous les payeurs, ou d'aucun")
    elif shares and sum(shares) != WHOLE:
        sections[0].refuse(
            "share_hundredths", f"la somme des parts fait {sum(shares)}, il faut {WHOLE} (100 %)"
        )
    return payers


def _read_payer(section: Section, communes: Mapping[str, DeclaredCommune]) -> DeclaredPayer:
    payer = DeclaredPayer(
        code=section.code("code"),
        name=section.text("name"),
        commune=_known_commune(section, communes, ""),
        share_hundredths=section.optional_integer("share_hundredths", 0, WHOLE),
        valid_from=section.optional_day("valid_from"),
    )
    section.close()
    return payer
