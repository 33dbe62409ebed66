"""The three questions after an appointment: a link answers once, and its answer is nobody's.

The link lives in a table of its own, and goes with the answer; the answer is one more in the counts
of its commune, kind of place and half-year. No row is left that leads to another (product §18): not
even by the order in which a database wrote them.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.appointment import PlaceKind
from app.domain.survey import Answers, half_year
from app.domain.survey_errors import SurveyEmpty, SurveyLinkUnknown
from app.models.survey import SurveyAnswer, SurveyInvitation
from app.services.links import ALPHABET, LENGTH, Links, hash_token, is_token
from app.services.retention import INVITATION
from app.services.transaction import Locks, write_transaction

_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}
PURPOSE = "survey"


@dataclass(frozen=True, slots=True)
class Invited:
    """What the answer will keep of whoever was invited: where, and at which kind of place."""

    commune_id: int
    place_kind: PlaceKind


def invite(
    session: Session,
    links: Links,
    message_id: int,
    commune_id: int,
    place_kind: PlaceKind,
    *,
    today: date,
) -> str:
    """The token of `/avis/<token>` for that message: the same at each try of sending it.

    `today` is the local day. In a transaction of its own.
    """
    token = links.purpose_token(PURPOSE, message_id)
    _add(session, token, Invited(commune_id, place_kind), today)
    return token


def invite_on_paper(session: Session, commune_id: int, place_kind: PlaceKind, today: date) -> str:
    """The token of a printed slip: drawn at random, since no message stands behind it."""
    token = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    _add(session, token, Invited(commune_id, place_kind), today)
    return token


def _add(session: Session, token: str, invited: Invited, today: date) -> None:
    table: Any = SurveyInvitation.__table__
    row = _INSERT[session.get_bind().dialect.name](table).values(
        token_hash=hash_token(token),
        made_on=today,
        commune_id=invited.commune_id,
        place_kind=invited.place_kind,
    )
    with write_transaction(session):
        session.execute(row.on_conflict_do_nothing(index_elements=[table.c.token_hash]))


def invitation(session: Session, token: str, today: date) -> Invited:
    """What this link may answer for.

    Raises SurveyLinkUnknown: malformed, never made, older than 30 days, or it answered already.
    """
    row = _read(session, token) if is_token(token) else None
    if row is None or row.made_on < _oldest(today):
        raise SurveyLinkUnknown
    return Invited(row.commune_id, row.place_kind)


def _read(session: Session, token: str) -> SurveyInvitation | None:
    return session.get(SurveyInvitation, hash_token(token), populate_existing=True)


def answer(session: Session, token: str, given: Answers, today: date) -> None:
    """Keep the answers, and use the link up, in one transaction; a second press changes nothing.

    Using up is removing: a row that stayed would tell by its transaction (PostgreSQL's xmin) which
    answers came with it. Raises SurveyEmpty, SurveyLinkUnknown.
    """
    if given.is_empty:
        raise SurveyEmpty
    used = SurveyInvitation.token_hash == hash_token(token)
    with write_transaction(session, Locks.of(keys={f"survey:{hash_token(token)}"})):
        invited = invitation(session, token, today)
        session.execute(delete(SurveyInvitation).where(used))
        _count(session, invited, given, today)


def answer_on_paper(session: Session, invited: Invited, given: Answers, today: date) -> None:
    """Keep the answers of a paper slip, typed at the desk. Raises SurveyEmpty.

    No line of the journal: its hour beside the answer would lead to whoever was at the desk.
    """
    if given.is_empty:
        raise SurveyEmpty
    with write_transaction(session):
        _count(session, invited, given, today)


def _count(session: Session, invited: Invited, given: Answers, today: date) -> None:
    """One more of each answer, in one order for all: two answers never wait for each other."""
    table: Any = SurveyAnswer.__table__
    rows = [
        {
            "half_year": half_year(today),
            "commune_id": invited.commune_id,
            "place_kind": invited.place_kind,
            "question": question,
            "answer": answered,
            "count": 1,
        }
        for question, answered in given.by_question.items()
    ]
    more = _INSERT[session.get_bind().dialect.name](table).values(rows)
    session.execute(
        more.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={"count": table.c.count + more.excluded.count},
        )
    )


def _oldest(today: date) -> date:
    return today - INVITATION.period


def forget_invitations(session: Session, now: datetime, limit: int) -> int:
    """Remove some invitations older than 30 days; how many. A job of the worker."""
    is_old = SurveyInvitation.made_on < _oldest(now.date())
    hashes = session.scalars(select(SurveyInvitation.token_hash).where(is_old).limit(limit)).all()
    with write_transaction(session):
        session.execute(
            delete(SurveyInvitation)
            .where(SurveyInvitation.token_hash.in_(hashes))
            .execution_options(synchronize_session=False)
        )
    return len(hashes)
