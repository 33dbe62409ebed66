"""A search is worked out once while nothing has changed, and anew as soon as anything has."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain import slots
from app.domain.availability import AvailabilityKind
from app.services.times import Search, ShownDay, find_neighbours, find_times
from tests.support.stage import TUESDAY_AT_NINE, Stage, choice
from tests.support.stage_plan import NOW, at, territory

NINE, TEN_PAST_NINE = at(TUESDAY_AT_NINE), at("2026-11-24T09:10")


@pytest.fixture
def judged_days(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one each time the algorithm looks at a day."""
    seen: list[object] = []
    judge_day = slots._judge_day

    def watched(*given: object, **named: object) -> object:
        seen.append(given[2])
        return judge_day(*given, **named)

    monkeypatch.setattr(slots, "_judge_day", watched)
    return seen


def search(stage: Stage, **changes: object) -> Search:
    topic = stage.catalogue.topic("email")
    given = {
        "kind": AvailabilityKind.PERMANENCE,
        "home": stage.catalogue.commune("amont"),
        "topic": topic,
        "minutes": topic.minutes,
    }
    return Search(**(given | changes))


def starts(days: tuple[ShownDay, ...]) -> list[datetime]:
    return [slot.starts_at for day in days for slot in day.slots]


def ask(stage: Stage, now: datetime = NOW, **changes: object) -> list[datetime]:
    found = find_times(stage.session, stage.catalogue, search(stage, **changes), now=now)
    stage.session.rollback()
    return starts(found.days)


def test_the_same_question_is_worked_out_once_a_day(
    stage: Stage, judged_days: list[object]
) -> None:
    first = ask(stage)
    worked_out = len(judged_days)
    assert worked_out > 0
    assert ask(stage, NOW + timedelta(hours=3)) == first
    assert len(judged_days) == worked_out
    ask(stage, NOW + timedelta(days=1))
    assert len(judged_days) > worked_out


def test_another_question_has_its_own_answer(stage: Stage) -> None:
    aval = stage.catalogue.commune("aval")
    assert ask(stage) != ask(stage, home=aval)
    assert ask(stage) != ask(stage, from_day=NOW.date() + timedelta(days=4))


def test_a_booking_made_by_another_process_is_seen_at_once(stage: Stage, engine: Engine) -> None:
    """Two counsellors hold that hour: only when both are taken is it offered no more."""
    assert NINE in ask(stage)
    with Session(engine) as elsewhere:
        Stage(elsewhere).book(choice())
        assert NINE in ask(stage)
        Stage(elsewhere).book(choice())
    assert NINE not in ask(stage)


def test_a_cancelled_booking_gives_its_hour_back_at_once(stage: Stage) -> None:
    tokens = [stage.book(choice()) for _ in range(2)]
    assert NINE not in ask(stage)
    stage.cancel(tokens[0])
    assert NINE in ask(stage)


def test_a_setting_is_heard_at_once(stage: Stage) -> None:
    before = ask(stage)
    stage.change_territory(territory(times_per_day=1))
    assert len(ask(stage)) < len(before)


def test_where_times_of_today_are_offered_the_hour_counts(stage: Stage) -> None:
    stage.change_territory(territory(notice_working_days=0))
    on_tuesday = NINE - timedelta(minutes=1)
    assert ask(stage, on_tuesday)[0] == NINE
    assert ask(stage, TEN_PAST_NINE)[0] > TEN_PAST_NINE


def test_neighbours_are_remembered_too(stage: Stage, judged_days: list[object]) -> None:
    first = find_neighbours(stage.session, stage.catalogue, search(stage), now=NOW)
    worked_out = len(judged_days)
    assert worked_out > 0
    assert find_neighbours(stage.session, stage.catalogue, search(stage), now=NOW) == first
    assert len(judged_days) == worked_out
