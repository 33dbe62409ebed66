"""What the national tool is told: the copy sheet, the fields of its form."""

from collections.abc import Iterable
from typing import Any

from app.domain.attendance import OTHER_COMMUNE, AttendanceRecord, Counts
from app.domain.national_labels import AT_VENUE, NATIONAL, NOT_TOLD
from app.domain.nomenclature import Family
from app.gateways import dates
from app.services.catalogue import CommuneEntry
from app.web import filters
from app.web.attendance.words import (
    NO,
    YES,
    commune_of,
    counted,
    homes,
    label_of,
    labels_of,
    place_of,
)


def sheet_rows(record: AttendanceRecord) -> list[dict[str, str]]:
    """« Fiche de recopie »: the order and the words of the national form; nothing empty."""
    told = [
        ("Type", [label_of(Family.TYPE, record.type)]),
        ("Nombre de participants", [str(record.participants)] if record.is_workshop else []),
        ("Date", [filters.first_upper(dates.long_date(record.on, "fr", filters.zone()))]),
        ("Durée", [dates.minutes(record.minutes, "fr")]),
        ("Lieu", [label_of(Family.PLACE, record.place_kind)]),
        ("Nom du lieu", [place_of(record)] if record.venue else []),
        ("Commune du lieu", [entry.name] if (entry := commune_of(record.place_commune)) else []),
        ("Titre de l’atelier", [record.title]),
        ("Thématiques", labels_of(Family.THEME, record.themes)),
        ("Démarches administratives", labels_of(Family.PROCEDURE, record.procedures)),
        ("Matériel", labels_of(Family.DEVICE, record.devices)),
        ("Niveau", [label_of(Family.LEVEL, record.level)]),
        ("Autonomie", [label_of(Family.AUTONOMY, record.autonomy)]),
        (
            "Orienté vers une structure",
            [YES if record.is_referred else NO] * (not record.is_workshop),
        ),
        ("Structure de redirection", [label_of(Family.REDIRECTION, record.redirection)]),
        ("Genre", counted(Family.GENDER, record, record.genders)),
        ("Tranche d’âge", counted(Family.AGE, record, record.ages)),
        ("Statut", counted(Family.STATUS, record, record.statuses)),
        ("Déjà accompagné", [_already(record)]),
        ("Commune de résidence", homes(record)),
    ]
    rows = [(key, [word for word in words if word]) for key, words in told]
    return [{"key": key, "value": ", ".join(words)} for key, words in rows if words]


def _already(record: AttendanceRecord) -> str:
    if record.is_workshop:
        return str(record.already_helped)
    return YES if record.already_helped else NO


def form_facts(record: AttendanceRecord) -> dict[str, Any]:
    """The fields of the national form, as its own checks want them; anonymous answers only."""
    facts: dict[str, Any] = {
        "type": record.type,
        "date": record.on.isoformat(),
        "duree": _length(record),
        "typeLieu": record.place_kind,
        "thematiques": _codes(Family.THEME, record.themes)
        + _codes(Family.PROCEDURE, record.procedures),
        "materiel": _codes(Family.DEVICE, record.devices),
    }
    commune = commune_of(record.place_commune)
    if commune and record.place_kind != AT_VENUE:
        facts["lieuCommuneData"] = _commune_facts(commune, record.place_commune or "")
    return facts | (_group_facts(record) if record.is_workshop else _person_facts(record))


def _length(record: AttendanceRecord) -> dict[str, Any]:
    steps = {each.code for each in NATIONAL.labels_at(Family.DURATION, record.on)}
    if str(record.minutes) in steps:
        return {"duree": str(record.minutes)}
    if record.minutes % 60:
        return {
            "duree": "personnaliser",
            "dureePersonnaliseeType": "minutes",
            "dureePersonnaliseeMin": record.minutes,
        }
    return {
        "duree": "personnaliser",
        "dureePersonnaliseeType": "heures",
        "dureePersonnaliseeMin": record.minutes // 60,
    }


def _codes(family: Family, codes: Iterable[str]) -> list[str]:
    known = [NATIONAL.latest(family, code) for code in sorted(codes)]
    return [each.coop_code for each in known if each and each.coop_code]


def _code(family: Family, code: str | None) -> str | None:
    return next(iter(_codes(family, [code] if code else [])), None)


def _commune_facts(commune: CommuneEntry, insee_code: str) -> dict[str, str]:
    return {
        "id": insee_code,
        "commune": commune.name,
        "codePostal": commune.postal_code,
        "codeInsee": insee_code,
        "nom": commune.name,
        "contexte": "",
    }


def _person_facts(record: AttendanceRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "autonomie": _code(Family.AUTONOMY, record.autonomy),
        "orienteVersStructure": "yes" if record.is_referred else "no",
        "structureDeRedirection": _code(Family.REDIRECTION, record.redirection),
        "beneficiaire": {
            "genre": _code(Family.GENDER, next(iter(record.genders), None)),
            "trancheAge": _code(Family.AGE, next(iter(record.ages), None)),
            "statutSocial": _code(Family.STATUS, next(iter(record.statuses), None)),
            "dejaAccompagne": record.already_helped > 0,
        },
    }
    home = next(iter(record.residences), NOT_TOLD)
    commune = None if home in (NOT_TOLD, OTHER_COMMUNE) else commune_of(home)
    if commune:
        facts["beneficiaire"]["communeResidence"] = _commune_facts(commune, home)
    return facts


def _group_facts(record: AttendanceRecord) -> dict[str, Any]:
    return {
        "titreAtelier": record.title,
        "niveau": record.level,
        "participantsAnonymes": {
            "total": record.participants,
            "dejaAccompagne": record.already_helped,
            **_families(record.genders, Family.GENDER, "genre"),
            **_families(record.ages, Family.AGE, "trancheAge"),
            **_families(record.statuses, Family.STATUS, "statutSocial"),
        },
    }


def _families(counts: Counts, family: Family, name: str) -> dict[str, int]:
    """« genreFeminin »: the name of the question, then the answer in capitals."""
    told: dict[str, int] = {}
    for code, count in counts.items():
        words = (_code(family, code) or code).split("_")
        told[name + "".join(word.capitalize() for word in words)] = count
    return told
