"""From a chosen time to the slot that holds it, or to the plainest reason why none does."""

from datetime import datetime, timedelta

import pytest

from app.domain import errors
from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE, Choice
from app.domain.slots import RefusalCode
from app.services.choosing import (
    NO_COMMUNE,
    REFUSALS,
    candidate_counsellors,
    check_choice,
    choose_slot,
    home_commune,
    wish_of,
)
from tests.support.stage import TUESDAY_AT_NINE, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at, permanence, territory

FRIDAY_AT_NINE = "2026-11-27T09:00"


def candidates(stage: Stage, wanted: Choice, now: datetime = NOW) -> set[str]:
    found = candidate_counsellors(stage.catalogue, wanted, now)
    return {code for code in ("jeanne", "karim") if stage.counsellor(code) in found}


def refusal_of(stage: Stage, wanted: Choice, now: datetime = NOW) -> type[errors.DomainError]:
    with pytest.raises(errors.DomainError) as refusal:
        check_choice(stage.session, stage.catalogue, wanted, now)
    return refusal.type


# -- where the person lives, and what they wish


def test_a_resident_of_a_served_commune_is_at_home_there(stage: Stage) -> None:
    home = home_commune(stage.catalogue, "amont", NOW)
    assert home is not None
    assert home.slug == "amont"


def test_who_is_not_served_is_told_why(stage: Stage, subtests: pytest.Subtests) -> None:
    reasons = [
        (None, errors.CommuneMissing),
        ("", errors.CommuneMissing),
        ("nulle-part", errors.CommuneUnknown),
        ("partie", errors.CommuneDeparted),
        (OTHER_COMMUNE, errors.CommuneElsewhere),
    ]
    for slug, refusal in reasons:
        with subtests.test(msg=str(slug)), pytest.raises(refusal):
            home_commune(stage.catalogue, slug, NOW)


def test_another_commune_is_nobodys_home_where_it_is_let_in(stage: Stage) -> None:
    stage.change_territory(territory(other_commune="allow"))
    assert home_commune(stage.catalogue, OTHER_COMMUNE, NOW) is None
    wish = wish_of(stage.catalogue, choice(commune_slug=OTHER_COMMUNE), NOW)
    assert wish.resident_commune_id == NO_COMMUNE
    assert wish.is_from_elsewhere


def test_a_wish_is_for_the_commune_of_the_venue_and_by_a_resident_of_another(stage: Stage) -> None:
    wish = wish_of(stage.catalogue, choice(venue="mairie-aval", topic_code="demarche"), NOW)
    communes = {commune.slug: commune.id for commune in stage.catalogue.communes}
    assert (wish.commune_id, wish.resident_commune_id) == (communes["aval"], communes["amont"])
    assert (wish.kind, wish.duration_minutes) == (AvailabilityKind.PERMANENCE, 60)
    assert wish.venue_id == stage.catalogue.venue("mairie-aval").id


def test_a_visit_is_wished_at_home(stage: Stage) -> None:
    wish = wish_of(stage.catalogue, choice(WEDNESDAY_VISIT, None), NOW)
    assert wish.commune_id == wish.resident_commune_id
    assert wish.venue_id is None
    assert wish.kind is AvailabilityKind.HOME_VISITS


def test_the_step_is_the_topics_or_the_settings(stage: Stage) -> None:
    assert wish_of(stage.catalogue, choice(), NOW).step_minutes == 15
    without_step = territory(candidate_step_minutes=20)
    del without_step["topics"][0]["step_minutes"]
    stage.change_territory(without_step)
    assert wish_of(stage.catalogue, choice(), NOW).step_minutes == 20


def test_a_promised_length_outlives_its_topic(stage: Stage) -> None:
    retired = choice(topic_code="ancien")
    with pytest.raises(errors.TopicUnknown):
        wish_of(stage.catalogue, retired, NOW)
    assert wish_of(stage.catalogue, retired, NOW, 75).duration_minutes == 75


# -- who might hold it


def test_all_who_might_hold_the_time_are_locked_free_or_not(stage: Stage) -> None:
    assert candidates(stage, choice()) == {"jeanne", "karim"}
    stage.book(phone=phone())
    assert candidates(stage, choice()) == {"jeanne", "karim"}
    assert candidates(stage, choice(FRIDAY_AT_NINE)) == {"jeanne"}


