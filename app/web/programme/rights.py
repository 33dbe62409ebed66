"""Which workshops somebody may see and change, and whose names."""

from app.domain.access import Action, Subject
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services.planning_lists import Person, people_at_work
from app.services.programme_lists import (
    ProgrammeWorkshop,
    RegisteredPerson,
    list_registered,
    read_workshop,
)
from app.web.access import may
from app.web.site import current_catalogue


def seen_workshop(workshop_id: int) -> ProgrammeWorkshop:
    """Raises WorkshopUnknown, or SubjectUnknown for one of foreign communes (T1)."""
    found = read_workshop(db.session(), current_catalogue(), workshop_id)
    towns = {each.commune_id for each in found.dates} | {found.host_commune_id}
    if not any(may(Action.SEE_PROGRAMME, Subject(place_commune_id=each)) for each in towns):
        raise SubjectUnknown
    return found


def own_workshop(workshop_id: int) -> ProgrammeWorkshop:
    """One that whoever is signed in may change. Raises WorkshopUnknown, SubjectUnknown (T1)."""
    found = seen_workshop(workshop_id)
    if not may_change(found.counsellor_ids):
        raise SubjectUnknown
    return found


def may_change(counsellor_ids: frozenset[int]) -> bool:
    """Of what these counsellors hold."""
    return may(Action.PLAN_PROGRAMME, Subject(counsellor_ids=counsellor_ids))


def may_name(found: ProgrammeWorkshop, person: RegisteredPerson) -> bool:
    """Whether this person may be named to whoever is signed in."""
    return may(Action.SEE_REGISTERED, _subject(found, person))


def may_open(found: ProgrammeWorkshop, person: RegisteredPerson) -> bool:
    """Whether their card may be opened."""
    alone = Subject(_subject(found, person).commune_ids, ends_at=found.row.last_at)
    return may(Action.SEE_PERSON, alone)


def _subject(found: ProgrammeWorkshop, person: RegisteredPerson) -> Subject:
    home = frozenset(filter(None, [person.commune_id]))
    return Subject(home, found.counsellor_ids, ends_at=found.row.last_at)


def to_call(found: ProgrammeWorkshop, *, is_too_late: bool = False) -> list[str]:
    """Whom somebody must call where it changes, as far as they may be named.

    Everybody, where a message would come too late.
    """
    people = list_registered(db.session(), current_catalogue(), found.row.id)
    called = (each for each in people if is_too_late or each.is_called)
    return [f"{each.first_name} {each.last_name}" for each in called if may_name(found, each)]


def holders_offered() -> list[Person]:
    """The counsellors whom a form may name."""
    return people_at_work(db.session())
