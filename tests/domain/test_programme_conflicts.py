"""What is in the way of one date: what refuses it, what only asks, and what is proposed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.domain.availability import AvailabilityKind, Opening, Timetable
from app.domain.facts import Busy, Engaged, Facts
from app.domain.programme_conflicts import (
    Board,
    Conflict,
    ConflictKind,
    DateCheck,
    find_conflicts,
)
from app.domain.settings import Settings
from app.domain.travel import Place, TravelTimes

MAIRIE, ELSEWHERE = Place(1, 10), Place(2, 20)
DAY = date(2026, 12, 8)
NOON = datetime(2026, 12, 8, 11, tzinfo=UTC)
HELD = Engaged(1, NOON, NOON + timedelta(hours=3), MAIRIE)
SETUP = timedelta(minutes=30)


def board(*openings: Opening, now: datetime = NOON - timedelta(days=3), **facts: object) -> Board:
    travel = TravelTimes({(1, 2): 25, (2, 1): 25}, {})
    given = Facts(openings, (), travel, Settings(), now)
    return Board(replace(given, **facts), Timetable(()), {})  # type: ignore[arg-type]


def kinds(given: Board, held: Engaged = HELD) -> list[ConflictKind]:
    return [each.kind for each in find_conflicts(given, [held], SETUP)]


def opening(hours: int, place: Place | None, counsellor_id: int = 1) -> Opening:
    """Two hours that begin so many hours from noon on."""
    starts_at = NOON + timedelta(hours=hours)
    return Opening(
        availability_id=1,
        counsellor_id=counsellor_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        kind=AvailabilityKind.PERMANENCE if place else AvailabilityKind.HOME_VISITS,
        place=place,
        commune_ids=frozenset(),
        on=DAY,
    )


def test_nothing_in_the_way() -> None:
    far_away = Busy(1, NOON - timedelta(hours=2), NOON)
    assert kinds(board(busy=(far_away,))) == []
    assert kinds(board(opening(-2, MAIRIE), opening(3, MAIRIE))) == []
    assert kinds(board(opening(-3, ELSEWHERE))) == [], "an hour for 25 minutes of road"


def test_an_hour_that_is_past_is_refused() -> None:
    public = NOON + SETUP
    assert kinds(board(now=public)) == [], "they set up: who comes has nothing missed"
    assert kinds(board(now=public + timedelta(minutes=1))) == [ConflictKind.PAST]


def test_own_sessions_and_calendars_ask() -> None:
    assert kinds(board(opening(1, MAIRIE))) == [ConflictKind.PERMANENCE]
    assert kinds(board(opening(1, None))) == [ConflictKind.PERMANENCE]
    assert kinds(board(busy=(Busy(1, NOON, NOON + SETUP),))) == [ConflictKind.OWN_AGENDA]
    (road,) = find_conflicts(board(opening(-2, ELSEWHERE)), [HELD], SETUP)
    assert (road.kind, road.minutes) == (ConflictKind.PERMANENCE_ROAD, 25)
    assert road.first_at == NOON + timedelta(minutes=25) + SETUP
    (after,) = find_conflicts(board(opening(3, ELSEWHERE)), [HELD], SETUP)
    assert after.first_at is None
    assert not road.is_hard


def test_a_colleague_at_the_same_venue_asks_elsewhere_is_nobodys_matter() -> None:
    given = board(opening(1, MAIRIE, counsellor_id=2), opening(1, ELSEWHERE, counsellor_id=3))
    assert kinds(given) == [ConflictKind.COLLEAGUE_THERE]
    assert kinds(given, replace(HELD, place=Place(1, None))) == []


def test_what_is_taken_meanwhile_is_in_the_way_and_what_moves_is_not() -> None:
    other = Engaged(1, NOON, NOON + SETUP, ELSEWHERE)
    taken = board().taking([other])
    assert kinds(taken) == [ConflictKind.ENGAGED]
    assert kinds(taken.without([other])) == []


def test_what_is_proposed_and_what_a_tick_tells() -> None:
    holiday, gone = (Conflict(each) for each in (ConflictKind.HOLIDAY, ConflictKind.GONE))
    plain = DateCheck(DAY, NOON, NOON, ())
    asks, meant = (replace(plain, conflicts=(holiday,), is_extra=each) for each in (False, True))
    assert [each.is_proposed for each in (plain, asks, meant)] == [True, False, True]
    assert replace(plain, conflicts=(gone,)).is_refused
    assert plain.key.startswith("2026-12-08.")
    assert plain.key != asks.key == meant.key
