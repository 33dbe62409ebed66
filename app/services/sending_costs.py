"""What the text messages of a month cost, who pays for them, and when the ceiling stops them.

The price is that of the day of sending: it is written with each message.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.calendar import start_of_day
from app.domain.messages import OutboxState
from app.models.outbox import MessageCount, OutboxMessage
from app.services.catalogue import Catalogue, read_catalogue

HUNDREDTHS = 10_000
"""Of a cent in a euro."""
NEAR_PERCENT = 80


@dataclass(frozen=True, slots=True)
class CommuneCost:
    """What one commune is charged with; costs in hundredths of a cent."""

    commune_id: int | None
    """None: charged to nobody."""
    messages: int
    segments: int
    cost: int


@dataclass(frozen=True, slots=True)
class MonthCost:
    """The text messages that left in a month, by commune, the dearest first."""

    month: date
    lines: tuple[CommuneCost, ...]

    @property
    def cost(self) -> int:
        """In hundredths of a cent."""
        return sum(line.cost for line in self.lines)

    @property
    def segments(self) -> int:
        return sum(line.segments for line in self.lines)

    @property
    def messages(self) -> int:
        return sum(line.messages for line in self.lines)


@dataclass(frozen=True, slots=True)
class CeilingState:
    """How far this month is from its ceiling; costs in hundredths of a cent."""

    month: date
    spent: int
    ceiling: int | None
    """None: nobody set one."""

    @property
    def is_reached(self) -> bool:
        """No text message leaves any more this month."""
        return self.ceiling is not None and self.spent >= self.ceiling

    @property
    def is_near(self) -> bool:
        """Four fifths of it are spent: worth an alert."""
        return self.ceiling is not None and self.spent * 100 >= self.ceiling * NEAR_PERCENT


def month_of(catalogue: Catalogue, at: datetime) -> date:
    """The local month of an instant, by its first day."""
    return catalogue.today(at).replace(day=1)


def month_cost(session: Session, month: date) -> MonthCost:
    """What left in the local month of that day: messages still at hand, and those only counted."""
    month = month.replace(day=1)
    found: dict[int | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for commune_id, *figures in [*_at_hand(session, month), *_counted(session, month)]:
        for place, figure in enumerate(figures):
            found[commune_id or None][place] += int(figure)
    lines = (CommuneCost(commune_id, *figures) for commune_id, figures in found.items())
    return MonthCost(month, tuple(sorted(lines, key=lambda line: (-line.cost, -line.messages))))


def _at_hand(session: Session, month: date) -> Sequence[Any]:
    zone = read_catalogue(session).timezone
    return session.execute(
        select(
            OutboxMessage.commune_id,
            func.count(),
            func.coalesce(func.sum(OutboxMessage.segments), 0),
            func.coalesce(func.sum(OutboxMessage.cost), 0),
        )
        .where(
            OutboxMessage.closed_at >= start_of_day(month, zone),
            OutboxMessage.closed_at < start_of_day(next_month(month), zone),
            OutboxMessage.state == OutboxState.SENT,
            OutboxMessage.channel == MessageChannel.SMS,
        )
        .group_by(OutboxMessage.commune_id)
    ).all()


def _counted(session: Session, month: date) -> Sequence[Any]:
    return session.execute(
        select(
            MessageCount.commune_id,
            func.sum(MessageCount.count),
            func.sum(MessageCount.segments),
            func.sum(MessageCount.cost),
        )
        .where(
            MessageCount.month == month,
            MessageCount.state == OutboxState.SENT,
            MessageCount.channel == MessageChannel.SMS,
        )
        .group_by(MessageCount.commune_id)
    ).all()


def next_month(month: date) -> date:
    """The first day of the month after that of this first day."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def ceiling_state(session: Session, catalogue: Catalogue, now: datetime) -> CeilingState:
    """How much of this month's money for text messages is spent."""
    month, euros = month_of(catalogue, now), catalogue.settings.sms_monthly_ceiling_euros
    ceiling = None if euros is None else euros * HUNDREDTHS
    return CeilingState(month, month_cost(session, month).cost, ceiling)


def is_ceiling_reached(session: Session, catalogue: Catalogue, now: datetime) -> bool:
    """Whether text messages must wait for next month; nothing is read while nobody set one."""
    if catalogue.settings.sms_monthly_ceiling_euros is None:
        return False
    return ceiling_state(session, catalogue, now).is_reached
