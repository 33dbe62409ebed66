"""What the site did wrong in the storm, by brute force: every pair, every promise, every phone.

Nothing of the site's rules is used here: places, journeys and hours come from the plan.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, permutations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.links import hash_token
from bench.drills.ledger import Ledger
from bench.drills.plan import VISIT_MINUTES, Where, journey, planned_openings
from tests.support.stage_plan import UPCOMING_LIMIT

APPOINTMENTS = """
SELECT appointment.id, counsellor.code AS counsellor, engagement.starts_at, engagement.ends_at,
       engagement.occupies, commune.slug AS commune, venue.slug AS venue, appointment.status,
       appointment.topic_minutes, appointment.sequence, appointment.form_key,
       appointment.link_token_hash, resident.phone, appointment.helper_phone
FROM appointment
JOIN engagement ON engagement.id = appointment.engagement_id
JOIN resident ON resident.id = appointment.resident_id
JOIN counsellor ON counsellor.id = engagement.counsellor_id
JOIN commune ON commune.id = engagement.commune_id
LEFT JOIN venue ON venue.id = engagement.venue_id
ORDER BY appointment.id
"""
EVENTS = """
SELECT appointment_id, kind, old_starts_at, new_starts_at FROM appointment_event
ORDER BY appointment_id, id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One appointment, as the database has it at the end."""

    id: int
    counsellor: str
    starts_at: datetime
    ends_at: datetime
    occupies: bool
    commune: str
    venue: str | None
    status: str
    topic_minutes: int
    sequence: int
    form_key: str
    link_token_hash: str
    phone: str | None
    helper_phone: str | None

    @property
    def where(self) -> Where:
        return self.commune, self.venue

    def __str__(self) -> str:
        place = self.venue or f"home in {self.commune}"
        return f"#{self.id} {self.counsellor} {self.starts_at}–{self.ends_at} {place}"


Event = tuple[int, str, datetime | None, datetime | None]


def find_faults(session: Session, ledgers: list[Ledger]) -> list[str]:
    """Every fault, in words; an empty list is the proof."""
    held = _read_all(session)
    events = [
        (row.appointment_id, row.kind, _instant(row.old_starts_at), _instant(row.new_starts_at))
        for row in session.execute(text(EVENTS))
    ]
    return [
        *(complaint for ledger in ledgers for complaint in ledger.complaints),
        *_wrong_now(held),
        *_broken_promises(held, ledgers),
        *_forms_used_twice(held, ledgers),
        *_histories(held, events),
        *_not_told_once(session, held),
    ]


def find_faults_now(session: Session) -> list[str]:
    """What no cancellation may hide later: who is at two places, late, or over the limit."""
    faults = list(_wrong_now(_read_all(session)))
    session.rollback()
    return faults


def _wrong_now(held: list[Held]) -> Iterator[str]:
    live = [each for each in held if each.occupies]
    yield from _clashes(live)
    yield from _missed_permanences(live)
    yield from _out_of_hours(live)
    yield from _beyond_the_limit(live)


def _read_all(session: Session) -> list[Held]:
    rows = session.execute(text(APPOINTMENTS)).mappings()
    return [Held(**{name: _read(name, value) for name, value in row.items()}) for row in rows]


def _clashes(live: list[Held]) -> Iterator[str]:
    """Two at once, or no time to drive from one to the other: every ordered pair."""
    for one, other in permutations(live, 2):
        if one.counsellor != other.counsellor:
            continue
        if one.id < other.id and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            yield f"overlap: {one} and {other}"
        gap = other.starts_at - one.ends_at
        if timedelta() <= gap < journey(one.where, other.where):
            yield f"no time for the road: {one} and {other}"


def _missed_permanences(live: list[Held]) -> Iterator[str]:
    """Somebody may walk in at a permanence, even at one where nobody has booked."""
    for opening in planned_openings():
        for each in live:
            if opening.where in (None, each.where) or opening.counsellor != each.counsellor:
                continue
            arrives = each.ends_at + journey(each.where, opening.where)
            leaves = opening.ends_at + journey(opening.where, each.where)
            if arrives > opening.starts_at and leaves > each.starts_at:
                yield f"late for the permanence of {opening.starts_at} at {opening.venue}: {each}"


def _out_of_hours(live: list[Held]) -> Iterator[str]:
    openings = list(planned_openings())
    for each in live:
        minutes = each.topic_minutes if each.venue else VISIT_MINUTES
        if each.ends_at - each.starts_at != timedelta(minutes=minutes):
            yield f"lasts something else than {minutes} minutes: {each}"
        if not any(
            opening.counsellor == each.counsellor
            and opening.starts_at <= each.starts_at
            and each.ends_at <= opening.ends_at
            and (opening.venue == each.venue if each.venue else each.commune in opening.communes)
            for opening in openings
        ):
            yield f"in no opening: {each}"


def _beyond_the_limit(live: list[Held]) -> Iterator[str]:
    phones = Counter(each.phone or each.helper_phone for each in live)
    for number, upcoming in phones.items():
        if upcoming > UPCOMING_LIMIT:
            yield f"{upcoming} appointments for {number}"


def _broken_promises(held: list[Held], ledgers: list[Ledger]) -> Iterator[str]:
    """Each token opens an appointment: at the time told last, or cancelled if it was."""
    by_token = {each.link_token_hash: each for each in held}
    for ledger in ledgers:
        for token, promise in ledger.promises.items():
            found = by_token.get(hash_token(token))
            if found is None:
                yield f"lost: token of form {promise.form_key} opens nothing"
            elif found.occupies is promise.is_cancelled or found.form_key != promise.form_key:
                yield f"not what was promised ({promise}): {found} {found.status}"
            elif (found.starts_at.isoformat(), found.venue) != (promise.starts_at, promise.venue):
                yield f"not where it was promised ({promise}): {found}"


def _forms_used_twice(held: list[Held], ledgers: list[Ledger]) -> Iterator[str]:
    by_token = {each.link_token_hash: each for each in held}
    forms = Counter(each.form_key for each in held)
    yield from (f"{count} appointments of form {key}" for key, count in forms.items() if count > 1)
    keys = {key for ledger in ledgers for key in ledger.twins}
    for key in keys:
        tokens = {token for ledger in ledgers for token in ledger.twins.get(key, ())}
        opened = [by_token.get(hash_token(token)) for token in tokens]
        if len(tokens) > 1 or opened[0] is None or opened[0].form_key != key:
            yield f"form {key} was answered {len(tokens)} tokens, which open {opened}"


def _histories(held: list[Held], events: list[Event]) -> Iterator[str]:
    """Each change starts where the one before ended; nothing follows a cancellation."""
    stories = {key: list(story) for key, story in groupby(events, key=lambda event: event[0])}
    for each in held:
        story = stories.get(each.id, [])
        kinds = [kind for _, kind, _, _ in story]
        ends = [new for _, _, _, new in story]
        starts = [old for _, _, old, _ in story]
        is_chained = kinds[:1] == ["BOOKED"] and starts[1:] == ends[:-1]
        last = None if each.status == "CANCELLED" else each.starts_at
        if not is_chained or ends[-1:] != [last] or len(story) != each.sequence + 1:
            yield f"a story that does not hold ({story}): {each} {each.status} {each.sequence}"
        if each.occupies is (each.status == "CANCELLED"):
            yield f"occupies, or not, against its state: {each} {each.status}"


def _not_told_once(session: Session, held: list[Held]) -> Iterator[str]:
    """One message for each change, and a call to make before each visit that stands."""
    told = _count(session, "SELECT subject_id FROM outbox_message")
    calls = _count(session, "SELECT appointment_id FROM call_task WHERE closed_at IS NULL")
    for each in held:
        if told[each.id] != each.sequence + 1:
            yield f"{told[each.id]} messages for {each.sequence + 1} facts: {each}"
        if calls[each.id] != (1 if each.occupies and not each.venue else 0):
            yield f"{calls[each.id]} calls to make: {each}"


def _count(session: Session, query: str) -> Counter[int]:
    return Counter(session.scalars(text(query)))


def _instant(value: datetime | str | None) -> datetime | None:
    """SQLite gives a text without a zone, PostgreSQL an aware instant."""
    if value is None:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(f"{value}+00:00")
    return value


READERS: dict[str, Callable[[object], object]] = {
    "starts_at": _instant, "ends_at": _instant, "occupies": bool,
}  # fmt: skip


def _read(name: str, value: object) -> object:
    return READERS[name](value) if name in READERS else value
