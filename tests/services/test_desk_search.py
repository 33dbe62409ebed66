"""Who is on the line: found in two queries, shown by rights, journalled without content."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.domain.access import Actor, Role
from app.domain.booking import Person
from app.domain.desk_search import sought
from app.domain.journal import JournalAction
from app.domain.staff_errors import TooManySearches
from app.models.journal import JournalEntry
from app.services import team
from app.services.desk_search import MOST_SHOWN, Found, find_cards, note_search, read_card
from app.services.team import AccountRequest
from app.services.throttle import Quota
from tests.support.stage import Stage, choice, phone, request
from tests.support.stage_plan import NOW

ANYBODY = Actor(1, Role.COORDINATOR)
LATER = NOW + timedelta(days=20)
MUCH_LATER = NOW + timedelta(days=60)


def commune_id(stage: Stage, slug: str) -> int:
    return stage.catalogue.commune(slug).id


@pytest.fixture
def clerk(stage: Stage) -> Actor:
    return Actor(2, Role.CCAS_AGENT, frozenset({commune_id(stage, "amont")}))


def add(
    stage: Stage,
    first_name: str,
    last_name: str,
    number: int | None = None,
    start: str = "2026-11-24T09:00",
    **changes: object,
) -> str:
    """Somebody books online; number is the end of their phone."""
    wanted = choice(start, **changes)  # type: ignore[arg-type]
    asked = request(wanted)
    person = Person(first_name, last_name, phone(number), None)
    return stage.book(replace(asked, person=person))


def find(stage: Stage, actor: Actor, *typed: str, now: object = NOW) -> Found:
    wanted = sought(*typed)
    assert wanted
    stage.session.rollback()
    return find_cards(stage.session, stage.catalogue, wanted, actor, now=now)  # type: ignore[arg-type]


def named(found: Found) -> list[str]:
    return [f"{card.first_name} {card.last_name}" for card in found.cards]


@contextmanager
def counted(stage: Stage) -> Iterator[list[str]]:
    said: list[str] = []
    engine = stage.session.get_bind()

    def listen(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    yield said
    event.remove(engine, "before_cursor_execute", listen)


def test_the_last_digits_find_a_card_with_what_is_to_come(stage: Stage, clerk: Actor) -> None:
    add(stage, "Rose", "Serin", 4821)
    found = find(stage, clerk, "48 21")
    assert named(found) == ["Rose Serin"]
    card = found.cards[0]
    assert card.commune
    assert (card.commune.slug, card.language) == ("amont", "fr")
    assert [each.venue.slug for each in card.upcoming if each.venue] == ["mairie-amont"]
    assert card.last_visit is None
    assert named(find(stage, clerk, "06 39 98 48 21")) == ["Rose Serin"]


def test_a_past_visit_is_told_and_a_cancelled_one_is_not(stage: Stage, clerk: Actor) -> None:
    add(stage, "Rose", "Serin", 4821)
    stage.cancel(add(stage, "Rose", "Serin", 4821, "2026-11-27T09:00"))
    cards = find(stage, clerk, "4821", now=LATER).cards
    assert [bool(card.last_visit) for card in cards] == [False, True]
    assert all(card.upcoming == () for card in cards)
    assert all(card.has_double for card in cards)


@pytest.mark.parametrize("role", ["coordinator", "desk"])
def test_a_name_without_accents_finds_either_way(stage: Stage, clerk: Actor, role: str) -> None:
    actor = ANYBODY if role == "coordinator" else clerk
    add(stage, "Éloïse", "D’Aubigné")
    add(stage, "Marc", "Élonore", None, "2026-11-24T10:00")
    assert named(find(stage, actor, "elo")) == ["Marc Élonore", "Éloïse D’Aubigné"]
    assert named(find(stage, actor, "", "eloise", "d aub")) == ["Éloïse D’Aubigné"]
    assert named(find(stage, actor, "", "eloise", "dx")) == []


def test_another_commune_is_known_without_a_name(stage: Stage, clerk: Actor) -> None:
    add(stage, "Ida", "Serin", 4821, commune_slug="aval")
    found = find(stage, clerk, "4821")
    assert (found.cards, found.is_known_elsewhere) == ((), True)
    by_name = find(stage, clerk, "serin")
    assert (by_name.cards, by_name.is_known_elsewhere) == ((), False)
    assert named(find(stage, ANYBODY, "4821")) == ["Ida Serin"]


def test_a_desk_forgets_its_people_after_thirty_days(stage: Stage, clerk: Actor) -> None:
    add(stage, "Rose", "Serin", 4821)
    assert named(find(stage, clerk, "serin", now=LATER)) == ["Rose Serin"]
    forgotten = find(stage, clerk, "4821", now=MUCH_LATER)
    assert (forgotten.cards, forgotten.is_known_elsewhere) == ((), False)
    assert find(stage, clerk, "serin", now=MUCH_LATER).cards == ()
    assert named(find(stage, ANYBODY, "serin", now=MUCH_LATER)) == ["Rose Serin"]


def test_a_counsellor_finds_their_own_people_only(stage: Stage) -> None:
    token = add(stage, "Rose", "Serin", 4821)
    held = stage.appointment(token).engagement.counsellor_id
    own = Actor(3, Role.COUNSELLOR, counsellor_id=held)
    colleague = Actor(4, Role.COUNSELLOR, counsellor_id=held + 1)
    assert named(find(stage, own, "ser", now=MUCH_LATER)) == ["Rose Serin"]
    assert find(stage, colleague, "ser").cards == ()
    assert find(stage, colleague, "4821").is_known_elsewhere


def test_too_many_ask_for_more_letters(stage: Stage) -> None:
    times = ("09:00", "09:45", "10:30")
    for start in times:
        for _ in range(2):
            add(stage, "Rose", "Serin", None, f"2026-11-24T{start}")
    for day in ("2026-11-27T09:00", "2026-11-27T09:45", "2026-11-27T10:30"):
        add(stage, "Rose", "Serin", None, day)
    found = find(stage, ANYBODY, "serin")
    assert (len(found.cards), found.is_cut) == (MOST_SHOWN, True)
    assert not find(stage, ANYBODY, "", "rose", "x").is_cut


def test_a_search_costs_two_queries_whoever_looks_and_whatever_is_found(
    stage: Stage, clerk: Actor
) -> None:
    add(stage, "Rose", "Serin", 4821)
    add(stage, "Marc", "Serin", 4821, "2026-11-24T10:00")
    catalogue, counts = stage.catalogue, set()
    for actor in (ANYBODY, clerk, Actor(3, Role.COUNSELLOR, counsellor_id=1)):
        for typed in (("4821",), ("serin",), ("", "rose", "s"), ("0000",), ("xyz",)):
            wanted = sought(*typed)
            assert wanted
            with counted(stage) as said:
                find_cards(stage.session, catalogue, wanted, actor, now=NOW)
            counts.add(sum(each.startswith("SELECT") for each in said))
    assert counts == {2}


def test_one_card_is_read_by_its_id(stage: Stage) -> None:
    card_id = stage.appointment(add(stage, "Rose", "Serin", 4821)).resident_id
    card = read_card(stage.session, stage.catalogue, card_id, now=NOW)
    assert card
    assert card.last_name == "Serin"
    assert card.subject.commune_ids == {commune_id(stage, "amont")}
    assert read_card(stage.session, stage.catalogue, 999_999, now=NOW) is None


def test_the_journal_tells_a_search_once_a_minute_and_no_more(stage: Stage) -> None:
    account = AccountRequest("desk@equipe.invalid", "Dominique", "Essai", Role.COORDINATOR)
    user_id = team.create_user(stage.session, account, by=None, now=NOW)
    quota = Quota("search of the desk", 3, 60, TooManySearches)
    for seconds in (1, 20, 70):
        now = NOW + timedelta(seconds=seconds)
        note_search(stage.session, user_id, [quota], now=now)
    told = select(JournalEntry).where(JournalEntry.action == JournalAction.PERSON_SEARCHED)
    rows = stage.session.scalars(told).all()
    assert [(row.user_id, row.subject_id, row.facts) for row in rows] == [(user_id, None, {})] * 2
    with pytest.raises(TooManySearches):
        note_search(stage.session, user_id, [quota], now=NOW + timedelta(seconds=75))
