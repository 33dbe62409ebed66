"""One workshop, who registers for it, what is told, and what leaves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import OutboxState, SubjectKind
from app.gateways.senders import FileSender
from app.models.appointment import CallTask
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration, WorkshopSession
from app.services.appointment_rows import Act
from app.services.letters import PostRoom
from app.services.links import hash_token
from app.services.outbox_claims import Claim, claim_due
from app.services.registrations import register
from app.services.transaction import Locks, write_transaction
from app.services.workshop_announcing import Told, tell_cancelled, tell_changed
from app.services.workshop_places import locked_workshop, workshop_key
from tests.support.delivered import deliver
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL
SOON = NOW + timedelta(seconds=5)
NIGHT = NOW + timedelta(hours=14)
"""22 h."""


class Post:
    """One workshop, who registers for it, and what leaves."""

    def __init__(self, stage: Stage, folder: Path, **changes: object) -> None:
        self.session, self.folder = stage.session, folder
        self.id = plan_workshop(stage.session, FIRST, recorded_at=NOW, **changes)  # type: ignore[arg-type]
        senders = {each: FileSender(folder, "Aide") for each in (SMS, EMAIL)}
        self.room = PostRoom(senders, LINKS, "https://rdv.example.fr")

    def add(self, *, two: bool = False, **changes: object) -> Registration:
        wanted = couple(self.id, **changes) if two else registration(self.id, **changes)
        token = register(self.session, wanted, now=NOW, links=LINKS).token
        query = select(Registration).where(Registration.link_token_hash == hash_token(token))
        return self.session.scalars(query).one()

    def claims(self, now: datetime = SOON) -> list[Claim]:
        return claim_due(self.session, now, [SMS, EMAIL], limit=99)

    def outcomes(self, now: datetime = SOON) -> list[OutboxState | None]:
        return [deliver(self.session, each, now, self.room) for each in self.claims(now)]

    def rows(self, kind: SubjectKind = SubjectKind.REGISTRATION) -> list[OutboxMessage]:
        self.session.rollback()
        query = select(OutboxMessage).where(OutboxMessage.subject_kind == kind)
        return list(self.session.scalars(query.order_by(OutboxMessage.id)))

    def told(self) -> list[str]:
        """What left, the oldest first."""
        return [each.read_text() for each in sorted(self.folder.glob("*.txt"))]

    def dates(self) -> list[WorkshopSession]:
        query = select(WorkshopSession).order_by(WorkshopSession.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def tell_changed(
        self, now: datetime = SOON, *, rank: int = 0, was_at: datetime = FIRST
    ) -> Told:
        with write_transaction(self.session, Locks.of(keys={workshop_key(self.id)})):
            workshop = locked_workshop(self.session, self.id)
            assert workshop is not None
            date = self.dates()[rank]
            return tell_changed(self.session, workshop, date, was_at=was_at, now=now, act=Act(now))

    def tell_cancelled(self, now: datetime = SOON, *, rank: int = 0) -> Told:
        with write_transaction(self.session, Locks.of(keys={workshop_key(self.id)})):
            workshop = locked_workshop(self.session, self.id)
            assert workshop is not None
            return tell_cancelled(
                self.session, workshop, self.dates()[rank:], now=now, act=Act(now)
            )

    def change(self, rank: int, **values: object) -> None:
        with write_transaction(self.session):
            date_id = self.dates()[rank].id
            own = update(WorkshopSession).where(WorkshopSession.id == date_id)
            self.session.execute(own.values(**values))

    def calls(self) -> list[tuple[int | None, CallReason]]:
        self.session.rollback()
        query = select(CallTask).where(CallTask.closed_at.is_(None)).order_by(CallTask.id)
        return [(each.registration_id, each.reason) for each in self.session.scalars(query)]
