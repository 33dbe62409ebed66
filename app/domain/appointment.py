"""The words an appointment is described with, and which moves between its states are allowed."""

from datetime import datetime, timedelta
from enum import StrEnum

CORRECTION_DAYS = 7
"""How long present and absent may be swapped after the appointment (product: states)."""


class AppointmentStatus(StrEnum):
    BOOKED = "BOOKED"
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"
    CANCELLED = "CANCELLED"


class CancelledBy(StrEnum):
    PERSON = "PERSON"
    SERVICE = "SERVICE"


class Channel(StrEnum):
    """By which way a booking or a change reached us."""

    WEB = "WEB"
    PHONE = "PHONE"
    DESK = "DESK"
    WALK_IN = "WALK_IN"
    SYSTEM = "SYSTEM"


class PlaceKind(StrEnum):
    VENUE = "VENUE"
    HOME = "HOME"


class MessageChannel(StrEnum):
    """How somebody wants to be told; NONE: « Je note moi-même »."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    PAPER = "PAPER"
    VOICE = "VOICE"
    NONE = "NONE"


class Recipient(StrEnum):
    PERSON = "PERSON"
    HELPER = "HELPER"


class HelperRelation(StrEnum):
    RELATIVE = "RELATIVE"
    NEIGHBOUR = "NEIGHBOUR"
    HOME_AIDE = "HOME_AIDE"
    PROFESSIONAL = "PROFESSIONAL"


class CallTime(StrEnum):
    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    ANY = "ANY"


class Caller(StrEnum):
    """« Appel reçu de »: whom the desk had on the line."""

    PERSON = "PERSON"
    RELATIVE = "RELATIVE"
    PROFESSIONAL = "PROFESSIONAL"


class Deadline(StrEnum):
    """« Délai proche »: why the desk gives a place that it keeps (a closed list, no free text)."""

    TAXES = "TAXES"
    BENEFITS = "BENEFITS"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    OTHER = "OTHER"


class ChangeReason(StrEnum):
    """Why the team moved, cancelled or handed over an appointment. Never a health matter."""

    PERSON_ASKED = "PERSON_ASKED"
    COUNSELLOR_AWAY = "COUNSELLOR_AWAY"
    VENUE_CLOSED = "VENUE_CLOSED"
    TIMETABLE_CHANGED = "TIMETABLE_CHANGED"
    MISTAKE = "MISTAKE"
    OTHER = "OTHER"


class CallReason(StrEnum):
    BEFORE_HOME_VISIT = "BEFORE_HOME_VISIT"
    CANCELLED_BY_SERVICE = "CANCELLED_BY_SERVICE"
    MOVED_BY_SERVICE = "MOVED_BY_SERVICE"
    TO_MOVE = "TO_MOVE"
    RUNNING_LATE = "RUNNING_LATE"
    REMINDER = "REMINDER"
    UNDELIVERED = "UNDELIVERED"


class CallOutcome(StrEnum):
    REACHED = "REACHED"
    MESSAGE_LEFT = "MESSAGE_LEFT"
    NO_ANSWER = "NO_ANSWER"
    NOT_NEEDED = "NOT_NEEDED"


class EngagementKind(StrEnum):
    APPOINTMENT = "APPOINTMENT"
    OFFER = "OFFER"
    WORKSHOP = "WORKSHOP"


class EventKind(StrEnum):
    BOOKED = "BOOKED"
    MOVED = "MOVED"
    REASSIGNED = "REASSIGNED"
    CANCELLED = "CANCELLED"
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"


class Actor(StrEnum):
    RESIDENT = "RESIDENT"
    STAFF = "STAFF"
    SYSTEM = "SYSTEM"


ALLOWED_MOVES: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    AppointmentStatus.BOOKED: frozenset(AppointmentStatus),
    AppointmentStatus.ATTENDED: frozenset({AppointmentStatus.NO_SHOW}),
    AppointmentStatus.NO_SHOW: frozenset({AppointmentStatus.ATTENDED}),
    AppointmentStatus.CANCELLED: frozenset(),
}
"""From a state to the states it may become; a new date keeps BOOKED; CANCELLED is final."""


def can_become(
    status: AppointmentStatus, wanted: AppointmentStatus, *, ended_at: datetime, now: datetime
) -> bool:
    """Whether that move of state is allowed now; present and absent may be swapped for 7 days."""
    if wanted not in ALLOWED_MOVES[status]:
        return False
    is_correction = status is not AppointmentStatus.BOOKED
    return not is_correction or now <= ended_at + timedelta(days=CORRECTION_DAYS)
