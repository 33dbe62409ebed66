"""Handing over: what the carrier answers, and what becomes of the message and of the person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallReason, MessageChannel, Recipient
from app.domain.messages import MessageKind, Notice, OutboxState
from app.domain.sending import RETRY_MINUTES, SPREAD, Ending
from app.gateways.messages import Email
from app.gateways.parcels import AddressRefused, CarrierFailed, Handed, Parcel, TryLater
from app.models.appointment import Appointment, CallTask, Resident
from app.models.outbox import OutboxMessage
from app.models.places import Commune, Territory, Venue
from app.models.survey import SurveyInvitation
from app.services.letters import PostRoom
from app.services.links import hash_token
from app.services.message_stamps import stamped
from app.services.outbox import write_message
from app.services.outbox_claims import claim_due
from app.services.transaction import write_transaction
from tests.support.appointment_rows import (
    HELPER_MOBILE,
    LINKS,
    MOBILE,
    NOW,
    Town,
    helped,
    make_town,
)
from tests.support.delivered import deliver

SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL
SOON = NOW + timedelta(seconds=5)
MINUTE = timedelta(minutes=RETRY_MINUTES[0])


@dataclass
class Carrier:
    """Does what the test says, and remembers what it was given."""

    answer: Callable[[Parcel], Handed] = lambda _: Handed()
    given: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Handed:
        self.given.append(parcel)
        return self.answer(parcel)

    def hang_up(self) -> None:
        """There is no line."""

    def fails(self, failure: Exception) -> None:
        def answer(_: Parcel) -> Handed:
            raise failure

        self.answer = answer


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


def send(
    town: Town, carrier: Carrier, chance: float = 0.0, at: datetime = SOON
) -> list[OutboxState | None]:
    room = PostRoom({SMS: carrier, EMAIL: carrier}, LINKS, "https://rdv.example.fr", lambda: chance)
    claims = claim_due(town.session, at, [SMS, EMAIL], limit=10)
    return [deliver(town.session, claim, at, room) for claim in claims]


def calls(town: Town) -> list[CallReason]:
    town.session.rollback()
    return list(town.session.scalars(select(CallTask.reason)))


def set_all(town: Town, table: type, **values: object) -> None:
    with write_transaction(town.session):
        town.session.execute(update(table).values(**values))
        town.session.execute(update(Territory).values(revision=Territory.revision + 1))


def test_what_the_carrier_says_is_kept(town: Town, carrier: Carrier) -> None:
    carrier.answer = lambda _: Handed("gw-12", 1)
    town.book()
    assert send(town, carrier) == [OutboxState.SENT]
    (message,) = town.messages()
    assert (message.provider_id, message.segments, message.cost) == ("gw-12", 1, 0)


def test_an_address_that_is_refused_is_not_tried_again_and_somebody_calls(
    town: Town, carrier: Carrier
) -> None:
    carrier.fails(AddressRefused("no such number"))
    town.book()
    assert send(town, carrier) == [OutboxState.DEAD]
    assert town.messages()[0].outcome == Ending.ADDRESS_REFUSED
    assert calls(town) == [CallReason.UNDELIVERED]


def test_a_carrier_that_asks_to_wait_is_obeyed(town: Town, carrier: Carrier) -> None:
    carrier.fails(TryLater(timedelta(minutes=20)))
    town.book()
    assert send(town, carrier) == [OutboxState.PENDING]
    assert town.messages()[0].due_at == SOON + timedelta(minutes=20)


def test_tries_are_spread(town: Town, carrier: Carrier) -> None:
    carrier.fails(CarrierFailed("451"))
    town.book()
    send(town, carrier, chance=0.5)
    assert town.messages()[0].due_at == SOON + MINUTE * (1 + SPREAD / 2)
    assert calls(town) == []


def test_the_last_failure_asks_for_a_call(town: Town, carrier: Carrier) -> None:
    carrier.fails(CarrierFailed("451"))
    town.book()
    with write_transaction(town.session):
        town.session.execute(update(OutboxMessage).values(attempts=len(RETRY_MINUTES)))
    assert send(town, carrier) == [OutboxState.DEAD]
    assert calls(town) == [CallReason.UNDELIVERED]


EVENING = NOW.replace(hour=18, minute=58)  # 19:58 there: the next try is in the quiet hours
MORNING = NOW.replace(hour=7) + timedelta(days=1)  # 8:00, when they end
CALLED = [CallReason.UNDELIVERED]
CHANGED, LATE = MessageKind.CHANGED, MessageKind.LATE


@pytest.mark.parametrize(
    ("kind", "at", "useful_until", "called"),
    [
        (CHANGED, SOON, SOON + timedelta(minutes=16), []),
        (CHANGED, SOON, SOON + timedelta(minutes=15), CALLED),
        (LATE, SOON, SOON + timedelta(minutes=10), CALLED),
        (CHANGED, EVENING, MORNING, CALLED),
        (CHANGED, EVENING, MORNING + timedelta(minutes=1), []),
        (MessageKind.CONFIRMATION, EVENING, MORNING, []),
    ],
)
def test_a_next_try_that_comes_too_late_is_a_call_now(  # noqa: PLR0917
    town: Town,
    carrier: Carrier,
    kind: MessageKind,
    at: datetime,
    useful_until: datetime,
    called: list[CallReason],
) -> None:
    carrier.fails(CarrierFailed("451"))
    town.book()
    with write_transaction(town.session):
        row = {"kind": kind, "expires_at": useful_until, "attempts": 2}
        town.session.execute(update(OutboxMessage).values(**row))
    assert send(town, carrier, at=at) == [OutboxState.DEAD if called else OutboxState.PENDING]
    assert calls(town) == called


def test_only_mobiles_get_text_messages(town: Town, carrier: Carrier) -> None:
    town.book(resident={"phone": "+33536490001"})
    town.book(resident={"phone": "nonsense"}, starts_at=NOW + timedelta(days=8))
    assert send(town, carrier) == [OutboxState.SKIPPED] * 2
    assert {message.outcome for message in town.messages()} == {"not a mobile"}
    assert (carrier.given, calls(town)) == ([], [CallReason.UNDELIVERED] * 2)


def test_what_a_correction_wrote_on_the_card_gets_round_no_setting(
    town: Town, carrier: Carrier
) -> None:
    abroad = {"phone": "+447400123456"}
    town.book(resident=abroad)
    assert send(town, carrier) == [OutboxState.SKIPPED]
    assert (carrier.given, calls(town)) == ([], CALLED)
    set_all(town, Territory, settings={"foreign_sms": True})
    town.book(resident=abroad, starts_at=NOW + timedelta(days=8))
    assert send(town, carrier) == [OutboxState.SENT]


@pytest.mark.parametrize("channel", [SMS, EMAIL])
def test_a_refused_channel_is_not_used(
    town: Town, carrier: Carrier, channel: MessageChannel
) -> None:
    """Said between the booking and the sending; said before, no message is even written."""
    town.book(message_channel=channel)
    set_all(town, Resident, **{"refuses_sms" if channel is SMS else "refuses_mail": True})
    assert send(town, carrier) == [OutboxState.SKIPPED]
    assert town.messages()[0].outcome == "refused"


def test_an_email_carries_its_stamp_and_who_reads_answers(town: Town, carrier: Carrier) -> None:
    service = town.session.scalars(select(Territory)).one().service
    town.book(message_channel=EMAIL)
    set_all(town, Territory, service=service | {"email": "service@example.fr"})
    send(town, carrier)
    town.book(message_channel=EMAIL, starts_at=NOW + timedelta(days=8))
    set_all(town, Commune, town_hall={"email": "mairie@amont.example.fr"})
    send(town, carrier)
    answered = [parcel.reply_to for parcel in carrier.given]
    assert answered == ["service@example.fr", "mairie@amont.example.fr"]
    stamps = [stamped(parcel.message_id, LINKS) for parcel in carrier.given]
    assert stamps == [message.id for message in town.messages()]


def test_a_text_that_is_not_one_sms_is_not_sent(town: Town, carrier: Carrier) -> None:
    town.book()
    set_all(town, Venue, sms_name="m" * 200)
    room = PostRoom({SMS: carrier}, LINKS, f"https://{'long.' * 30}example.fr", lambda: 0.0)
    (claim,) = claim_due(town.session, SOON, [SMS])
    assert deliver(town.session, claim, SOON, room) is OutboxState.PENDING
    assert town.messages()[0].outcome == "SmsTooLong"
    assert carrier.given == []


def test_a_helper_is_written_to(town: Town, carrier: Carrier) -> None:
    town.book(message_to=Recipient.HELPER, **helped())
    send(town, carrier)
    assert carrier.given[0].to == HELPER_MOBILE


def test_the_three_questions_have_a_link_of_their_own(town: Town, carrier: Carrier) -> None:
    appointment_id = town.book(
        announced=False, starts_at=NOW - timedelta(days=1), status=AppointmentStatus.ATTENDED
    )
    with write_transaction(town.session):
        notice = Notice(MessageKind.SATISFACTION, SMS, Recipient.PERSON, NOW + timedelta(days=1))
        write_message(town.session, notice, appointment_id, version=0, now=NOW)
    carrier.fails(CarrierFailed("451"))
    send(town, carrier)
    text = carrier.given[0].content
    assert isinstance(text, str)
    token = text.partition("/avis/")[2][:12]
    assert token != LINKS.token(appointment_id, 1)
    town.session.rollback()
    (invitation,) = town.session.scalars(select(SurveyInvitation))
    assert invitation.token_hash == hash_token(token)
    assert invitation.commune_id == town.commune_id


def test_a_message_that_lost_its_lease_opens_no_call(town: Town, carrier: Carrier) -> None:
    """Another worker has it by now: what happened to ours is not told."""

    def answer(_: Parcel) -> Handed:
        with write_transaction(town.session):
            later = SOON + timedelta(hours=1)
            town.session.execute(update(OutboxMessage).values(leased_until=later))
        raise AddressRefused("too late")

    carrier.answer = answer
    town.book()
    assert send(town, carrier) == [OutboxState.DEAD]
    assert town.messages()[0].state is OutboxState.PENDING
    assert calls(town) == []


def test_names_stay_out_of_what_is_handed_over(town: Town, carrier: Carrier) -> None:
    town.book(message_channel=EMAIL, **helped())
    send(town, carrier)
    (parcel,) = carrier.given
    assert isinstance(parcel.content, Email)
    said = parcel.content.subject + parcel.content.text + parcel.content.html
    assert not [word for word in ("Rose", "Serin", "Marc", MOBILE) if word in said]
    assert town.session.scalar(select(Resident.first_name)) == "Rose"
    assert town.session.scalar(select(Appointment.helper_name)) == "Marc Serin"
