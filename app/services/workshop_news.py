"""« Être prévenu des prochains ateliers »: a consent of its own, and its way out (GDPR 6-1-a).

By e-mail only: a text message of that kind needs a number that STOP answers, and none of the
gateways that this service knows gives one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, Notice, OutboxState, SubjectKind
from app.domain.sending import SkipReason
from app.models.outbox import OutboxMessage
from app.models.workshops import WorkshopNews
from app.services import throttle
from app.services.links import Links, first_version, hash_token, is_token
from app.services.outbox import write_message
from app.services.throttle import Quota
from app.services.transaction import Locks, write_transaction

PURPOSE = "news"
"""Of the links that end it: `/nouvelles/<token>`."""
CONFIRMATION_LIFE = timedelta(days=2)
_FRESH: Any = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: news at that address, of a commune first."""

    email: str | None
    commune_id: int | None
    """None: of no commune before the others."""
    language: str
    phone: str | None = None
    """E.164, a mobile, in the place of an e-mail: only where the gateway takes « STOP »."""

    @property
    def address(self) -> str:
        return self.phone or self.email or ""


def news_token(row: WorkshopNews, links: Links) -> str:
    """The token of its link, made again."""
    return links.purpose_token(PURPOSE, row.id, row.link_version)


def ask_for_news(
    session: Session,
    wanted: Wanted,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
) -> None:
    """Keep the consent, and confirm it by the first message, which carries the way out.

    An address that is known gets no second confirmation: nobody is flooded by a prankster, and
    nobody learns here whether it is known, nor changes what its owner chose. Raises the refusal of
    a quota.
    """
    wanted = replace(wanted, email=wanted.email and wanted.email.casefold())
    with write_transaction(session, Locks.of(keys={f"news:{wanted.address}"})):
        own = WorkshopNews.phone if wanted.phone else WorkshopNews.email
        known = select(WorkshopNews).where(own == wanted.address)
        row = session.scalars(known.execution_options(**_FRESH)).one_or_none()
        if row is None:
            row = _write(session, wanted, now, links)
            _confirm(session, row, now)
        session.flush()
        throttle.spend_within(session, quotas, now=now)


def _write(session: Session, wanted: Wanted, now: datetime, links: Links) -> WorkshopNews:
    row = WorkshopNews(
        email=None if wanted.phone else wanted.email,
        phone=wanted.phone,
        commune_id=wanted.commune_id,
        language=wanted.language,
        consented_at=now,
        link_version=first_version(now),
    )
    session.add(row)
    session.flush()
    row.link_token_hash = hash_token(news_token(row, links))
    return row


def _confirm(session: Session, row: WorkshopNews, now: datetime) -> None:
    kind = MessageKind.CONFIRMATION
    notice = Notice(kind, channel_of(row.phone), Recipient.PERSON, now + CONFIRMATION_LIFE)
    write_message(session, notice, row.id, version=0, now=now, subject_kind=SubjectKind.NEWS)


def channel_of(phone: str | None) -> MessageChannel:
    """How somebody is told: by text message where they gave a number, else by e-mail."""
    return MessageChannel.SMS if phone else MessageChannel.EMAIL


def gets_news(session: Session, token: str) -> bool:
    """Whether that link still belongs to somebody who gets news."""
    return _of_token(session, token) is not None


def stop_news(session: Session, token: str, *, now: datetime) -> None:
    """Nothing more is sent, and nothing is kept of it. Asked twice, or of nobody: the same."""
    found = _of_token(session, token)
    if found is None:
        return
    news_id = found.id
    with write_transaction(session):
        _forget(session, news_id, now)


def stop_news_of(session: Session, phone: str, now: datetime) -> None:
    """« STOP » came from that number (E.164): no news goes there. In the caller's transaction."""
    known = select(WorkshopNews.id).where(WorkshopNews.phone == phone)
    for news_id in session.scalars(known).all():
        _forget(session, news_id, now)


def _forget(session: Session, news_id: int, now: datetime) -> None:
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.subject_kind == SubjectKind.NEWS,
            OutboxMessage.subject_id == news_id,
            OutboxMessage.state == OutboxState.PENDING,
        )
        .values(state=OutboxState.SKIPPED, closed_at=now, outcome=SkipReason.ERASED.value)
    )
    session.execute(delete(WorkshopNews).where(WorkshopNews.id == news_id))


def _of_token(session: Session, token: str) -> WorkshopNews | None:
    if not is_token(token):
        return None
    query = select(WorkshopNews).where(WorkshopNews.link_token_hash == hash_token(token))
    return session.scalars(query.execution_options(**_FRESH)).one_or_none()
