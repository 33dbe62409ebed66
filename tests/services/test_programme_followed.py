"""What follows a change of the programme: kept places, missed dates, calendar programs, terms."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.domain.programme import Numbers, Rhythm, Term
from app.domain.programme_conflicts import ConflictKind
from app.domain.programme_errors import CapacityTaken
from app.domain.workshop_facts import WorkshopFacts
from app.models.workshops import Participation, PlacesOffer, Registration, Workshop
from app.services.appointment_rows import Act
from app.services.programme_cancelling import cancel_date
from app.services.programme_changes import (
    DateChange,
    change_date,
    change_workshop,
    check_date_change,
)
from app.services.programme_term import check_term
from app.services.registrations import excuse, register
from app.services.workshop_reading import followed_workshops
from tests.support.programme import AMONT, AVAL, MONDAY, WORDS, a_plan, edit, plan
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, registration

NUMBERS = Numbers(3, 1, 2)
WEEK = timedelta(weeks=1)


def planned(stage: Stage, *, dates: int = 1, numbers: Numbers = NUMBERS) -> int:
    rhythm = Rhythm(MONDAY, MONDAY + (dates - 1) * WEEK if dates > 1 else None)
    wanted = a_plan(stage.session, rhythm=rhythm, is_cycle=dates > 1, numbers=numbers)
    (workshop_id,) = plan(stage.session, wanted)
    return workshop_id


def dates_of(stage: Stage, workshop_id: int) -> list[int]:
    stage.session.rollback()
    rows = stage.session.get_one(Workshop, workshop_id).sessions
    return [each.id for each in sorted(rows, key=lambda each: each.starts_at)]


def move(stage: Stage, workshop_id: int, date_id: int, change: DateChange) -> None:
    session = stage.session
    seen = check_date_change(session, workshop_id, date_id, change, now=NOW).key
    change_date(session, workshop_id, date_id, change, edit(session, workshop_id), seen=seen)


def followed(stage: Stage, now: datetime) -> list[WorkshopFacts]:
    span = NOW - timedelta(days=30), NOW + timedelta(days=90)
    return followed_workshops(stage.session, stage.catalogue, span, now=now)


def test_who_missed_the_old_hour_is_expected_at_the_new_one(stage: Stage) -> None:
    workshop_id, session = planned(stage, dates=2), stage.session
    register(session, registration(workshop_id), now=NOW, links=LINKS)
    first, second = dates_of(stage, workshop_id)
    (row_id,) = session.scalars(select(Registration.id)).all()
    for date_id in (first, second):
        excuse(session, row_id, date_id, Act(NOW))
    here = DateChange(MONDAY, time(14), 120, AMONT, (1,))
    move(stage, workshop_id, first, replace(here, where=AVAL))
    missed = select(Participation.session_id).order_by(Participation.session_id)
    assert session.scalars(missed).all() == [first, second], "the hour is the same"
    move(stage, workshop_id, first, replace(here, from_time=time(15)))
    assert session.scalars(missed).all() == [second]


def test_without_its_first_date_what_is_kept_moves_along_as_after_a_move(stage: Stage) -> None:
    numbers = Numbers(6, 3, 2, kept_places=2, kept_days=7)
    workshop_id, session = planned(stage, dates=3, numbers=numbers), stage.session
    first, second, last = dates_of(stage, workshop_id)
    here = DateChange(MONDAY + 2 * WEEK, time(14), 120, AVAL, (1,))
    move(stage, workshop_id, last, here)
    cancel_date(session, workshop_id, first, edit(session, workshop_id))
    session.rollback()
    row = session.get_one(Workshop, workshop_id)
    assert (row.kept_until, row.host_commune.slug) == (MONDAY, "amont")
    cancel_date(session, workshop_id, second, edit(session, workshop_id))
    session.rollback()
    row = session.get_one(Workshop, workshop_id)
    assert (row.kept_until, row.host_commune.slug) == (MONDAY + WEEK, "aval")


def test_who_is_offered_a_place_is_called_before_who_has_one(stage: Stage) -> None:
    workshop_id, session = planned(stage), stage.session
    offered = registration(workshop_id)
    for asked in (couple(workshop_id), registration(workshop_id), offered):
        register(session, asked, now=NOW, links=LINKS)
    more = Numbers(4, 1, 2)
    change_workshop(session, workshop_id, WORDS, more, edit(session, workshop_id))
    assert session.scalars(select(PlacesOffer)).one().closed_at is None
    with pytest.raises(CapacityTaken) as refused:
        change_workshop(session, workshop_id, WORDS, NUMBERS, edit(session, workshop_id))
    person = offered.person
    assert refused.value.facts["names"] == f"{person.first_name} {person.last_name}"
    with pytest.raises(CapacityTaken) as refused:
        fewer = Numbers(1, 1, 2)
        change_workshop(session, workshop_id, WORDS, fewer, edit(session, workshop_id))
    assert refused.value.facts["names"].count(",") == 2, "and then who registered last"


def test_a_place_that_comes_free_after_the_first_date_is_offered_to_nobody(stage: Stage) -> None:
    workshop_id, session = planned(stage, dates=2, numbers=Numbers(1, 1, 2)), stage.session
    for _ in range(2):
        register(session, registration(workshop_id), now=NOW, links=LINKS)
    day_after = datetime(2026, 12, 8, 9, tzinfo=UTC)
    more = edit(session, workshop_id, now=day_after)
    change_workshop(session, workshop_id, WORDS, Numbers(2, 1, 2), more)
    assert session.scalars(select(PlacesOffer)).all() == []
    stage.session.rollback()
    assert session.get_one(Workshop, workshop_id).taken == 1


def test_calendar_programs_learn_of_other_texts_and_forget_what_was_called_off(
    stage: Stage,
) -> None:
    workshop_id, session = planned(stage, dates=2), stage.session
    change_workshop(session, workshop_id, WORDS, NUMBERS, edit(session, workshop_id))
    (same,) = followed(stage, NOW)
    assert (same.sequence, same.reworded_at) == (0, None), "the same texts are no change"
    words = replace(WORDS, title={"fr": "Un autre titre"})
    change_workshop(session, workshop_id, words, NUMBERS, edit(session, workshop_id))
    (reworded,) = followed(stage, NOW)
    assert (reworded.sequence, reworded.reworded_at) == (1, NOW)
    first, second = dates_of(stage, workshop_id)
    cancel_date(session, workshop_id, first, edit(session, workshop_id))
    shown = [
        [each.id for each in followed(stage, NOW + days)[0].sessions]
        for days in (timedelta(days=6), timedelta(days=7))
    ]
    assert shown == [[first, second], [second]]


def test_the_next_term_sees_what_stands_in_the_way_of_the_end_of_a_cycle(stage: Stage) -> None:
    session = stage.session
    planned(stage, dates=6)
    term = Term(date(2026, 12, 1), date(2026, 12, 13), date(2027, 2, 2))
    in_the_way = Rhythm(date(2027, 3, 15))
    plan(session, a_plan(session, rhythm=in_the_way), form_key="autre")
    lines = check_term(session, term, now=NOW)
    assert [f"{each.check.on:%d/%m}" for each in lines][-1] == "15/03"
    assert [each.check.is_refused for each in lines] == [False] * 5 + [True]
    assert lines[-1].check.conflicts[0].kind is ConflictKind.ENGAGED
