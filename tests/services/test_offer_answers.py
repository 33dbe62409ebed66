"""Answers to an offered place: each is one commit, whatever happens beside it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.appointment import Caller, Channel, MessageChannel, Recipient
from app.domain.booking import DeskFacts
from app.domain.waiting_errors import OfferGone
from app.models.appointment import Appointment, CallTask
from app.models.places import Topic, Venue
from app.services import offer_answers, offer_taking, offers, waiting
from app.services.impact import grow_revision
from app.services.offer_taking import Answer
from app.services.waiting_people import Waiting
from tests.support.people_cards import clerk
from tests.support.stage import HELPER, LANDLINE, LINKS, Stage, phone
from tests.support.stage_plan import NOW
from tests.support.waiting import Waiters, join_request

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def test_a_number_drawn_twice_is_drawn_again(
    waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = waiters.stage.appointment(waiters.stage.book()).reference
    waiters.join()
    drawn = iter([taken, 482_913])
    monkeypatch.setattr(offer_taking, "draw_reference", lambda: next(drawn))
    token = waiters.accept(waiters.offers()[0].id)
    assert waiters.stage.appointment(token).reference == 482_913


def test_a_number_that_is_always_taken_is_given_up(
    waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = waiters.stage.appointment(waiters.stage.book()).reference
    waiters.join()
    monkeypatch.setattr(offer_taking, "draw_reference", lambda: taken)
    with pytest.raises(IntegrityError):
        waiters.accept(waiters.offers()[0].id)
    assert len(waiters.open_offers()) == 1
    assert waiters.stage.count(Appointment) == 1


def test_two_who_accept_at_once_have_one_appointment(waiters: Waiters) -> None:
    """The person presses while the desk, on the phone with them, presses too."""
    waiters.join()
    offer_id, by = waiters.offers()[0].id, clerk(waiters.stage)
    waiters.session.rollback()
    engine, both_here = waiters.session.get_bind(), Barrier(2)

    def accept(who: int | None) -> str:
        with Session(engine) as session:
            both_here.wait()
            return offer_answers.accept(session, offer_id, Answer(NOW, who), links=LINKS)

    with ThreadPoolExecutor(2) as people:
        one, other = people.map(accept, (None, by))
    assert one == other
    assert waiters.stage.count(Appointment) == 1
    assert waiters.stage.occupied() == 1


def test_the_desk_answers_for_somebody(waiters: Waiters) -> None:
    by = clerk(waiters.stage)
    waiters.join(phone=LANDLINE, message_channel=MessageChannel.VOICE)
    token = waiters.accept(waiters.offers()[0].id, by=by)
    appointment = waiters.stage.appointment(token)
    assert (appointment.booked_by_id, appointment.channel) == (by, Channel.PHONE)
    assert waiters.offers()[0].closed_by_id == by
    tasks = waiters.session.scalars(select(CallTask)).all()
    assert [each.appointment_id for each in tasks] == [appointment.id]


def test_who_helps_is_kept(waiters: Waiters) -> None:
    helper = replace(HELPER, phone=phone())
    waiters.join(helper=helper, message_to=Recipient.HELPER)
    token = waiters.accept(waiters.offers()[0].id)
    appointment = waiters.stage.appointment(token)
    assert (appointment.helper_name, appointment.helper_phone) == (
        helper.name,
        helper.phone.number,
    )


def test_who_has_no_phone_accepts_by_the_link_of_an_e_mail(waiters: Waiters) -> None:
    """The desk put them on the list; no number, so none whose appointments are limited."""
    desk = DeskFacts(clerk(waiters.stage), Caller.PERSON)
    by_mail = {"channel": Channel.PHONE, "message_channel": MessageChannel.EMAIL}
    wanted = join_request(desk=desk, **by_mail)
    person = replace(wanted.booking.person, phone=None, email="rose@exemple.invalid")
    wanted = replace(wanted, booking=replace(wanted.booking, person=person))
    waiting.join(waiters.session, wanted, now=NOW, links=LINKS)
    appointment = waiters.stage.appointment(waiters.accept(waiters.offers()[0].id))
    assert (appointment.resident.phone, appointment.channel) == (None, Channel.WEB)


def test_a_need_retired_meanwhile_takes_no_place_back(waiters: Waiters) -> None:
    waiters.join()
    waiters.session.execute(update(Topic).values(active=False))
    grow_revision(waiters.session)
    waiters.session.commit()
    assert waiters.accept(waiters.offers()[0].id)
    assert waiters.stage.count(Appointment) == 1


def test_a_venue_that_closed_for_good_takes_the_place_back(waiters: Waiters) -> None:
    waiters.join()
    waiters.session.execute(update(Venue).values(active=False))
    grow_revision(waiters.session)
    waiters.session.commit()
    with pytest.raises(OfferGone):
        waiters.accept(waiters.offers()[0].id)


def test_who_refused_meanwhile_is_not_asked_for_the_same(
    waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the lock they have refused that very half-day, in another process."""
    hold, seen = offers._hold, []

    def declined_meanwhile(session: object, waiting: Waiting, *rest: object) -> bool:
        if not seen:
            seen.append(True)
            assert hold(session, waiting, *rest)  # type: ignore[arg-type]
            (offer,) = waiters.open_offers()
            monkeypatch.setattr(offers, "refill", lambda *_: None)
            waiters.decline(offer.id)
        return hold(session, waiting, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(offers, "_hold", declined_meanwhile)
    monkeypatch.setattr("app.services.offer_answers.refill", lambda *_: None)
    waiters.join()
    assert waiters.open_offers() == []
    monkeypatch.setattr(offers, "_hold", hold)
    assert waiters.offer(NOW + timedelta(minutes=1)) == 1
