"""`python -m bench.drills.registration_rush`: forty people at once for six places of a workshop.

One warmed parent forks them; each opens its own connection after the fork, and they meet at one
barrier. Couples are among them; some cancel again, half of these while others still register, and
whoever is offered a place takes it.
"""

import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.domain.booking import Person
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.domain.messages import SubjectKind
from app.domain.workshops import RegistrationStatus
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.appointment_rows import Act
from app.services.catalogue import read_catalogue
from app.services.links import hash_token
from app.services.offer_taking import Answer
from app.services.registrations import cancel_registration, register
from app.services.workshop_offers import accept_places
from tests.support.stage import LINKS, phone
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, registration

ROOT = Path(__file__).parents[2]
PEOPLE = 40
LONGEST_WAIT_S = 120
COUPLE_ONE_IN, CANCELS_ONE_IN, CANCELS_AT_ONCE_ONE_IN = 5, 4, 8
LATE_ONE_IN, HEAD_START_S, UNTIL_FULL_S, APART_S = 3, 0.03, 0.2, 0.02
"""Who cancels at once comes first and has a place; it comes free once all are taken, while others
still come: every third person a little later than the rest.
"""
TRIES = 30
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Rush:
    """Which workshop, in which database."""

    url: str
    workshop_id: int


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the rush left, and every fault that was found."""

    registered: int
    waiting: int
    cancelled: int
    offered: int
    faults: list[str] = field(default_factory=list)


def rush(url: str, workshop_id: int) -> Aftermath:
    """Let them loose on a migrated database with that workshop, and judge."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.drills.registration_rush"],
        cwd=ROOT, input=json.dumps(asdict(Rush(url, workshop_id))) + "\n",
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    tokens: list[str] = json.loads(done.stdout)
    engine = create_engine(url)
    with Session(engine) as session:
        aftermath = _judge(session, workshop_id, tokens)
    engine.dispose()
    return aftermath


def _warm(url: str) -> None:
    """What the parent has read and imported; its engine is gone before the fork."""
    engine = create_engine(url)
    with Session(engine) as session:
        read_catalogue(session)
    engine.dispose()


def _one(orders: Rush, rank: int, meeting: Barrier, answers: "SimpleQueue[str]") -> None:
    """One child: registers, perhaps cancels again, takes what is offered; its token, or a fault."""
    engine = create_engine(orders.url)
    ask = couple if rank % COUPLE_ONE_IN == 0 else registration
    person = Person("Rose", f"Serin{rank}", phone(rank), None)
    asked = ask(orders.workshop_id, form_key=f"rush-{rank}", person=person)
    try:
        with Session(engine) as session:
            meeting.wait(LONGEST_WAIT_S)
            time.sleep(_comes_after(rank))
            token = _insist(lambda: register(session, asked, now=NOW, links=LINKS)).token
            own = Registration.link_token_hash == hash_token(token)
            row_id = session.scalars(select(Registration.id).where(own)).one()
            if rank % CANCELS_AT_ONCE_ONE_IN == 0:
                time.sleep(UNTIL_FULL_S)
                _insist(lambda: cancel_registration(session, row_id, Act(NOW)))
            meeting.wait(LONGEST_WAIT_S)
            if rank % CANCELS_ONE_IN == 0:
                _insist(lambda: cancel_registration(session, row_id, Act(NOW)))
            else:
                _take(session, row_id)
            meeting.wait(LONGEST_WAIT_S)
            _take(session, row_id)
        answers.put(token)
    except Exception:
        meeting.abort()
        answers.put(f"fault: {traceback.format_exc()}")
    engine.dispose()


def _comes_after(rank: int) -> float:
    """How many seconds after the barrier they press."""
    if rank % CANCELS_AT_ONCE_ONE_IN == 0:
        return 0
    return HEAD_START_S + (rank * APART_S if rank % LATE_ONE_IN == 1 else 0)


