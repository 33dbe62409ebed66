"""What does not take place: one date, a workshop, the rest of a series; who is told of it."""

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind
from app.domain.programme import Numbers, Rhythm
from app.domain.workshop_errors import WorkshopCancelled
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.programme_cancelling import (
    cancel_date,
    cancel_series,
    cancel_workshop,
    rest_of_series,
)
from app.services.programme_changes import change_workshop
from tests.support.programme import MONDAY, WORDS, Planned, a_plan, edit, plan
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_one_date_of_a_cycle_goes_the_last_one_ends_it(stage: Stage) -> None:
    planned = Planned(stage, dates=2)
    planned.enrol()
    first, second = (each.id for each in planned.dates())
    cancel_date(stage.session, planned.id, first, edit(stage.session, planned.id))
    cancel_date(stage.session, planned.id, first, edit(stage.session, planned.id))
    assert f"{planned.row.first_at:%d/%m}" == "14/12"
    assert planned.told().count(MessageKind.CHANGED) == 1
    free = stage.session.scalars(select(Engagement).where(~Engagement.occupies)).one()
    assert f"{free.starts_at:%d/%m}" == "07/12"
    cancel_date(stage.session, planned.id, second, edit(stage.session, planned.id))
    assert planned.row.status is WorkshopStatus.CANCELLED
    assert planned.told()[-1] is MessageKind.CANCELLED_BY_SERVICE


def test_a_cancelled_workshop_frees_its_people_and_offers_nothing(stage: Stage) -> None:
    planned = Planned(stage, capacity=1)
    planned.enrol(message_channel=MessageChannel.NONE)
    planned.enrol()
    session = stage.session
    change_workshop(session, planned.id, WORDS, Numbers(2, 1, 2), edit(session, planned.id))
    cancel_workshop(session, planned.id, edit(session, planned.id))
    cancel_workshop(session, planned.id, edit(session, planned.id))
    assert planned.row.taken == 1
    assert session.scalars(select(PlacesOffer)).one().closed_at is not None
    statuses = set(session.scalars(select(Registration.status)))
    assert statuses == {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING}
    assert planned.calls() == [CallReason.CANCELLED_BY_SERVICE]
    assert not session.scalars(select(Engagement).where(Engagement.occupies)).all()
    with pytest.raises(WorkshopCancelled):
        change_workshop(session, planned.id, WORDS, Numbers(2, 1, 2), edit(session, planned.id))


def test_the_rest_of_a_series_is_cancelled_from_one_on(stage: Stage) -> None:
    session = stage.session
    ids = plan(session, a_plan(session, rhythm=Rhythm(MONDAY, date(2026, 12, 21))))
    assert rest_of_series(session, ids[1], NOW) == ids[1:]
    cancel_series(session, ids[1:], edit(session, ids[1]))
    states = [session.get_one(Workshop, each).status for each in ids]
    assert states == [WorkshopStatus.PLANNED, WorkshopStatus.CANCELLED, WorkshopStatus.CANCELLED]
