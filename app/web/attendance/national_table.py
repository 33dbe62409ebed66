"""The table of the lines, under the headers of the national list, one row per activity.

One row per participant, as there, would need invented people (statistics §3). What is never kept
here has no column: instants, tags, the name of a procedure, notes, the number of the record there.
Several values of a cell stand one under the other.
"""

from collections.abc import Iterable

from app.domain.attendance import AttendanceRecord
from app.domain.national_labels import NATIONAL
from app.domain.nomenclature import Family
from app.services.attendance_lines import Line
from app.web.attendance.words import (
    NO,
    YES,
    commune_of,
    communes_by_insee,
    counted,
    homes,
    label_of,
    labels_of,
    place_of,
)
from app.web.site import current_catalogue

HEADER = (
    "Date", "Type", "Participants", "Canaux d’accompagnement", "Nom du lieu", "Adresse", "Commune",
    "Code postal", "Code Insee", "Durée (min)", "Nom de l’atelier", "Matériel numérique utilisé",
    "Thématique(s) d’accompagnement", "Niveau d’autonomie (ou de l’atelier)",
    "Bénéficiaire réorienté", "Structure de redirection", "Commune du bénéficiaire",
    "Code postal du bénéficiaire", "Code Insee du bénéficiaire", "Genre", "Tranche d’âge",
    "Statut du bénéficiaire", "Bénéficiaires déjà accompagnés", "Saisi",
)  # fmt: skip


def table_rows(lines: Iterable[Line]) -> list[tuple[object, ...]]:
    """The rows under HEADER."""
    addresses = {each.slug: each.address for each in current_catalogue().venues}
    return [_cells(each.record, addresses.get(each.record.venue or "", "")) for each in lines]


def _cells(record: AttendanceRecord, address: str) -> tuple[object, ...]:
    commune = commune_of(record.place_commune)
    return (
        f"{record.on:%d/%m/%Y}",
        label_of(Family.TYPE, record.type),
        record.participants,
        label_of(Family.PLACE, record.place_kind),
        place_of(record) if record.venue else "",
        address,
        commune.name if commune else "",
        commune.postal_code if commune else "",
        record.place_commune or "",
        record.minutes,
        record.title,
        *_answers(record),
        *_residences(record),
        _stacked(counted(Family.GENDER, record, record.genders)),
        _stacked(counted(Family.AGE, record, record.ages)),
        _stacked(counted(Family.STATUS, record, record.statuses)),
        record.already_helped,
        YES if record.is_copied else NO,
    )


def _answers(record: AttendanceRecord) -> tuple[str, ...]:
    """Procedures stand among the themes, as in the national list."""
    themes = labels_of(Family.THEME, record.themes)
    referred = "" if record.is_workshop else YES if record.is_referred else NO
    return (
        _stacked(labels_of(Family.DEVICE, record.devices)),
        _stacked([*themes, *labels_of(Family.PROCEDURE, record.procedures)]),
        _step(record),
        referred,
        label_of(Family.REDIRECTION, record.redirection),
    )


def _step(record: AttendanceRecord) -> str:
    """« Débutant (1/3) » of a workshop, « Autonome (3/3) » of a person; empty where untold."""
    family = Family.LEVEL if record.is_workshop else Family.AUTONOMY
    told = record.level if record.is_workshop else record.autonomy
    steps = [each.code for each in NATIONAL.labels_at(family, record.on)]
    rank = f" ({steps.index(told) + 1}/{len(steps)})" if told in steps else ""
    return label_of(family, told) + rank


def _residences(record: AttendanceRecord) -> tuple[str, str, str]:
    """Where the people live: communes, postal codes, INSEE codes; codes of known communes only."""
    known = [
        (code, each) for code, each in communes_by_insee().items() if code in record.residences
    ]
    postal = [_of(record, code, each.postal_code) for code, each in known]
    insee = [_of(record, code, code) for code, _each in known]
    return _stacked(homes(record)), _stacked(postal), _stacked(insee)


def _of(record: AttendanceRecord, code: str, told: str) -> str:
    return f"{told} : {record.residences[code]}" if record.is_workshop else told


def _stacked(words: list[str]) -> str:
    return "\n".join(words)