def _insist(act: Callable[[], Done]) -> Done:
    """As somebody does whom the page asks to try again: the database was busy."""
    for _ in range(TRIES):
        try:
            return act()
        except (DatabaseUnavailable, OutcomeUnknown):
            time.sleep(0.1)
    return act()


def _take(session: Session, row_id: int) -> None:
    session.rollback()
    own = PlacesOffer.registration_id == row_id, PlacesOffer.closed_at.is_(None)
    for offer_id in session.scalars(select(PlacesOffer.id).where(*own)).all():
        _insist(lambda offer_id=offer_id: accept_places(session, offer_id, Answer(NOW)))  # type: ignore[misc]


def _judge(session: Session, workshop_id: int, tokens: list[str]) -> Aftermath:
    rows = list(session.scalars(select(Registration).order_by(Registration.id)))
    offers = list(session.scalars(select(PlacesOffer).order_by(PlacesOffer.id)))
    by_status = {each: [row for row in rows if row.status is each] for each in RegistrationStatus}
    seated = sum(row.places for row in by_status[RegistrationStatus.REGISTERED])
    workshop = session.get_one(Workshop, workshop_id)
    faults = [each for each in tokens if each.startswith("fault")]
    if seated > workshop.capacity or workshop.taken != seated:
        faults.append(f"{seated} places for {workshop.capacity}, {workshop.taken} written")
    if {row.link_token_hash for row in rows} != {hash_token(each) for each in tokens}:
        faults.append("somebody was told what is not written, or is written twice")
    for places in (1, 2):
        asked = [each.registration_id for each in offers if each.registration.places == places]
        if asked != sorted(asked):
            faults.append(f"not in order, {places} at a time: {asked}")
    faults += _overtaken(session, rows)
    free = workshop.capacity - seated
    starving = [row.id for row in by_status[RegistrationStatus.WAITING] if row.places <= free]
    if starving:
        faults.append(f"{free} free and these wait: {starving}")
    return Aftermath(
        registered=seated,
        waiting=len(by_status[RegistrationStatus.WAITING]),
        cancelled=len(by_status[RegistrationStatus.CANCELLED]),
        offered=len(offers),
        faults=faults,
    )


def _overtaken(session: Session, rows: list[Registration]) -> Iterator[str]:
    """Who came alone, and had at once the place that somebody alone before them waited for.

    Every instant is the same here: what came first is told by the messages, written under the lock
    of the workshop. Ranks are those of the registrations, for the same reason.
    """
    told = _first_messages(session, SubjectKind.REGISTRATION)
    of_offers = _first_messages(session, SubjectKind.PLACES)
    asked = {
        row_id: of_offers[offer_id]
        for offer_id, row_id in session.execute(
            select(PlacesOffer.id, PlacesOffer.registration_id).order_by(PlacesOffer.id.desc())
        )
    }
    alone = [row for row in rows if row.places == 1]
    seated = {row.id for row in alone if row.status is RegistrationStatus.REGISTERED}
    for later in sorted(seated - asked.keys()):
        for row in alone:
            waits = row.status is RegistrationStatus.WAITING
            if row.id < later and (waits or asked.get(row.id, 0) > told[later]):
                yield f"{later} was seated before {row.id}, who waited"


def _first_messages(session: Session, kind: SubjectKind) -> dict[int, int]:
    """By subject, the number of the first message about it."""
    query = (
        select(OutboxMessage.subject_id, func.min(OutboxMessage.id))
        .where(OutboxMessage.subject_kind == kind)
        .group_by(OutboxMessage.subject_id)
    )
    return {row.subject_id: row[1] for row in session.execute(query)}


def main() -> None:
    """Read the orders, fork, print the tokens."""
    orders = Rush(**json.loads(sys.stdin.readline()))
    _warm(orders.url)
    fork = get_context("fork")
    meeting, answers = fork.Barrier(PEOPLE), fork.SimpleQueue()
    children = [
        fork.Process(target=_one, args=(orders, rank, meeting, answers)) for rank in range(PEOPLE)
    ]
    for child in children:
        child.start()
    print(json.dumps([answers.get() for _ in children]), flush=True)
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
