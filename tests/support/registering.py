"""What the tests ask of one workshop, at an hour of their own."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.appointment_rows import Act
from app.services.links import hash_token
from app.services.registrations import cancel_registration, register
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)


class Desk:
    """What the tests ask of one workshop, at an hour of their own."""

    def __init__(self, stage: Stage, **changes: object) -> None:
        self.session = stage.session
        self.id = plan_workshop(stage.session, FIRST, recorded_at=NOW, **changes)  # type: ignore[arg-type]
        self.now = NOW

    def add(self, **changes: object) -> Registration:
        asked = registration(self.id, **changes)
        return self.row(register(self.session, asked, now=self.now, links=LINKS).token)

    def add_couple(self, **changes: object) -> Registration:
        asked = couple(self.id, **changes)
        return self.row(register(self.session, asked, now=self.now, links=LINKS).token)

    def fill(self, people: int = 6) -> list[Registration]:
        return [self.add() for _ in range(people)]

    def row(self, token: str) -> Registration:
        query = select(Registration).where(Registration.link_token_hash == hash_token(token))
        return self.session.scalars(query).one()

    def again(self, row: Registration) -> Registration:
        self.session.refresh(row)
        return row

    def taken(self) -> int:
        self.session.rollback()
        return self.session.get_one(Workshop, self.id, populate_existing=True).taken

    def offers(self) -> list[PlacesOffer]:
        self.session.rollback()
        return list(self.session.scalars(select(PlacesOffer).order_by(PlacesOffer.id)))

    def tell(self) -> None:
        """What tells of the offered places leaves."""
        self.set_messages(state=OutboxState.SENT)

    def set_messages(self, **fate: object) -> None:
        about = OutboxMessage.subject_kind == SubjectKind.PLACES
        waiting = OutboxMessage.state == OutboxState.PENDING
        self.session.execute(update(OutboxMessage).where(about, waiting).values(**fate))
        self.session.commit()

    def cancel(self, row: Registration) -> None:
        cancel_registration(self.session, row.id, Act(self.now))

    def kinds(self, row: Registration) -> list[MessageKind]:
        own = OutboxMessage.subject_kind == SubjectKind.REGISTRATION
        query = select(OutboxMessage).where(own, OutboxMessage.subject_id == row.id)
        return [each.kind for each in self.session.scalars(query.order_by(OutboxMessage.id))]
