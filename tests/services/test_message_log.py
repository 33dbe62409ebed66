"""The receipts of an appointment: its own messages, the oldest first, without an address."""

from dataclasses import fields
from datetime import timedelta

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.services.message_log import Logged, messages_about
from tests.support.outbox_rows import add_message, closed
from tests.support.people_cards import book_card
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_the_messages_of_one_appointment(stage: Stage) -> None:
    silent = {"message_channel": MessageChannel.NONE}
    booked = book_card(stage, "Rose", "Serin", **silent)
    other = book_card(stage, "Paul", "Autre", start="2026-11-24T10:30", **silent)
    later = NOW + timedelta(hours=1)
    add_message(stage.session, booked.id, NOW, kind=MessageKind.LATE, due_at=later)
    fate = closed(OutboxState.SENT, NOW, receipt=Receipt.DELIVERED, receipt_at=later)
    add_message(stage.session, booked.id, NOW, **fate)
    add_message(stage.session, other.id, NOW)
    offer = {"subject_kind": SubjectKind.OFFER, "kind": MessageKind.OFFER}
    add_message(stage.session, booked.id, NOW, **offer)
    sent, waiting = messages_about(stage.session, booked.id)
    assert (sent.kind, sent.state, sent.receipt) == (MessageKind.REMINDER, "SENT", "DELIVERED")
    assert (waiting.kind, waiting.due_at) == (MessageKind.LATE, later)


def test_a_receipt_holds_no_address() -> None:
    names = {each.name for each in fields(Logged)}
    assert not {name for name in names if "address" in name or "phone" in name or "mail" in name}
