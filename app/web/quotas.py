"""How often one network address, one phone or one appointment may do something."""

from ipaddress import ip_address, ip_network

from flask import g, request

from app.domain.appointment import MessageChannel
from app.domain.booking import BookingRequest
from app.domain.errors import (
    AddresseeLimitReached,
    DomainError,
    LimitReached,
    TooManyBookings,
    TooManyChanges,
    TooManyChangesToday,
    TooManyTries,
)
from app.domain.message_errors import TooManyTypedSlips
from app.domain.own_account_errors import TooManyCodes
from app.domain.staff_errors import TooManySearches, TooManySignIns
from app.domain.workshops import RegistrationRequest
from app.services.catalogue import Catalogue
from app.services.throttle import Quota
from app.web.links import current_links

HOUR, DAY = 60, 24 * 60
MOVES_AN_HOUR, MOVES_A_DAY = 5, 10
"""Each move may send a message: nobody changes their mind more often."""
BOOKINGS_A_DAY = 10
"""Of one phone, cancelled ones included: a limit that cancelling in a loop does not lift. And of
one telephone or mailbox that is told of them, whoever books.
"""
JOINS_AN_HOUR, JOINS_A_DAY = 10, 3
"""Of the waiting list: of one network address, and of one phone, whatever was left since."""
SIGN_INS, SIGN_INS_FROM_HERE, CODES, SIGN_IN_MINUTES = 8, 60, 5, 15
"""A whole town hall may share one address."""
CODES_AN_HOUR = 20
"""Of one account, from wherever: a thousand addresses do not try a thousand codes."""
PERSON_SEARCHES, DESK_SEARCHES = 120, 600
SLIPS_A_DAY = 60
IPV6_PREFIX = 64
"""One subscriber has a whole /64: its addresses count as one."""


def booking_quotas(catalogue: Catalogue, asked: BookingRequest) -> list[Quota]:
    """A booking counts for the network address, for the phone, and for whoever is told of it.

    A helper may book for many people, each with a phone of their own. Raises PhoneMissing.
    """
    per_address = catalogue.settings.bookings_per_hour_per_address
    phone, told = asked.limit_phone, asked.told_address
    quotas = [
        Quota(_key("booking", network()), per_address, HOUR, TooManyBookings),
        Quota(_key("booked", phone), BOOKINGS_A_DAY, DAY, LimitReached),
    ]
    if told and told != phone:
        quotas.append(Quota(_key("booked", told), BOOKINGS_A_DAY, DAY, AddresseeLimitReached))
    return quotas


def join_quotas(catalogue: Catalogue, asked: BookingRequest) -> list[Quota]:
    """Joining the waiting list counts as a booking does, and has limits of its own beside that.

    Each entry may hold a place that nobody else can have. Raises PhoneMissing.
    """
    return [
        *booking_quotas(catalogue, asked),
        Quota(_key("joining", network()), JOINS_AN_HOUR, HOUR, TooManyBookings),
        Quota(_key("joined", asked.limit_phone), JOINS_A_DAY, DAY, LimitReached),
    ]


def registration_quotas(catalogue: Catalogue, asked: RegistrationRequest) -> list[Quota]:
    """A registration counts for the network address, for the phone, and for whoever is told."""
    per_address = catalogue.settings.bookings_per_hour_per_address
    phone, told = asked.phone, _told(asked)
    quotas = [Quota(_key("booking", network()), per_address, HOUR, TooManyBookings)]
    if phone:
        quotas.append(Quota(_key("registered", phone), BOOKINGS_A_DAY, DAY, LimitReached))
    if told and told != phone:
        quotas.append(Quota(_key("booked", told), BOOKINGS_A_DAY, DAY, AddresseeLimitReached))
    return quotas


def registration_tries(catalogue: Catalogue, asked: RegistrationRequest) -> list[Quota]:
    """A registration refused for what the telephone has already counts as a look-up does, apart.

    Else the form would tell who is registered, a name at a time (T8, T17).
    """
    settings = catalogue.settings
    minutes = settings.lookup_block_minutes
    tries = [("registering", network(), settings.lookup_failures_per_address)]
    if asked.phone:
        tries.append(("registering-phone", asked.phone, settings.lookup_failures_per_phone))
    return [Quota(_key(kind, of), most, minutes, TooManyTries) for kind, of, most in tries]


def _told(asked: RegistrationRequest) -> str | None:
    if asked.message_channel is MessageChannel.EMAIL:
        return asked.person.email
    phone = asked.messages_phone
    return phone.number if phone and asked.message_channel is MessageChannel.SMS else None


def move_quotas(appointment_id: int) -> list[Quota]:
    """A move counts for its appointment."""
    held = str(appointment_id)
    return [
        Quota(_key("move", held), MOVES_AN_HOUR, HOUR, TooManyChanges),
        Quota(_key("moves", held), MOVES_A_DAY, DAY, TooManyChangesToday),
    ]


