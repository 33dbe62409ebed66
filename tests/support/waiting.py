"""The words to wait on the stage: join, be offered a place, answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind, MessageChannel, PlaceKind, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.booking import Phone
from app.domain.messages import OutboxState, SubjectKind
from app.domain.waiting import HalfDay
from app.models.appointment import Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.places import Commune
from app.models.waiting import Offer, WaitingEntry
from app.services import offer_answers, offers, waiting
from app.services.offer_facts import offer_facts_of
from app.services.offer_taking import Answer
from app.services.throttle import Quota
from app.services.waiting import JoinRequest
from tests.support.presquile import NOW as PRESQUILE_NOW
from tests.support.stage import LINKS, Stage, choice, phone, request
from tests.support.stage_plan import NOW
from tests.support.team import FOREIGN, OWN, Team


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

    def join(
        self,
        *how: Any,
        now: datetime | None = None,
        quotas: Iterable[Quota] = (),
        **changes: Any,
    ) -> str:
        wanted = join_request(*how, **changes)
        return waiting.join(self.session, wanted, now=now or self.now, links=LINKS, quotas=quotas)

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

    def tell(self) -> str:
        """The message of the last offer leaves: the token of its link."""
        last = self.offers()[-1].id
        facts = offer_facts_of(self.session, self.stage.catalogue, last, LINKS)
        assert facts is not None
        note_sent(self.session, last)
        return facts.token

    def decline(self, offer_id: int, now: datetime | None = None) -> bool:
        return offer_answers.decline(self.session, offer_id, Answer(now or self.now))


def note_sent(session: Session, offer_id: int) -> None:
    """The worker has sent what tells of that offer."""
    about = OutboxMessage.subject_kind == SubjectKind.OFFER, OutboxMessage.subject_id == offer_id
    session.execute(update(OutboxMessage).where(*about).values(state=OutboxState.SENT))
    session.commit()


def add_waiting_subjects(team: Team) -> None:
    """Two people who wait on each side of the peninsula, each with a place offered by telephone.

    Held by the first counsellor on the own side, by the second on the other.
    """
    with team.session() as session:
        pairs = zip((OWN, FOREIGN), team.subjects["counsellor_id"], strict=True)
        made = [
            [offer_by_voice(session, slug, counsellor_id, hour) for hour in (9, 10)]
            for slug, counsellor_id in pairs
        ]
        session.commit()
        own, foreign = made
        team.subjects["entry_id"] = own[0].entry_id or 0, foreign[0].entry_id or 0
        team.subjects["offer_id"] = own[1].id, foreign[1].id


def offer_by_voice(session: Session, slug: str, counsellor_id: int, hour: int) -> Offer:
    """Somebody of that commune whom the desk must call about a place, three weeks ahead."""
    commune_id = session.scalars(select(Commune.id).where(Commune.slug == slug)).one()
    starts_at = PRESQUILE_NOW.replace(hour=hour, minute=0) + timedelta(days=21)
    hours = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    place = {"counsellor_id": counsellor_id, "commune_id": commune_id}
    entry = WaitingEntry(
        resident=Resident(
            first_name="Odette",
            last_name="Patience",
            phone="+33536490001",
            commune_id=commune_id,
            language="fr",
            created_at=PRESQUILE_NOW,
        ),
        commune_id=commune_id,
        topic_id=1,
        place_kind=PlaceKind.VENUE,
        half_day=HalfDay.ANY,
        language="fr",
        message_channel=MessageChannel.VOICE,
        message_to=Recipient.PERSON,
        joined_at=PRESQUILE_NOW,
        expires_at=PRESQUILE_NOW + timedelta(days=60),
    )
    answer_by = PRESQUILE_NOW + timedelta(hours=8)
    hold = Engagement(kind=EngagementKind.OFFER, held_until=answer_by, **hours, **place)
    offer = Offer(
        entry=entry,
        engagement=hold,
        offered_at=PRESQUILE_NOW,
        answer_by=answer_by,
        **hours,
        **place,
    )
    session.add(offer)
    session.flush()
    return offer
