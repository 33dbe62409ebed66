"""Find the cards of who is on the line: by the end of the phone, by the beginning of a name.

Two queries, whatever the number of people and of past appointments. SQL only narrows: who sees a
card is decided by `domain.access`, card by card.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.access import DESK_MEMORY, Action, Actor, Subject, can
from app.domain.appointment import AppointmentStatus
from app.domain.desk_search import Sought
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import AFTER_ALL, plain
from app.domain.sending import ALL_WELCOME, Wishes
from app.models.appointment import Appointment, Engagement, Resident
from app.models.journal import JournalEntry
from app.services.catalogue import Catalogue, CommuneEntry, VenueEntry
from app.services.journal import note
from app.services.registration_search import cards_of_workshops, sessions_of_cards
from app.services.throttle import Quota, spend_within
from app.services.transaction import write_transaction

MOST_SHOWN = 8
MOST_SAME_END = 40
"""Phones that end with the same digits and are looked at; with four digits, a tenth of it."""
ONE_YEAR = timedelta(days=366)
"""What is older is not read: nobody needs a card 12 months after its last appointment (law B20)."""
ONE_DAY = timedelta(days=1)
TOLD_EVERY = timedelta(minutes=1)
"""Letters arrive one by one: the journal tells of a search once a minute."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment of a card, or a date of its workshop: when (UTC), and where; no venue at home,
    or where a workshop is held at a place of its own.
    """

    starts_at: datetime
    ends_at: datetime
    venue: VenueEntry | None
    is_workshop: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody known, as the clerk sees them."""

    id: int
    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    commune: CommuneEntry | None
    language: str
    upcoming: tuple[Meeting, ...]
    last_visit: Meeting | None
    subject: Subject
    wishes: Wishes = ALL_WELCOME
    """What they asked us not to send."""
    missed: int = 0
    """How often they did not come and told nobody, in the last year."""
    has_double: bool = False
    """Another card shown has the same names and phone."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and what it may not show."""

    cards: tuple[Card, ...] = ()
    is_known_elsewhere: bool = False
    """A phone ends so, and its card is none of the actor's business: no name, no date."""
    is_cut: bool = False
    """There are more: more letters are needed."""


def note_search(session: Session, user_id: int, quotas: Iterable[Quota], *, now: datetime) -> None:
    """Count a search and tell it in the journal, without what was looked for (T10, law B22).

    Raises the refusal of a quota.
    """
    with write_transaction(session):
        _note_looked(session, user_id, now)
        spend_within(session, quotas, now=now)


def note_list_seen(session: Session, user_id: int, *, now: datetime) -> None:
    """Tell in the journal that somebody was shown a list of people: as a search, no name."""
    with write_transaction(session):
        _note_looked(session, user_id, now)


def _note_looked(session: Session, user_id: int, now: datetime) -> None:
    lately = select(JournalEntry.id).where(
        JournalEntry.user_id == user_id,
        JournalEntry.at > now - TOLD_EVERY,
        JournalEntry.action == JournalAction.PERSON_SEARCHED,
    )
    if session.execute(lately.limit(1)).first() is None:
        subject = JournalSubject.RESIDENT, None
        note(session, JournalAction.PERSON_SEARCHED, subject, by=user_id, now=now)


def find_cards(
    session: Session, catalogue: Catalogue, wanted: Sought, actor: Actor, *, now: datetime
) -> Found:
    """The cards that the actor may see, whoever was seen or is awaited last first."""
    rows = session.execute(_query(wanted, actor, now)).all()
    cards = _cards(session, catalogue, rows, now)
    seen = [card for card in cards if can(actor, Action.SEE_PERSON, card.subject, now)]
    elsewhere = [
        card
        for card in cards
        if card not in seen and not actor.commune_ids & card.subject.commune_ids
    ]
    seen.sort(key=_latest, reverse=True)
    return Found(
        cards=tuple(_with_doubles(seen[:MOST_SHOWN])),
        is_known_elsewhere=bool(wanted.phone_end and elsewhere),
        is_cut=len(seen) > MOST_SHOWN or len(rows) > MOST_SAME_END,
    )


def read_card(
    session: Session, catalogue: Catalogue, resident_id: int, *, now: datetime
) -> Card | None:
    """One card, for whoever may see it: to be asked of `domain.access`. None: no such card."""
    return next(iter(read_cards(session, catalogue, [resident_id], now=now)), None)


def read_cards(
    session: Session, catalogue: Catalogue, resident_ids: Sequence[int], *, now: datetime
) -> list[Card]:
    """Those cards, in the order of their ids as given; the same, to be asked of the rights."""
    rows = session.execute(_COLUMNS.where(Resident.id.in_(resident_ids))).all()
    found = {card.id: card for card in _cards(session, catalogue, rows, now)}
    return [found[each] for each in resident_ids if each in found]


_COLUMNS = select(
    Resident.id,
    Resident.first_name,
    Resident.last_name,
    Resident.phone,
    Resident.email,
    Resident.commune_id,
    Resident.language,
    Resident.refuses_sms,
    Resident.refuses_mail,
    Resident.refuses_reminders,
)


