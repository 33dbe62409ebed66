"""What one registration is told: its own place, its own dates, and nobody else's name."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.appointment import CancelledBy, MessageChannel, Recipient
from app.domain.errors import AppointmentNotFound, LinkExpired, LinkUnknown
from app.domain.sending import ALL_WELCOME
from app.domain.waiting_errors import OfferUnknown
from app.domain.workshop_errors import SessionUnknown
from app.domain.workshop_facts import PlacesOfferFacts, RegistrationFacts
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Resident
from app.models.workshops import PlacesOffer, Registration, WorkshopSession
from app.services.appointment_rows import Act
from app.services.links import Links, first_version, hash_token
from app.services.registration_facts import (
    open_places_offer,
    places_offer_by_token,
    places_offer_of,
    registration_address,
    registration_by_token,
    registration_holder,
    registration_of,
    registration_token_by_reference,
)
from app.services.registrations import cancel_registration, excuse, register
from app.services.transaction import write_transaction
from tests.support.stage import HELPER, LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

pytestmark = pytest.mark.both_databases
FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
OTHER = Links("another key that protects nothing")


def add(stage: Stage, workshop_id: int, **changes: object) -> str:
    asked = registration(workshop_id, **changes)
    return register(stage.session, asked, now=NOW, links=LINKS).token


def seen(stage: Stage, token: str, now: datetime = NOW) -> RegistrationFacts:
    stage.session.rollback()
    return registration_by_token(stage.session, stage.catalogue, token, now=now, links=LINKS)


def row_of(stage: Stage, token: str) -> Registration:
    same = Registration.link_token_hash == hash_token(token)
    return stage.session.scalars(select(Registration).where(same)).one()


def test_a_link_opens_one_registration_until_thirty_days_after(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW)
    asked = couple(workshop_id, devices_wanted=1)
    token = register(stage.session, asked, now=NOW, links=LINKS).token
    facts = seen(stage, token)
    assert (facts.token, facts.places, facts.devices_wanted) == (token, 2, 1)
    assert (facts.position, facts.waits, facts.is_cancelled) == (None, False, False)
    assert facts.commune is not None
    over = FIRST + timedelta(weeks=1, hours=2)
    assert seen(stage, token, over + timedelta(days=29)).id == facts.id
    with pytest.raises(LinkExpired):
        seen(stage, token, over + timedelta(days=31))
    for wrong in ("x", "A" * 12, hash_token(token)):
        with pytest.raises(LinkUnknown):
            seen(stage, wrong)


def test_who_waits_sees_their_number_and_a_missed_date_is_theirs_alone(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW, capacity=2)
    one, two, three, four = (add(stage, workshop_id) for _ in range(4))
    assert [seen(stage, each).position for each in (one, two, three, four)] == [None, None, 1, 2]
    missed = seen(stage, one).workshop.sessions[1].id
    excuse(stage.session, seen(stage, one).id, missed, Act(NOW))
    assert [each.is_excused for each in seen(stage, one).workshop.sessions] == [False, True]
    assert not any(each.is_excused for each in seen(stage, two).workshop.sessions)
    assert [seen(stage, each).can_miss_dates for each in (two, three)] == [True, False]
    with write_transaction(stage.session):
        stage.session.get_one(WorkshopSession, missed).status = WorkshopStatus.CANCELLED
    left = seen(stage, two)
    assert (left.workshop.is_cycle, left.can_miss_dates) == (True, False)
    with pytest.raises(SessionUnknown):
        excuse(stage.session, left.id, left.workshop.standing_sessions[0].id, Act(NOW))
    cancel_registration(stage.session, seen(stage, three).id, Act(NOW))
    gone = seen(stage, three)
    assert (gone.is_cancelled, gone.cancelled_by, gone.position) == (True, CancelledBy.PERSON, None)
    assert seen(stage, four).position == 1


def test_the_number_and_the_telephone_together_find_the_link(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    token = add(stage, workshop_id, helper=HELPER)
    facts, row = seen(stage, token), row_of(stage, token)
    assert facts.reference is not None
    own, helper = row.resident.phone, HELPER.phone.number

    def find(reference: int, number: str | None, now: datetime = NOW) -> str:
        asked = stage.session, reference, number or ""
        return registration_token_by_reference(*asked, now=now, links=LINKS)

    assert find(facts.reference, own) == find(facts.reference, helper) == token
    wrong = [(facts.reference + 2, own, NOW), (facts.reference, "+33600000000", NOW)]
    wrong.append((facts.reference, own, FIRST + timedelta(days=40)))
    for reference, number, now in wrong:
        with pytest.raises(AppointmentNotFound):
            find(reference, number, now)


def test_an_offer_of_places_is_open_until_its_hour(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW, capacity=1)
    first, second = add(stage, workshop_id), add(stage, workshop_id)
    cancel_registration(stage.session, seen(stage, first).id, Act(NOW))
    offer_id = stage.session.scalars(select(PlacesOffer.id)).one()
    stage.session.rollback()
    told = places_offer_of(stage.session, stage.catalogue, offer_id, LINKS, NOW)
    assert told is not None

    def opened(token: str, now: datetime = NOW) -> PlacesOfferFacts:
        stage.session.rollback()
        return places_offer_by_token(stage.session, stage.catalogue, token, now=now, links=LINKS)

    asked = stage.session, stage.catalogue, seen(stage, second).id, LINKS
    assert open_places_offer(*asked, NOW) == told
    assert open_places_offer(*asked, told.answer_by) is None
    assert open_places_offer(stage.session, stage.catalogue, 0, LINKS, NOW) is None
    assert opened(told.token) == told
    assert (told.is_open, told.places, told.registration.id) == (True, 1, seen(stage, second).id)
    assert not opened(told.token, told.answer_by).is_open
    for wrong in ("x", second):
        with pytest.raises(OfferUnknown):
            opened(wrong)
    with pytest.raises(LinkExpired):
        opened(told.token, FIRST + timedelta(days=40))
    assert places_offer_of(stage.session, stage.catalogue, 0, LINKS, NOW) is None


def test_a_new_key_makes_new_links_and_the_page_still_opens_by_the_old_one(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    old = add(stage, workshop_id)
    opened = registration_by_token(stage.session, stage.catalogue, old, now=NOW, links=OTHER)
    assert opened.token == old
    stage.session.rollback()
    told = registration_of(stage.session, stage.catalogue, opened.id, OTHER, NOW)
    assert told is not None
    assert told.token != old
    assert seen(stage, told.token).id == opened.id
    with pytest.raises(LinkUnknown):
        seen(stage, old)
    assert registration_of(stage.session, stage.catalogue, 0, LINKS, NOW) is None
    assert registration_holder(stage.session, opened.id) == row_of(stage, told.token).resident_id


def test_a_message_goes_to_whom_it_was_asked_for(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    row = row_of(stage, add(stage, workshop_id, helper=HELPER))
    number, card_id, row_id = row.resident.phone, row.resident_id, row.id
    sms, mail = MessageChannel.SMS, MessageChannel.EMAIL
    person, helper = Recipient.PERSON, Recipient.HELPER
    assert registration_address(stage.session, row_id, sms, person) == (number, ALL_WELCOME)
    assert registration_address(stage.session, row_id, sms, helper)[0] == HELPER.phone.number
    with write_transaction(stage.session):
        card = update(Resident).where(Resident.id == card_id)
        stage.session.execute(card.values(email="rose@exemple.fr", refuses_sms=True))
    address, wishes = registration_address(stage.session, row_id, mail, helper)
    assert (address, wishes.no_sms) == ("rose@exemple.fr", True)
    assert registration_address(stage.session, 0, sms, person) == (None, ALL_WELCOME)
    assert (
        RegistrationStatus.REGISTERED
        is seen(stage, LINKS.purpose_token("registration", row_id, first_version(NOW))).status
    )
