"""The longest real case of a message: what an own text must fit before it may be saved.

The longest date, the venue of this territory whose name takes most places, the longest window.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app.domain.appointment import AppointmentStatus, MessageChannel, PlaceKind, Recipient
from app.domain.appointment_facts import AppointmentFacts
from app.domain.gsm7 import septets
from app.domain.messages import MessageKind
from app.domain.waiting import OfferFacts
from app.domain.workshop_letters import DigestLetter
from app.gateways.dates import window
from app.gateways.message_words import Facts
from app.services.catalogue import Catalogue, VenueEntry
from app.services.links import LENGTH
from app.services.workshop_text_samples import longest_letter

LONGEST_DAY = {"fr": date(2027, 9, 1), "en": date(2026, 9, 23)}
"""« mercredi 1er septembre », "Wednesday 23 September": no day of any year is longer."""
LONGEST_STARTS = tuple(time(hour, minute) for hour in (10, 11) for minute in (15, 30, 45))
"""« 10 h 15 »; of a visit, whose latest arrival may be a whole hour, one of these has none."""
LATE_MINUTES = 45
TOKEN, REFERENCE = "W" * LENGTH, 888_888
_NOBODY = UUID(int=0)
VISIT = "visit"


def longest_facts(catalogue: Catalogue, kind: MessageKind, language: str, part: str) -> Facts:
    """What that kind of message tells in that part of its table, at its longest."""
    if part.startswith(("workshop", "news")):
        return longest_letter(kind, language, part, _appointment(catalogue, language, False))
    is_visit = part == VISIT
    if kind is MessageKind.OFFER:
        return _offer(catalogue, language, is_visit)
    return _appointment(catalogue, language, is_visit)


def sent_at(facts: Facts) -> datetime:
    """An instant of sending that makes « l’aide d’hier » a whole date: two days after."""
    starts_at = facts.workshops[0].first_at if isinstance(facts, DigestLetter) else facts.starts_at
    return starts_at + timedelta(days=2)


def _appointment(catalogue: Catalogue, language: str, is_visit: bool) -> AppointmentFacts:
    venue, commune = _longest_venue(catalogue), catalogue.communes[0]
    window_minutes = catalogue.settings.visit_window_minutes if is_visit else 0
    starts_at = _start(catalogue, language, window_minutes)
    town = f"{commune.postal_code} {commune.name}"
    street = ", ".join(filter(None, (venue.address, venue.postal_line))) if venue else ""
    topic = catalogue.topics[0]
    return AppointmentFacts(
        id=0,
        engagement_id=0,
        uid=_NOBODY,
        token=TOKEN,
        reference=REFERENCE,
        status=AppointmentStatus.BOOKED,
        cancelled_by=None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        window_minutes=window_minutes,
        place_kind=PlaceKind.HOME if is_visit else PlaceKind.VENUE,
        place_name=commune.name if is_visit or venue is None else venue.name,
        place_address=town if is_visit else street,
        access_notes={} if is_visit or venue is None else venue.access_notes,
        sms_name="" if is_visit or venue is None else venue.sms_name,
        commune=commune,
        place_commune=commune,
        topic_code=topic.code,
        topic_label=topic.label,
        topic_minutes=topic.minutes,
        bring=topic.bring,
        language=language,
        message_channel=MessageChannel.SMS,
        message_to=Recipient.PERSON,
        sequence=0,
        booked_at=starts_at,
        updated_at=starts_at,
        address_line1=None,
        address_line2=None,
        call_time=None,
    )


def _offer(catalogue: Catalogue, language: str, is_visit: bool) -> OfferFacts:
    like = _appointment(catalogue, language, is_visit)
    return OfferFacts(
        id=0,
        token=TOKEN,
        starts_at=like.starts_at,
        window_minutes=like.window_minutes,
        is_visit=is_visit,
        place_name=like.place_name,
        place_address=like.place_address,
        sms_name=like.sms_name,
        answer_by=like.starts_at,
        is_open=True,
        wants_earlier=False,
        language=language,
    )


def _start(catalogue: Catalogue, language: str, window_minutes: int) -> datetime:
    """« 10 h 15 » on the longest day; of a visit: « entre 10 h 15 et 10 h 45 »."""
    zone, length = catalogue.timezone, timedelta(minutes=window_minutes)
    starts = [datetime.combine(LONGEST_DAY[language], each, zone) for each in LONGEST_STARTS]
    longest = max(starts, key=lambda each: len(window(each, each + length, language, zone)))
    return longest.astimezone(UTC)


def _longest_venue(catalogue: Catalogue) -> VenueEntry | None:
    """The venue whose name takes most places in a text message; None where there is none."""
    return max(catalogue.venues, key=lambda each: septets(each.sms_name), default=None)