def test_nobody_holds_a_time_that_no_opening_has(stage: Stage) -> None:
    for start in ("2026-11-24T09:10", "2026-11-29T09:00", "2030-01-01T09:00"):
        assert candidates(stage, choice(start)) == set()


# -- the choice


def test_the_first_of_those_who_are_free_and_locked_is_chosen(stage: Stage) -> None:
    jeanne, karim = stage.counsellor("jeanne"), stage.counsellor("karim")

    def chosen(*locked: int) -> int:
        slot = choose_slot(stage.session, stage.catalogue, choice(), frozenset(locked), NOW)
        return slot.counsellor_id

    assert chosen(jeanne, karim) == jeanne
    assert chosen(karim) == karim
    stage.book(phone=phone())
    assert chosen(jeanne, karim) == karim
    with pytest.raises(errors.SlotTaken):
        chosen(jeanne)
    with pytest.raises(errors.SlotNotOffered):
        chosen()


def test_a_check_promises_nothing_and_holds_nothing(stage: Stage) -> None:
    check_choice(stage.session, stage.catalogue, choice(), NOW)
    assert stage.occupied() == 0


REASONS = [
    (choice("2026-11-24T09:10"), NOW, errors.SlotNotOffered),
    (choice("2026-11-28T09:00"), NOW, errors.SlotNotOffered),
    (choice("2026-11-22T09:00"), NOW, errors.SlotTooSoon),
    (choice(), at("2026-11-24T08:00"), errors.SlotTooSoon),
    (choice(), at("2026-11-24T10:00"), errors.SlotTooSoon),
    (choice("2026-11-24T14:30", None), NOW, errors.SlotTooSoon),
    (choice("2026-12-01T09:00"), NOW, errors.SlotTooFar),
    (choice("2028-12-01T09:00"), NOW, errors.SlotTooFar),
    (choice(TUESDAY_AT_NINE), at(TUESDAY_AT_NINE), errors.SlotTooSoon),
]


def test_the_plainest_reason_is_told(stage: Stage, subtests: pytest.Subtests) -> None:
    for wanted, now, refusal in REASONS:
        with subtests.test(msg=f"{wanted.starts_at} on {now}"):
            assert refusal_of(stage, wanted, now) is refusal


def test_a_place_kept_for_the_desk_is_not_offered_until_its_day(stage: Stage) -> None:
    kept = {**permanence("jeanne", "vendredi", "09:00-12:00", "mairie-amont"), "desk_until_days": 2}
    stage.change_timetable(rules=[kept])
    assert refusal_of(stage, choice(FRIDAY_AT_NINE)) is errors.SlotNotOffered
    check_choice(stage.session, stage.catalogue, choice(FRIDAY_AT_NINE), NOW + timedelta(days=2))


def test_what_stands_in_the_way_on_the_road_reads_as_taken(stage: Stage) -> None:
    """An empty permanence in Butte from 11.10: who is in Aval until then would be late."""
    in_aval = choice("2026-11-25T10:15", "mairie-aval", commune_slug="aval")
    assert refusal_of(stage, in_aval) is errors.SlotTaken


def test_every_reason_of_the_algorithm_has_its_refusal() -> None:
    on_the_road = {
        RefusalCode.ENGAGED, RefusalCode.OPENING_ELSEWHERE, RefusalCode.TRAVEL_BEFORE,
        RefusalCode.TRAVEL_AFTER, RefusalCode.BUFFER_BEFORE, RefusalCode.BUFFER_AFTER,
        RefusalCode.STRANDS,
    }  # fmt: skip
    assert REFUSALS.keys() | on_the_road == set(RefusalCode)
    assert REFUSALS.keys() & on_the_road == set()


def test_the_appointment_being_moved_is_in_nobodys_way(stage: Stage) -> None:
    token = stage.book(choice(FRIDAY_AT_NINE))
    held = stage.appointment(token).engagement_id
    overlapping = choice("2026-11-27T09:15")
    assert refusal_of(stage, overlapping) is errors.SlotTaken
    check_choice(stage.session, stage.catalogue, overlapping, NOW, apart_from=held, minutes=45)


def test_what_happens_on_another_day_is_of_no_matter(stage: Stage) -> None:
    for hour in ("2026-11-25T12:15", "2026-11-26T09:00"):
        stage.book(choice(hour, None, commune_slug="butte"), phone=phone())
    check_choice(stage.session, stage.catalogue, choice(FRIDAY_AT_NINE), NOW)
    assert at(FRIDAY_AT_NINE).date() > TODAY
