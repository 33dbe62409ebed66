"""Who may do what: the one table of rights (product §19). Denied unless a row says otherwise.

« Own commune » is the commune where the resident lives. Pages ask `can`, never a role.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

DESK_MEMORY = timedelta(days=30)
"""A desk sees the people of its commune until so long after their appointment."""
ADDRESS_MEMORY = timedelta(days=30)
"""After a visit its address is still seen that long by who made it."""


class Role(StrEnum):
    COORDINATOR = "COORDINATOR"
    COUNSELLOR = "COUNSELLOR"
    CCAS_AGENT = "CCAS_AGENT"
    REFERENT = "REFERENT"
    """Of a commune, or its deputy: the same rights."""
    COMMITTEE = "COMMITTEE"
    """A reader of the steering committee (COPIL): figures, never names."""


class LinkPurpose(StrEnum):
    """What a single-use link of an account is for."""

    INVITATION = "INVITATION"
    RESET = "RESET"


class Action(StrEnum):
    OWN_ACCOUNT = "OWN_ACCOUNT"
    SEE_TODAY = "SEE_TODAY"
    SEE_AGENDA = "SEE_AGENDA"
    BOOK = "BOOK"
    CHANGE_APPOINTMENT = "CHANGE_APPOINTMENT"
    SEE_APPOINTMENT = "SEE_APPOINTMENT"
    SEE_INITIAL = "SEE_INITIAL"
    """First name and initial only."""
    SEE_ADDRESS = "SEE_ADDRESS"
    READ_NOTE = "READ_NOTE"
    WRITE_NOTE = "WRITE_NOTE"
    RECORD_ATTENDANCE = "RECORD_ATTENDANCE"
    END_VISIT = "END_VISIT"
    """Say that a home visit is over: whoever made it, or whoever heard that all is well."""
    CORRECT_RECORDS = "CORRECT_RECORDS"
    """See, correct, copy and export anonymous records of attendance, never beside names."""
    CALL = "CALL"
    """See the people to call, and say what became of it."""
    REPLACE = "REPLACE"
    """Find another time or colleague for what no longer fits."""
    SEE_TIMETABLE = "SEE_TIMETABLE"
    PLAN_TIMETABLE = "PLAN_TIMETABLE"
    CLOSE_VENUE = "CLOSE_VENUE"
    FIND_PEOPLE = "FIND_PEOPLE"
    SEE_PERSON = "SEE_PERSON"
    CORRECT_PERSON = "CORRECT_PERSON"
    EXPORT_PERSON = "EXPORT_PERSON"
    ERASE_PERSON = "ERASE_PERSON"
    ASK_EXPORT = "ASK_EXPORT"
    """Pass on to the coordination that somebody asks for all that is held on them."""
    ASK_ERASURE = "ASK_ERASURE"
    """Pass on to the coordination that somebody asks to be erased."""
    MANAGE_FEEDS = "MANAGE_FEEDS"
    EDIT_SETTINGS = "EDIT_SETTINGS"
    MANAGE_TEAM = "MANAGE_TEAM"
    READ_JOURNAL = "READ_JOURNAL"
    MANAGE_MESSAGES = "MANAGE_MESSAGES"
    """See what leaves and what did not, stop all sending, write the texts."""
    COLLECT_OPINIONS = "COLLECT_OPINIONS"
    """Print the three questions, and type what a paper slip says."""
    SEE_PROGRAMME = "SEE_PROGRAMME"
    """The team's pages of the workshops: dates and counts, no name."""
    PLAN_PROGRAMME = "PLAN_PROGRAMME"
    EDIT_TEMPLATES = "EDIT_TEMPLATES"
    """Write and retire the kinds of workshops."""
    SEE_REGISTERED = "SEE_REGISTERED"
    """The name of somebody who is registered for a workshop."""
    KEEP_SHEET = "KEEP_SHEET"
    """Say who came to a date of a workshop: all the names of its sheet."""
    SEE_STATISTICS = "SEE_STATISTICS"
    """Counts and hours: of the territory, a commune or a counsellor."""
    SEE_SHARES = "SEE_SHARES"
    """What each commune got beside its key, and the keys."""
    EDIT_KEYS = "EDIT_KEYS"
    CLOSE_HALF_YEAR = "CLOSE_HALF_YEAR"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, as far as rights go."""

    user_id: int
    role: Role
    commune_ids: frozenset[int] = frozenset()
    """The communes of a desk or a referent."""
    counsellor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about; None where it does not apply."""

    commune_ids: frozenset[int] = field(default_factory=frozenset)
    """Where the person lives; for a card, of all its appointments."""
    counsellor_ids: frozenset[int] = field(default_factory=frozenset)
    """Who holds the appointment, the agenda or the feed."""
    place_commune_id: int | None = None
    """Where the person comes, or the venue's commune."""
    ends_at: datetime | None = None
    """The end of the (last) appointment, UTC."""


