"""What a page shows of a card has a word in French."""

from app.domain import appointment as words
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind, OutboxState
from app.domain.sending import Ending, SkipReason
from app.domain.waiting import OfferOutcome
from app.domain.workshops import ParticipationState, RegistrationStatus
from app.models.appointment import (
    Appointment,
    AppointmentEvent,
    CallTask,
    Resident,
)
from app.models.outbox import OutboxMessage
from app.models.workshops import Participation, PlacesOffer, Registration, WorkshopNews
from app.services.export_rows import OUR_KEYS
from app.web.journal_words import ACTS, SUBJECTS
from app.web.people.held_words import CODES, LABELS


def test_every_column_and_every_code_has_its_french_words() -> None:
    tables = (
        Resident, Appointment, AppointmentEvent, CallTask, OutboxMessage, Registration,
        PlacesOffer, Participation, WorkshopNews,
    )  # fmt: skip
    columns = {each.name for table in tables for each in table.__table__.columns} - OUR_KEYS
    assert columns - LABELS.keys() == set()
    enums = (
        words.AppointmentStatus, words.CancelledBy, words.Channel, words.PlaceKind,
        words.MessageChannel, words.Recipient, words.HelperRelation, words.CallTime, words.Caller,
        words.Deadline, words.EventKind, words.Actor, words.ChangeReason, words.CallReason,
        words.CallOutcome, MessageKind, OutboxState, SkipReason, Ending, RegistrationStatus,
        ParticipationState, OfferOutcome,
    )  # fmt: skip
    assert {code.value for enum in enums for code in enum} - CODES.keys() == set()
    assert set(ACTS) == set(JournalAction)
    assert len(set(ACTS.values())) == len(ACTS)
    assert len(SUBJECTS) == len(set(SUBJECTS.values()))
