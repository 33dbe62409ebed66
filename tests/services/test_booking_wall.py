"""What the booking does when the database says no: somebody went round the lock, or drew twice."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import errors
from app.domain.appointment import EngagementKind
from app.models.appointment import Appointment, Engagement
from app.models.places import Commune
from tests.support.stage import TUESDAY_AT_NINE, Stage, choice, phone, request
from tests.support.stage_plan import at

Meddling = Callable[[Session, Any], None]


class Meddler:
    """Code that takes no lock and writes at the worst moment: just before such a row is written."""

    def __init__(self, session: Session, kind: type, meddle: Meddling, times: int = 1) -> None:
        self.kind, self.meddle, self.times = kind, meddle, times
        event.listen(session, "before_flush", self._before_flush)

    def _before_flush(self, session: Session, *_: Any) -> None:
        written = [row for row in (*session.new, *session.dirty) if isinstance(row, self.kind)]
        if written and self.times:
            self.times -= 1
            self.meddle(session, written[0])


def take_the_hour(session: Session, wanted: Engagement) -> None:
    starts_at = at("2026-11-24T09:30")
    session.connection().execute(
        insert(Engagement).values(
            counsellor_id=wanted.counsellor_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            kind=EngagementKind.WORKSHOP,
            commune_id=wanted.commune_id,
            venue_id=wanted.venue_id,
        )
    )


def take_the_number(session: Session, wanted: Appointment) -> None:
    first = select(Appointment.id).order_by(Appointment.id).limit(1).scalar_subquery()
    session.connection().execute(
        update(Appointment).where(Appointment.id == first).values(reference=wanted.reference)
    )


def test_the_wall_speaks_as_the_rule_in_front_of_it(stage: Stage) -> None:
    Meddler(stage.session, Engagement, take_the_hour)
    with pytest.raises(errors.SlotTaken) as refusal:
        stage.book()
    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert stage.count() == stage.count(Engagement) == 0
    assert stage.where(stage.book())[1] == at(TUESDAY_AT_NINE)


def test_the_wall_keeps_the_old_time_of_a_move(stage: Stage) -> None:
    token = stage.book(choice("2026-11-26T13:05"))
    Meddler(stage.session, Engagement, take_the_hour)
    with pytest.raises(errors.SlotTaken):
        stage.move(token, choice())
    assert stage.where(token)[1] == at("2026-11-26T13:05")
    assert stage.appointment(token).sequence == 0


def test_a_number_drawn_twice_at_once_is_drawn_again(stage: Stage) -> None:
    stage.book(phone=phone())
    Meddler(stage.session, Appointment, take_the_number)
    token = stage.book(phone=phone())
    numbers = stage.session.scalars(select(Appointment.reference)).all()
    assert len(set(numbers)) == stage.count() == 2
    assert stage.appointment(token).reference in numbers


def test_what_collides_each_time_is_a_fault_and_saves_nothing(stage: Stage) -> None:
    stage.book(phone=phone())
    meddler = Meddler(stage.session, Appointment, take_the_number, times=100)
    with pytest.raises(IntegrityError):
        stage.book(phone=phone())
    assert meddler.times == 100 - 3
    assert stage.count() == 1


def test_a_number_in_use_is_not_given_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _most: next(draws))
    numbers = [stage.appointment(stage.book(phone=phone())).reference for _ in range(2)]
    assert numbers == [100_007, 100_008]


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
