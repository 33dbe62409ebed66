"""Registering for a workshop: places, the waiting list, who may come, what is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import Caller, CancelledBy, MessageChannel
from app.domain.booking import Person
from app.domain.errors import (
    CommuneElsewhere,
    DomainError,
    FormAlreadyUsed,
    PhoneMissing,
)
from app.domain.messages import MessageKind, SubjectKind
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferGone
from app.domain.workshop_errors import (
    AlreadyAlone,
    AlreadyRegistered,
    CompanionMissing,
    DevicesMissing,
    PhoneFull,
    SessionUnknown,
    TooManyDevices,
    WorkshopCancelled,
    WorkshopFull,
    WorkshopStarted,
    WorkshopUnknown,
)
from app.domain.workshops import Companion, RegistrationDesk, RegistrationStatus, WorkshopStatus
from app.models.workshops import Participation, Registration, Workshop
from app.services.appointment_rows import Act
from app.services.offer_taking import Answer
from app.services.registrations import excuse, give_up_one, register
from app.services.transaction import write_transaction
from app.services.workshop_offers import (
    accept_places,
    decline_places,
    no_answer_to_places,
    offer_workshops,
)
from tests.support.outbox_rows import add_message
from tests.support.registering import FIRST, Desk
from tests.support.stage import LINKS, Stage, phone
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop, registration

REGISTERED, WAITING, CANCELLED = RegistrationStatus


def test_six_have_a_place_and_the_seventh_waits(stage: Stage) -> None:
    desk = Desk(stage)
    rows = [desk.add() for _ in range(8)]
    assert [row.status for row in rows] == [REGISTERED] * 6 + [WAITING] * 2
    assert desk.taken() == 6
    assert desk.kinds(rows[0]) == [MessageKind.CONFIRMATION]
    assert desk.kinds(rows[6]) == [MessageKind.WAITING]
    assert all(row.reference is not None and row.reference % 2 == 0 for row in rows)


def test_who_does_not_want_to_wait_is_told_and_nothing_is_kept(stage: Stage) -> None:
    desk = Desk(stage)
    desk.fill()
    with pytest.raises(WorkshopFull):
        desk.add(may_wait=False)
    assert len(desk.session.scalars(select(Registration)).all()) == 6


def test_two_who_come_together_have_two_places_or_none(stage: Stage) -> None:
    desk = Desk(stage)
    desk.fill(5)
    pair = desk.add_couple()
    assert pair.status is WAITING
    single = desk.add()
    assert single.status is REGISTERED
    assert desk.taken() == 6


def test_a_freed_place_is_offered_in_order_and_held(stage: Stage) -> None:
    desk = Desk(stage)
    first, *_ = desk.fill()
    second, third = desk.add(), desk.add()
    desk.cancel(first)
    (offer,) = desk.offers()
    assert offer.registration_id == second.id
    assert desk.taken() == 6
    assert desk.add().status is WAITING
    assert accept_places(desk.session, offer.id, Answer(desk.now)) == second.id
    assert accept_places(desk.session, offer.id, Answer(desk.now)) == second.id
    assert desk.again(second).status is REGISTERED
    assert desk.again(third).status is WAITING
    assert desk.taken() == 6
    assert not decline_places(desk.session, offer.id, Answer(desk.now))


def test_a_refusal_or_a_silence_passes_the_place_on(stage: Stage) -> None:
    desk = Desk(stage)
    first, *_ = desk.fill()
    second, third, fourth = desk.add(), desk.add(), desk.add()
    desk.cancel(first)
    assert decline_places(desk.session, desk.offers()[0].id, Answer(desk.now))
    assert desk.again(second).status is CANCELLED
    assert second.cancelled_by is CancelledBy.PERSON
    late = desk.offers()[1]
    assert late.registration_id == third.id
    desk.tell()
    after = late.answer_by + timedelta(minutes=1)
    with pytest.raises(OfferGone):
        accept_places(desk.session, late.id, Answer(after))
    assert offer_workshops(desk.session, after, 20) == 2
    assert [each.outcome for each in desk.offers()][:2] == [
        OfferOutcome.DECLINED,
        OfferOutcome.EXPIRED,
    ]
    assert desk.again(third).status is CANCELLED
    assert desk.offers()[2].registration_id == fourth.id
    assert no_answer_to_places(desk.session, desk.offers()[2].id, Answer(after))
    assert desk.taken() == 5
    assert offer_workshops(desk.session, after, 20) == 0


def test_what_cannot_be_offered_at_once_undoes_no_refusal(stage: Stage) -> None:
    """The message of the next offer is there before it: the wall of the outbox refuses its own."""
    desk = Desk(stage)
    first, *_ = desk.fill()
    second, third = desk.add(), desk.add()
    desk.cancel(first)
    (offer,) = desk.offers()
    offers_it = {"subject_kind": SubjectKind.PLACES, "kind": MessageKind.OFFER}
    add_message(desk.session, offer.id + 1, NOW, **offers_it)
    assert decline_places(desk.session, offer.id, Answer(desk.now))
    assert [each.outcome for each in desk.offers()] == [OfferOutcome.DECLINED]
    assert [desk.again(each).status for each in (second, third)] == [CANCELLED, WAITING]


def test_a_couple_keeps_its_rank_or_takes_the_one_place_if_it_said_so(stage: Stage) -> None:
    desk = Desk(stage)
    first, second, *_ = desk.fill()
    pair, single = desk.add_couple(), desk.add()
    desk.cancel(first)
    assert desk.offers()[0].registration_id == single.id
    accept_places(desk.session, desk.offers()[0].id, Answer(desk.now))
    flexible = desk.add_couple(accepts_one=True, devices_wanted=2)
    desk.cancel(second)
    offer = desk.offers()[1]
    assert (offer.registration_id, offer.places) == (flexible.id, 1)
    accept_places(desk.session, offer.id, Answer(desk.now))
    alone = desk.again(flexible)
    assert (alone.places, alone.companion_first_name, alone.devices_wanted) == (1, None, 1)
    assert desk.again(pair).status is WAITING


def test_places_are_kept_for_the_host_commune_until_the_day_it_said(stage: Stage) -> None:
    desk = Desk(stage, kept_places=4, kept_until=date(2026, 12, 1))
    others = [desk.add(commune_slug="aval") for _ in range(3)]
    assert [row.status for row in others] == [REGISTERED, REGISTERED, WAITING]
    assert desk.add(commune_slug="amont").status is REGISTERED
    assert desk.offers() == []
    release = datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert offer_workshops(desk.session, release, 20) == 1
    assert desk.offers()[0].registration_id == others[2].id


def test_nothing_is_offered_once_it_has_begun_or_is_too_near(stage: Stage) -> None:
    desk = Desk(stage, capacity=1, kept_places=0)
    only, waiting = desk.add(), desk.add()
    desk.now = FIRST - timedelta(hours=1)
    desk.cancel(only)
    assert desk.offers() == []
    assert desk.add().status is REGISTERED
    assert desk.again(waiting).status is WAITING
    for refused in (desk.add, lambda: desk.cancel(waiting)):
        desk.now = FIRST
        with pytest.raises(WorkshopStarted):
            refused()


def test_one_of_two_gives_up_and_the_other_keeps_the_place(stage: Stage) -> None:
    desk = Desk(stage, capacity=2)
    pair, waiting = desk.add_couple(devices_wanted=2), desk.add()
    give_up_one(desk.session, pair.id, Act(desk.now))
    assert (desk.again(pair).places, pair.devices_wanted, pair.companion_last_name) == (1, 1, None)
    assert desk.offers()[0].registration_id == waiting.id
    with pytest.raises(AlreadyAlone):
        give_up_one(desk.session, pair.id, Act(desk.now))


def test_one_date_of_a_cycle_is_excused(stage: Stage) -> None:
    desk = Desk(stage, dates=3)
    row = desk.add()
    other = plan_workshop(stage.session, FIRST + timedelta(days=40), recorded_at=NOW)
    dates = stage.session.get_one(Workshop, desk.id).sessions
    elsewhere = stage.session.get_one(Workshop, other).sessions[0].id
    for _ in range(2):
        excuse(desk.session, row.id, dates[1].id, Act(desk.now))
    assert len(desk.session.scalars(select(Participation)).all()) == 1
    with pytest.raises(SessionUnknown):
        excuse(desk.session, row.id, elsewhere, Act(desk.now))
    with pytest.raises(WorkshopStarted):
        excuse(desk.session, row.id, dates[0].id, Act(FIRST))
    assert desk.taken() == 1


def test_the_same_form_registers_once(stage: Stage) -> None:
    desk = Desk(stage)
    asked = registration(desk.id)
    one, two = (register(desk.session, asked, now=NOW, links=LINKS) for _ in range(2))
    assert one == two
    other = replace(asked, person=Person("Rose", "Autre", asked.person.phone, None))
    with pytest.raises(FormAlreadyUsed):
        register(desk.session, other, now=NOW, links=LINKS)
    assert desk.taken() == 1


ROSE, NUMBER = Person("Rose", "Serin", phone(1), None), phone(1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"person": Person("ROSE", " serin", NUMBER, None)}, AlreadyRegistered),
        ({"person": Person("Luc", "Autre", None, None)}, PhoneMissing),
        ({"companion": Companion("Paul", "")}, CompanionMissing),
        ({"devices_wanted": 2}, TooManyDevices),
        ({"companion": Companion("A", "B"), "devices_wanted": 2}, DevicesMissing),
        ({"commune_slug": "autre"}, CommuneElsewhere),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stage: Stage, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    desk = Desk(stage, devices=1)
    desk.add(person=ROSE)
    with pytest.raises(refusal):
        desk.add(**changes)
    assert desk.taken() == 1


def test_a_telephone_has_so_many_places_and_a_couple_may_share_it(stage: Stage) -> None:
    desk = Desk(stage)
    for name in ("Serin", "Autre", "Tiers", "Quart"):
        desk.add(person=Person("Rose", name, NUMBER, None))
    with pytest.raises(PhoneFull):
        desk.add(person=Person("Rose", "Cinq", NUMBER, None))


def test_a_workshop_that_is_not_there_takes_nobody(stage: Stage) -> None:
    with pytest.raises(WorkshopUnknown):
        register(stage.session, registration(0), now=NOW, links=LINKS)


def test_a_cancelled_workshop_takes_nobody(stage: Stage) -> None:
    desk = Desk(stage)
    with write_transaction(stage.session):
        stage.session.get_one(Workshop, desk.id).status = WorkshopStatus.CANCELLED
    with pytest.raises(WorkshopCancelled):
        desk.add()


def test_an_offer_ends_when_its_workshop_begins_or_is_called_off(stage: Stage) -> None:
    desk = Desk(stage, capacity=1)
    only, waiting = desk.add(), desk.add()
    desk.cancel(only)
    (offer,) = desk.offers()
    desk.tell()
    sooner = NOW + timedelta(minutes=30)
    with write_transaction(stage.session):
        stage.session.get_one(Workshop, desk.id).first_at = sooner
    with pytest.raises(OfferGone):
        accept_places(desk.session, offer.id, Answer(sooner))
    assert offer_workshops(desk.session, offer.answer_by, 20) == 1
    assert desk.again(waiting).status is CANCELLED
    assert desk.taken() == 0


def test_whoever_comes_from_the_list_is_lent_what_is_left(stage: Stage) -> None:
    desk = Desk(stage, capacity=2, devices=1)
    first, _second = desk.add(), desk.add(devices_wanted=1)
    waiting = desk.add(devices_wanted=1)
    desk.cancel(first)
    accept_places(desk.session, desk.offers()[0].id, Answer(desk.now))
    assert (desk.again(waiting).status, waiting.devices_wanted) == (REGISTERED, 0)


def test_a_card_without_a_telephone_is_registered_once(stage: Stage) -> None:
    desk = Desk(stage)
    card = desk.add().resident_id
    clerk = RegistrationDesk(1, Caller.PERSON, resident_id=card)
    nobody = Person("Rose", "Serin", None, None)
    on_paper = {"desk": clerk, "person": nobody, "message_channel": MessageChannel.PAPER}
    with pytest.raises(AlreadyRegistered):
        desk.add(**on_paper)
