"""The table of rights (product §19), row by row where a mistake would show somebody's life."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.access import RIGHTS, Action, Actor, Role, Subject, can

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
COORDINATOR = Actor(1, Role.COORDINATOR)
JEANNE = Actor(2, Role.COUNSELLOR, counsellor_id=1)
DESK = Actor(3, Role.CCAS_AGENT, frozenset({10}))
REFERENT = Actor(4, Role.REFERENT, frozenset({10, 11}))
COMMITTEE = Actor(5, Role.COMMITTEE)
EVERYBODY = (COORDINATOR, JEANNE, DESK, REFERENT, COMMITTEE)


def subject(commune: int = 10, counsellor: int = 1, days: int = 0, place: int = 10) -> Subject:
    """An appointment that ended (or will end) `days` from now."""
    return Subject(frozenset({commune}), frozenset({counsellor}), place, NOW + timedelta(days=days))


def who_may(action: Action, about: Subject | None) -> set[Role]:
    return {actor.role for actor in EVERYBODY if can(actor, action, about, NOW)}


def test_every_action_has_its_row() -> None:
    assert set(RIGHTS) == set(Action)


def test_a_committee_member_has_an_account_and_no_names() -> None:
    allowed = {each for each in Action if can(COMMITTEE, each, None, NOW)}
    assert allowed == {Action.OWN_ACCOUNT, Action.SEE_STATISTICS, Action.SEE_SHARES}


@pytest.mark.parametrize(
    ("commune", "days", "expected"),
    [
        (10, 5, {Role.COORDINATOR, Role.COUNSELLOR, Role.CCAS_AGENT, Role.REFERENT}),
        (11, 5, {Role.COORDINATOR, Role.COUNSELLOR, Role.REFERENT}),
        (12, 5, {Role.COORDINATOR, Role.COUNSELLOR}),
        (10, -30, {Role.COORDINATOR, Role.COUNSELLOR, Role.CCAS_AGENT, Role.REFERENT}),
        (10, -31, {Role.COORDINATOR, Role.COUNSELLOR}),
    ],
)
def test_a_desk_sees_its_commune_until_thirty_days_after(
    commune: int, days: int, expected: set[Role]
) -> None:
    assert who_may(Action.SEE_APPOINTMENT, subject(commune, days=days)) == expected


def test_a_counsellor_sees_their_own_appointments_only() -> None:
    assert not can(JEANNE, Action.SEE_APPOINTMENT, subject(counsellor=2), NOW)
    assert can(JEANNE, Action.CHANGE_APPOINTMENT, subject(counsellor=2), NOW)


def test_a_desk_sees_the_initial_of_whoever_comes_to_its_venues() -> None:
    visitor = subject(commune=12, days=1, place=10)
    assert can(DESK, Action.SEE_INITIAL, visitor, NOW)
    assert not can(DESK, Action.SEE_APPOINTMENT, visitor, NOW)
    assert not can(DESK, Action.SEE_INITIAL, subject(commune=12, place=12), NOW)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, {Role.COORDINATOR, Role.COUNSELLOR, Role.CCAS_AGENT, Role.REFERENT}),
        (-1, {Role.COORDINATOR, Role.COUNSELLOR}),
        (-30, {Role.COORDINATOR, Role.COUNSELLOR}),
        (-31, set()),
    ],
)
def test_an_address_is_seen_until_the_visit_then_by_who_made_it(
    days: int, expected: set[Role]
) -> None:
    assert who_may(Action.SEE_ADDRESS, subject(days=days)) == expected


def test_a_referent_reads_notes_and_writes_none() -> None:
    assert can(REFERENT, Action.READ_NOTE, subject(), NOW)
    assert who_may(Action.WRITE_NOTE, subject()) == {Role.COUNSELLOR, Role.CCAS_AGENT}


def test_only_a_coordinator_exports_erases_and_opens_accounts() -> None:
    for action in (
        Action.EXPORT_PERSON,
        Action.ERASE_PERSON,
        Action.MANAGE_TEAM,
        Action.EDIT_SETTINGS,
        Action.READ_JOURNAL,
    ):
        assert who_may(action, None) == {Role.COORDINATOR}


def test_a_referent_alone_passes_on_that_somebody_asks_to_be_erased() -> None:
    assert who_may(Action.ASK_ERASURE, subject()) == {Role.REFERENT}
    assert who_may(Action.ASK_EXPORT, subject()) == {Role.REFERENT}
    assert who_may(Action.END_VISIT, subject()) == {Role.COORDINATOR, Role.COUNSELLOR}


def test_a_feed_is_of_its_counsellor_or_of_the_desk_of_its_venue() -> None:
    agenda = Subject(counsellor_ids=frozenset({1}))
    venue = Subject(place_commune_id=10)
    assert who_may(Action.MANAGE_FEEDS, agenda) == {Role.COORDINATOR, Role.COUNSELLOR}
    assert who_may(Action.MANAGE_FEEDS, venue) == {Role.COORDINATOR, Role.CCAS_AGENT, Role.REFERENT}
