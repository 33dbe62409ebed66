"""The times that the desk reads out, on the stage of three communes."""

from datetime import date, datetime

from app.domain.availability import AvailabilityKind
from app.domain.slots import RefusalCode
from app.services.desk_times import DeskSearch, DeskTimes, find_desk_times, nearest_desk_times
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW, RULES, at, permanence
from tests.support.waiting import Waiters

LATER = at("2026-11-24T07:00")


def search(stage: Stage, commune: str | None = "amont", **changes: object) -> DeskSearch:
    catalogue = stage.catalogue
    home = catalogue.commune(commune) if commune else None
    kind = changes.pop("kind", AvailabilityKind.PERMANENCE)
    return DeskSearch(kind, home, catalogue.topic("email"), **changes)  # type: ignore[arg-type]


def find(stage: Stage, wanted: DeskSearch, now: datetime = NOW, refused: bool = False) -> DeskTimes:
    return find_desk_times(stage.session, stage.catalogue, wanted, now=now, with_refused=refused)


def starts(times: DeskTimes) -> list[datetime]:
    assert times.first
    return [slot.starts_at for day in times.first.days for slot in day.slots]


def kept(stage: Stage) -> None:
    stage.change_timetable(rules=[{**rule, "desk_until_days": 2} for rule in RULES])


def test_own_commune_first_then_the_nearest_by_car(stage: Stage) -> None:
    times = find(stage, search(stage))
    assert times.first
    assert times.first.commune.slug == "amont"
    assert times.first.minutes is None
    assert [(each.commune.slug, each.minutes) for each in times.neighbours] == [
        ("butte", 15), ("aval", 25),
    ]  # fmt: skip
    assert not times.is_empty


def test_the_desk_has_no_notice(stage: Stage) -> None:
    assert starts(find(stage, search(stage), now=LATER))[0] == at("2026-11-24T09:00")


def test_a_place_that_is_held_for_somebody_is_not_read_out(stage: Stage) -> None:
    stage.change_timetable(rules=[permanence("jeanne", "mardi", "09:00-10:30", "mairie-amont")])
    waiters = Waiters(stage)
    waiters.join()
    (offer,) = waiters.offers()
    assert offer.starts_at == at("2026-11-24T09:00")
    assert starts(find(stage, search(stage)))[0] == at("2026-11-24T09:45")
    assert starts(find(stage, search(stage), now=offer.answer_by))[0] == offer.starts_at


def test_further_dates_start_after_those_shown(stage: Stage) -> None:
    first = find(stage, search(stage, "butte"))
    assert first.next_day is None
    from_friday = find(stage, search(stage, from_day=date(2026, 11, 27)))
    assert starts(from_friday)[0] >= at("2026-11-27T09:00")


def test_a_kept_place_waits_for_a_near_deadline(stage: Stage) -> None:
    kept(stage)
    friday = date(2026, 11, 27)
    without = find(stage, search(stage, from_day=friday), refused=True)
    assert starts(without) == []
    assert {each.refusal.code for each in without.refused} == {RefusalCode.DESK_ONLY}
    assert without.next_day is None
    with_deadline = find(stage, search(stage, from_day=friday, has_deadline=True))
    assert starts(with_deadline)[0] == at("2026-11-27T09:00")


def test_a_refused_time_tells_why_once_and_never_where_somebody_is_free(stage: Stage) -> None:
    taken = at("2026-11-24T09:00")
    for _ in range(2):
        stage.book(choice(), phone=phone())
    times = find(stage, search(stage), refused=True)
    told = {each.slot.starts_at: each.refusal.code for each in times.refused}
    assert told[taken] is RefusalCode.ENGAGED
    assert len(told) == len(times.refused)
    assert not set(told) & set(starts(times))
    assert all(each.venue for each in times.refused)


def test_visits_have_no_neighbours_and_no_venue(stage: Stage) -> None:
    visits = find(stage, search(stage, kind=AvailabilityKind.HOME_VISITS), refused=True)
    assert visits.neighbours == ()
    assert starts(visits)[0] == at("2026-11-24T14:30")
    assert visits.refused
    assert all(each.venue is None for each in visits.refused)


def test_the_same_venue_comes_before_the_own_commune(stage: Stage) -> None:
    venue = stage.catalogue.venue("mairie-butte")
    times = find(stage, search(stage, venue=venue))
    assert times.first
    assert times.first.commune.slug == "butte"
    assert times.neighbours[0].commune.slug == "amont"
    assert times.neighbours[0].minutes is None


def test_somebody_of_another_commune_sees_all_in_the_order_of_the_territory(stage: Stage) -> None:
    times = find(stage, search(stage, None))
    assert times.first is None
    assert [each.commune.slug for each in times.neighbours] == ["amont", "aval", "butte"]
    assert not times.is_empty


def test_nothing_is_said_where_nothing_is_free(stage: Stage) -> None:
    stage.change_timetable(rules=[RULES[2]])
    times = find(stage, search(stage), refused=True)
    assert times.is_empty
    assert times.refused == ()


def test_the_three_nearest_times_are_offered_for_one_that_was_lost(stage: Stage) -> None:
    lost = choice("2026-11-24T10:00")
    days = nearest_desk_times(stage.session, stage.catalogue, lost, has_deadline=False, now=NOW)
    assert sum(len(day.slots) for day in days) == 3
    assert {day.on for day in days} == {date(2026, 11, 24)}


def test_a_follow_up_has_the_times_of_the_same_counsellor_first(stage: Stage) -> None:
    """Both lists together are what anybody would be read out; no time is in both."""
    jeanne, karim = stage.counsellor("jeanne"), stage.counsellor("karim")
    usual = find(stage, search(stage))
    assert usual.same is None
    for whom in (jeanne, karim):
        times = find(stage, search(stage, counsellor_id=whom))
        assert times.same
        same = [slot for day in times.same.days for slot in day.slots]
        assert {slot.counsellor_id for slot in same} == {whom}
        assert not set(starts(times)) & {slot.starts_at for slot in same}
        assert not times.is_empty
        assert times.next_day is None or times.next_day > times.same.days[0].on
    nobody = find(stage, search(stage, counsellor_id=999))
    assert (nobody.same, nobody.first) == (None, usual.first)
