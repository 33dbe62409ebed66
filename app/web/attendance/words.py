"""What the pages of records say: half-days, people by their first name, lines by their answers."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import g, url_for

from app.domain.attendance import OTHER_COMMUNE, AttendanceRecord, Counts
from app.domain.national_labels import NATIONAL, NOT_TOLD, REMOTE
from app.domain.nomenclature import Family
from app.domain.staff_errors import AnswerMissing, SubjectUnknown
from app.extensions import db
from app.gateways import dates
from app.services.agenda import Entry, counsellor_names
from app.services.attendance_lines import Line
from app.services.catalogue import CommuneEntry
from app.services.figures_time import read_insee
from app.web import filters
from app.web.site import current_catalogue

NOON = 12
MORNING, AFTERNOON = "matin", "apres-midi"
MOMENTS = {MORNING: "matin", AFTERNOON: "après-midi"}
WALK_IN = "Personne venue sans rendez-vous"
YES, NO = "Oui", "Non"


def line_id_of(typed: str) -> UUID:
    """The random number of a line. Raises AnswerMissing, SubjectUnknown for what is none."""
    if not typed:
        raise AnswerMissing
    try:
        return UUID(typed)
    except ValueError:
        raise SubjectUnknown from None


def who(entry: Entry) -> str:
    """First name and initial: enough to remember an hour."""
    if not entry.first_name:
        return WALK_IN if entry.is_walk_in else "Sans nom"
    return f"{entry.first_name} {entry.last_name[:1]}."


def half_day_of(entry: Entry) -> tuple[str, str]:
    """Local day and half of an appointment, as addresses say them."""
    local = entry.starts_at.astimezone(current_catalogue().timezone)
    return local.date().isoformat(), MORNING if local.hour < NOON else AFTERNOON


def half_days(entries: list[Entry]) -> list[dict[str, Any]]:
    """The appointments by half-day, as a list of pages shows them."""
    return [
        {
            "day": day,
            "on": date.fromisoformat(day),
            "moment": moment,
            "entries": [
                {
                    "id": each.appointment_id,
                    "hour": dates.clock(each.starts_at, "fr", filters.zone()),
                    "who": who(each),
                }
                for each in found
            ],
        }
        for (day, moment), grouped in groupby(entries, key=half_day_of)
        if (found := list(grouped))
    ]


def communes_by_insee() -> dict[str, CommuneEntry]:
    """The communes by INSEE code, in the order of the territory; asked once a request."""
    if "communes_by_insee" not in g:
        insee = read_insee(db.session())
        g.communes_by_insee = {insee[each.id]: each for each in current_catalogue().communes}
    found: dict[str, CommuneEntry] = g.communes_by_insee
    return found


def commune_of(insee_code: str | None) -> CommuneEntry | None:
    """The commune of that INSEE code; None for another one, or none."""
    return communes_by_insee().get(insee_code or "")


def residence_choices() -> list[tuple[str, str]]:
    """INSEE code and name of each commune, in the order of the territory."""
    return [(code, each.name) for code, each in communes_by_insee().items()]


def label_of(family: Family, code: str | None) -> str:
    """The word of an answer, even of one that was retired since; empty for none."""
    if code is None:
        return ""
    known = NATIONAL.latest(family, code)
    return known.label if known else code


def labels_of(family: Family, codes: frozenset[str]) -> list[str]:
    """The words of several, in the order of the national form."""
    known = sorted(
        (label for code in codes if (label := NATIONAL.latest(family, code))),
        key=lambda each: each.order,
    )
    return [each.label for each in known]


def counted(family: Family, record: AttendanceRecord, counts: Counts) -> list[str]:
    """One word for one person; « Féminin : 3 » for a workshop, in the order of the form."""
    told = {code: label_of(family, code) for code in labelled(family, counts)}
    if not record.is_workshop:
        return list(told.values())
    return [f"{word} : {counts[code]}" for code, word in told.items()]


def labelled(family: Family, counts: Counts) -> list[str]:
    """The codes of the counts in the order of the form."""
    order = {code: known.order for code in counts if (known := NATIONAL.latest(family, code))}
    return sorted(counts, key=lambda code: order.get(code, len(order)))


def homes(record: AttendanceRecord) -> list[str]:
    """Where the people live, in the order of the territory."""
    names = dict(residence_choices()) | {
        OTHER_COMMUNE: "Une autre commune",
        NOT_TOLD: "Non communiqué",
    }
    told = [code for code in names if code in record.residences]
    if not record.is_workshop:
        return [names[code] for code in told]
    return [f"{names[code]} : {record.residences[code]}" for code in told]


def place_of(record: AttendanceRecord) -> str:
    """The venue, the commune, or « À distance »."""
    if record.place_kind == REMOTE:
        return label_of(Family.PLACE, REMOTE)
    venues = {each.slug: each.name for each in current_catalogue().venues}
    commune = dict(residence_choices()).get(record.place_commune or "", "")
    kind = label_of(Family.PLACE, record.place_kind)
    return venues.get(record.venue or "") or f"{kind}, {commune}"


def told_line(line: Line) -> dict[str, Any]:
    """A line as a list shows it."""
    record = line.record
    many = "personnes" if record.participants > 1 else "personne"
    people = f"{record.participants} {many}" if record.is_workshop else ""
    ages = [] if record.is_workshop else counted(Family.AGE, record, record.ages)
    return {
        "id": line.id,
        "href": url_for("attendance.line", line_id=line.id),
        "on": record.on,
        "what": record.title or label_of(Family.TYPE, record.type),
        "minutes": record.minutes,
        "place": place_of(record),
        "themes": labels_of(Family.THEME, record.themes),
        "people": [people] if people else ages,
        "counsellor": _first_names().get(record.counsellor, record.counsellor),
        "is_copied": record.is_copied,
        "is_closed": line.is_closed,
        "is_late": line.is_late,
        "counted_on": line.counted_on,
    }


def _first_names() -> dict[str, str]:
    """Of the counsellors at work, by code; who has left keeps the code alone."""
    if "counsellor_first_names" not in g:
        g.counsellor_first_names = dict(counsellor_names(db.session()).values())
    found: dict[str, str] = g.counsellor_first_names
    return found