Rule = Callable[[Actor, Subject, datetime], bool]


def can(actor: Actor, action: Action, subject: Subject | None, now: datetime) -> bool:
    """Whether the actor may do that to the subject at `now` (UTC).

    Without a subject: whether there is any subject that they may do it to, which decides whether a
    page is in their menu at all.
    """
    rule = RIGHTS[action].get(actor.role)
    if rule is None:
        return False
    return subject is None or rule(actor, subject, now)


def _any(_actor: Actor, _subject: Subject, _now: datetime) -> bool:
    return True


def _own(actor: Actor, subject: Subject, _now: datetime) -> bool:
    """The counsellor's own appointment, agenda or feed."""
    return actor.counsellor_id is not None and actor.counsellor_id in subject.counsellor_ids


def _commune(actor: Actor, subject: Subject, _now: datetime) -> bool:
    """A resident of a commune that the actor answers for."""
    return bool(actor.commune_ids & subject.commune_ids)


def _commune_lately(actor: Actor, subject: Subject, now: datetime) -> bool:
    """The same, until 30 days after the appointment."""
    is_recent = subject.ends_at is None or now <= subject.ends_at + DESK_MEMORY
    return is_recent and _commune(actor, subject, now)


def _commune_before(actor: Actor, subject: Subject, now: datetime) -> bool:
    """The same, until the visit is over."""
    is_to_come = subject.ends_at is not None and now <= subject.ends_at
    return is_to_come and _commune(actor, subject, now)


def _address_lately(_actor: Actor, subject: Subject, now: datetime) -> bool:
    return subject.ends_at is not None and now <= subject.ends_at + ADDRESS_MEMORY


def _own_address_lately(actor: Actor, subject: Subject, now: datetime) -> bool:
    return _own(actor, subject, now) and _address_lately(actor, subject, now)


def _comes_here(actor: Actor, subject: Subject, now: datetime) -> bool:
    """Somebody who comes to a venue of the actor's commune, or lives there; until 30 days after."""
    comes = subject.place_commune_id in actor.commune_ids
    is_recent = subject.ends_at is None or now <= subject.ends_at + DESK_MEMORY
    return _commune_lately(actor, subject, now) or (comes and is_recent)


def _venue_here(actor: Actor, subject: Subject, _now: datetime) -> bool:
    """A venue of a commune that the actor answers for."""
    return not subject.counsellor_ids and subject.place_commune_id in actor.commune_ids


def _hosted(actor: Actor, subject: Subject, _now: datetime) -> bool:
    """A workshop in a commune that the actor answers for."""
    return subject.place_commune_id in actor.commune_ids


def _no_person(_actor: Actor, subject: Subject, _now: datetime) -> bool:
    """The territory or any commune: never one counsellor."""
    return not subject.counsellor_ids


def _row(
    *,
    coordinator: Rule | None = None,
    counsellor: Rule | None = None,
    desk: Rule | None = None,
    referent: Rule | None = None,
    committee: Rule | None = None,
) -> Mapping[Role, Rule]:
    """One line of the table, without its empty places."""
    given = {
        Role.COORDINATOR: coordinator,
        Role.COUNSELLOR: counsellor,
        Role.CCAS_AGENT: desk,
        Role.REFERENT: referent,
        Role.COMMITTEE: committee,
    }
    return {role: rule for role, rule in given.items() if rule is not None}