def lookup_quotas(catalogue: Catalogue, phone: str) -> list[Quota]:
    """A look-up counts for the phone and for the network address (law.md B26)."""
    settings = catalogue.settings
    minutes = settings.lookup_block_minutes
    return [
        Quota(_key("phone", phone), settings.lookup_failures_per_phone, minutes, TooManyTries),
        Quota(
            _key("address", network()), settings.lookup_failures_per_address, minutes, TooManyTries
        ),
    ]


def lost_number_quotas(catalogue: Catalogue) -> list[Quota]:
    """Asking for one's number counts for the network address, whatever the telephone (T10)."""
    settings = catalogue.settings
    per_address, minutes = settings.lookup_failures_per_address, settings.lookup_block_minutes
    return [Quota(_key("lost-number", network()), per_address, minutes, TooManyTries)]


def news_quotas(catalogue: Catalogue) -> list[Quota]:
    """Asking for news sends a mail: it counts for the network address."""
    settings = catalogue.settings
    per_address, minutes = settings.lookup_failures_per_address, settings.lookup_block_minutes
    return [Quota(_key("news", network()), per_address, minutes, TooManyTries)]


def link_quotas(catalogue: Catalogue) -> list[Quota]:
    """A link that opens nothing counts for the network address (slots-calendar-threats T8)."""
    settings = catalogue.settings
    per_address, minutes = settings.lookup_failures_per_address, settings.lookup_block_minutes
    return [Quota(_key("link", network()), per_address, minutes, TooManyTries)]


def sign_in_quotas(email: str, is_known_browser: bool) -> list[Quota]:
    """Failures count for the account as tried from here, never for the account alone.

    Whoever tries passwords from elsewhere slows only themselves down; a browser where the account
    signed in before has a count of its own.
    """
    account, where = email.strip().lower(), network()
    if is_known_browser:
        key = _key("sign-in-known", f"{account}:{where}")
        return [Quota(key, SIGN_INS, SIGN_IN_MINUTES, TooManySignIns)]
    return [
        Quota(_key("sign-in", f"{account}:{where}"), SIGN_INS, SIGN_IN_MINUTES, TooManySignIns),
        Quota(_key("sign-ins", where), SIGN_INS_FROM_HERE, SIGN_IN_MINUTES, TooManySignIns),
    ]


def reset_quotas(email: str) -> list[Quota]:
    """« Mot de passe oublié » counts as a failed sign-in does, in a count of its own."""
    account, where = email.strip().lower(), network()
    return [
        Quota(_key("reset", f"{account}:{where}"), SIGN_INS, SIGN_IN_MINUTES, TooManySignIns),
        Quota(_key("resets", where), SIGN_INS_FROM_HERE, SIGN_IN_MINUTES, TooManySignIns),
    ]


def code_quotas(user_id: int) -> list[Quota]:
    """A code is six digits: after the right password, few tries are left."""
    return [
        Quota(_key("code", f"{user_id}:{network()}"), CODES, SIGN_IN_MINUTES, TooManySignIns),
        Quota(_key("codes", str(user_id)), CODES_AN_HOUR, HOUR, TooManyCodes),
    ]


def proof_quotas(user_id: int) -> list[Quota]:
    """Whoever finds a session open cannot try passwords in it."""
    key = _key("proof", f"{user_id}:{network()}")
    return [Quota(key, SIGN_INS, SIGN_IN_MINUTES, TooManySignIns)]


def person_search_quotas(user_id: int) -> list[Quota]:
    """Nobody looks for so many people in an hour: whoever does copies a list (T10)."""
    return [Quota(_key("person-search", str(user_id)), PERSON_SEARCHES, HOUR, TooManySearches)]


def desk_search_quotas(user_id: int) -> list[Quota]:
    """At the desk digits and letters arrive one by one: more searches, for the same people."""
    return [Quota(_key("desk-search", str(user_id)), DESK_SEARCHES, HOUR, TooManySearches)]


def slip_quotas(user_id: int) -> list[Quota]:
    """Typed slips have no link that is used up: one colleague weighs so much in a day."""
    return [Quota(_key("slips", str(user_id)), SLIPS_A_DAY, DAY, TooManyTypedSlips)]


def unmet_key(kind: str, commune: str, who: str) -> str:
    """One search without an hour, by one network address or one call: counted once a day."""
    return _key("unmet", f"{kind}:{commune}:{who}")


def note_wait(refusal: DomainError) -> None:
    """Remember how many minutes the answer asks to wait, where it is not the usual block."""
    if isinstance(refusal, TooManySignIns):
        g.wait_minutes = SIGN_IN_MINUTES
    elif isinstance(refusal, (TooManyBookings, TooManyChanges, TooManyCodes, TooManySearches)):
        g.wait_minutes = HOUR
    elif isinstance(refusal, (AddresseeLimitReached, TooManyChangesToday, TooManyTypedSlips)):
        g.wait_minutes = DAY


def network() -> str:
    """Who asks: the IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return str(request.remote_addr)
    if address.version == 6:
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def _key(kind: str, subject: str) -> str:
    """A keyed hash: the table of counts holds no phone and no address.

    « Rose@ » and « rose@ » are one mailbox.
    """
    return current_links().digest(f"{kind}:{subject.casefold()}")
