"""Held places beside the timetable and the rest of the team's work."""

from datetime import timedelta

import pytest

from app.domain.appointment import Actor, Channel
from app.domain.planning import Days
from app.domain.staff_errors import ColleagueBusy
from app.domain.waiting import OfferOutcome
from app.models.appointment import Engagement
from app.services.appointment_rows import Act
from app.services.handover import reassign
from app.services.impact import apply, preview
from app.services.planning import AbsencePlan, AbsenceWithdrawal
from app.services.planning_lists import list_absences
from app.services.undo import undo
from tests.support.people_cards import clerk
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases

TUESDAY = TODAY + timedelta(days=1)
LATE = NOW + timedelta(hours=5)
"""After the hour until which a place of Tuesday is held."""


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def away(stage: Stage, person: str) -> AbsencePlan:
    return AbsencePlan(stage.counsellor(person), Days(TUESDAY))


def test_an_absence_takes_the_place_back_and_offers_another(waiters: Waiters) -> None:
    waiters.join()
    (offer,) = waiters.offers()
    code = {waiters.stage.counsellor(each): each for each in ("jeanne", "karim")}
    plan = away(waiters.stage, code[offer.counsellor_id])
    preview(waiters.session, plan, now=NOW)
    assert len(waiters.open_offers()) == 1
    change = apply(waiters.session, plan, {}, now=NOW, by=clerk(waiters.stage))
    old, new = waiters.offers()
    assert old.outcome is OfferOutcome.WITHDRAWN
    assert new.counsellor_id != old.counsellor_id
    undo(waiters.session, change, now=NOW, by=clerk(waiters.stage, "Berthe"))
    assert len(waiters.open_offers()) == 1


def test_undoing_takes_back_what_was_offered_since(waiters: Waiters) -> None:
    by = clerk(waiters.stage)
    for person in ("jeanne", "karim"):
        apply(waiters.session, away(waiters.stage, person), {}, now=NOW, by=by)
    (absence, _other) = list_absences(waiters.session, now=NOW)
    plan = AbsenceWithdrawal(absence.id, absence.counsellor_id)
    change = apply(waiters.session, plan, {}, now=NOW, by=by)
    waiters.join(commune="amont")
    on_tuesday = [each for each in waiters.offers() if each.starts_at.date() == TUESDAY]
    assert len(on_tuesday) == 1
    undo(waiters.session, change, now=NOW, by=by)
    assert waiters.offers()[0].outcome is OfferOutcome.WITHDRAWN


def test_a_held_hour_is_busy_for_a_colleague_until_its_hour(waiters: Waiters) -> None:
    by = clerk(waiters.stage)
    mine = waiters.stage.book()
    waiters.join()
    (offer,) = waiters.offers()
    booked = waiters.stage.appointment(mine)
    appointment_id, start = booked.id, booked.engagement.starts_at
    assert offer.starts_at == start
    act = Act(LATE, Actor.STAFF, Channel.DESK, by)
    with pytest.raises(ColleagueBusy):
        reassign(waiters.session, appointment_id, offer.counsellor_id, now=NOW, by=act)
    reassign(waiters.session, appointment_id, offer.counsellor_id, now=LATE, by=act)
    assert waiters.holds() == []
    assert waiters.stage.count(Engagement) == 1


def test_moving_somebody_onto_a_dead_hold(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-27T09:00"), phone=phone())
    waiters.join()
    waiters.join()
    assert len(waiters.holds()) == 2
    waiters.stage.move(token, choice("2026-11-24T09:00"), now=LATE)
    assert waiters.stage.where(token)[1] == waiters.offers()[0].starts_at
    assert [each.outcome for each in waiters.offers()][:2] == [OfferOutcome.EXPIRED] * 2
