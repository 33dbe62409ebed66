"""The workshops of a feed: which dates, what tells their state, and what is said of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from app.domain.access import Action, Actor, can
from app.domain.feeds import CANCELLED_KEPT, FeedEntry, FeedLevel
from app.domain.workshops import WorkshopStatus
from app.models.workshops import WorkshopSession
from app.services.agenda_workshops import (
    HeldWorkshop,
    names_of_workshops,
    workshop_state,
    workshops_where,
)
from app.services.catalogue import Catalogue
from app.services.feed_entries import Teller

Conditions = Sequence[ColumnElement[bool]]


def workshops_version(
    session: Session, conditions: Conditions, level: FeedLevel, now: datetime
) -> tuple[Any, ...]:
    """What tells one state from another; the last value is when something changed last, or None."""
    with_names = level is FeedLevel.DETAIL
    return workshop_state(session, [*conditions, _is_shown(now)], with_names=with_names)


def shown_workshops(
    session: Session, catalogue: Catalogue, conditions: Conditions, now: datetime
) -> list[HeldWorkshop]:
    """The dates that a feed tells, once each; a cancelled one stays a week, and says so."""
    return _once(workshops_where(session, catalogue, [*conditions, _is_shown(now)]))


def told_workshops(
    session: Session, held: Sequence[HeldWorkshop], tell: Teller, level: FeedLevel
) -> list[FeedEntry]:
    """What the feed says of them: names with details only."""
    names: dict[int, list[tuple[str, str]]] = {}
    if level is FeedLevel.DETAIL:
        names = names_of_workshops(session, {each.workshop_id for each in held})
    return [tell.workshop(each, names.get(each.workshop_id, ())) for each in held]


def workshops_of_week(
    session: Session,
    catalogue: Catalogue,
    conditions: Conditions,
    tell: Teller,
    *,
    reader: Actor,
    now: datetime,
) -> list[FeedEntry]:
    """Those that stand; names only of the workshops whose sheet the reader may keep."""
    stands = WorkshopSession.status == WorkshopStatus.PLANNED
    held = _once(workshops_where(session, catalogue, [*conditions, stands]))
    own = [each for each in held if can(reader, Action.KEEP_SHEET, each.subject, now)]
    names = names_of_workshops(session, {each.workshop_id for each in own})
    return [tell.workshop(each, names.get(each.workshop_id, ())) for each in held]


def _once(held: Sequence[HeldWorkshop]) -> list[HeldWorkshop]:
    """Two counsellors of one date are one entry: its UID is one."""
    return list({each.date_id: each for each in held}.values())


def _is_shown(now: datetime) -> ColumnElement[bool]:
    return or_(
        WorkshopSession.status != WorkshopStatus.CANCELLED,
        WorkshopSession.updated_at > now - CANCELLED_KEPT,
    )
