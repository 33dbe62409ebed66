"""What carriers said of the demo's messages, and what people said of the help they got."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, MessageChannel, PlaceKind
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.domain.sending import Ending
from app.domain.survey import Answer, Answers
from app.models.appointment import Appointment, Engagement
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer
from app.services.catalogue import Catalogue
from app.services.survey import Invited, answer_on_paper
from app.services.transaction import write_transaction
from app.services.undelivered import ONE_AT_A_TIME, ask_for_call

SENT_AFTER, DELIVERED_AFTER = timedelta(seconds=4), timedelta(seconds=13)
KNOWN_LOST_BEFORE = timedelta(hours=1)
"""Told late in the evening: the desk finds the call in the morning."""
ASKED_COMMUNE = "breuillet"
SLIPS = 14
ANSWERS = (Answer.YES, Answer.PARTLY, Answer.NO)
HELPED, ALONE, RECOMMENDS = (75, 20, 5), (35, 45, 20), (85, 12, 3)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Told once, when everything else of the story is written."""

    session: Session
    catalogue: Catalogue
    rng: Random
    now: datetime

    def tell(self) -> None:
        """Receipts of all text messages, two messages that did not arrive, some answers."""
        with write_transaction(self.session, ONE_AT_A_TIME):
            self._send_offers()
            self._note_receipts()
            self._lose(MessageChannel.SMS, state=OutboxState.SENT, receipt=Receipt.LOST)
            self._lose(
                MessageChannel.EMAIL,
                state=OutboxState.DEAD,
                outcome=Ending.ADDRESS_REFUSED.value,
                closed_at=self.now - KNOWN_LOST_BEFORE,
            )
        self._ask()

    def _send_offers(self) -> None:
        """The places of the waiting list were told at once, unless it was a Sunday or a holiday."""
        due = OutboxMessage.due_at < self.now, OutboxMessage.state == OutboxState.PENDING
        for message in self.session.scalars(select(OutboxMessage).where(*due)):
            message.state, message.attempts = OutboxState.SENT, 1
            message.closed_at = message.due_at + SENT_AFTER
        self.session.flush()

    def _note_receipts(self) -> None:
        price = self.catalogue.settings.sms_price_hundredths
        told = [
            {
                "id": message.id,
                "provider_id": f"demo-{message.id}",
                "segments": 1,
                "cost": price,
                "commune_id": commune_id,
                "receipt": Receipt.DELIVERED,
                "receipt_at": (message.closed_at or message.due_at) + DELIVERED_AFTER,
            }
            for message, commune_id in map(self._charged, self.session.execute(_SMS).all())
        ]
        self.session.execute(update(OutboxMessage), told)

    def _charged(self, row: Row[Any]) -> tuple[OutboxMessage, int]:
        is_home = row.place_kind is PlaceKind.HOME
        return row.OutboxMessage, row.home_id if is_home else row.place_id or row.offer_id

    def _lose(self, channel: MessageChannel, **fate: Any) -> None:
        """The confirmation of whoever comes last: the desk calls them."""
        last = (
            select(OutboxMessage.id)
            .join(Appointment, Appointment.id == OutboxMessage.subject_id)
            .join(Appointment.engagement)
            .where(
                OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
                OutboxMessage.kind == MessageKind.CONFIRMATION,
                OutboxMessage.channel == channel,
                Appointment.status == AppointmentStatus.BOOKED,
                Engagement.starts_at > self.now,
            )
            .order_by(Engagement.starts_at.desc(), OutboxMessage.id)
            .limit(1)
        )
        message_id = self.session.scalars(last).one()
        known_at = self.now - KNOWN_LOST_BEFORE
        if "receipt" in fate:
            fate["receipt_at"] = known_at
        lost = update(OutboxMessage).where(OutboxMessage.id == message_id)
        self.session.execute(lost.values(**fate))
        ask_for_call(self.session, message_id, known_at)

    def _ask(self) -> None:
        invited = Invited(self.catalogue.commune(ASKED_COMMUNE).id, PlaceKind.VENUE)
        today = self.catalogue.today(self.now)
        for _ in range(SLIPS):
            given = (
                self.rng.choices(ANSWERS, weights)[0] for weights in (HELPED, ALONE, RECOMMENDS)
            )
            answer_on_paper(self.session, invited, Answers(*given), today)


_SMS: Any = (
    select(
        OutboxMessage,
        Appointment.place_kind,
        Appointment.commune_id.label("home_id"),
        Engagement.commune_id.label("place_id"),
        Offer.commune_id.label("offer_id"),
    )
    .outerjoin(
        Appointment,
        (Appointment.id == OutboxMessage.subject_id)
        & (OutboxMessage.subject_kind == SubjectKind.APPOINTMENT),
    )
    .outerjoin(Engagement, Engagement.id == Appointment.engagement_id)
    .outerjoin(
        Offer,
        (Offer.id == OutboxMessage.subject_id) & (OutboxMessage.subject_kind == SubjectKind.OFFER),
    )
    .where(OutboxMessage.channel == MessageChannel.SMS, OutboxMessage.state == OutboxState.SENT)
    .order_by(OutboxMessage.id)
)
"""Every text message that left, and the communes that it may be charged to."""
