"""What can be done for an appointment that a new timetable no longer holds."""

import pytest

from app.domain.impact import CALL, Board, Proposal, Touched, Way, default_of
from app.domain.slots import Engaged, Facts
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    HOME,
    LIBRARY,
    MONDAY,
    SECOND,
    WEDNESDAY,
    absence,
    at,
    engaged,
    facts,
    permanence,
    visit_wish,
    visits,
    weekly,
    wish,
)

HELD = engaged(ALICE, MONDAY, "9:00", "9:45")
LOST = Touched(7, HELD, wish(venue_id=10))
VISIT = Touched(8, engaged(ALICE, MONDAY, "14:00", "15:30", HOME), visit_wish())


def board(known: Facts, *colleagues: int, **changes: object) -> Board:
    return Board(known, changes.get("absences", ()), colleagues or (ALICE, BOB))  # type: ignore[arg-type]


def told(proposals: list[Proposal]) -> list[str]:
    return [each.key for each in proposals]


def test_a_colleague_who_works_that_day_comes_first_then_the_same_place_then_a_call() -> None:
    known = facts(
        permanence(1, who=BOB, place=LIBRARY, hours=("14:00", "17:00")),
        permanence(2, rule=weekly(2)),
        engaged=[HELD],
    )
    found = board(known).proposals(LOST)
    assert told(found) == ["collegue.2", "ici.20260909T0700.1.10", "appel"]
    assert default_of(found) == Proposal(Way.COLLEAGUE, BOB)


def test_who_is_there_anyway_is_asked_before_who_only_works_that_day() -> None:
    known = facts(
        permanence(1, who=BOB, place=LIBRARY, hours=("14:00", "17:00")), permanence(2, who=3)
    )
    found = board(known, ALICE, BOB, 3).proposals(LOST)
    assert told(found)[:2] == ["collegue.3", "collegue.2"]


def test_who_does_not_work_that_day_may_be_asked_but_is_not_chosen() -> None:
    found = board(facts(permanence(2, rule=weekly(2)))).proposals(LOST)
    assert told(found) == ["ici.20260909T0700.1.10", "collegue.2", "appel"]
    found = board(facts()).proposals(LOST)
    assert told(found) == ["collegue.2", "appel"]
    assert default_of(found) == CALL


def test_nobody_away_nor_taken_is_proposed() -> None:
    known = facts(permanence(1, who=BOB), engaged=[engaged(3, MONDAY, "9:30", "10:00")])
    away = [absence(BOB, MONDAY)]
    assert told(board(known, BOB, 3, absences=away).proposals(LOST))[-1] == "appel"
    assert not [
        each for each in board(known, BOB, 3, absences=away).proposals(LOST)
        if each.way is Way.COLLEAGUE
    ]  # fmt: skip


def test_another_commune_is_told_only_where_it_is_sooner() -> None:
    known = facts(
        permanence(1, rule=weekly(3)),
        permanence(2, who=BOB, place=SECOND, rule=weekly(1)),
    )
    found = board(known, ALICE).proposals(LOST, [2, 3])
    assert told(found) == ["ici.20260910T0700.1.10", "ailleurs.20260908T0700.2.20", "appel"]
    assert default_of(found).way is Way.HERE
    later = facts(
        permanence(1, rule=weekly(1)), permanence(2, who=BOB, place=SECOND, rule=weekly(3))
    )
    assert "ailleurs" not in " ".join(told(board(later, ALICE).proposals(LOST, [2, 3])))


def test_elsewhere_is_never_chosen_for_somebody() -> None:
    known = facts(permanence(2, who=BOB, place=SECOND, rule=weekly(1)))
    found = board(known, ALICE).proposals(LOST, [2])
    assert told(found) == ["ailleurs.20260908T0700.2.20", "appel"]
    assert default_of(found) == CALL


def test_nobody_is_moved_to_this_very_day() -> None:
    known = facts(permanence(1, hours=("14:00", "17:00")), now=at(MONDAY, "7:00"))
    assert told(board(known, ALICE).proposals(LOST)) == ["appel"]


def test_a_visit_goes_to_another_half_day_of_visits_and_never_elsewhere() -> None:
    known = facts(visits(1, rule=weekly(2)), permanence(2, who=BOB, place=SECOND, rule=weekly(1)))
    found = board(known, ALICE).proposals(VISIT, [2])
    assert told(found) == ["ici.20260909T1200.1.0", "appel"]
    assert board(known).find(VISIT, "ici.20260909T1200.2.0") == CALL
    assert board(known).find(VISIT, "ici.20260909T1200.1.0") == found[0]


def test_what_one_is_given_the_next_cannot_have() -> None:
    known = facts(permanence(1, rule=weekly(2), hours=("9:00", "10:30")), engaged=[HELD])
    decided = board(known, ALICE)
    other = Touched(9, engaged(ALICE, MONDAY, "9:45", "10:30"), wish(venue_id=10))
    for line in (LOST, other):
        decided.write(line, default_of(decided.proposals(line)))
    held = sorted(each.starts_at for each in decided.facts.engaged)
    assert held == [at(WEDNESDAY, "9:00"), at(WEDNESDAY, "9:45")]
    third = Touched(10, engaged(ALICE, MONDAY, "11:00", "11:45"), wish(venue_id=10))
    assert told(decided.proposals(third)) == ["appel"]


def test_a_colleague_is_given_one_thing_at_a_time() -> None:
    decided = board(facts(permanence(1, who=BOB), engaged=[HELD]))
    decided.write(LOST, Proposal(Way.COLLEAGUE, BOB))
    assert decided.facts.engaged == (Engaged(BOB, HELD.starts_at, HELD.ends_at, HALL),)
    near = Touched(9, engaged(ALICE, MONDAY, "9:30", "10:15"), wish(venue_id=10))
    assert not [each for each in decided.proposals(near) if each.way is Way.COLLEAGUE]


def test_a_call_leaves_everything_where_it_is() -> None:
    decided = board(facts(engaged=[HELD]))
    decided.write(LOST, CALL)
    assert decided.facts.engaged == (HELD,)


@pytest.mark.parametrize(
    "key",
    [
        "", "appel", "collegue", "collegue.", "collegue.x", "collegue.99", "collegue.1",
        "ici", "ici.", "ici.20260909T0700", "ici.20261399T0700.1.10", "ici.20260909T0701.1.10",
        "ici.20260909T0700.1.11", "ici.20260909T0700.9.10", "ailleurs.demain", "autre.3",
    ],
)  # fmt: skip
def test_what_was_never_proposed_is_a_call(key: str) -> None:
    known = facts(permanence(1, rule=weekly(2)))
    assert board(known).find(LOST, key) == CALL


def test_what_still_holds_is_found_again() -> None:
    known = facts(
        permanence(1, who=BOB),
        permanence(2, rule=weekly(2)),
        permanence(3, who=BOB, place=SECOND, rule=weekly(1)),
        engaged=[HELD],
    )
    for proposal in board(known).proposals(LOST, [2]):
        found = board(known).find(LOST, proposal.key)
        assert (found.way, found.counsellor_id, found.slot) == (
            proposal.way, proposal.counsellor_id, proposal.slot,
        )  # fmt: skip


def test_what_was_taken_meanwhile_is_a_call() -> None:
    taken = engaged(ALICE, WEDNESDAY, "9:00", "9:45")
    known = facts(permanence(1, rule=weekly(2)), engaged=[HELD, taken])
    assert board(known).find(LOST, "ici.20260909T0700.1.10") == CALL
