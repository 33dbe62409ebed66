"""The rows of the story: bookings in batches, then what the team wrote down afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    Channel,
    EventKind,
    PlaceKind,
)
from app.domain.booking import BookingRequest, Choice
from app.domain.messages import OutboxState
from app.domain.slots import Slot, Wish
from app.models.appointment import Appointment, CallTask
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import Act, note_event
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.new_appointment import Draft, write_appointment
from app.services.transaction import write_transaction

SHARE_MISSED = 0.06
CALLS, CALL_WEIGHTS = (
    (CallOutcome.REACHED, CallOutcome.MESSAGE_LEFT, CallOutcome.NO_ANSWER),
    (75, 15, 10),
)
WRITTEN_DOWN_AFTER = timedelta(minutes=10)
SENT_AFTER = timedelta(seconds=4)
CALLED_AFTER = timedelta(minutes=50)


@dataclass(slots=True)
class Ticket:
    """An appointment of the story, saved or not yet."""

    number: int
    at: datetime
    request: BookingRequest
    wish: Wish
    slot: Slot
    id: int = 0
    is_cancelled: bool = False

    @property
    def choice(self) -> Choice:
        return self.request.choice


class Records:
    """Writes what the story decides; numbers and identifiers are drawn from the demo's seed."""

    def __init__(self, session: Session, links: Links, rng: Random) -> None:
        self._session = session
        self._links = links
        self._rng = rng
        self._references = iter(rng.sample(range(100_000, 1_000_000), 5_000))

    def save(self, tickets: Iterable[Ticket]) -> None:
        """Write these bookings, each at its own instant, in one transaction."""
        with write_transaction(self._session):
            catalogue = read_catalogue(self._session)
            for ticket in tickets:
                uid = UUID(int=self._rng.getrandbits(128), version=4)
                draft = Draft(ticket.request, ticket.slot, ticket.at, next(self._references), uid)
                ticket.id = write_appointment(self._session, catalogue, draft, self._links).id

    def close(self, tickets: Sequence[Ticket], now: datetime) -> None:
        """Who came, who did not; which messages left, which calls were made before `now`."""
        with write_transaction(self._session):
            self._note_attendance(tickets, now)
            self._note_messages()
            self._note_calls(now)

    def _note_attendance(self, tickets: Sequence[Ticket], now: datetime) -> None:
        held = [each for each in tickets if not each.is_cancelled and each.slot.ends_at <= now]
        query = (
            select(Appointment)
            .options(joinedload(Appointment.engagement))
            .where(Appointment.id.in_([each.id for each in held]))
        )
        rows = {row.id: row for row in self._session.scalars(query)}
        for ticket in sorted(held, key=lambda each: (each.slot.ends_at, each.id)):
            appointment = rows[ticket.id]
            is_missed = self._rng.random() < SHARE_MISSED
            kind = EventKind.NO_SHOW if is_missed else EventKind.ATTENDED
            at = ticket.slot.ends_at + WRITTEN_DOWN_AFTER
            with note_event(self._session, appointment, kind, Act(at, Actor.STAFF, Channel.DESK)):
                appointment.status = AppointmentStatus(kind.value)
            if appointment.place_kind is PlaceKind.HOME:
                appointment.visit_ended_at = ticket.slot.ends_at

    def _note_messages(self) -> None:
        query = select(OutboxMessage.id, OutboxMessage.created_at).order_by(OutboxMessage.id)
        sent = [
            {
                "id": message_id,
                "state": OutboxState.SENT,
                "attempts": 1,
                "closed_at": created_at + SENT_AFTER,
            }
            for message_id, created_at in self._session.execute(query)
        ]
        self._session.execute(update(OutboxMessage), sent)

    def _note_calls(self, now: datetime) -> None:
        """Calls that were due are made; where the appointment was cancelled, none was needed."""
        query = (
            select(CallTask, Appointment.status)
            .join(Appointment, Appointment.id == CallTask.appointment_id)
            .where(CallTask.due_at < now - CALLED_AFTER)
            .order_by(CallTask.id)
        )
        for task, status in self._session.execute(query):
            made = self._rng.choices(CALLS, CALL_WEIGHTS)[0]
            is_vain = (
                status is AppointmentStatus.CANCELLED
                and task.reason is CallReason.BEFORE_HOME_VISIT
            )
            task.outcome = CallOutcome.NOT_NEEDED if is_vain else made
            task.closed_at = task.due_at + CALLED_AFTER
