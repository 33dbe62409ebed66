"""From the answers of a call to what the use cases take: the booking, or the search for times."""

from datetime import datetime

from app.domain import names
from app.domain.appointment import Caller, CallTime, Channel, MessageChannel, Recipient
from app.domain.booking import (
    NOTE_LENGTH,
    BookingRequest,
    Choice,
    DeskFacts,
    Home,
    Person,
    Phone,
)
from app.domain.desk_errors import (
    EmailNotOfCard,
    EmailNotOnCard,
    PhoneNotOfCard,
    PhoneNotOnCard,
)
from app.domain.errors import (
    CallTimeMissing,
    CommuneElsewhere,
    DomainError,
    MessageChannelMissing,
    SlotNotOffered,
    TimeMissing,
)
from app.domain.search_keys import plain
from app.domain.staff_errors import CallerMissing, CardDiffers, NoteTooLong
from app.domain.waiting import HalfDay
from app.gateways.contacts import parse_email, parse_phone
from app.services.catalogue import Catalogue, CommuneEntry, VenueEntry
from app.services.choosing import home_commune
from app.services.desk_search import Card
from app.services.desk_times import DeskSearch
from app.services.waiting import JoinRequest
from app.web.booking_terms import local_text, parse_date, parse_local
from app.web.desk.forms import DeskForm

FRENCH = "fr"
ANY_VENUE = "partout"
"""Where somebody waits for a place: nobody looks for a venue of that name."""


def search_of(form: DeskForm, catalogue: Catalogue, now: datetime) -> DeskSearch | None:
    """What to look for; None until the commune and the need are known."""
    try:
        home = home_of(form, catalogue, now)
        topic = catalogue.topic(form.besoin.data or None)
    except DomainError:
        return None
    venue = None if form.is_visit else _venue(form, catalogue)
    from_day = parse_date(form.des.data or "")
    whom = form.counsellor_id
    return DeskSearch(form.kind, home, topic, form.has_deadline, from_day, venue, whom)


def home_of(form: DeskForm, catalogue: Catalogue, now: datetime) -> CommuneEntry | None:
    """Where the person lives. Raises as `choosing.home_commune`; nobody is visited elsewhere."""
    home = home_commune(catalogue, form.commune.data or None, now)
    if home is None and form.is_visit:
        raise CommuneElsewhere
    return home


def _venue(form: DeskForm, catalogue: Catalogue) -> VenueEntry | None:
    try:
        return catalogue.venue(form.lieu.data or None)
    except SlotNotOffered:
        return None


def booking_of(
    form: DeskForm, catalogue: Catalogue, card: Card | None, user_id: int, now: datetime
) -> BookingRequest | None:
    """The whole booking; None where an answer is missing or wrong, which the form then tells."""
    person = person_of(form, card)
    choice = _choice(form, catalogue, now)
    home = _home(form) if form.is_visit else None
    message = form.taken("message", message_of)
    caller = form.taken("appel", caller_of)
    note = form.taken("note", _note)
    if form.errors or person is None or choice is None or message is None or caller is None:
        return None
    return BookingRequest(
        choice=choice,
        person=person,
        helper=None,
        home=home,
        message_channel=message,
        message_to=Recipient.PERSON,
        language=card.language if card else FRENCH,
        channel=Channel.PHONE,
        form_key=form.cle.data or "",
        desk=DeskFacts(
            user_id, caller, form.deadline, note, card.id if card else None, form.counsellor_id
        ),
    )


def waiting_of(
    form: DeskForm, catalogue: Catalogue, card: Card | None, user_id: int, now: datetime
) -> JoinRequest | None:
    """The same without an hour, for the waiting list; None where the form tells what is missing."""
    form.choix.data = f"{local_text(now, catalogue)}|{ANY_VENUE}"
    booking = booking_of(form, catalogue, card, user_id, now)
    if booking is None:
        return None
    return JoinRequest(booking, HalfDay(form.half_day), form.reach_minutes)


def person_of(form: DeskForm, card: Card | None) -> Person | None:
    """Of a card, what the card says: a booking neither corrects nor merges it."""
    if card is not None:
        if _names_differ(form, card):
            form.refuse(CardDiffers())
        form.taken("email", lambda typed: _check_email(typed, card))
        form.taken("telephone", lambda typed: _check_phone(typed, card))
        phone = parse_phone(card.phone) if card.phone else None
        return Person(card.first_name, card.last_name, phone, card.email)
    phone = form.taken("telephone", _phone)
    first, last = form.taken("prenom", names.first_name), form.taken("nom", names.last_name)
    email = form.taken("email", parse_email)
    return Person(first, last, phone, email) if first and last else None


def _names_differ(form: DeskForm, card: Card) -> bool:
    typed = (form.prenom.data or "", card.first_name), (form.nom.data or "", card.last_name)
    return any(plain(given) and plain(given) != plain(known) for given, known in typed)


def _check_email(typed: str, card: Card) -> None:
    """What is typed for a card must be what the card says: nobody would ever write there.

    Raises EmailMalformed, EmailNotOnCard or EmailNotOfCard.
    """
    email = parse_email(typed)
    if email and not card.email:
        raise EmailNotOnCard
    if email and card.email and email.casefold() != card.email.casefold():
        raise EmailNotOfCard


def _check_phone(typed: str, card: Card) -> None:
    """Only of a whole number: fewer digits, or letters, are what the card was looked for by.

    Raises PhoneNotOnCard or PhoneNotOfCard.
    """
    try:
        number = parse_phone(typed).number
    except DomainError:
        return
    if not card.phone:
        raise PhoneNotOnCard
    if number != card.phone:
        raise PhoneNotOfCard


def _phone(typed: str) -> Phone | None:
    """Somebody may have none: they are told on paper."""
    return parse_phone(typed) if typed.strip() else None


def _choice(form: DeskForm, catalogue: Catalogue, now: datetime) -> Choice | None:
    form.taken("commune", lambda _slug: home_of(form, catalogue, now))
    topic = form.taken("besoin", lambda code: catalogue.topic(code or None))

    def chosen(value: str) -> Choice:
        start, _, venue_slug = value.partition("|")
        starts_at = parse_local(start, catalogue)
        if starts_at is None:
            raise TimeMissing
        venue = None if form.is_visit else venue_slug or None
        return Choice(form.kind, form.commune.data, form.besoin.data, starts_at, venue)

    return form.taken("choix", chosen) if topic else None


def _home(form: DeskForm) -> Home | None:
    line1 = form.taken("adresse", names.address_line)
    line2 = form.taken("complement", lambda text: names.address_line(text, required=False))
    call_time = form.taken("rappel", _call_time)
    return Home(line1, line2, call_time) if line1 and call_time else None


def _call_time(value: str) -> CallTime:
    if value not in set(CallTime):
        raise CallTimeMissing
    return CallTime(value)


def message_of(value: str) -> MessageChannel:
    """Raises MessageChannelMissing."""
    if value not in set(MessageChannel) - {MessageChannel.NONE}:
        raise MessageChannelMissing
    return MessageChannel(value)


def caller_of(value: str) -> Caller:
    """Raises CallerMissing."""
    if value not in set(Caller):
        raise CallerMissing
    return Caller(value)


def _note(typed: str) -> str | None:
    note = " ".join(typed.split())
    if len(note) > NOTE_LENGTH:
        raise NoteTooLong
    return note or None
