"""Cards found by phone, by name or by number; and read with their appointments."""

import pytest

from app.domain.access import Actor, Role
from app.domain.journal import JournalAction
from app.domain.staff_errors import SearchTooShort, SubjectUnknown
from app.services.people import PersonFile, find_people, note_seen, read_person
from tests.support.people_cards import acts_on, book_card, clerk
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW

COORDINATOR = Actor(1, Role.COORDINATOR)


def desk_of(stage: Stage, slug: str) -> Actor:
    return Actor(2, Role.CCAS_AGENT, frozenset({stage.catalogue.commune(slug).id}))


def found(stage: Stage, typed: str, actor: Actor = COORDINATOR) -> list[str]:
    cards = find_people(stage.session, stage.catalogue, typed, actor, now=NOW).cards
    return sorted(card.first_name for card in cards)


@pytest.fixture
def three(stage: Stage) -> Stage:
    """Rose, René and Zoé; Rose and René are a couple with one phone."""
    book_card(stage, "Rose", "D’Aubigné", phone(4321))
    book_card(stage, "René", "D’Aubigné", phone(4321), "2026-11-24T09:45")
    book_card(stage, "Zoé", "Martin-Lœil", phone(8765), "2026-11-24T10:30")
    return stage


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("4321", ["René", "Rose"]),
        ("06 39 98 43 21", ["René", "Rose"]),
        ("+33 6 39 98 87 65", ["Zoé"]),
        ("AUBIGNE", []),
        ("d'aub", ["René", "Rose"]),
        ("rene d’aubigne", ["René"]),
        ("D’Aubigné Rose", ["Rose"]),
        ("martin loe", ["Zoé"]),
        ("zoe", ["Zoé"]),
        ("9999", []),
        ("%%%abc", []),
    ],
)
def test_what_a_clerk_types_finds_the_card(three: Stage, typed: str, names: list[str]) -> None:
    assert found(three, typed) == names


@pytest.mark.parametrize("typed", ["", "   ", "12", "ab", "é", "1 2 3"])
def test_too_little_lists_nobody(three: Stage, typed: str) -> None:
    with pytest.raises(SearchTooShort):
        found(three, typed)


def test_the_number_of_an_appointment_finds_its_card(three: Stage) -> None:
    appointment = book_card(three, "Paul", "Serin", start="2026-11-24T11:15")
    number = str(appointment.reference)
    assert found(three, f"{number[:3]} {number[3:]}") == ["Paul"]
    assert found(three, number, desk_of(three, "amont")) == ["Paul"]
    foreign = find_people(three.session, three.catalogue, number, desk_of(three, "aval"), now=NOW)
    assert (foreign.cards, foreign.is_known_elsewhere) == ((), True)
    assert found(three, "100000") == []


def test_somebody_of_another_commune_is_known_without_a_name(three: Stage) -> None:
    elsewhere = find_people(three.session, three.catalogue, "4321", desk_of(three, "aval"), now=NOW)
    assert (elsewhere.cards, elsewhere.is_known_elsewhere) == ((), True)
    nobody = find_people(three.session, three.catalogue, "9999", desk_of(three, "aval"), now=NOW)
    assert not nobody.is_known_elsewhere


def test_a_card_is_read_with_its_appointments(stage: Stage) -> None:
    appointment = book_card(stage, "Rose", "Serin")
    person = read(stage, appointment.resident_id)
    [visit] = person.visits
    assert (visit.appointment_id, visit.counsellor) == (appointment.id, "Jeanne")
    assert visit.venue is not None
    assert visit.venue.slug == "mairie-amont"
    assert visit.subject.commune_ids == {stage.catalogue.commune("amont").id}
    assert person.upcoming(NOW) == [visit]
    assert person.upcoming(visit.ends_at) == []
    assert (person.version, person.to_reconcile, person.is_erased) == ("", True, False)
    stage.session.rollback()
    from_elsewhere = book_card(stage, "Paul", "Serin", start="2026-11-24T09:45")
    from_elsewhere.commune_id = None
    stage.session.commit()
    assert read(stage, from_elsewhere.resident_id).visits[0].subject.commune_ids == frozenset()


def read(stage: Stage, resident_id: int) -> PersonFile:
    return read_person(stage.session, stage.catalogue, resident_id, now=NOW)


def test_a_visit_has_no_venue(stage: Stage) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None, commune_slug="butte"))
    [visit] = read(stage, stage.appointment(token).resident_id).visits
    assert visit.venue is None
    assert visit.place_commune.slug == "butte"


def test_who_looked_is_in_the_journal(stage: Stage) -> None:
    by, resident_id = clerk(stage), book_card(stage, "Rose", "Serin").resident_id
    note_seen(stage.session, resident_id, by=by, now=NOW)
    assert acts_on(stage, resident_id) == [(JournalAction.PERSON_SEEN, {})]


def test_no_card_of_that_id(stage: Stage) -> None:
    with pytest.raises(SubjectUnknown):
        read(stage, 999)
