"""The picture of a timetable in lines of French, one day after the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.availability import AvailabilityKind, Cause
from app.domain.candidates import RefusalCode
from app.gateways.dates import long_date
from app.services.orphans import Orphan

Values = Mapping[str, Any]

CAUSES = {
    Cause.CLOSURE: "lieu fermé",
    Cause.ABSENCE: "absence",
    Cause.PUBLIC_HOLIDAY: "jour férié",
    Cause.SKIPPED_DATE: "date annulée",
    Cause.EXTRA_DATE: "date ajoutée ailleurs",
    Cause.REPLACEMENT: "remplacement ailleurs",
    Cause.EARLIER_BLOCK: "déjà pris par une autre plage",
}
REASONS = {
    RefusalCode.NO_OPENING: "hors permanence",
    RefusalCode.PAST: "passé",
    RefusalCode.NOTICE: "délai trop court",
    RefusalCode.HORIZON: "trop loin",
    RefusalCode.DESK_ONLY: "gardé pour l'accueil",
    RefusalCode.OWN_RESIDENTS: "gardé pour la commune",
    RefusalCode.ENGAGED: "déjà pris",
    RefusalCode.OPENING_ELSEWHERE: "permanence ailleurs",
    RefusalCode.TRAVEL_BEFORE: "trajet avant",
    RefusalCode.TRAVEL_AFTER: "trajet après",
    RefusalCode.BUFFER_BEFORE: "pause avant",
    RefusalCode.BUFFER_AFTER: "pause après",
    RefusalCode.STRANDS: "laisserait un reste trop court",
}


def orphan_lines(orphans: Iterable[Orphan], timezone: ZoneInfo) -> Iterator[str]:
    """The appointments to move: their number, time and place, nobody's name."""
    for orphan in orphans:
        local = orphan.starts_at.astimezone(timezone)
        place = f"visite à domicile, {orphan.place}" if orphan.is_visit else orphan.place
        yield (
            f"À DÉPLACER rendez-vous {orphan.reference or orphan.appointment_id} : "
            f"{long_date(local.date(), 'fr', timezone)} à {local:%H:%M}, {place}, "
            f"avec {orphan.counsellor}"
        )


def picture_lines(picture: Values) -> Iterator[str]:
    """Each day with its openings; under each, the free times and the refused ones by length."""
    timezone = ZoneInfo(picture["timezone"])
    answers = _by_opening(picture["answers"], picture["topics"], timezone)
    blocks = [*picture["openings"], *picture["closed"]]
    by_day: dict[str, list[Values]] = defaultdict(list)
    for block in sorted(blocks, key=lambda each: (each["starts_at"], each["counsellor"])):
        by_day[block["on"]].append(block)
    if not by_day:
        yield "Aucune permanence ces jours-là."
    for on, of_day in by_day.items():
        holiday = picture["holidays"].get(on)
        title = long_date(date.fromisoformat(on), "fr", timezone)
        yield f"{title} ({holiday})" if holiday else title
        for block in of_day:
            yield from _block_lines(block, answers, timezone)


def _block_lines(
    block: Values, answers: Mapping[tuple[str, str], list[str]], timezone: ZoneInfo
) -> Iterator[str]:
    hours = f"{_clock(block['starts_at'], timezone)}–{_clock(block['ends_at'], timezone)}"
    is_visit = block["kind"] == AvailabilityKind.HOME_VISITS
    place = f"visites : {', '.join(block['communes'])}" if is_visit else block["venue"]
    line = f"  {hours}  {block['counsellor']}  {place}"
    if block["replaces"]:
        line += f", remplace {block['replaces']}"
    if "cause" in block:
        yield f"{line}  FERMÉ : {CAUSES[Cause(block['cause'])]}"
        return
    if block["desk_until_days"]:
        line += f"  (accueil seulement jusqu'à J-{block['desk_until_days']})"
    yield line
    yield from answers.get((block["availability"], block["on"]), [])


def _by_opening(
    answers: Iterable[Values], topics: Iterable[Values], timezone: ZoneInfo
) -> dict[tuple[str, str], list[str]]:
    """Lines of times by availability and local date; topics of one length are told once."""
    lengths = {topic["code"]: (topic["minutes"], topic["step_minutes"]) for topic in topics}
    told = set()
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for answer in answers:
        asked = (answer["commune"], answer["kind"], lengths[answer["topic"]])
        if asked in told:
            continue
        told.add(asked)
        label = f"    {answer['commune']}, {asked[2][0]} min"
        for key, times in _grouped(answer["free"], timezone).items():
            shown = " ".join(_clock(each["starts_at"], timezone) for each in times)
            found[key].append(f"{label}, libre : {shown}")
        for key, refused in _grouped(answer["refused"], timezone).items():
            for reason, clocks in _by_reason(refused, timezone).items():
                found[key].append(f"{label}, refusé ({reason}) : {' '.join(clocks)}")
    return found


def _grouped(
    candidates: Iterable[Values], timezone: ZoneInfo
) -> dict[tuple[str, str], list[Values]]:
    groups: dict[tuple[str, str], list[Values]] = defaultdict(list)
    for each in candidates:
        on = _local(each["starts_at"], timezone).date().isoformat()
        groups[each["availability"], on].append(each)
    return groups


def _by_reason(candidates: Iterable[Values], timezone: ZoneInfo) -> dict[str, list[str]]:
    """The times that each reason refuses; « trajet avant, 25 min » is one reason."""
    times: dict[str, list[str]] = defaultdict(list)
    for each in candidates:
        reason, minutes = REASONS[RefusalCode(each["reason"])], each["reason_minutes"]
        detail = f"{reason}, {minutes} min" if minutes else reason
        times[detail].append(_clock(each["starts_at"], timezone))
    return times


def _clock(instant: str, timezone: ZoneInfo) -> str:
    return f"{_local(instant, timezone):%H:%M}"


def _local(instant: str, timezone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(instant).astimezone(timezone)
