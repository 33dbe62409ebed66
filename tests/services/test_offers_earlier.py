"""« Une place plus tôt »: whoever has an appointment keeps it until a better one is theirs."""

import pytest

from app.domain import errors, waiting_errors
from app.domain.appointment import Actor
from app.domain.messages import MessageKind
from app.domain.waiting import HalfDay, OfferOutcome
from app.models.appointment import Engagement
from app.services import offer_answers, waiting
from app.services.offer_taking import Answer
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage, choice, phone
from tests.support.stage_plan import NOW, at, permanence, territory
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases

ONE_SESSION = [permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont")]
"""One place in the week, and nothing else."""


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


@pytest.fixture
def one_place(waiters: Waiters) -> Waiters:
    waiters.stage.change_timetable(rules=ONE_SESSION)
    return waiters


def earlier(waiters: Waiters, token: str) -> str:
    appointment_id = waiters.stage.appointment(token).id
    return waiting.join_for_earlier(
        waiters.session, appointment_id, (HalfDay.ANY, 0), now=NOW, links=LINKS
    )


def test_those_with_nothing_come_before_those_who_want_earlier(one_place: Waiters) -> None:
    one_place.stage.change_timetable(
        rules=[*ONE_SESSION, permanence("karim", "vendredi", "09:00-09:45", "mairie-amont")]
    )
    has_one = one_place.stage.book(choice("2026-11-27T09:00"))
    taken = one_place.stage.book()
    earlier(one_place, has_one)
    one_place.join(phone=phone())
    one_place.stage.cancel(taken)
    (offer,) = one_place.open_offers()
    assert offer.entry_id == one_place.entries()[1].id
    one_place.decline(offer.id)
    (next_one,) = one_place.open_offers()
    assert next_one.entry_id == one_place.entries()[0].id


def test_an_earlier_place_moves_the_appointment(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-27T09:00"))
    earlier(waiters, token)
    (offer,) = waiters.open_offers()
    assert offer.starts_at == at("2026-11-24T09:00")
    assert waiters.accept(offer.id) == token
    assert waiters.accept(offer.id) == token
    assert waiters.stage.where(token)[1:] == (at("2026-11-24T09:00"), "mairie-amont")
    assert waiters.entries() == []
    assert waiters.stage.count(Engagement) == 1
    assert [each.kind for each in waiters.stage.messages(token)][-1] is MessageKind.CHANGED


def test_moved_again_by_another_offer_the_first_one_says_no_more(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-27T13:00", "mairie-aval"))
    waiters.stage.move(token, choice("2026-11-27T10:00"))
    earlier(waiters, token)
    (first,) = waiters.open_offers()
    waiters.accept(first.id)
    waiters.stage.move(token, choice("2026-11-27T09:00"))
    earlier(waiters, token)
    (second,) = waiters.open_offers()
    assert waiters.accept(second.id) == token
    with pytest.raises(waiting_errors.OfferGone):
        waiters.accept(first.id)


def test_an_earlier_place_that_is_none_any_more_is_taken_back(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-27T09:00"))
    earlier(waiters, token)
    (offer,) = waiters.open_offers()
    engagement = waiters.stage.appointment(token).engagement
    engagement.starts_at, engagement.ends_at = at("2026-11-23T20:00"), at("2026-11-23T20:45")
    waiters.session.commit()
    with pytest.raises(waiting_errors.OfferGone):
        waiters.accept(offer.id)
    assert waiters.offers()[0].outcome is OfferOutcome.WITHDRAWN


def test_who_cancels_wants_nothing_earlier(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-27T09:00"))
    earlier(waiters, token)
    waiters.stage.cancel(token)
    assert (waiters.entries(), waiters.holds()) == ([], [])
    assert waiters.offers()[0].outcome is OfferOutcome.WITHDRAWN
    with pytest.raises(errors.AppointmentPast):
        earlier(waiters, token)


def test_asked_twice_the_last_answer_holds(waiters: Waiters) -> None:
    token = waiters.stage.book(choice("2026-11-24T09:00"))
    first = earlier(waiters, token)
    again = waiting.join_for_earlier(
        waiters.session,
        waiters.stage.appointment(token).id,
        (HalfDay.MORNING, 15),
        now=NOW,
        links=LINKS,
    )
    assert again == first
    (entry,) = waiters.entries()
    assert (entry.half_day, entry.reach_minutes) == (HalfDay.MORNING, 15)
    waiting.join_for_earlier(waiters.session, entry.appointment_id or 0, None, now=NOW, links=LINKS)
    (entry,) = waiters.entries()
    assert (entry.half_day, entry.reach_minutes) == (HalfDay.MORNING, 15), "nobody asked again"


def test_somebody_of_another_commune_waits_for_nothing_earlier(waiters: Waiters) -> None:
    waiters.stage.change_territory(territory(other_commune="allow"))
    token = waiters.stage.book(choice("2026-11-27T09:00", commune_slug="autre"))
    with pytest.raises(errors.CommuneElsewhere):
        earlier(waiters, token)
    with pytest.raises(errors.CommuneElsewhere):
        waiters.join(commune="autre")


def test_the_desk_accepts_an_earlier_place_for_somebody(waiters: Waiters) -> None:
    by = clerk(waiters.stage)
    token = waiters.stage.book(choice("2026-11-27T09:00"))
    earlier(waiters, token)
    (offer,) = waiters.open_offers()
    assert waiters.accept(offer.id, by=by) == token
    moved = waiters.stage.events(token)[-1]
    assert (moved.actor, moved.user_id) == (Actor.STAFF, by)
    assert not offer_answers.no_answer(waiters.session, offer.id, Answer(NOW, by))
