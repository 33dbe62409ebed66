"""The judge of the storm sees each fault; they are made by hand, since the site makes none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.models.places import Commune
from bench.drills.ledger import Ledger, Promise
from bench.drills.verdict import find_faults, find_faults_now
from tests.support.stage import TUESDAY_AT_NINE, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import at

VISIT = choice(WEDNESDAY_VISIT, None)
HOUR = timedelta(hours=1)


@pytest.fixture
def spoil(stage: Stage) -> Callable[..., None]:
    """Change the engagement of an appointment behind the site's back, without the wall."""
    for trigger in ("no_overlap_insert", "no_overlap_update"):
        stage.session.execute(text(f"DROP TRIGGER {trigger}"))
    stage.session.commit()

    def change(token: str, **values: Any) -> None:
        held = stage.appointment(token).engagement_id
        stage.session.execute(update(Engagement).where(Engagement.id == held).values(**values))
        stage.session.commit()

    return change


def book(stage: Stage, hour: str = TUESDAY_AT_NINE, venue: str | None = "mairie-amont") -> str:
    return stage.book(choice(hour, venue), phone=phone())


def told(token: str, starts_at: datetime, venue: str | None = "mairie-amont") -> Ledger:
    """The ledger of somebody who was told so; the form's key is the hour."""
    return Ledger(promises={token: Promise("form", starts_at.isoformat(), venue)})


def faults_of(stage: Stage, *ledgers: Ledger) -> list[str]:
    return find_faults(stage.session, list(ledgers))


def test_a_calm_week_has_no_fault(stage: Stage) -> None:
    tokens = [book(stage) for _ in range(2)]
    stage.move(tokens[0], choice("2026-11-26T13:05"))
    stage.cancel(tokens[1])
    stage.book(VISIT, phone=phone())
    mine = stage.book(choice(), form_key="form", phone=phone())
    ledger = told(mine, at(TUESDAY_AT_NINE))
    ledger.twins = {"form": [mine, mine]}
    assert faults_of(stage, ledger) == find_faults_now(stage.session) == []


def test_two_at_once(stage: Stage, spoil: Callable[..., None]) -> None:
    book(stage)
    late = book(stage, "2026-11-24T10:00")
    spoil(late, starts_at=at("2026-11-24T09:30"), ends_at=at("2026-11-24T10:15"))
    assert "overlap" in find_faults_now(stage.session)[0]


def test_no_time_for_the_road(stage: Stage, spoil: Callable[..., None]) -> None:
    book(stage, "2026-11-25T12:15", None)
    second = book(stage, "2026-11-25T15:30", None)
    aval = stage.session.scalars(select(Commune.id).where(Commune.slug == "aval")).one()
    start = at("2026-11-25T13:50")
    karim = stage.counsellor("karim")
    spoil(second, starts_at=start, ends_at=start + 1.5 * HOUR, commune_id=aval, counsellor_id=karim)
    assert ["no time for the road" in fault for fault in find_faults_now(stage.session)] == [True]


def test_late_for_a_permanence_where_nobody_has_booked(
    stage: Stage, spoil: Callable[..., None]
) -> None:
    visit = book(stage, "2026-11-26T15:00", None)
    spoil(visit, starts_at=at("2026-11-26T14:20"), ends_at=at("2026-11-26T15:50"))
    assert "late for the permanence" in find_faults_now(stage.session)[0]


def test_out_of_hours_or_of_another_length(stage: Stage, spoil: Callable[..., None]) -> None:
    token = book(stage)
    spoil(token, starts_at=at("2026-11-24T08:30"), ends_at=at("2026-11-24T09:30"))
    lasts, outside = find_faults_now(stage.session)
    assert "lasts something else" in lasts
    assert "in no opening" in outside


def test_three_appointments_for_a_phone(stage: Stage) -> None:
    tokens = [book(stage, hour) for hour in ("2026-11-24T09:00", "2026-11-24T10:30")]
    tokens.append(book(stage, "2026-11-27T09:00"))
    for token in tokens:
        stage.appointment(token).resident.phone = "+33639980001"
        stage.session.commit()
    assert find_faults_now(stage.session) == ["3 appointments for +33639980001"]


def test_promises_that_were_not_kept(stage: Stage, spoil: Callable[..., None]) -> None:
    token = stage.book(choice(), form_key="form")
    here = at(TUESDAY_AT_NINE)
    assert "lost" in faults_of(stage, told("AbCdEfGhIj12", here))[0]
    assert "not where it was promised" in faults_of(stage, told(token, here + HOUR))[0]
    assert "not where it was promised" in faults_of(stage, told(token, here, "mairie-aval"))[0]
    cancelled = Ledger(
        promises={token: Promise("form", here.isoformat(), "mairie-amont", is_cancelled=True)}
    )
    assert "not what was promised" in faults_of(stage, cancelled)[0]


def test_forms_that_were_answered_two_ways(stage: Stage) -> None:
    tokens = [book(stage), book(stage)]
    assert "answered 2 tokens" in faults_of(stage, Ledger(twins={"form": tokens}))[0]
    assert "answered 1 token" in faults_of(stage, Ledger(twins={"form": tokens[:1]}))[0]


def test_complaints_are_faults(stage: Stage) -> None:
    assert faults_of(stage, Ledger(complaints=["no answer"])) == ["no answer"]


def test_a_story_that_does_not_hold(stage: Stage, spoil: Callable[..., None]) -> None:
    token = book(stage)
    spoil(token, starts_at=at("2026-11-24T09:15"), ends_at=at("2026-11-24T10:00"))
    assert "a story that does not hold" in faults_of(stage)[0]
    spoil(token, starts_at=at("2026-11-24T09:00"), ends_at=at("2026-11-24T09:45"), occupies=False)
    assert "against its state" in faults_of(stage)[0]
    stage.session.execute(delete(AppointmentEvent))
    stage.session.commit()
    assert "a story that does not hold" in faults_of(stage)[0]


def test_a_change_that_nobody_is_told_and_a_visit_that_nobody_prepares(stage: Stage) -> None:
    stage.book(VISIT)
    for table in (OutboxMessage, CallTask):
        stage.session.execute(delete(table))
    stage.session.commit()
    assert [fault.split(":")[0] for fault in faults_of(stage)] == [
        "0 messages for 1 facts",
        "0 calls to make",
    ]
    assert stage.count(Appointment) == 1
