"""The card of a person: found, read, corrected. Each look and each change is journalled (law B22).

Who may see a card is asked of `domain.access` with its subject; the pages ask before they show.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.domain.access import Action, Actor, Subject, can
from app.domain.appointment import AppointmentStatus, CancelledBy
from app.domain.desk_search import sought
from app.domain.journal import JournalAction, JournalSubject
from app.domain.sending import Wishes
from app.domain.staff_errors import SearchTooShort, SubjectUnknown
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.journal import JournalEntry
from app.models.workshops import Registration
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.desk_search import Card, Found, find_cards, read_card
from app.services.journal import note
from app.services.registration_people import PersonRegistration, registrations_of
from app.services.transaction import write_transaction

NUMBER_DIGITS = 6
"""The number of an appointment or of a registration, as the person dictates it."""
ONE_CALL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment of the person; times are UTC."""

    appointment_id: int
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    cancelled_by: CancelledBy | None
    arrived_at: datetime | None
    reference: int | None
    counsellor: str
    """First name."""
    place_commune: CommuneEntry
    venue: VenueEntry | None
    """None: at the person's home."""
    topic: TopicEntry
    subject: Subject


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A card with its appointments, the latest first."""

    id: int
    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    commune: CommuneEntry | None
    """None: in another commune."""
    language: str
    wishes: Wishes
    """What they asked us not to send."""
    to_reconcile: bool
    created_at: datetime
    version: str
    """What a page that changes the card sends back: another one now is another card now."""
    visits: tuple[Visit, ...]
    registrations: tuple[PersonRegistration, ...]
    """For workshops, the latest first."""
    missed: int
    """How often they did not come and told nobody, in the last year."""
    subject: Subject

    @property
    def is_erased(self) -> bool:
        return not self.last_name

    def upcoming(self, now: datetime) -> list[Visit]:
        """What the person is still awaited for."""
        return [
            each
            for each in self.visits
            if each.status is AppointmentStatus.BOOKED and each.ends_at > now
        ]

    def expected(self, now: datetime) -> list[PersonRegistration]:
        """The workshops where they have a place, and that have not begun."""
        return [each for each in self.registrations if each.is_expected and each.first_at > now]


def version_of(row: Resident) -> str:
    """Which state of the card that is."""
    return row.updated_at.isoformat() if row.updated_at else ""


def find_people(
    session: Session, catalogue: Catalogue, typed: str, actor: Actor, *, now: datetime
) -> Found:
    """The cards that the actor may see, by last digits, by name, or by a number of theirs.

    Raises SearchTooShort for less than four digits or three letters.
    """
    wanted = sought(typed)
    if wanted is None:
        raise SearchTooShort
    by_number = _by_number(session, catalogue, typed, now)
    if by_number and can(actor, Action.SEE_PERSON, by_number.subject, now):
        return Found(cards=(by_number,))
    found = find_cards(session, catalogue, wanted, actor, now=now)
    if by_number and not found.cards:
        return Found(is_known_elsewhere=True)
    return found


def _by_number(session: Session, catalogue: Catalogue, typed: str, now: datetime) -> Card | None:
    digits = "".join(each for each in typed if each in "0123456789")
    if len(digits) != NUMBER_DIGITS:
        return None
    holders = (
        select(table.resident_id).where(table.reference == int(digits))
        for table in (Appointment, Registration)
    )
    resident_id = session.scalars(union_all(*holders)).first()
    return read_card(session, catalogue, resident_id, now=now) if resident_id else None


def read_person(
    session: Session, catalogue: Catalogue, resident_id: int, *, now: datetime
) -> PersonFile:
    """The card with its appointments. Raises SubjectUnknown where there is none of that id."""
    card = read_card(session, catalogue, resident_id, now=now)
    row = session.get(Resident, resident_id, populate_existing=True)
    if card is None or row is None:
        raise SubjectUnknown
    return PersonFile(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        email=row.email,
        commune=card.commune,
        language=row.language,
        wishes=Wishes(row.refuses_sms, row.refuses_mail, row.refuses_reminders),
        to_reconcile=row.to_reconcile,
        created_at=row.created_at,
        version=version_of(row),
        visits=tuple(_visits(session, catalogue, resident_id)),
        registrations=tuple(registrations_of(session, resident_id)),
        missed=card.missed,
        subject=card.subject,
    )


def note_seen(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """Tell in the journal who looked at whose card."""
    with write_transaction(session):
        subject = JournalSubject.RESIDENT, resident_id
        note(session, JournalAction.PERSON_SEEN, subject, by=by, now=now)


def note_seen_in_call(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """The same, once for all the pages of one call."""
    lately = select(JournalEntry.id).where(
        JournalEntry.user_id == by,
        JournalEntry.at > now - ONE_CALL,
        JournalEntry.action == JournalAction.PERSON_SEEN,
        JournalEntry.subject_kind == JournalSubject.RESIDENT,
        JournalEntry.subject_id == resident_id,
    )
    if session.execute(lately.limit(1)).first() is None:
        note_seen(session, resident_id, by=by, now=now)


def _visits(session: Session, catalogue: Catalogue, resident_id: int) -> list[Visit]:
    rows = session.execute(
        select(Appointment, Engagement, Counsellor.first_name)
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(Appointment.resident_id == resident_id)
        .order_by(Engagement.starts_at.desc(), Engagement.id.desc())
    )
    return [_visit(catalogue, *row) for row in rows]


def _visit(
    catalogue: Catalogue, appointment: Appointment, held: Engagement, counsellor: str
) -> Visit:
    home = appointment.commune_id
    return Visit(
        appointment_id=appointment.id,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        status=appointment.status,
        cancelled_by=appointment.cancelled_by,
        arrived_at=appointment.arrived_at,
        reference=appointment.reference,
        counsellor=counsellor,
        place_commune=catalogue.commune_by_id(held.commune_id),
        venue=catalogue.venue_by_id(held.venue_id) if held.venue_id else None,
        topic=next(each for each in catalogue.topics if each.id == appointment.topic_id),
        subject=Subject(
            commune_ids=frozenset() if home is None else frozenset({home}),
            counsellor_ids=frozenset({held.counsellor_id}),
            place_commune_id=held.commune_id,
            ends_at=held.ends_at,
        ),
    )
