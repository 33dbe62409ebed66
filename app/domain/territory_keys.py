"""Reading the sharing keys of a territory file: what the convention agreed, dated.

Without any, the payers imply the key of the cost, and that one the key of time (`sharing`).
"""

from collections.abc import Collection, Mapping, Sequence

from app.domain.checks import MISSING, Section
from app.domain.errors import DomainError
from app.domain.sharing import WHOLE, KeyKind, Part, SharingKey, check_keys
from app.domain.sharing_errors import KeysOverlap
from app.domain.territory_entries import DeclaredCommune, DeclaredPayer

KINDS = {"cout": KeyKind.COST, "temps": KeyKind.TIME}


def read_sharing_keys(
    sections: Sequence[Section],
    communes: Mapping[str, DeclaredCommune],
    payers: Collection[DeclaredPayer],
) -> tuple[SharingKey, ...]:
    """The keys of the file. Parts are named by commune slug, or by the code of another payer."""
    bodies = {payer.code for payer in payers if not payer.commune}
    found = [_read_key(section, communes, bodies) for section in sections]
    whole = [key for key in found if key is not None]
    if sections and len(whole) == len(found):
        try:
            check_keys(whole)
        except KeysOverlap as refusal:
            sections[0].refuse(
                "valid_from", f"deux clés du même genre sont valables le {refusal.facts['first']}"
            )
    return tuple(whole)


def _read_key(
    section: Section, communes: Mapping[str, DeclaredCommune], bodies: Collection[str]
) -> SharingKey | None:
    told = len(section.problems)
    kind = section.choice("kind", KINDS)
    first = section.optional_day("valid_from")
    last = section.optional_day("valid_until")
    vintage = section.optional_integer("population_vintage", 2000, 2099)
    parts = _read_parts(section.table("parts"), communes, bodies)
    section.close()
    if first is None and not section.has("valid_from"):
        section.refuse("valid_from", MISSING)
    if first is None or len(section.problems) > told:
        return None
    key = SharingKey(kind, first, parts, last, vintage)
    try:
        key.check()
    except DomainError as refusal:
        name, reason = REASONS[refusal.code]
        section.refuse(name, reason.format(**refusal.facts))
        return None
    return key


def _read_parts(
    section: Section, communes: Mapping[str, DeclaredCommune], bodies: Collection[str]
) -> tuple[Part, ...]:
    parts = []
    for name in section.raw:
        hundredths = section.integer(name, 0, WHOLE)
        if name in communes:
            commune = communes[name]
            parts.append(Part(commune.insee_code, hundredths, has_access=commune.bookable))
        elif name in bodies:
            parts.append(Part(name, hundredths, is_commune=False, has_access=False))
        else:
            section.refuse(name, "n'est ni une commune du fichier ni un autre payeur")
    return tuple(parts)


REASONS = {
    "key_empty": ("parts", "au moins une commune qui a accès au service est nécessaire"),
    "key_sum_wrong": (
        "parts",
        "la somme des parts fait {hundredths}, il faut 10000 (100 %)",
    ),
    "time_without_access": ("parts", "{code} n'a pas accès au service : pas de temps"),
    "key_ends_before_start": ("valid_until", "est avant valid_from"),
}
"""(key, reason) of what one key may be refused for; its parts were read within their bounds."""
