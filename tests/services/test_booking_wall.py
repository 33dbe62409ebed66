"""What the booking does when the database says no: somebody went round the lock, or drew twice."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Insert, Update, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import errors
from app.domain.appointment import EngagementKind
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.places import Commune
from tests.support.stage import TUESDAY_AT_NINE, Stage, choice, phone, request
from tests.support.stage_plan import at

Row = dict[str, Any]
Meddling = Callable[[Connection, Row], None]
Meddle = Callable[..., "Meddler"]


class Meddler:
    """Code that takes no lock and writes at the worst moment: just before such a row is written."""

    def __init__(self, session: Session, kind: type, meddle: Meddling, times: int = 1) -> None:
        self.table, self.meddle, self.times = kind.__table__, meddle, times
        self.is_meddling = False
        self.watched = session.get_bind(), "before_execute", self._before_execute
        event.listen(*self.watched)

    def _before_execute(
        self, connection: Connection, statement: Any, several: list[Row], one: Row, _options: Any
    ) -> None:
        is_change = isinstance(statement, Insert | Update) and statement.table is self.table
        if is_change and self.times and not self.is_meddling:
            self.is_meddling = True
            self.times -= 1
            self.meddle(connection, one or several[0])
            self.is_meddling = False


@pytest.fixture
def meddle(stage: Stage) -> Iterator[Meddle]:
    """Set a meddler on the stage, until the end of the test."""
    meddlers: list[Meddler] = []

    def start(*plan: Any, **more: Any) -> Meddler:
        meddlers.append(Meddler(stage.session, *plan, **more))
        return meddlers[-1]

    yield start
    for each in meddlers:
        event.remove(*each.watched)


def take_the_hour(connection: Connection, _wanted: Row) -> None:
    """That of the counsellor who holds the first permanence of the day."""
    starts_at = at("2026-11-24T09:30")
    jeanne = select(Counsellor.id).where(Counsellor.code == "jeanne").scalar_subquery()
    amont = select(Commune.id).where(Commune.slug == "amont").scalar_subquery()
    connection.execute(
        insert(Engagement).values(
            counsellor_id=jeanne,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            kind=EngagementKind.WORKSHOP,
            commune_id=amont,
        )
    )


def take_the_number(connection: Connection, wanted: Row) -> None:
    first = select(Appointment.id).order_by(Appointment.id).limit(1).scalar_subquery()
    connection.execute(
        update(Appointment).where(Appointment.id == first).values(reference=wanted["reference"])
    )


def test_the_wall_speaks_as_the_rule_in_front_of_it(stage: Stage, meddle: Meddle) -> None:
    meddle(Engagement, take_the_hour)
    with pytest.raises(errors.SlotTaken) as refusal:
        stage.book()
    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert stage.count() == stage.count(Engagement) == 0
    assert stage.where(stage.book())[1] == at(TUESDAY_AT_NINE)


def test_the_wall_keeps_the_old_time_of_a_move(stage: Stage, meddle: Meddle) -> None:
    token = stage.book(choice("2026-11-26T13:05"))
    meddle(Engagement, take_the_hour)
    with pytest.raises(errors.SlotTaken):
        stage.move(token, choice())
    assert stage.where(token)[1] == at("2026-11-26T13:05")
    assert stage.appointment(token).sequence == 0


def test_a_number_drawn_twice_at_once_is_drawn_again(stage: Stage, meddle: Meddle) -> None:
    stage.book(phone=phone())
    meddle(Appointment, take_the_number)
    token = stage.book(phone=phone())
    numbers = stage.session.scalars(select(Appointment.reference)).all()
    assert len(set(numbers)) == stage.count() == 2
    assert stage.appointment(token).reference in numbers


def test_what_collides_each_time_saves_nothing_and_the_same_form_settles_it(
    stage: Stage, meddle: Meddle
) -> None:
    stage.book(phone=phone())
    meddler = meddle(Appointment, take_the_number, times=100)
    form = request(phone=phone())
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        stage.book(form)
    assert isinstance(unknown.value.__cause__, IntegrityError)
    assert meddler.times == 100 - 3
    assert stage.count() == 1
    meddler.times = 0
    assert stage.book(form) == stage.book(form)
    assert stage.count() == 2


def test_a_number_in_use_is_not_given_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _most: next(draws))
    numbers = [stage.appointment(stage.book(phone=phone())).reference for _ in range(2)]
    assert numbers == [100_015, 100_017]


def test_a_refusal_leaves_a_session_that_works(stage: Stage) -> None:
    """The page goes on with the same session: it shows the times that are left."""
    taken = request(phone=phone())
    stage.book(taken)
    stage.book(phone=phone())
    for _ in range(2):
        with pytest.raises(errors.SlotTaken):
            stage.book(phone=phone())
        assert not stage.session.new
        assert not stage.session.dirty
        assert stage.session.scalars(select(Commune.slug).limit(1)).one() == "amont"
    assert stage.book(choice("2026-11-24T10:00"), phone=phone())
