"""The news of workshops: once a month at most, and only when there is something to tell."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import Recipient
from app.domain.calendar import start_of_day
from app.domain.messages import MessageKind, Notice, SubjectKind
from app.domain.sending import ALL_WELCOME
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshop_letters import DigestLetter
from app.domain.workshops import WorkshopStatus
from app.models.workshops import Workshop, WorkshopNews
from app.services.catalogue import Catalogue, NoTerritory, read_catalogue
from app.services.hours import open_hours
from app.services.letter_subjects import About
from app.services.links import Links, hash_token
from app.services.outbox import write_message
from app.services.transaction import Locks, write_transaction
from app.services.workshop_news import channel_of, news_token
from app.services.workshop_reading import list_workshops

AHEAD = timedelta(weeks=6)
"""The workshops that a digest tells: until the next one, and a little beyond."""
DIGEST_LIFE = timedelta(days=5)
MOST_TOLD = 12
"""An e-mail is no programme: the page has them all."""
MOST_READ = 100
ONE_AT_A_TIME = Locks.of(keys={"digest"})


def tell_of_workshops(session: Session, now: datetime, limit: int) -> int:
    """Write the digests that are due; how many. A job of the worker, one transaction.

    Due in each month after that of the consent, at the first open hour at which a workshop is
    planned within six weeks. Never twice in a local month: the outbox itself refuses it.
    """
    try:
        catalogue = read_catalogue(session)
    except NoTerritory:
        return 0
    if not open_hours(catalogue, now).is_open(now) or not _has_workshops(session, now):
        return 0
    month = catalogue.today(now).replace(day=1)
    due = _due(month, start_of_day(month, catalogue.timezone)).limit(limit)
    # Looked at first without a lock: a worker with nothing to do stands in nobody's way.
    if session.execute(due.limit(1)).first() is None:
        return 0
    with write_transaction(session, ONE_AT_A_TIME):
        rows = session.execute(due).all()
        for row in rows:
            _write(session, row, month, now)
        ids = [row.id for row in rows]
        told = update(WorkshopNews).where(WorkshopNews.id.in_(ids))
        session.execute(told.values(told_on=catalogue.today(now)))
    return len(ids)


def _has_workshops(session: Session, now: datetime) -> bool:
    query = select(func.count()).where(
        Workshop.first_at > now,
        Workshop.first_at <= now + AHEAD,
        Workshop.status == WorkshopStatus.PLANNED,
    )
    return bool(session.scalar(query))


def _due(month: date, month_starts_at: datetime) -> Any:
    return (
        select(WorkshopNews.id, WorkshopNews.phone)
        .where(
            WorkshopNews.consented_at < month_starts_at,
            or_(WorkshopNews.told_on.is_(None), WorkshopNews.told_on < month),
        )
        .order_by(WorkshopNews.id)
    )


def _write(session: Session, row: Any, month: date, now: datetime) -> None:
    """Its version is its month: one at most."""
    kind, channel = MessageKind.DIGEST, channel_of(row.phone)
    notice = Notice(kind, channel, Recipient.PERSON, now + DIGEST_LIFE)
    version = month.year * 100 + month.month
    write_message(session, notice, row.id, version=version, now=now, subject_kind=SubjectKind.NEWS)


def about_news(
    session: Session, catalogue: Catalogue, message: Any, links: Links, now: datetime
) -> About | None:
    """What a message of the news is about; None once they want none.

    A link made with an earlier LINK_KEY is replaced, in a transaction of its own.
    """
    row = session.get(WorkshopNews, message.subject_id, populate_existing=True)
    if row is None:
        return None
    token, news_id, known_hash = news_token(row, links), row.id, row.link_token_hash
    is_digest = message.kind is MessageKind.DIGEST
    told = workshops_to_tell(session, catalogue, row.commune_id, now) if is_digest else ()
    address = row.phone or row.email
    about = About(DigestLetter(token, row.language, told), address, ALL_WELCOME, row.commune_id)
    if known_hash != hash_token(token):
        with write_transaction(session):
            renewed = update(WorkshopNews).where(WorkshopNews.id == news_id)
            session.execute(renewed.values(link_token_hash=hash_token(token)))
    return about


def workshops_to_tell(
    session: Session, catalogue: Catalogue, commune_id: int | None, now: datetime
) -> tuple[WorkshopFacts, ...]:
    """Those that begin within six weeks, theirs first, then by date; a dozen at most."""
    coming = [
        each
        for each in list_workshops(session, catalogue, now=now, limit=MOST_READ)
        if not each.is_cancelled and now < each.first_at <= now + AHEAD
    ]
    home = None if commune_id is None else catalogue.commune_by_id(commune_id).slug
    coming.sort(key=lambda each: (home not in _places(each), each.first_at, each.id))
    return tuple(coming[:MOST_TOLD])


def _places(workshop: WorkshopFacts) -> set[str]:
    return {each.commune.slug for each in workshop.standing_sessions}
