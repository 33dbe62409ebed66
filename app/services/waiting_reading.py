"""Read the waiting list: one entry by its link, all of them for the team, how many by commune."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.appointment import MessageChannel, PlaceKind
from app.domain.messages import OutboxState, SubjectKind
from app.domain.staff_errors import SubjectUnknown
from app.domain.waiting import HalfDay
from app.domain.waiting_errors import WaitingUnknown
from app.models.appointment import Appointment, Engagement, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.links import hash_token, is_token
from app.services.offer_telling import has_arrived, messages_of
from app.services.waiting_found import has_found_place
from app.services.waiting_people import is_told_by_machine, rests


@dataclass(frozen=True, slots=True)
class OfferedPlace:
    """The place that is held for somebody at this moment."""

    offer_id: int
    counsellor_id: int
    starts_at: datetime
    window_minutes: int
    venue: VenueEntry | None
    commune: CommuneEntry
    offered_at: datetime
    answer_by: datetime
    is_told: bool
    """A message has arrived."""
    will_tell: frozenset[MessageChannel]
    """The channels by which one is still to leave."""

    def needs_a_call(self, carried: Collection[MessageChannel]) -> bool:
        """No message has arrived, and none leaves by the channels that have a sender here."""
        return not self.is_told and self.will_tell.isdisjoint(carried)


@dataclass(frozen=True, slots=True)
class Waiter:
    """One entry, for whoever may see it; `first_name` and `phone` are not for their own page."""

    entry_id: int
    resident_id: int
    first_name: str
    last_name: str
    phone: str | None
    helper_name: str | None
    commune: CommuneEntry
    topic: TopicEntry
    is_visit: bool
    half_day: HalfDay
    reach_minutes: int
    channel: MessageChannel
    is_told_by_machine: bool
    """A message may go to them, if that channel has a sender."""
    joined_at: datetime
    expires_at: datetime
    refusals: int
    rests: bool
    """They answered none of the last messages: nothing is offered until they do."""
    has_until: datetime | None
    """The start of the appointment that they would like earlier; None: they have nothing."""
    offered: OfferedPlace | None

    @property
    def subject(self) -> Subject:
        """What rights are asked about."""
        holders = {self.offered.counsellor_id} if self.offered else set()
        return Subject(frozenset({self.commune.id}), frozenset(holders))


_ROWS: Any = (
    select(WaitingEntry, Resident, Engagement.starts_at.label("own_starts_at"), Offer)
    .add_columns(rests().label("rests"))
    .join(WaitingEntry.resident)
    .outerjoin(Appointment, Appointment.id == WaitingEntry.appointment_id)
    .outerjoin(Engagement, Engagement.id == Appointment.engagement_id)
    .outerjoin(Offer, (Offer.entry_id == WaitingEntry.id) & Offer.closed_at.is_(None))
    .order_by(WaitingEntry.appointment_id.is_not(None), WaitingEntry.joined_at, WaitingEntry.id)
)


def waiter_by_token(session: Session, catalogue: Catalogue, token: str, now: datetime) -> Waiter:
    """Whose link this is. Raises WaitingUnknown where nobody waits by it, or not any more."""
    hashed = WaitingEntry.link_token_hash == hash_token(token)
    row = session.execute(_ROWS.where(hashed)).one_or_none() if is_token(token) else None
    if row is None or row.WaitingEntry.expires_at <= now:
        raise WaitingUnknown
    return _waiter(session, catalogue, row, now)


def waiter_of(session: Session, catalogue: Catalogue, entry_id: int, now: datetime) -> Waiter:
    """That entry. Raises SubjectUnknown."""
    row = session.execute(_ROWS.where(WaitingEntry.id == entry_id)).one_or_none()
    if row is None:
        raise SubjectUnknown
    return _waiter(session, catalogue, row, now)


def waiter_of_offer(session: Session, catalogue: Catalogue, offer_id: int, now: datetime) -> Waiter:
    """Who is asked by that offer, or was. Raises SubjectUnknown where nobody waits there."""
    entry_id = session.scalar(select(Offer.entry_id).where(Offer.id == offer_id))
    if entry_id is None:
        raise SubjectUnknown
    return waiter_of(session, catalogue, entry_id, now)


def find_waiters(session: Session, catalogue: Catalogue, now: datetime) -> list[Waiter]:
    """Whoever has found nothing yet, in the order of asking; the page shows whom one may see."""
    rows = session.execute(_ROWS.where(WaitingEntry.expires_at > now, ~has_found_place())).all()
    return [_waiter(session, catalogue, row, now) for row in rows]


def find_offer_calls(
    session: Session, catalogue: Catalogue, now: datetime, carried: Collection[MessageChannel]
) -> list[Waiter]:
    """Whom the desk must call about a place that is held for them, the most urgent first.

    `carried`: the channels that have a sender in this installation.
    """
    rows = session.execute(_ROWS.where(Offer.answer_by > now, ~has_found_place())).all()
    found = [_waiter(session, catalogue, row, now) for row in rows]
    to_call = [each for each in found if each.offered and each.offered.needs_a_call(carried)]
    return sorted(to_call, key=lambda each: each.offered.answer_by if each.offered else now)


def count_waiting(session: Session, now: datetime) -> Mapping[int, int]:
    """How many wait and have found nothing yet, by the id of their commune."""
    rows = session.execute(
        select(WaitingEntry.commune_id, func.count())
        .join(WaitingEntry.resident)
        .where(WaitingEntry.expires_at > now, ~has_found_place())
        .group_by(WaitingEntry.commune_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def _waiter(session: Session, catalogue: Catalogue, row: Row[Any], now: datetime) -> Waiter:
    entry, card, offer = row.WaitingEntry, row.Resident, row.Offer
    is_live = offer is not None and offer.answer_by > now
    return Waiter(
        entry_id=entry.id,
        resident_id=card.id,
        first_name=card.first_name,
        last_name=card.last_name,
        phone=card.phone or entry.helper_phone,
        helper_name=entry.helper_name,
        commune=catalogue.commune_by_id(entry.commune_id),
        topic=next(each for each in catalogue.topics if each.id == entry.topic_id),
        is_visit=entry.place_kind is PlaceKind.HOME,
        half_day=entry.half_day,
        reach_minutes=entry.reach_minutes,
        channel=entry.message_channel,
        is_told_by_machine=is_told_by_machine(entry, card),
        joined_at=entry.joined_at,
        expires_at=entry.expires_at,
        refusals=entry.refusals,
        rests=row.rests,
        has_until=row.own_starts_at,
        offered=_place(session, catalogue, offer) if is_live else None,
    )


def _place(session: Session, catalogue: Catalogue, offer: Offer) -> OfferedPlace:
    messages = messages_of(session, SubjectKind.OFFER, offer.id)
    return OfferedPlace(
        offer_id=offer.id,
        counsellor_id=offer.counsellor_id,
        starts_at=offer.starts_at,
        window_minutes=offer.window_minutes or 0,
        venue=None if offer.venue_id is None else catalogue.venue_by_id(offer.venue_id),
        commune=catalogue.commune_by_id(offer.commune_id),
        offered_at=offer.offered_at,
        answer_by=offer.answer_by,
        is_told=any(has_arrived(each) for each in messages),
        will_tell=frozenset(each.channel for each in messages if each.state is OutboxState.PENDING),
    )
