"""What a commit has freed is offered at once, and whatever becomes of that, the commit stands."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.services.catalogue import NoTerritory
from app.services.transaction import answering

log = structlog.get_logger()


@contextmanager
def never_failing(session: Session) -> Iterator[None]:
    """What the block could not offer is rolled back and logged: the worker tries again.

    The caller's change is committed already: an error would tell its author that it is not.
    """
    try:
        with answering(session):
            yield
    except (SQLAlchemyError, DomainError, NoTerritory) as refusal:
        session.rollback()
        log.warning("refill_failed", failure=type(refusal).__name__)
