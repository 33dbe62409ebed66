"""The timetable file as a whole: rules that recur, and the dated facts that change them.

Format: docs/territory-format.md, « Timetable ». Hours are local wall time of the territory.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from app.domain.availability import AvailabilityKind
from app.domain.checks import WEEKDAYS, FileProblem, InvalidFile, Section, refuse_repeats
from app.domain.recurrence import LAST
from app.domain.timetable_entries import (
    DeclaredAbsence,
    DeclaredAvailability,
    DeclaredClosure,
    DeclaredCounsellor,
    DeclaredReplacement,
    TimetableFile,
    TimetableRefs,
)
from app.domain.timetable_overlaps import overlapping

KINDS = {"permanence": AvailabilityKind.PERMANENCE, "visites": AvailabilityKind.HOME_VISITS}
DAYS = {word: number for number, word in enumerate(WEEKDAYS)}
LAST_WORD = {"dernier": LAST}
MONDAY = 0
MOST_WEEKS = 12
MOST_DESK_DAYS = 60
LONGEST_REASON = 80


def parse_timetable(raw: Mapping[str, Any], refs: TimetableRefs) -> TimetableFile:
    """Check a whole timetable file against the territory and turn it into frozen values.

    Raises InvalidFile with every problem found; two availabilities that would put one counsellor
    at two places at once on some date are among them.
    """
    problems: list[FileProblem] = []
    top = Section(raw, "", problems)
    sections = top.tables("availabilities")
    counsellor_sections = top.tables("counsellors")
    counsellors = tuple(_read_counsellor(section) for section in counsellor_sections)
    refuse_repeats(counsellor_sections, "code", [person.code for person in counsellors])
    people = {person.code: person.active for person in counsellors}
    timetable = TimetableFile(
        counsellors=counsellors,
        availabilities=_read_availabilities(sections, people, refs),
        absences=_read_absences(top.tables("absences"), people),
        replacements=_read_replacements(top.tables("replacements"), people),
        closures=_read_closures(top.tables("closures"), refs.venues),
    )
    top.close()
    if not problems:  # comparing rules that are themselves wrong would only confuse
        _refuse_overlaps(sections, timetable.availabilities, refs.effective_on)
    if problems:
        raise InvalidFile(problems)
    return timetable


def _read_counsellor(section: Section) -> DeclaredCounsellor:
    person = DeclaredCounsellor(
        code=section.code("code"),
        first_name=section.text("first_name", longest=40),
        active=section.flag("active", True),
    )
    section.close()
    return person


def _known(section: Section, name: str, known: Collection[str], what: str) -> str:
    value = section.code(name)
    if value and value not in known:
        section.refuse(name, f"« {value} » n'est pas {what}")
    return value


def _person(section: Section, name: str, people: Mapping[str, bool]) -> str:
    return _known(section, name, people, "un conseiller de ce fichier")


# -- availabilities ----------------------------------------------------------------------------


def _read_availabilities(
    sections: Sequence[Section], people: Mapping[str, bool], refs: TimetableRefs
) -> tuple[DeclaredAvailability, ...]:
    rules = tuple(_read_availability(section, people, refs) for section in sections)
    refuse_repeats(sections, "code", [rule.code for rule in rules])
    return rules


def _read_availability(
    section: Section, people: Mapping[str, bool], refs: TimetableRefs
) -> DeclaredAvailability:
    kind = section.choice("kind", KINDS)
    visits = kind is AvailabilityKind.HOME_VISITS
    rule = DeclaredAvailability(
        code=section.code("code"),
        counsellor=_person(section, "counsellor", people),
        kind=kind,
        venue="" if visits else _known(section, "venue", refs.venues, "un lieu ouvert"),
        communes=_communes(section, refs.communes) if visits else (),
        weekday=section.choice("weekday", DAYS),
        every_weeks=section.integer("every_weeks", 1, MOST_WEEKS, default=1),
        nth=_nth(section),
        first_on=section.optional_day("first_on"),
        from_time=section.clock("from"),
        to_time=section.clock("to"),
        valid_from=section.optional_day("valid_from"),
        valid_until=section.optional_day("valid_until"),
        skipped_dates=section.days("skipped_dates"),
        extra_dates=section.days("extra_dates"),
        desk_until_days=section.optional_integer("desk_until_days", 1, MOST_DESK_DAYS),
    )
    section.close()
    if people.get(rule.counsellor) is False:
        section.refuse("counsellor", f"« {rule.counsellor} » n'est plus en activité")
    _check_hours(section, rule, refs.shortest_minutes[kind])
    _check_recurrence(section, rule)
    _check_dates(section, rule)
    return rule


def _nth(section: Section) -> int | None:
    """Which weekday of the month: 1 to 5, or « dernier »; None for a weekly rule."""
    if isinstance(section.raw.get("nth"), str):
        return section.choice("nth", LAST_WORD)
    return section.optional_integer("nth", 1, 5)


def _communes(section: Section, known: Collection[str]) -> tuple[str, ...]:
    slugs = section.texts("communes")
    if not slugs:
        section.refuse("communes", "au moins une commune est nécessaire")
    for slug in slugs:
        if slug not in known:
            section.refuse("communes", f"« {slug} » n'est pas une commune servie")
    return tuple(dict.fromkeys(slugs))


def _check_hours(section: Section, rule: DeclaredAvailability, shortest: int) -> None:
    length = _minutes(rule.to_time) - _minutes(rule.from_time)
    if length <= 0:
        section.refuse("to", f"{rule.to_time:%H:%M} n'est pas après {rule.from_time:%H:%M}")
    elif length < shortest:
        section.refuse("to", f"{length} minutes : trop court pour un rendez-vous ({shortest})")


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _check_recurrence(section: Section, rule: DeclaredAvailability) -> None:
    if rule.nth is not None and rule.every_weeks > 1:
        section.refuse("nth", "choisir « nth » ou « every_weeks », pas les deux")
    if rule.every_weeks > 1 and rule.first_on is None:
        section.refuse("first_on", "nécessaire pour compter les semaines")
    if rule.first_on is not None and rule.first_on.weekday() not in (MONDAY, rule.weekday):
        wanted = f"un {WEEKDAYS[rule.weekday]}, ou le lundi de sa semaine"
        section.refuse("first_on", f"{rule.first_on} n'est pas {wanted}")


def _check_dates(section: Section, rule: DeclaredAvailability) -> None:
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        section.refuse("valid_until", f"{rule.valid_until} est avant {rule.valid_from}")
    for day in sorted(set(rule.skipped_dates) & set(rule.extra_dates)):
        section.refuse("extra_dates", f"{day} est aussi dans skipped_dates")
    for day in rule.extra_dates:
        if not _within(day, rule.valid_from, rule.valid_until):
            section.refuse("extra_dates", f"{day} est hors de la période de validité")


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _refuse_overlaps(
    sections: Sequence[Section], rules: Sequence[DeclaredAvailability], effective_on: date
) -> None:
    by_code = {rule.code: section for rule, section in zip(rules, sections, strict=True)}
    for earlier, later, day in overlapping(rules, effective_on):
        by_code[later.code].refuse(
            "from",
            f"{earlier.counsellor} est déjà pris par « {earlier.code} » le {day} à ces heures",
        )


# -- dated facts -------------------------------------------------------------------------------


def _period(section: Section) -> tuple[datetime, datetime]:
    """From and to, in local wall time; an end is required: nothing is closed for ever."""
    starts_at = section.moment("from")
    ends_at = section.moment("to", closing=True)
    if section.has("from") and section.has("to") and ends_at <= starts_at:
        section.refuse("to", "la fin n'est pas après le début")
    return starts_at, ends_at


def _read_absences(
    sections: Sequence[Section], people: Mapping[str, bool]
) -> tuple[DeclaredAbsence, ...]:
    absences = []
    for section in sections:
        person = _person(section, "counsellor", people)
        absences.append(DeclaredAbsence(person, *_period(section)))
        section.close()
    _refuse_same(sections, absences)
    return tuple(absences)


def _read_replacements(
    sections: Sequence[Section], people: Mapping[str, bool]
) -> tuple[DeclaredReplacement, ...]:
    replacements: list[DeclaredReplacement] = []
    for section in sections:
        absent = _person(section, "absent", people)
        substitute = _person(section, "substitute", people)
        found = DeclaredReplacement(absent, substitute, *_period(section))
        section.close()
        if people.get(substitute) is False:
            section.refuse("substitute", "ce conseiller n'est plus actif")
        if absent and absent == substitute:
            section.refuse("substitute", "personne ne se remplace soi-même")
        if any(_same_time(found, other) for other in replacements if other.absent == absent):
            section.refuse("absent", f"« {absent} » est déjà remplacé à ce moment-là")
        replacements.append(found)
    return tuple(replacements)


def _same_time(one: DeclaredReplacement, other: DeclaredReplacement) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _read_closures(
    sections: Sequence[Section], venues: Collection[str]
) -> tuple[DeclaredClosure, ...]:
    closures = []
    for section in sections:
        venue = _known(section, "venue", venues, "un lieu ouvert")
        starts_at, ends_at = _period(section)
        reason = section.text("reason", "", longest=LONGEST_REASON)
        closures.append(DeclaredClosure(venue, starts_at, ends_at, reason))
        section.close()
    _refuse_same(sections, [(c.venue, c.starts_at, c.ends_at) for c in closures])
    return tuple(closures)


def _refuse_same(sections: Sequence[Section], facts: Sequence[object]) -> None:
    for rank, fact in enumerate(facts):
        if fact in facts[:rank]:
            sections[rank].refuse("", "répète une ligne plus haut")
