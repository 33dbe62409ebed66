"""The words to wait on the stage: join, be offered a place, answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import Phone
from app.domain.waiting import HalfDay
from app.models.appointment import Engagement
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services import offer_answers, offers, waiting
from app.services.offer_taking import Answer
from app.services.waiting import JoinRequest
from tests.support.stage import LINKS, Stage, choice, phone, request
from tests.support.stage_plan import NOW

FULL_WEEK = [("2026-11-24", "2026-11-28")]


def join_request(half_day: HalfDay = HalfDay.ANY, reach: int = 0, **changes: Any) -> JoinRequest:
    """Somebody of Amont, at a permanence unless `is_visit`."""
    is_visit = changes.pop("is_visit", False)
    whose: Phone | None = changes.pop("phone", None) or phone()
    wanted = replace(
        choice(venue=None),
        kind=AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE,
        commune_slug=changes.pop("commune", "amont"),
        topic_code=changes.pop("topic", "email"),
    )
    asked = request(wanted, phone=whose, **changes)
    return JoinRequest(asked if is_visit else replace(asked, home=None), half_day, reach)


class Waiters:
    """The waiting list of a stage."""

    def __init__(self, stage: Stage, now: datetime = NOW) -> None:
        self.stage, self.now = stage, now

    @property
    def session(self) -> Session:
        return self.stage.session

    def join(self, *how: Any, now: datetime | None = None, **changes: Any) -> str:
        wanted = join_request(*how, **changes)
        return waiting.join(self.session, wanted, now=now or self.now, links=LINKS)

    def offer(self, now: datetime | None = None, limit: int = 200) -> int:
        return offers.offer_places(self.session, now or self.now, limit)

    def entries(self) -> Sequence[WaitingEntry]:
        self.session.rollback()
        return self.session.scalars(select(WaitingEntry).order_by(WaitingEntry.id)).all()

    def offers(self) -> Sequence[Offer]:
        self.session.rollback()
        return self.session.scalars(select(Offer).order_by(Offer.id)).all()

    def open_offers(self) -> list[Offer]:
        return [each for each in self.offers() if each.closed_at is None]

    def holds(self) -> Sequence[Engagement]:
        self.session.rollback()
        query = select(Engagement).where(Engagement.held_until.is_not(None))
        return self.session.scalars(query).all()

    def messages(self) -> Sequence[OutboxMessage]:
        self.session.rollback()
        query = select(OutboxMessage).where(OutboxMessage.kind == "OFFER")
        return self.session.scalars(query.order_by(OutboxMessage.id)).all()

    def accept(self, offer_id: int, now: datetime | None = None, by: int | None = None) -> str:
        answer = Answer(now or self.now, by)
        return offer_answers.accept(self.session, offer_id, answer, links=LINKS)

    def decline(self, offer_id: int, now: datetime | None = None) -> bool:
        return offer_answers.decline(self.session, offer_id, Answer(now or self.now))
