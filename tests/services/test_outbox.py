"""From the row that a booking wrote to the message that left: claimed, sent or closed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CancelledBy, MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState
from app.domain.sending import MOST_ATTEMPTS
from app.gateways.senders import FileSender, Handed, Parcel
from app.models.appointment import Appointment
from app.models.outbox import OutboxMessage
from app.services import booking
from app.services.announcing import announce
from app.services.appointment_rows import Act
from app.services.letters import PostRoom
from app.services.outbox_claims import LEASE, Claim, claim_due
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
BOTH = (SMS, EMAIL)
SOON = NOW + timedelta(seconds=5)
IN_A_WEEK = NOW + timedelta(days=7)


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


@pytest.fixture
def room(tmp_path: Path) -> PostRoom:
    sender = FileSender(tmp_path / "messages", "Aide")
    return PostRoom({SMS: sender, EMAIL: sender}, LINKS, "https://rdv.example.fr", lambda: 0.0)


class Broken:
    """A sender whose network is down."""

    def send(self, parcel: Parcel) -> Handed:
        raise TimeoutError(f"no answer for {parcel.to}")

    def hang_up(self) -> None:
        """There is no line."""


@pytest.fixture
def broken_room(room: PostRoom) -> PostRoom:
    return PostRoom({SMS: Broken()}, room.links, room.public_url, room.chance)


def written(tmp_path: Path) -> dict[str, str]:
    """The messages that left: name of the file → its text."""
    folder = tmp_path / "messages"
    return {file.name: file.read_text() for file in sorted(folder.glob("*"))}


def claim_one(town: Town, now: datetime = SOON) -> Claim:
    (claim,) = claim_due(town.session, now, BOTH)
    return claim


def deliver_one(town: Town, room: PostRoom, now: datetime = SOON) -> OutboxState | None:
    return deliver(town.session, claim_one(town, now), now, room)


def change(town: Town, appointment_id: int, **changes: object) -> None:
    with write_transaction(town.session):
        appointment = town.session.get_one(Appointment, appointment_id)
        for name, value in changes.items():
            setattr(appointment, name, value)


def test_who_wants_no_message_gets_none(town: Town) -> None:
    town.book(message_channel=MessageChannel.NONE)
    assert town.messages() == []


def test_an_sms_leaves_with_the_facts_of_now(town: Town, room: PostRoom, tmp_path: Path) -> None:
    appointment_id = town.book(starts_at=IN_A_WEEK)
    assert deliver_one(town, room) is OutboxState.SENT
    (message,) = town.messages()
    assert (message.state, message.closed_at, message.attempts) == (OutboxState.SENT, SOON, 1)
    assert (message.leased_until, message.outcome) == (None, None)
    token = LINKS.token(appointment_id, 1)
    assert written(tmp_path) == {
        f"{message.id:06}-confirmation.txt": (
            f"From: Aide\nTo: {MOBILE}\n\n"
            "Aide : rendez-vous lundi 30 novembre à 10h, mairie d'Amont. No 100 000. "
            f"Changer ou annuler : https://rdv.example.fr/r/{token} ou 05 36 49 00 00\n"
        )
    }


def test_an_email_leaves_in_the_persons_language(
    town: Town, room: PostRoom, tmp_path: Path
) -> None:
    town.book(message_channel=EMAIL, language="en")
    assert deliver_one(town, room) is OutboxState.SENT
    (text,) = written(tmp_path).values()
    assert "To: rose@exemple.invalid" in text
    assert "Appointment number:" in text


def test_a_helper_may_receive_it(town: Town, room: PostRoom, tmp_path: Path) -> None:
    town.book(message_to=Recipient.HELPER, resident={"phone": None}, **helped())
    assert deliver_one(town, room) is OutboxState.SENT
    (text,) = written(tmp_path).values()
    assert f"To: {HELPER_MOBILE}\n" in text


def test_no_message_repeats_a_name(town: Town, room: PostRoom, tmp_path: Path) -> None:
    for channel, hours in ((SMS, 0), (EMAIL, 1)):
        town.book(starts_at=IN_A_WEEK + timedelta(hours=hours), message_channel=channel, **helped())
        assert deliver_one(town, room) is OutboxState.SENT
    for text in written(tmp_path).values():
        for name in ("Rose", "Serin", "Marc"):
            assert name not in text


def test_a_newer_message_replaces_the_older_one(town: Town, room: PostRoom, tmp_path: Path) -> None:
    appointment_id = town.book()
    booking.cancel(town.session, appointment_id, now=NOW + timedelta(seconds=1))
    states = [deliver(town.session, claim, SOON, room) for claim in
              claim_due(town.session, SOON, BOTH, limit=10)]  # fmt: skip
    assert states == [OutboxState.SKIPPED, OutboxState.SENT]
    assert [message.outcome for message in town.messages()] == ["superseded", None]
    (name,) = written(tmp_path)
    assert name.endswith("-cancelled-by-person.txt")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        (
            {"status": AppointmentStatus.CANCELLED, "cancelled_by": CancelledBy.SERVICE},
            "not booked",
        ),
        ({"reference": None}, "erased"),
        ({"message_to": Recipient.PERSON}, None),
    ],
)
def test_what_became_untrue_is_not_sent(
    town: Town, room: PostRoom, changes: dict[str, object], outcome: str | None
) -> None:
    change(town, town.book(), **changes)
    deliver_one(town, room)
    assert [message.outcome for message in town.messages()] == [outcome]


def test_nobody_to_write_to(town: Town, room: PostRoom) -> None:
    town.book(resident={"phone": None})
    assert deliver_one(town, room) is OutboxState.SKIPPED
    assert [message.outcome for message in town.messages()] == ["no address"]


def test_an_appointment_that_is_gone(town: Town, room: PostRoom) -> None:
    town.book()
    claim = claim_one(town)
    with write_transaction(town.session):
        town.session.execute(delete(Appointment))
    assert deliver(town.session, claim, SOON, room) is OutboxState.SKIPPED
    assert [message.outcome for message in town.messages()] == ["erased"]


def test_too_late_is_never(town: Town, room: PostRoom, tmp_path: Path) -> None:
    town.book(starts_at=IN_A_WEEK)
    assert deliver_one(town, room, now=IN_A_WEEK) is OutboxState.SKIPPED
    assert [message.outcome for message in town.messages()] == ["expired"]
    assert written(tmp_path) == {}


def test_a_message_has_one_worker_at_a_time(town: Town) -> None:
    town.book()
    claim = claim_one(town)
    assert claim_due(town.session, SOON + LEASE - timedelta(seconds=1), BOTH) == []
    again = claim_one(town, SOON + LEASE)
    assert (again.message_id, town.messages()[0].attempts) == (claim.message_id, 2)


def test_only_what_is_due_by_a_channel_that_has_a_sender(town: Town) -> None:
    town.book()
    assert claim_due(town.session, NOW - timedelta(seconds=1), BOTH) == []
    assert claim_due(town.session, SOON, [EMAIL]) == []
    assert claim_due(town.session, SOON, []) == []
    assert len(claim_due(town.session, SOON, [SMS])) == 1


def test_the_oldest_first_and_no_more_than_asked(town: Town) -> None:
    for days in range(3):
        town.book(starts_at=IN_A_WEEK + timedelta(days=days))
    ids = [message.id for message in town.messages()]
    claims = claim_due(town.session, SOON, BOTH, limit=2)
    assert [claim.message_id for claim in claims] == ids[:2]
    assert [claim.message_id for claim in claim_due(town.session, SOON, BOTH, limit=2)] == ids[2:]


def test_a_worker_passes_over_what_another_is_taking(town: Town, engine: Engine) -> None:
    """PostgreSQL: SKIP LOCKED, nobody waits; SQLite has one writer at a time anyway."""
    if engine.dialect.name != "postgresql":
        town.book()
        assert len(claim_due(town.session, SOON, BOTH)) == 1
        return
    town.book()
    (message,) = town.messages()
    with Session(engine) as other:
        other.get(OutboxMessage, message.id, with_for_update=True)
        assert claim_due(town.session, SOON, BOTH) == []
        other.rollback()
    assert len(claim_due(town.session, SOON, BOTH)) == 1


def test_a_lease_that_is_over_sends_nothing(town: Town, room: PostRoom, tmp_path: Path) -> None:
    town.book()
    claim = claim_one(town)
    assert deliver(town.session, claim, claim.leased_until, room) is None
    assert deliver(town.session, claim_one(town, SOON + LEASE), SOON + LEASE, room) is not None
    assert deliver(town.session, claim, SOON, room) is None
    assert len(written(tmp_path)) == 1


def test_a_clock_put_back_while_it_is_ours_sends_it_once(
    town: Town, room: PostRoom, tmp_path: Path
) -> None:
    town.book()
    claim, earlier = claim_one(town), SOON - timedelta(hours=2)
    assert claim_due(town.session, earlier, BOTH) == []
    assert claim_due(town.session, SOON + timedelta(seconds=1), BOTH) == [], "nor once put right"
    assert deliver(town.session, claim, earlier, room) is OutboxState.SENT
    assert claim_due(town.session, SOON + LEASE, BOTH) == []
    assert len(written(tmp_path)) == 1


def test_a_failure_is_tried_again_then_given_up(
    town: Town, broken_room: PostRoom, room: PostRoom
) -> None:
    town.book(starts_at=NOW + timedelta(days=30))
    now = SOON
    for attempt in range(1, MOST_ATTEMPTS):
        assert deliver_one(town, broken_room, now) is OutboxState.PENDING
        (message,) = town.messages()
        assert (message.attempts, message.leased_until) == (attempt, None)
        assert message.outcome == "TimeoutError"
        assert claim_due(town.session, message.due_at - timedelta(seconds=1), BOTH) == []
        now = message.due_at
    assert deliver_one(town, broken_room, now) is OutboxState.DEAD
    (message,) = town.messages()
    assert (message.state, message.closed_at) == (OutboxState.DEAD, now)
    assert claim_due(town.session, now + timedelta(days=1), BOTH) == []


def test_a_failure_then_a_success(
    town: Town, broken_room: PostRoom, room: PostRoom, tmp_path: Path
) -> None:
    town.book()
    deliver_one(town, broken_room)
    assert deliver_one(town, room, town.messages()[0].due_at) is OutboxState.SENT
    assert len(written(tmp_path)) == 1


def test_words_that_fail_do_not_stop_the_worker(town: Town, room: PostRoom) -> None:
    town.book(language="xx")
    assert deliver_one(town, room) is OutboxState.PENDING


def test_an_outcome_never_holds_a_number(town: Town, broken_room: PostRoom) -> None:
    town.book()
    deliver_one(town, broken_room)
    assert MOBILE not in str(town.messages()[0].outcome)


def test_the_same_fact_is_announced_once(town: Town) -> None:
    appointment = town.appointment(town.book())
    with pytest.raises(IntegrityError):
        announce(town.session, appointment, MessageKind.CONFIRMATION, Act(SOON))
