"""One message handed over and noted, as the worker does it between two others."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.messages import OutboxState
from app.services.letters import PostRoom
from app.services.outbox_claims import Claim
from app.services.outbox_delivery import hand_over, settle


def deliver(session: Session, claim: Claim, now: datetime, room: PostRoom) -> OutboxState | None:
    """Its new state; None if it is not ours now."""
    outcome = hand_over(session, claim, now, room)
    if outcome is None:
        return None
    settle(session, claim, outcome, now)
    return outcome.state