_TEAM = _row(coordinator=_any, counsellor=_any, desk=_any, referent=_any)
_COORDINATOR = _row(coordinator=_any)

RIGHTS: Mapping[Action, Mapping[Role, Rule]] = {
    Action.OWN_ACCOUNT: _row(
        coordinator=_any, counsellor=_any, desk=_any, referent=_any, committee=_any
    ),
    Action.SEE_TODAY: _TEAM,
    Action.SEE_AGENDA: _TEAM,
    Action.SEE_TIMETABLE: _TEAM,
    Action.BOOK: _TEAM,
    Action.CHANGE_APPOINTMENT: _row(
        coordinator=_any, counsellor=_any, desk=_commune_lately, referent=_commune_lately
    ),
    Action.SEE_APPOINTMENT: _row(
        coordinator=_any, counsellor=_own, desk=_commune_lately, referent=_commune_lately
    ),
    Action.SEE_INITIAL: _row(
        coordinator=_any, counsellor=_any, desk=_comes_here, referent=_comes_here
    ),
    Action.SEE_ADDRESS: _row(
        coordinator=_address_lately,
        counsellor=_own_address_lately,
        desk=_commune_before,
        referent=_commune_before,
    ),
    Action.READ_NOTE: _row(
        coordinator=_any, counsellor=_own, desk=_commune_lately, referent=_commune_lately
    ),
    Action.WRITE_NOTE: _row(counsellor=_own, desk=_commune_lately),
    Action.RECORD_ATTENDANCE: _row(counsellor=_own),
    Action.END_VISIT: _row(coordinator=_any, counsellor=_any),
    Action.CORRECT_RECORDS: _row(coordinator=_any, counsellor=_own),
    Action.CALL: _row(
        coordinator=_any, counsellor=_own, desk=_commune_lately, referent=_commune_lately
    ),
    Action.REPLACE: _row(coordinator=_any, counsellor=_own),
    Action.PLAN_TIMETABLE: _row(coordinator=_any, counsellor=_own),
    Action.CLOSE_VENUE: _COORDINATOR,
    Action.FIND_PEOPLE: _TEAM,
    Action.SEE_PERSON: _row(
        coordinator=_any, counsellor=_own, desk=_commune_lately, referent=_commune_lately
    ),
    Action.CORRECT_PERSON: _row(coordinator=_any, counsellor=_own, desk=_commune_lately),
    Action.EXPORT_PERSON: _COORDINATOR,
    Action.ERASE_PERSON: _COORDINATOR,
    Action.ASK_EXPORT: _row(referent=_commune_lately),
    Action.ASK_ERASURE: _row(referent=_commune_lately),
    Action.MANAGE_FEEDS: _row(
        coordinator=_any, counsellor=_own, desk=_venue_here, referent=_venue_here
    ),
    Action.EDIT_SETTINGS: _COORDINATOR,
    Action.MANAGE_TEAM: _COORDINATOR,
    Action.READ_JOURNAL: _COORDINATOR,
    Action.MANAGE_MESSAGES: _COORDINATOR,
    Action.COLLECT_OPINIONS: _TEAM,
    Action.SEE_PROGRAMME: _row(coordinator=_any, counsellor=_any, desk=_hosted, referent=_hosted),
    Action.PLAN_PROGRAMME: _row(coordinator=_any, counsellor=_own),
    Action.EDIT_TEMPLATES: _COORDINATOR,
    Action.KEEP_SHEET: _row(coordinator=_any, counsellor=_own),
    Action.SEE_REGISTERED: _row(
        coordinator=_any, counsellor=_own, desk=_commune_lately, referent=_commune_lately
    ),
    Action.SEE_STATISTICS: _row(
        coordinator=_any, counsellor=_own, desk=_commune, referent=_commune, committee=_no_person
    ),
    Action.SEE_SHARES: _row(coordinator=_any, referent=_commune, committee=_no_person),
    Action.EDIT_KEYS: _COORDINATOR,
    Action.CLOSE_HALF_YEAR: _COORDINATOR,
}
"""The table of product §19. Statistics, keys and closing forms join it with their pages."""
