"""The times that a page shows: of a commune, of its neighbours, near one that was just lost."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE
from app.domain.offer import PartOfDay
from app.services.choosing import check_choice
from app.services.times import (
    Neighbour,
    Search,
    ShownDay,
    Times,
    find_neighbours,
    find_times,
    nearest_times,
)
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import (
    NOW,
    PARIS,
    TODAY,
    WINDOW_DAYS,
    permanence,
    territory,
    visits,
)

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (TODAY + timedelta(days=n) for n in range(1, 5))


def search(stage: Stage, commune: str | None = "amont", **changes: Any) -> Search:
    topic = stage.catalogue.topic("email")
    wanted = Search(
        kind=AvailabilityKind.PERMANENCE,
        home=stage.catalogue.commune(commune) if commune else None,
        topic=topic,
        minutes=topic.minutes,
    )
    return replace(wanted, **changes)


def times(
    stage: Stage, commune: str | None = "amont", now: datetime = NOW, **changes: Any
) -> Times:
    wanted = search(stage, commune, **changes)
    return find_times(stage.session, stage.catalogue, wanted, now=now)


def neighbours(stage: Stage, commune: str | None = "amont", **changes: Any) -> list[Neighbour]:
    wanted = search(stage, commune, **changes)
    return find_neighbours(stage.session, stage.catalogue, wanted, now=NOW)


def hours(day: ShownDay) -> list[str]:
    return [slot.starts_at.astimezone(PARIS).strftime("%H:%M") for slot in day.slots]


def shown(days: Any) -> list[tuple[date, str | None, list[str]]]:
    return [(day.on, day.venue.slug if day.venue else None, hours(day)) for day in days]


# -- the own commune


def test_the_next_times_are_a_few_a_day_over_two_days_by_venue(stage: Stage) -> None:
    found = times(stage)
    assert shown(found.days) == [
        (TUESDAY, "mairie-amont", ["09:00", "09:45"]),
        (TUESDAY, "mediatheque-amont", ["12:20"]),
        (THURSDAY, "mairie-amont", ["12:35", "13:20", "14:05"]),
    ]
    assert found.next_day == FRIDAY
    assert found.last_day == TODAY + timedelta(days=WINDOW_DAYS)
    assert [venue.slug for venue in found.venues] == ["mairie-amont", "mediatheque-amont"]


def test_every_time_that_is_shown_can_be_booked(stage: Stage) -> None:
    for commune in ("amont", "aval", "butte"):
        for day in times(stage, commune).days:
            for slot in day.slots:
                wanted = choice(commune_slug=commune, venue_slug=day.venue and day.venue.slug)
                check_choice(
                    stage.session,
                    stage.catalogue,
                    replace(wanted, starts_at=slot.starts_at),
                    NOW,
                )


def test_the_following_dates_start_where_the_page_ended(stage: Stage) -> None:
    following = times(stage, from_day=times(stage).next_day)
    assert {day.on for day in following.days} == {FRIDAY}
    assert following.next_day is None
    assert following.earlier is None


def test_mornings_or_afternoons_only(stage: Stage) -> None:
    mornings = times(stage, part_of_day=PartOfDay.MORNING)
    afternoons = times(stage, part_of_day=PartOfDay.AFTERNOON)
    before = [hour for day in mornings.days for hour in hours(day)]
    after = [hour for day in afternoons.days for hour in hours(day)]
    assert before
    assert after
    assert max(before) < "12:00" <= min(after)


def test_a_time_that_is_taken_is_no_longer_shown(stage: Stage) -> None:
    for _ in range(2):
        stage.book(phone=phone())
    assert hours(times(stage).days[0])[0] == "09:45"


def test_the_appointment_being_moved_is_in_nobodys_way(stage: Stage) -> None:
    held, _ = [stage.appointment(stage.book(phone=phone())).engagement_id for _ in range(2)]
    assert hours(times(stage, apart_from=held).days[0])[0] == "09:00"


def test_a_longer_appointment_fits_fewer_times(stage: Stage) -> None:
    topic = stage.catalogue.topic("demarche")
    hour_long = times(stage, topic=topic, minutes=60)
    assert all(
        slot.ends_at - slot.starts_at == timedelta(minutes=60)
        for day in hour_long.days
        for slot in day.slots
    )


def test_visits_have_no_venue_and_no_neighbour_is_proposed(stage: Stage) -> None:
    found = times(stage, kind=AvailabilityKind.HOME_VISITS)
    assert found.days
    assert {day.venue for day in found.days} == {None}
    assert found.venues == []
    assert found.earlier is None
    assert min(day.on for day in found.days) == WEDNESDAY


def test_nothing_free_is_told_with_the_end_of_the_window(stage: Stage) -> None:
    stage.change_timetable(rules=[permanence("karim", "mardi", "09:00-12:00", "mairie-aval")])
    found = times(stage, "butte")
    assert found == Times((), None, None, TODAY + timedelta(days=WINDOW_DAYS))


def test_somebody_of_another_commune_has_no_commune_of_their_own_here(stage: Stage) -> None:
    found = times(stage, None)
    assert (found.days, found.next_day, found.earlier) == ((), None, None)


def test_the_hour_matters_where_today_can_be_booked(stage: Stage) -> None:
    """Without a notice, what is over this morning is not shown this afternoon."""
    stage.change_territory(territory(notice_working_days=0))
    tuesday_at_ten = NOW + timedelta(days=1, hours=2)
    assert hours(times(stage, now=tuesday_at_ten).days[0])[0] >= "10:00"
    noon = NOW + timedelta(days=1, hours=4, minutes=30)
    first = times(stage, now=noon).days[0]
    assert first.venue is not None
    assert first.venue.slug == "mediatheque-amont"


# -- the neighbours


def test_an_earlier_day_elsewhere_is_told(stage: Stage) -> None:
    rules = [
        permanence("jeanne", "jeudi", "09:00-12:00", "mairie-amont"),
        permanence("karim", "mardi", "09:00-12:00", "mairie-aval"),
        permanence("karim", "mercredi", "09:00-12:00", "mairie-butte"),
    ]
    stage.change_timetable(rules=rules)
    earlier = times(stage).earlier
    assert earlier is not None
    assert (earlier.commune.slug, earlier.minutes) == ("butte", 15)
    assert shown(earlier.days) == [(WEDNESDAY, "mairie-butte", ["09:00"])]


def test_the_same_day_elsewhere_is_not_earlier(stage: Stage) -> None:
    rules = [
        permanence("jeanne", "mardi", "14:00-17:00", "mairie-amont"),
        permanence("karim", "mardi", "09:00-12:00", "mairie-butte"),
    ]
    stage.change_timetable(rules=rules)
    assert times(stage).earlier is None


def test_neighbours_come_by_the_minutes_of_the_road(stage: Stage) -> None:
    found = [(each.commune.slug, each.minutes) for each in neighbours(stage)]
    assert found == [("butte", 15), ("aval", 25)]
    from_aval = [(each.commune.slug, each.minutes) for each in neighbours(stage, "aval")]
    assert from_aval == [("butte", 25), ("amont", 30)]


def test_as_far_away_the_least_served_comes_first(stage: Stage) -> None:
    raw = territory()
    raw["travel"] = {"amont": {"aval": 20, "butte": 20}}
    stage.change_territory(raw)
    assert [each.commune.slug for each in neighbours(stage)] == ["aval", "butte"]
    stage.book(choice("2026-11-26T09:00", "mairie-aval"), phone=phone())
    assert [each.commune.slug for each in neighbours(stage)] == ["butte", "aval"]


def test_a_neighbour_with_nothing_free_is_not_listed(stage: Stage) -> None:
    stage.change_timetable(rules=[permanence("karim", "mardi", "09:00-12:00", "mairie-aval")])
    assert [each.commune.slug for each in neighbours(stage)] == ["aval"]


def test_somebody_of_another_commune_sees_all_communes_in_the_order_of_the_file(
    stage: Stage,
) -> None:
    stage.change_territory(territory(other_commune="allow"))
    found = neighbours(stage, None)
    assert [each.commune.slug for each in found] == ["amont", "aval", "butte"]
    assert {each.minutes for each in found} == {0}


def test_places_kept_for_a_communes_own_are_not_shown_to_its_neighbours(stage: Stage) -> None:
    stage.change_territory(territory(neighbours_from_days=2))
    (in_butte, *_) = [each for each in neighbours(stage) if each.commune.slug == "butte"]
    assert {day.on for day in in_butte.days} == {WEDNESDAY}
    own = times(stage, "butte")
    assert {day.on for day in own.days} == {WEDNESDAY, THURSDAY}


# -- near a time that was just lost


def test_the_three_nearest_times_are_at_the_same_venue(stage: Stage) -> None:
    for _ in range(2):
        stage.book(choice("2026-11-24T09:45"), phone=phone())
    lost = choice("2026-11-24T09:45")
    found = nearest_times(stage.session, stage.catalogue, lost, now=NOW)
    assert shown(found) == [(TUESDAY, "mairie-amont", ["09:00", "10:30", "11:15"])]


def test_fewer_than_three_there_are_completed_further_and_further(stage: Stage) -> None:
    rules = [
        permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont"),
        permanence("karim", "mardi", "13:00-13:45", "mairie-amont"),
        permanence("karim", "mercredi", "09:00-09:45", "mairie-aval"),
        visits("karim", "mercredi", "14:00-17:00", "amont"),
        permanence("jeanne", "jeudi", "09:00-09:45", "mediatheque-amont"),
        permanence("karim", "vendredi", "09:00-09:45", "mairie-butte"),
    ]
    stage.change_timetable(rules=rules)
    stage.book(choice(), phone=phone())
    assert shown(nearest_times(stage.session, stage.catalogue, choice(), now=NOW)) == [
        (TUESDAY, "mairie-amont", ["13:00"]),
        (THURSDAY, "mediatheque-amont", ["09:00"]),
        (FRIDAY, "mairie-butte", ["09:00"]),
    ], "there, then in the commune, then in the nearest by car, though Aval is sooner"
    stage.change_timetable(rules=[*rules[2:4], rules[5]])
    found = nearest_times(stage.session, stage.catalogue, choice(), now=NOW)
    assert [day.venue and day.venue.slug for day in found] == ["mairie-aval", "mairie-butte"]
    visit = choice(WEDNESDAY_VISIT, None)
    assert {day.venue for day in nearest_times(stage.session, stage.catalogue, visit, now=NOW)} == {
        None
    }


def test_the_nearest_times_may_be_on_other_days(stage: Stage) -> None:
    taken = ["09:00", "09:45", "10:30", "11:15"]
    for hour in taken:
        for _ in range(2):
            stage.book(choice(f"2026-11-24T{hour}"), phone=phone())
    found = nearest_times(stage.session, stage.catalogue, choice(), now=NOW)
    assert sum(len(day.slots) for day in found) == 3
    assert {day.on for day in found} == {THURSDAY}


def test_near_a_lost_visit_are_other_visits(stage: Stage) -> None:
    lost = choice(WEDNESDAY_VISIT, None)
    found = nearest_times(stage.session, stage.catalogue, lost, now=NOW)
    assert {day.venue for day in found} == {None}
    assert found[0].on == WEDNESDAY


def test_near_a_move_that_failed_its_own_time_is_free(stage: Stage) -> None:
    token = stage.book(choice("2026-11-27T09:00"))
    held = stage.appointment(token).engagement_id
    wanted = choice("2026-11-27T09:15")
    found = nearest_times(
        stage.session, stage.catalogue, wanted, now=NOW, apart_from=held, minutes=45
    )
    assert "09:00" in hours(found[0])


def test_no_time_is_near_a_place_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(errors.SlotNotOffered):
        nearest_times(stage.session, stage.catalogue, choice(venue="nulle-part"), now=NOW)
    with pytest.raises(errors.CommuneElsewhere):
        lost = choice(commune_slug=OTHER_COMMUNE)
        nearest_times(stage.session, stage.catalogue, lost, now=NOW)
