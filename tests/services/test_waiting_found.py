"""Who has booked since they joined the list is asked no more: by their card, or by their number."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.appointment import AppointmentStatus, Recipient
from app.domain.booking import Person
from app.domain.waiting import HalfDay, OfferOutcome
from app.services.waiting_found import is_offered_in_vain
from app.services.waiting_reading import count_waiting, find_waiters
from tests.support.stage import AIDE, HELPER, Stage, choice, phone
from tests.support.stage_plan import NOW, RULES, permanence
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def one_place(stage: Stage) -> Waiters:
    """One place in the week, and nothing else."""
    stage.change_timetable(rules=[permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont")])
    return Waiters(stage)


def attend(one_place: Waiters, token: str) -> None:
    one_place.stage.appointment(token).status = AppointmentStatus.ATTENDED
    one_place.session.commit()


def test_a_phone_that_has_just_booked_is_not_asked(one_place: Waiters) -> None:
    """Whatever it booked before joining: that it knew."""
    one_place.stage.change_timetable(rules=RULES)
    mine = phone()
    one_place.stage.book(choice("2026-11-27T09:00"), phone=mine)
    one_place.join(HalfDay.MORNING, phone=mine, now=NOW + timedelta(minutes=1))
    (offer,) = one_place.open_offers()
    own = choice("2026-11-27T10:00")
    token = one_place.stage.book(own, phone=mine, now=NOW + timedelta(minutes=2))
    later = NOW + timedelta(minutes=3)
    session, catalogue = one_place.session, one_place.stage.catalogue
    assert is_offered_in_vain(session, offer.id), "and nothing is sent before it is withdrawn"
    assert one_place.offer(later) == 1
    assert [each.outcome for each in one_place.offers()] == [OfferOutcome.WITHDRAWN]
    assert [each.refusals for each in one_place.entries()] == [0]
    assert find_waiters(session, catalogue, later) == []
    assert count_waiting(session, later) == {}
    one_place.stage.cancel(token, now=later)
    assert len(one_place.open_offers()) == 1, "it was perhaps somebody else, with their number"
    token = one_place.stage.book(own, phone=mine, now=NOW + timedelta(minutes=4))
    attend(one_place, token)
    one_place.offer(later)
    assert one_place.entries() == []


def test_what_others_do_with_the_number_of_a_helper_is_not_theirs(one_place: Waiters) -> None:
    one_place.stage.change_timetable(rules=RULES)
    anna = Person("Anna", "Sansligne", None, None)
    one_place.join(HalfDay.MORNING, person=anna, helper=HELPER, message_to=Recipient.HELPER)
    minute = timedelta(minutes=1)
    own = replace(anna, first_name="Marc", last_name="Serin", phone=AIDE)
    token = one_place.stage.book(choice("2026-11-27T09:00"), person=own, now=NOW + minute)
    assert one_place.offer(NOW + 2 * minute) == 0
    assert len(one_place.open_offers()) == 1, "the helper has booked for himself"
    attend(one_place, token)
    one_place.offer(NOW + 2 * minute)
    assert len(one_place.entries()) == 1
    again = {"person": anna, "helper": HELPER, "message_to": Recipient.HELPER}
    token = one_place.stage.book(choice("2026-11-27T10:00"), now=NOW + 3 * minute, **again)
    one_place.offer(NOW + 4 * minute)
    assert one_place.open_offers() == []
    attend(one_place, token)
    one_place.offer(NOW + 4 * minute)
    assert one_place.entries() == []


def test_somebody_else_who_came_with_their_number_takes_them_off_no_list(
    one_place: Waiters,
) -> None:
    one_place.stage.change_timetable(rules=RULES)
    mine, minute = phone(), timedelta(minutes=1)
    one_place.join(HalfDay.MORNING, phone=mine)
    other = Person("Luc", "Autre", mine, None)
    token = one_place.stage.book(choice("2026-11-27T10:00"), person=other, now=NOW + minute)
    attend(one_place, token)
    one_place.offer(NOW + 2 * minute)
    assert (len(one_place.entries()), one_place.open_offers()) == (1, [])


def test_who_has_booked_by_their_own_card_is_forgotten(one_place: Waiters) -> None:
    one_place.join()
    one_place.stage.change_timetable(rules=RULES)
    booked = one_place.stage.book(choice("2026-11-27T10:00"), now=NOW + timedelta(minutes=1))
    (entry,) = one_place.entries()
    one_place.stage.appointment(booked).resident_id = entry.resident_id
    one_place.session.commit()
    one_place.offer(NOW + timedelta(minutes=2))
    assert one_place.entries() == []
    assert one_place.open_offers() == []
