"""Which attendance records may be kept: every fault of one, in the order of the form."""

from collections.abc import Container, Iterator
from datetime import date

from app.domain.attendance import (
    ONE_DAY_MINUTES,
    OTHER_COMMUNE,
    AttendanceRecord,
)
from app.domain.attendance_errors import (
    AlreadyHelpedWrong,
    CountNegative,
    CountsDisagree,
    IndividualIsOne,
    LabelRetired,
    LabelUnknown,
    LeadersWrong,
    MinutesWrong,
    NotForThisType,
    ParticipantsWrong,
    ProcedureAlone,
    RecordInFuture,
    RecordPlaceMissing,
    RedirectionUnwanted,
    ResidenceUnknown,
    ThemeMissing,
)
from app.domain.errors import DomainError
from app.domain.national_labels import ADMINISTRATIVE, NOT_TOLD, REMOTE
from app.domain.nomenclature import Family, Nomenclature

MOST_PARTICIPANTS = 50
"""A workshop takes ten people, a public talk perhaps fifty; « 400 » is a slip of the finger."""
MOST_LEADERS = 10
"""A team has two or three counsellors; a minute of each counts, so a slip would weigh much."""
LONGEST_MINUTES = ONE_DAY_MINUTES - 1


def check(
    record: AttendanceRecord, today: date, nomenclature: Nomenclature, communes: Container[str]
) -> None:
    """Raises the first of `faults`."""
    for fault in faults(record, today, nomenclature, communes):
        raise fault


def faults(
    record: AttendanceRecord, today: date, nomenclature: Nomenclature, communes: Container[str]
) -> Iterator[DomainError]:
    """Everything wrong with a record told today; `communes` are the known INSEE codes.

    Labels are judged on the day of the activity: a draft sent late keeps the words of its day, a
    copy of an old record cannot take a label that was retired since.
    """
    if record.on > today:
        yield RecordInFuture(today=today)
    yield from _label_faults(record, nomenclature)
    yield from _measure_faults(record)
    yield from _count_faults(record)
    yield from _residence_faults(record, communes)
    yield from _rule_faults(record)


def _label_faults(record: AttendanceRecord, nomenclature: Nomenclature) -> Iterator[DomainError]:
    for family, codes in _codes(record):
        for code in sorted(codes):
            if nomenclature.find(family, code, record.on) is None:
                known = nomenclature.latest(family, code)
                if known is None:
                    yield LabelUnknown(family=family, label=code)
                else:
                    yield LabelRetired(family=family, label=known.label)


def _codes(record: AttendanceRecord) -> Iterator[tuple[Family, frozenset[str]]]:
    """Every code of the record with the question it answers."""
    yield Family.TYPE, frozenset({record.type})
    yield Family.PLACE, frozenset({record.place_kind})
    yield Family.THEME, record.themes
    yield Family.PROCEDURE, record.procedures
    yield Family.DEVICE, record.devices
    yield Family.AGE, frozenset(record.ages)
    yield Family.GENDER, frozenset(record.genders)
    yield Family.STATUS, frozenset(record.statuses)
    yield Family.RESULT, _told(record.result)
    yield Family.AUTONOMY, _told(record.autonomy)
    yield Family.REDIRECTION, _told(record.redirection)
    yield Family.LEVEL, _told(record.level)
    yield Family.ORIGIN, _told(record.origin)


def _told(code: str | None) -> frozenset[str]:
    return frozenset() if code is None else frozenset({code})


def _measure_faults(record: AttendanceRecord) -> Iterator[DomainError]:
    if not 1 <= record.minutes <= LONGEST_MINUTES:
        yield MinutesWrong(low=1, high=LONGEST_MINUTES, measure="minutes")
    for measure in ("travel_minutes", "preparation_minutes"):
        if not 0 <= getattr(record, measure) <= LONGEST_MINUTES:
            yield MinutesWrong(low=0, high=LONGEST_MINUTES, measure=measure)
    if not 1 <= record.leaders <= MOST_LEADERS:
        yield LeadersWrong(low=1, high=MOST_LEADERS)
    if (record.place_commune is None) != (record.place_kind == REMOTE):
        yield RecordPlaceMissing()


def _count_faults(record: AttendanceRecord) -> Iterator[DomainError]:
    if not 1 <= record.participants <= MOST_PARTICIPANTS:
        yield ParticipantsWrong(low=1, high=MOST_PARTICIPANTS)
    elif record.participants > 1 and not record.is_workshop:
        yield IndividualIsOne()
    for family, counts in (
        (Family.GENDER, record.genders),
        (Family.AGE, record.ages),
        (Family.STATUS, record.statuses),
        ("RESIDENCE", record.residences),
    ):
        told = sum(counts.values())
        if any(count < 0 for count in counts.values()):
            yield CountNegative(family=family)
        elif told != record.participants:
            yield CountsDisagree(family=family, told=told, participants=record.participants)
    if not 0 <= record.already_helped <= record.participants:
        yield AlreadyHelpedWrong(participants=record.participants)


def _residence_faults(record: AttendanceRecord, communes: Container[str]) -> Iterator[DomainError]:
    for code in sorted(record.residences):
        if code not in (OTHER_COMMUNE, NOT_TOLD) and code not in communes:
            yield ResidenceUnknown(insee_code=code)


def _rule_faults(record: AttendanceRecord) -> Iterator[DomainError]:
    if not record.themes:
        yield ThemeMissing()
    if record.procedures and ADMINISTRATIVE not in record.themes:
        yield ProcedureAlone()
    if record.redirection is not None and not record.is_referred:
        yield RedirectionUnwanted()
    foreign = (
        {"RESULT": record.result, "AUTONOMY": record.autonomy, "REDIRECTION": record.redirection}
        if record.is_workshop
        else {"LEVEL": record.level, "TITLE": record.title or None}
    )
    for family, answer in foreign.items():
        if answer is not None:
            yield NotForThisType(family=family)
