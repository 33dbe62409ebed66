"""Who waits and may be asked now, in the terms of the rules, each with what they refused before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.appointment import AppointmentStatus, MessageChannel, PlaceKind, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.intervals import Interval
from app.domain.messages import SENT_CHANNELS, SubjectKind
from app.domain.slots import Wish
from app.domain.travel import Place
from app.domain.waiting import (
    MOST_REFUSALS,
    MOST_SILENCES,
    OfferOutcome,
    Refused,
    Wanted,
    communes_in_reach,
    in_order,
)
from app.models.appointment import Appointment, Engagement, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.holds import ANSWERED_NO
from app.services.offer_telling import was_told
from app.services.waiting_found import has_found_place

MOST_ASKED = 1000
"""Looked at in one pass; the next one finds the others no worse."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that may be offered a place now."""

    wanted: Wanted
    commune_id: int
    """Where they live."""
    channel: MessageChannel
    recipient: Recipient
    topic_minutes: int
    step_minutes: int
    refused: tuple[Refused, ...]
    is_told_by_machine: bool
    """By a text message or an e-mail; else the desk calls."""
    is_online: bool
    """They put themselves on the list; nobody of the team has heard them."""

    def wishes(self) -> list[Wish]:
        """What the slot algorithm is asked: one wish for each commune."""
        return [
            Wish(
                kind=self.wanted.kind,
                commune_id=commune_id,
                duration_minutes=self.topic_minutes,
                step_minutes=self.step_minutes,
                resident_commune_id=self.commune_id,
            )
            for commune_id in self.wanted.commune_ids
        ]


def read_people(
    session: Session, catalogue: Catalogue, now: datetime, *, only: int | None = None
) -> list[Waiting]:
    """Whoever waits without an open offer, in the order in which they are asked.

    Nobody who has found a place since they joined, unless they want an earlier one; nobody who
    `rests`.
    """
    served = [each.id for each in catalogue.served_communes(catalogue.today(now))]
    query = _ASKED.where(*_may_be_asked(now, served)).limit(MOST_ASKED)
    rows = session.execute(
        query if only is None else query.where(WaitingEntry.id == only),
        execution_options={"populate_existing": True},
    ).all()
    refused = _refused(session, [row.WaitingEntry.id for row in rows])
    people = [_waiting(catalogue, row, refused, now) for row in rows]
    by_id = {each.wanted.entry_id: each for each in people}
    return [by_id[each.entry_id] for each in in_order(each.wanted for each in people)]


def public_times(session: Session, now: datetime) -> Mapping[int, Sequence[Interval]]:
    """By counsellor, the hours that were refused so often that they are everybody's."""
    rows = session.execute(
        # Of the same start, what all have refused is the shortest.
        select(Offer.counsellor_id, Offer.starts_at, func.min(Offer.ends_at).label("ends_at"))
        .where(Offer.starts_at > now, Offer.outcome.in_(list(ANSWERED_NO)))
        .group_by(Offer.counsellor_id, Offer.starts_at)
        .having(func.count() >= MOST_REFUSALS)
    )
    found: dict[int, list[Interval]] = {}
    for row in rows:
        found.setdefault(row.counsellor_id, []).append(Interval(row.starts_at, row.ends_at))
    return found


def rests() -> ColumnElement[bool]:
    """Whether an entry has left its last places without any answer: it is asked no more.

    Only those of which a message that arrived told, by a link that is still in force: whom the desk
    did not reach was perhaps never called.
    """
    answered, silent = aliased(Offer), aliased(Offer)
    last_answer = select(func.coalesce(func.max(answered.id), 0)).where(
        answered.entry_id == WaitingEntry.id, answered.outcome == OfferOutcome.DECLINED
    )
    silences = select(func.count(silent.id)).where(
        silent.entry_id == WaitingEntry.id,
        silent.outcome == OfferOutcome.EXPIRED,
        silent.link_token_hash.is_not(None),
        was_told(SubjectKind.OFFER, silent.id),
        silent.id > last_answer.correlate(WaitingEntry).scalar_subquery(),
    )
    return silences.correlate(WaitingEntry).scalar_subquery() >= MOST_SILENCES


_own = aliased(Engagement)
_ASKED: Any = (
    select(WaitingEntry, Resident, _own.starts_at, Appointment.topic_minutes)
    .join(WaitingEntry.resident)
    .outerjoin(Appointment, Appointment.id == WaitingEntry.appointment_id)
    .outerjoin(_own, _own.id == Appointment.engagement_id)
    .order_by(WaitingEntry.appointment_id.is_not(None), WaitingEntry.joined_at, WaitingEntry.id)
)


def _may_be_asked(now: datetime, served: Sequence[int]) -> Sequence[ColumnElement[bool]]:
    """`served`: the communes whose residents may book; who has an appointment may move it still."""
    is_offered = select(Offer.id).where(
        Offer.entry_id == WaitingEntry.id, Offer.closed_at.is_(None)
    )
    is_to_come = and_(Appointment.status == AppointmentStatus.BOOKED, _own.starts_at > now)
    has_nothing = and_(WaitingEntry.appointment_id.is_(None), WaitingEntry.commune_id.in_(served))
    is_free = ~is_offered.exists(), ~rests(), ~has_found_place()
    return WaitingEntry.expires_at > now, *is_free, or_(has_nothing, is_to_come)


def _waiting(
    catalogue: Catalogue,
    row: Row[Any],
    refused: Mapping[int, Sequence[Refused]],
    now: datetime,
) -> Waiting:
    entry, before = row.WaitingEntry, row.starts_at
    topic = next(each for each in catalogue.topics if each.id == entry.topic_id)
    is_visit = entry.place_kind is PlaceKind.HOME
    others = [] if is_visit else catalogue.served_communes(catalogue.today(now))
    communes = communes_in_reach(
        entry.commune_id, entry.reach_minutes, (each.id for each in others), catalogue.travel
    )
    return Waiting(
        commune_id=entry.commune_id,
        channel=entry.message_channel,
        recipient=entry.message_to,
        wanted=Wanted(
            entry_id=entry.id,
            kind=AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE,
            half_day=entry.half_day,
            commune_ids=communes,
            joined_at=entry.joined_at,
            before=before,
        ),
        topic_minutes=row.topic_minutes or topic.minutes,
        step_minutes=topic.step_minutes or catalogue.settings.candidate_step_minutes,
        refused=tuple(refused.get(entry.id, ())),
        is_told_by_machine=is_told_by_machine(entry, row.Resident),
        is_online=entry.booked_by_id is None,
    )


def is_told_by_machine(entry: WaitingEntry, card: Resident) -> bool:
    """Whether a message may go to them; one channel that they have refused since does not count."""
    if entry.message_channel not in SENT_CHANNELS:
        return False
    by_mail = entry.message_channel is MessageChannel.EMAIL
    return not (card.refuses_mail if by_mail else card.refuses_sms)


def _refused(session: Session, entry_ids: Sequence[int]) -> dict[int, list[Refused]]:
    found: dict[int, list[Refused]] = {}
    rows = session.scalars(
        select(Offer).where(Offer.entry_id.in_(entry_ids), Offer.outcome.in_(list(ANSWERED_NO)))
    )
    for offer in rows:
        place = Place(offer.commune_id, offer.venue_id)
        found.setdefault(offer.entry_id or 0, []).append(Refused(place, offer.starts_at))
    return found
