"""Facts are read from the database: at once, whole, and again as soon as anything has changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event, insert, update
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.domain.availability import AvailabilityKind
from app.domain.slots import Facts
from app.models.appointment import Engagement
from app.models.schedule import Absence
from app.services.slots import load_facts
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW, RULES, TODAY, WINDOW_DAYS, at, permanence, territory

TUESDAY = TODAY + timedelta(days=1)
LAST = TODAY + timedelta(days=WINDOW_DAYS)


def facts_of(stage: Stage, **asked: object) -> Facts:
    stage.session.rollback()
    return load_facts(stage.session, stage.catalogue, **({"now": NOW} | asked))


def test_the_facts_are_those_of_the_booking_window(stage: Stage) -> None:
    facts = facts_of(stage)
    assert (facts.today, facts.last_day) == (TODAY, LAST)
    openings = list(facts.index)
    assert len(openings) == len(RULES)
    assert {opening.on for opening in openings} == {TODAY + timedelta(days=n) for n in range(1, 5)}
    assert facts.shortest_topic_minutes == 45
    assert facts.now == NOW
    assert facts.travel is stage.catalogue.travel


def test_a_longer_period_may_be_asked(stage: Stage) -> None:
    facts = facts_of(stage, last=LAST + timedelta(days=7))
    assert len(list(facts.index)) == 2 * len(RULES)
    assert facts.last_day == LAST


def test_permanences_and_visits_are_told_as_the_domain_tells_them(stage: Stage) -> None:
    openings = {opening.starts_at: opening for opening in facts_of(stage).index.on(TUESDAY)}
    visits = openings[at("2026-11-24T14:30")]
    communes = {commune.slug: commune.id for commune in stage.catalogue.communes}
    assert visits.kind is AvailabilityKind.HOME_VISITS
    assert visits.place is None
    assert visits.commune_ids == {communes["amont"], communes["aval"]}
    lunch = openings[at("2026-11-24T12:20")]
    assert lunch.place is not None
    assert lunch.place.venue_id == stage.catalogue.venue("mediatheque-amont").id


def test_what_occupies_is_read_with_its_place(stage: Stage) -> None:
    stage.book()
    stage.cancel(stage.book(choice("2026-11-24T10:00")))
    (engaged,) = facts_of(stage).engaged
    assert engaged.counsellor_id == stage.counsellor("jeanne")
    assert (engaged.starts_at, engaged.ends_at) == (at("2026-11-24T09:00"), at("2026-11-24T09:45"))
    assert engaged.place.venue_id == stage.catalogue.venue("mairie-amont").id


def engage(stage: Stage, start: str, minutes: int = 45) -> None:
    """A workshop, at some instant that no page could book."""
    commune = stage.catalogue.commune("amont")
    starts_at = at(start)
    stage.session.execute(
        insert(Engagement).values(
            counsellor_id=stage.counsellor("jeanne"),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            kind=EngagementKind.WORKSHOP,
            commune_id=commune.id,
            venue_id=None,
            occupies=True,
        )
    )
    stage.session.commit()


@pytest.mark.parametrize(
    ("start", "is_read"),
    [
        ("2026-11-21T23:30", False),
        ("2026-11-22T00:00", True),
        ("2026-11-22T23:50", True),
        ("2026-11-28T23:50", True),
        ("2026-11-29T00:00", False),
    ],
)
def test_engagements_are_read_from_the_day_before_to_the_last_night(
    stage: Stage, start: str, is_read: bool
) -> None:
    engage(stage, start)
    assert bool(facts_of(stage).engaged) is is_read


@pytest.mark.parametrize(
    ("start", "is_read"),
    [
        ("2026-11-23T00:00", True),
        ("2026-11-24T09:00", True),
        ("2026-11-25T09:00", True),
        ("2026-11-27T09:00", False),
    ],
)
def test_around_a_day_only_what_may_matter_then_is_read(
    stage: Stage, start: str, is_read: bool
) -> None:
    engage(stage, start)
    facts = facts_of(stage, around=TUESDAY)
    assert bool(facts.engaged) is is_read
    assert len(list(facts.index)) == len(RULES)


@pytest.mark.parametrize("days", [-400, -1, WINDOW_DAYS, WINDOW_DAYS + 1, 4000])
def test_around_a_day_out_of_bounds_no_harm_is_done(stage: Stage, days: int) -> None:
    facts = facts_of(stage, around=TODAY + timedelta(days=days))
    assert facts.last_day == LAST


def test_the_engagement_being_moved_is_left_out(stage: Stage) -> None:
    held = stage.appointment(stage.book()).engagement_id
    stage.book(phone=phone())
    assert len(facts_of(stage).engaged) == 2
    (other,) = facts_of(stage, apart_from=held).engaged
    assert other.counsellor_id == stage.counsellor("karim")
    assert len(facts_of(stage, apart_from=held, around=TUESDAY).engaged) == 1


def test_an_absence_a_closure_or_a_replacement_is_seen_at_once(stage: Stage) -> None:
    before = len(facts_of(stage).index.on(TUESDAY))
    away = {"counsellor": "jeanne", "from": TUESDAY, "to": TUESDAY}
    stage.change_timetable(absences=[away])
    assert len(facts_of(stage).index.on(TUESDAY)) == before - 3
    shut = {"venue": "mairie-amont", "from": TUESDAY, "to": TUESDAY, "reason": ""}
    stage.change_timetable(closures=[shut])
    assert len(facts_of(stage).index.on(TUESDAY)) == before - 2
    for_jeanne = {"absent": "jeanne", "substitute": "karim", "from": TUESDAY, "to": TUESDAY}
    stage.change_timetable(replacements=[for_jeanne])
    holders = {opening.counsellor_id for opening in facts_of(stage).index.on(TUESDAY)}
    assert holders == {stage.counsellor("karim")}
    stage.change_timetable()
    assert len(facts_of(stage).index.on(TUESDAY)) == before


def test_what_was_withdrawn_no_longer_counts(stage: Stage) -> None:
    away = {"counsellor": "jeanne", "from": TUESDAY, "to": TUESDAY}
    stage.change_timetable(absences=[away])
    stage.session.execute(update(Absence).values(withdrawn_at=NOW))
    stage.session.commit()
    stage.change_timetable(rules=[permanence("jeanne", "mardi", "09:00-10:00", "mairie-amont")])
    assert len(facts_of(stage).index.on(TUESDAY)) == 1


def test_the_openings_follow_the_days(stage: Stage) -> None:
    tomorrow = facts_of(stage, now=NOW + timedelta(days=7))
    assert tomorrow.today == TODAY + timedelta(days=7)
    assert min(opening.on for opening in tomorrow.index) == TUESDAY + timedelta(days=7)


def test_nothing_is_offered_out_of_a_commune_s_convention(stage: Stage) -> None:
    """Even where the rules go on: Amont leaves on Wednesday, Butte joins on Thursday."""
    communes = {each.slug: each.id for each in stage.catalogue.communes}
    stage.change_agreement("amont", active_until=TUESDAY + timedelta(days=1))
    stage.change_agreement("butte", active_from=TUESDAY + timedelta(days=2))
    offered: dict[str, set[date]] = {}
    for opening in facts_of(stage).index:
        held = {opening.place.commune_id} if opening.place else opening.commune_ids
        for slug in ("amont", "aval", "butte"):
            if communes[slug] in held:
                offered.setdefault(slug, set()).add(opening.on)
    tuesday, wednesday, thursday, friday = (TUESDAY + timedelta(days=n) for n in range(4))
    assert offered == {
        "amont": {tuesday, wednesday},
        "aval": {tuesday, wednesday, thursday, friday},
        "butte": {thursday, friday},
    }


def test_public_holidays_are_known_through_new_year(stage: Stage) -> None:
    stage.change_territory(territory(booking_window_days=60))
    facts = facts_of(stage)
    christmas, new_year = TODAY.replace(month=12, day=25), TODAY.replace(2027, 1, 1)
    assert christmas in facts.holidays
    assert new_year in facts.holidays
    assert not facts.index.on(christmas)
    assert not facts.index.on(new_year)


def test_reading_the_facts_again_costs_one_query_beside_the_catalogue(
    stage: Stage, engine: Engine
) -> None:
    facts_of(stage)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine) as session:
        load_facts(session, stage.catalogue, now=NOW)
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if "engagement" in each]) == 1
    assert len(asked) <= 2
