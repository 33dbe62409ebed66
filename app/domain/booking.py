"""What a booking asks for, and the rules it must meet before any place is taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.appointment import (
    AppointmentStatus,
    Caller,
    CallTime,
    Channel,
    Deadline,
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.availability import AvailabilityKind
from app.domain.errors import (
    AddressMissing,
    AppointmentCancelled,
    AppointmentPast,
    EmailMissing,
    LimitReached,
    PhoneMissing,
    SmsAbroad,
    SmsToLandline,
    TooLateToCancel,
    TooLateToChange,
)
from app.domain.settings import Settings
from app.domain.staff_errors import NoteTooLong

OTHER_COMMUNE = "autre"
"""The answer « Une autre commune »: no slug of the territory may be this word."""

NOTE_LENGTH = 200
LINK_LIFE = timedelta(days=30)
"""A reference and a link work until 30 days after the appointment (slots-calendar-threats T8)."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in E.164, and what the numbering plan says of it."""

    number: str
    is_mobile: bool
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    phone: Phone | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Helper:
    """Who books for somebody else; the person agreed."""

    name: str
    phone: Phone
    relation: HelperRelation


@dataclass(frozen=True, slots=True)
class Home:
    """Where a visit goes; kept until 30 days after it."""

    line1: str
    line2: str | None
    call_time: CallTime


@dataclass(frozen=True, slots=True)
class Choice:
    """The time that somebody chose: its start (UTC), and the venue unless it is a visit."""

    kind: AvailabilityKind
    commune_slug: str
    topic_code: str
    starts_at: datetime
    venue_slug: str | None


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What only the team writes on a booking (product §8)."""

    user_id: int
    caller: Caller
    deadline: Deadline | None = None
    """« Délai proche »: why a place kept for the desk is given."""
    note: str | None = None
    """For the counsellor; at most NOTE_LENGTH characters, never a health matter (law B18)."""
    resident_id: int | None = None
    """The card that the clerk recognised; None: a new one."""
    counsellor_id: int | None = None
    """Whom the person sees already: they hold the follow-up too, where they are free."""


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """All that a booking needs; whatever else a form carried was dropped on the way here."""

    choice: Choice
    person: Person
    helper: Helper | None
    home: Home | None
    message_channel: MessageChannel
    message_to: Recipient
    language: str
    channel: Channel
    form_key: str
    """One per rendered form: the same form sent twice books once."""
    desk: DeskFacts | None = None
    """None: the person books online."""

    @property
    def messages_phone(self) -> Phone | None:
        """The phone that messages go to."""
        if self.message_to is Recipient.HELPER and self.helper:
            return self.helper.phone
        return self.person.phone

    @property
    def told_address(self) -> str | None:
        """Where messages arrive: a number in E.164, an e-mail in small letters; None: nowhere."""
        if self.message_channel is MessageChannel.EMAIL:
            return self.person.email.lower() if self.person.email else None
        by_sms = self.message_channel is MessageChannel.SMS
        return self.messages_phone.number if by_sms and self.messages_phone else None

    @property
    def limited_phone(self) -> str | None:
        """The number whose upcoming appointments are limited; None at the desk, which judges."""
        return None if self.desk else self.limit_phone

    @property
    def limit_phone(self) -> str:
        """The number that the limit of upcoming appointments counts: the person's, if any.

        Raises PhoneMissing where neither the person nor a helper gave one.
        """
        phone = self.person.phone or (self.helper.phone if self.helper else None)
        if phone is None:
            raise PhoneMissing
        return phone.number


def check_contact(request: BookingRequest, settings: Settings) -> None:
    """Whether the person can be told in the way they chose.

    A visit needs an address to go to, and the person's own phone unless the desk books: who has no
    phone is told on paper. Raises AddressMissing, PhoneMissing, NoteTooLong, SmsToLandline,
    SmsAbroad or EmailMissing.
    """
    is_visit = request.choice.kind is AvailabilityKind.HOME_VISITS
    if is_visit and request.home is None:
        raise AddressMissing
    if request.desk is None and request.person.phone is None and (not request.helper or is_visit):
        raise PhoneMissing
    if request.desk and len(request.desk.note or "") > NOTE_LENGTH:
        raise NoteTooLong
    check_told(request.message_channel, request.messages_phone, request.person.email, settings)


def check_told(
    channel: MessageChannel, phone: Phone | None, email: str | None, settings: Settings
) -> None:
    """Whether messages arrive by that channel.

    Raises EmailMissing, PhoneMissing, SmsAbroad or SmsToLandline.
    """
    if channel is MessageChannel.EMAIL and not email:
        raise EmailMissing
    if channel is MessageChannel.SMS:
        check_sms(phone, settings)


def check_sms(phone: Phone | None, settings: Settings) -> None:
    """Whether an SMS may go to that phone. Raises PhoneMissing, SmsAbroad or SmsToLandline."""
    if phone is None:
        raise PhoneMissing
    if phone.is_foreign and not settings.foreign_sms:
        raise SmsAbroad
    if not phone.is_mobile:
        raise SmsToLandline


def check_limit(upcoming: int, settings: Settings) -> None:
    """Whether a phone with that many upcoming appointments may book one more (product §20).

    Raises LimitReached.
    """
    if upcoming >= settings.upcoming_limit:
        raise LimitReached


def check_can_cancel(
    status: AppointmentStatus, starts_at: datetime, now: datetime, settings: Settings
) -> None:
    """Whether the person may still cancel online.

    Raises AppointmentCancelled, AppointmentPast or TooLateToCancel.
    """
    if status is AppointmentStatus.CANCELLED:
        raise AppointmentCancelled
    if status is not AppointmentStatus.BOOKED or now >= starts_at:
        raise AppointmentPast
    if now >= starts_at - timedelta(minutes=settings.cancel_until_minutes):
        raise TooLateToCancel


def check_can_change(
    status: AppointmentStatus, starts_at: datetime, now: datetime, settings: Settings
) -> None:
    """Whether the person may still move it online.

    Raises AppointmentCancelled, AppointmentPast or TooLateToChange.
    """
    if status is AppointmentStatus.CANCELLED:
        raise AppointmentCancelled
    if status is not AppointmentStatus.BOOKED or now >= starts_at:
        raise AppointmentPast
    if now >= starts_at - timedelta(minutes=settings.change_until_minutes):
        raise TooLateToChange


def is_link_alive(ends_at: datetime, now: datetime) -> bool:
    """Whether the link and the reference of an appointment that ended then still open it."""
    return now < ends_at + LINK_LIFE
