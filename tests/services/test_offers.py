"""Free places offered to who waits: to whom, which, for how long; and what frees them again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain import errors, waiting_errors
from app.domain.appointment import EngagementKind, MessageChannel, PlaceKind
from app.domain.availability import AvailabilityKind
from app.domain.messages import MessageKind, SubjectKind
from app.domain.waiting import HalfDay, OfferOutcome
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.models.places import Territory
from app.models.waiting import WaitingEntry
from app.services import offers
from app.services.offers import offer_places
from app.services.times import Search, find_times
from tests.support.outbox_rows import add_message
from tests.support.stage import HOME, LANDLINE, Stage, choice, phone, request
from tests.support.stage_plan import NOW, RULES, at, permanence, visits
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases

ONE_SESSION = [permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont")]
"""One place in the week, and nothing else."""
SOON = NOW + timedelta(hours=5)
"""After the hour until which a place of Tuesday is held."""


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


@pytest.fixture
def one_place(waiters: Waiters) -> Waiters:
    waiters.stage.change_timetable(rules=ONE_SESSION)
    return waiters


def test_a_place_is_held_for_one_person_who_is_told(one_place: Waiters) -> None:
    one_place.join()
    one_place.join()
    (offer,) = one_place.offers()
    (hold,) = one_place.holds()
    (message,) = one_place.messages()
    assert offer.entry_id == one_place.entries()[0].id
    assert (hold.kind, hold.held_until) == (EngagementKind.OFFER, at("2026-11-23T12:00"))
    assert (hold.starts_at, hold.ends_at) == (at("2026-11-24T09:00"), at("2026-11-24T09:45"))
    assert (message.subject_kind, message.subject_id) == (SubjectKind.OFFER, offer.id)
    assert (message.kind, message.expires_at) == (MessageKind.OFFER, offer.answer_by)
    assert one_place.offer() == 0
    assert one_place.offer(NOW + timedelta(hours=3)) == 0


def test_what_is_held_nobody_books(one_place: Waiters) -> None:
    one_place.join()
    with pytest.raises(errors.SlotTaken):
        one_place.stage.book()
    assert one_place.stage.book(now=SOON)
    assert one_place.holds() == []
    (offer,) = one_place.offers()
    assert (offer.outcome, offer.engagement_id) == (OfferOutcome.EXPIRED, None)
    assert one_place.entries()[0].refusals == 1


def test_a_dead_hold_is_free_on_the_page_before_anybody_removes_it(one_place: Waiters) -> None:
    catalogue, session = one_place.stage.catalogue, one_place.session
    topic = catalogue.topic("email")
    search = Search(AvailabilityKind.PERMANENCE, catalogue.commune("amont"), topic, 45)
    one_place.join()
    assert find_times(session, catalogue, search, now=NOW).days == ()
    assert len(find_times(session, catalogue, search, now=SOON).days) == 1
    assert find_times(session, catalogue, search, now=NOW).days == ()
    assert len(one_place.holds()) == 1


def test_the_next_one_is_asked_when_the_hour_is_past(one_place: Waiters) -> None:
    one_place.join()
    one_place.join(now=NOW + timedelta(minutes=1))
    one_place.tell()
    assert one_place.offer(SOON) == 2
    first, second = one_place.offers()
    assert first.outcome is OfferOutcome.EXPIRED
    assert second.outcome is None
    assert second.entry_id == one_place.entries()[1].id


def test_who_declines_is_not_asked_again_for_that_place(one_place: Waiters) -> None:
    one_place.join()
    one_place.join(now=NOW + timedelta(minutes=1))
    assert one_place.decline(one_place.offers()[0].id)
    assert [each.entry_id for each in one_place.open_offers()] == [one_place.entries()[1].id]
    assert not one_place.decline(one_place.offers()[0].id)
    assert one_place.decline(one_place.offers()[1].id)
    assert one_place.open_offers() == []
    assert [each.refusals for each in one_place.entries()] == [1, 1]


def test_after_three_refusals_a_place_is_everybodys(one_place: Waiters) -> None:
    for _ in range(4):
        one_place.join()
    for _ in range(3):
        (offer,) = one_place.open_offers()
        one_place.decline(offer.id)
    assert one_place.open_offers() == []
    assert one_place.stage.book()


def test_a_cancellation_is_offered_at_once(one_place: Waiters) -> None:
    booked = one_place.stage.book()
    one_place.join()
    assert one_place.offers() == []
    one_place.stage.cancel(booked)
    assert len(one_place.open_offers()) == 1


def test_what_a_move_frees_is_offered_at_once(one_place: Waiters) -> None:
    booked = one_place.stage.book()
    one_place.join()
    rules = [*ONE_SESSION, permanence("karim", "mercredi", "09:00-09:45", "mairie-butte")]
    one_place.stage.change_timetable(rules=rules)
    one_place.stage.move(booked, choice("2026-11-25T09:00", "mairie-butte"))
    (offer,) = one_place.open_offers()
    assert offer.starts_at == at("2026-11-24T09:00")


def test_what_overlaps_a_place_refused_three_times_is_everybodys_too(one_place: Waiters) -> None:
    hour = [permanence("jeanne", "mardi", "09:00-10:00", "mairie-amont")]
    one_place.stage.change_timetable(rules=hour)
    for _ in range(4):
        one_place.join()
    for _ in range(3):
        (offer,) = one_place.open_offers()
        one_place.decline(offer.id)
    assert {each.starts_at for each in one_place.offers()} == {at("2026-11-24T09:00")}
    assert one_place.open_offers() == []


@pytest.mark.parametrize("half_day", [HalfDay.MORNING, HalfDay.AFTERNOON])
def test_half_days(waiters: Waiters, half_day: HalfDay) -> None:
    waiters.join(half_day)
    (offer,) = waiters.offers()
    local = offer.starts_at.astimezone(waiters.stage.catalogue.timezone)
    assert (local.hour < 12) == (half_day is HalfDay.MORNING)


def test_a_neighbour_commune_within_reach(waiters: Waiters) -> None:
    only_butte = [permanence("karim", "mercredi", "09:00-12:00", "mairie-butte")]
    waiters.stage.change_timetable(rules=only_butte)
    waiters.join()
    assert waiters.offers() == []
    waiters.join(HalfDay.ANY, 15)
    (offer,) = waiters.offers()
    assert offer.starts_at == at("2026-11-25T09:00")


def test_a_visit_is_offered_at_home(waiters: Waiters) -> None:
    waiters.join(is_visit=True)
    (offer,) = waiters.offers()
    assert offer.venue_id is None
    assert offer.window_minutes == 30
    token = waiters.accept(offer.id)
    appointment = waiters.stage.appointment(token)
    assert appointment.place_kind is PlaceKind.HOME
    assert appointment.address_line1 == HOME.line1
    assert appointment.window_minutes == 30


def test_at_night_the_message_waits_for_the_morning(waiters: Waiters) -> None:
    at_night = at("2026-11-24T23:00")
    waiters.join(now=at_night)
    (message,) = waiters.messages()
    assert message.due_at == at("2026-11-25T08:00")


def test_who_has_no_machine_is_called_within_the_next_half_day(waiters: Waiters) -> None:
    waiters.join(phone=LANDLINE, message_channel=MessageChannel.VOICE)
    (offer,) = waiters.offers()
    assert waiters.messages() == []
    assert offer.answer_by == at("2026-11-23T12:00")


def test_a_refused_channel_is_no_channel(waiters: Waiters) -> None:
    waiters.stage.change_timetable(rules=ONE_SESSION)
    taken = waiters.stage.book()
    waiters.join()
    email = {"message_channel": MessageChannel.EMAIL}
    waiters.session.execute(
        update(Resident).values(refuses_sms=True, refuses_mail=True, email="x@exemple.invalid")
    )
    waiters.session.execute(update(WaitingEntry).values(email))
    waiters.session.commit()
    waiters.stage.cancel(taken)
    assert len(waiters.open_offers()) == 1
    assert waiters.messages() == []


def test_no_answer_possible_is_no_offer(one_place: Waiters) -> None:
    """At 18 h the evening before, four open hours end after the start less four."""
    one_place.join(now=at("2026-11-23T18:00"))
    assert one_place.offers() == []
    assert one_place.stage.book(now=at("2026-11-23T18:00"))


def test_accepting_too_late_or_after_declining_takes_nothing(one_place: Waiters) -> None:
    one_place.join()
    (offer,) = one_place.offers()
    with pytest.raises(waiting_errors.OfferGone):
        one_place.accept(offer.id, offer.answer_by)
    assert one_place.stage.count(Appointment) == 0


def test_the_limit_of_a_phone_holds_when_accepting(waiters: Waiters) -> None:
    mine = phone()
    waiters.join(phone=mine)
    for hour in ("10:00", "11:00"):
        waiters.stage.book(choice(f"2026-11-27T{hour}"), phone=mine)
    (offer,) = waiters.open_offers()
    with pytest.raises(errors.LimitReached):
        waiters.accept(offer.id)
    assert len(waiters.open_offers()) == 1


def test_a_timetable_that_changes_takes_the_place_back(one_place: Waiters) -> None:
    one_place.join()
    (offer,) = one_place.offers()
    one_place.stage.change_timetable(rules=RULES[1:])
    with pytest.raises(waiting_errors.OfferGone):
        one_place.accept(offer.id)
    one_place.session.rollback()
    assert one_place.offers()[0].outcome is OfferOutcome.WITHDRAWN
    assert one_place.entries()[0].refusals == 0


def test_the_worker_takes_back_what_the_timetable_holds_no_more(one_place: Waiters) -> None:
    one_place.join()
    one_place.stage.change_timetable(
        rules=[permanence("karim", "vendredi", "09:00-09:45", "mairie-amont")]
    )
    assert one_place.offer() == 2
    old, new = one_place.offers()
    assert (old.outcome, new.outcome) == (OfferOutcome.WITHDRAWN, None)


def test_no_more_is_done_than_asked(waiters: Waiters) -> None:
    waiters.stage.change_timetable(rules=[visits("karim", "vendredi", "09:00-12:00", "butte")])
    for _ in range(3):
        waiters.join()
    waiters.stage.change_timetable(rules=RULES)
    assert waiters.offer(limit=2) == 2
    assert waiters.offer(limit=2) == 1


def test_a_refill_that_fails_fails_nothing(one_place: Waiters) -> None:
    """The message of the next offer is there before it: the wall of the outbox refuses its own."""
    for _ in range(2):
        one_place.join()
    (offer,) = one_place.offers()
    offers_it = {"subject_kind": SubjectKind.OFFER, "kind": MessageKind.OFFER}
    in_its_way = add_message(one_place.session, offer.id + 1, NOW, **offers_it)
    assert one_place.decline(offer.id)
    assert [each.outcome for each in one_place.offers()] == [OfferOutcome.DECLINED]
    one_place.session.delete(one_place.session.get_one(OutboxMessage, in_its_way))
    one_place.session.commit()
    assert offer_places(one_place.session, NOW, 20) == 1


def test_somebody_quicker_is_seen_under_the_lock(
    one_place: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what is free and the lock, somebody books it."""
    booked = one_place.stage.book()
    one_place.join()
    hold = offers._hold

    def late(session: object, *rest: object) -> bool:
        one_place.stage.book(request(phone=phone()))
        return hold(session, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(offers, "_hold", late)
    one_place.stage.cancel(booked)
    assert one_place.offers() == []
    assert one_place.stage.occupied() == 1


def test_without_a_territory_nothing_is_offered(stage: Stage) -> None:
    stage.session.execute(Territory.__table__.delete())
    stage.session.commit()
    assert offer_places(stage.session, NOW, 20) == 0