def _query(wanted: Sought, actor: Actor, now: datetime) -> Any:
    if wanted.phone_end:
        found = _begins(Resident.by_phone_end, wanted.phone_end)
        return _COLUMNS.where(found).order_by(Resident.by_phone_end).limit(MOST_SAME_END + 1)
    of_actor = _of_actor(actor, now)
    if of_actor is None:
        found = Resident.id.in_(_first_of_each(wanted))
        return _COLUMNS.where(found).order_by(Resident.id.desc()).limit(MOST_SAME_END + 1)
    # Through the few people whom the actor may see: names are compared there, out of the index.
    keys = func.coalesce(Resident.by_last_name, ""), func.coalesce(Resident.by_first_name, "")
    found = or_(*(_begins(key, start) for key, start in _names(wanted, *keys)))
    narrowed = _COLUMNS.where(Resident.id.in_(of_actor), found)
    return narrowed.order_by(Resident.id.desc()).limit(MOST_SAME_END + 1)


def _first_of_each(wanted: Sought) -> Select[Any]:
    """The first cards of each range of names: the index gives them in order, and no more."""
    ranges = [
        select(Resident.id).where(_begins(key, start)).order_by(key).limit(MOST_SHOWN + 1)
        for key, start in _names(wanted, Resident.by_last_name, Resident.by_first_name)
    ]
    both = union_all(*(select(each.subquery().c.id) for each in ranges)).subquery()
    return select(both.c.id)


def _names(wanted: Sought, last_name: Any, first_name: Any) -> list[tuple[Any, str]]:
    pairs = (last_name, wanted.last_name), (first_name, wanted.first_name)
    return [(key, start) for key, start in pairs if start]


def _begins(key: Any, start: str) -> ColumnElement[bool]:
    return and_(key >= start, key < start + AFTER_ALL)


def _of_actor(actor: Actor, now: datetime) -> Select[Any] | None:
    """The cards that the actor may see at the most; None: all."""
    people = select(Appointment.resident_id).join(Appointment.engagement)
    if actor.counsellor_id is not None:
        own = Engagement.counsellor_id == actor.counsellor_id
        return _or_registered(people.where(own, Engagement.starts_at >= now - ONE_YEAR), actor, now)
    if actor.commune_ids:
        own = Appointment.commune_id.in_(sorted(actor.commune_ids))
        lately = people.where(own, Engagement.starts_at >= now - DESK_MEMORY - ONE_DAY)
        return _or_registered(lately, actor, now)
    return None


def _or_registered(people: Select[Any], actor: Actor, now: datetime) -> Select[Any]:
    workshops = cards_of_workshops(actor, now - ONE_YEAR, now)
    return select(union_all(people, workshops).subquery().c[0])


def _cards(
    session: Session, catalogue: Catalogue, rows: Sequence[Any], now: datetime
) -> list[Card]:
    ids = [row.id for row in rows]
    booked = (
        select(
            Appointment.resident_id,
            Appointment.commune_id,
            Engagement.occupies,
            Engagement.counsellor_id,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.venue_id,
            literal(False).label("is_workshop"),
            (Appointment.status == AppointmentStatus.NO_SHOW).label("is_missed"),
        )
        .join(Appointment.engagement)
        .where(
            Appointment.resident_id.in_(ids),
            Engagement.starts_at >= now - ONE_YEAR,
        )
    )
    held: Any = union_all(booked, sessions_of_cards(ids, now - ONE_YEAR))
    held = held.order_by(held.selected_columns[0], held.selected_columns[4])
    by_card = groupby(session.execute(held).all(), key=lambda each: each.resident_id)
    of_card = {resident_id: list(of_one) for resident_id, of_one in by_card}
    return [_card(catalogue, row, of_card.get(row.id, []), now) for row in rows]


def _card(catalogue: Catalogue, row: Any, held: Sequence[Any], now: datetime) -> Card:
    kept = [each for each in held if each.occupies]
    past = [each for each in kept if each.ends_at <= now]
    communes = {row.commune_id, *(each.commune_id for each in held)} - {None}
    return Card(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        email=row.email,
        commune=catalogue.commune_by_id(row.commune_id) if row.commune_id else None,
        language=row.language,
        upcoming=_meetings(catalogue, (each for each in kept if each.ends_at > now)),
        last_visit=_meeting(catalogue, past[-1]) if past else None,
        subject=Subject(
            commune_ids=frozenset(communes),
            counsellor_ids=frozenset(each.counsellor_id for each in held) - {None},
            ends_at=max((each.ends_at for each in held), default=now - ONE_YEAR),
        ),
        wishes=Wishes(row.refuses_sms, row.refuses_mail, row.refuses_reminders),
        missed=sum(bool(each.is_missed) for each in held),
    )


def _meetings(catalogue: Catalogue, held: Iterable[Any]) -> tuple[Meeting, ...]:
    """Once each: two counsellors of one workshop are two rows."""
    found = {(each.starts_at, each.is_workshop): _meeting(catalogue, each) for each in held}
    return tuple(found.values())


def _meeting(catalogue: Catalogue, held: Any) -> Meeting:
    venue = catalogue.venue_by_id(held.venue_id) if held.venue_id else None
    return Meeting(held.starts_at, held.ends_at, venue, bool(held.is_workshop))


def _latest(card: Card) -> tuple[datetime | None, int]:
    return card.subject.ends_at, card.id


def _with_doubles(cards: list[Card]) -> list[Card]:
    """The same cards, each told whether another one looks like the same person."""
    alike = [(plain(each.first_name), plain(each.last_name), each.phone) for each in cards]
    return [
        replace(card, has_double=alike.count(same) > 1)
        for card, same in zip(cards, alike, strict=True)
    ]
