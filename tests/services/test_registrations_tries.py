"""The form of a workshop tells nobody what a telephone is registered for, however often asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import TooManyBookings, TooManyTries
from app.domain.workshop_errors import AlreadyRegistered, DevicesMissing, WorkshopUnknown
from app.models.outbox import ThrottleCount
from app.models.workshops import Registration
from app.services.registrations import register
from app.services.throttle import Quota
from tests.support.registering import Desk
from tests.support.stage import LINKS, Stage, phone
from tests.support.stage_plan import NOW
from tests.support.workshops import registration


def test_who_asks_again_and_again_learns_nothing_more_of_a_telephone(stage: Stage) -> None:
    desk = Desk(stage, devices=0)
    mine = replace(registration(desk.id).person, phone=phone())
    tries = [Quota("phone", 2, 15, TooManyTries), Quota("address", 9, 15, TooManyTries)]

    def ask(**changes: object) -> None:
        asked = registration(desk.id, person=mine, **changes)
        register(stage.session, asked, now=desk.now, links=LINKS, tries=tries)

    def counted() -> list[int]:
        stage.session.rollback()
        query = select(ThrottleCount.count).order_by(ThrottleCount.key)
        return list(stage.session.scalars(query))

    ask()
    with pytest.raises(WorkshopUnknown):
        register(stage.session, registration(999), now=desk.now, links=LINKS, tries=tries)
    assert counted() == [0, 0], "what was right, or tells nothing of anybody, is given back"
    for _ in range(2):
        with pytest.raises(AlreadyRegistered):
            ask()
    mine = replace(mine, first_name="Paul")
    with pytest.raises(TooManyTries):  # a right one and a wrong one look the same now
        ask()
    assert counted() == [2, 2]
    desk.now += timedelta(minutes=15)
    mine = replace(mine, first_name="Zoé", phone=phone())
    with pytest.raises(DevicesMissing):
        ask(devices_wanted=1)
    assert counted()[-2:].count(1) >= 1, "a refusal that comes after the others tells as much"
    mine = replace(mine, first_name="Paul")
    ask()
    assert len(desk.session.scalars(select(Registration)).all()) == 2


def test_whose_network_has_registered_enough_learns_no_more_of_a_telephone(stage: Stage) -> None:
    """The quota is refused last: it says that this person is not registered yet."""
    desk = Desk(stage)
    tries = [Quota("tries", 2, 15, TooManyTries)]
    spent = [Quota("network", 0, 60, TooManyBookings)]

    def guess() -> None:
        register(
            stage.session, registration(desk.id), now=NOW, links=LINKS, quotas=spent, tries=tries
        )

    for _ in range(2):
        with pytest.raises(TooManyBookings):
            guess()
    with pytest.raises(TooManyTries):
        guess()
