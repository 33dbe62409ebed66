"""The purge: what is over goes, in small batches, and leaves a proof (law B20, B21).

How long each column is kept is the manifest's matter (`services/retention`); here stands who obeys
it. Every batch is a transaction of its own: a booking waits behind one at most. The order matters
to nobody: each part finds by itself what is over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.appointment import Appointment, Resident
from app.models.attendance import AttendanceRow
from app.models.base import Base
from app.models.outbox import OutboxMessage, ThrottleCount
from app.models.survey import SurveyInvitation
from app.models.waiting import Offer, WaitingEntry
from app.models.workshops import PlacesOffer, Registration
from app.services import retention
from app.services.erasure_register import ErasureRegister
from app.services.journal import note
from app.services.message_counts import count_old_messages
from app.services.purge_cards import (
    erase_again,
    erase_old_accounts,
    erase_old_cards,
    erase_waiting_cards,
)
from app.services.purge_rows import REMOVALS, Removal, remove_old_records
from app.services.registration_retention import erase_after_workshops, remove_places_offers
from app.services.retention import Policy, erase_after_thirty_days, tidy_throttle_counts
from app.services.survey import forget_invitations
from app.services.transaction import write_transaction
from app.services.waiting_tidy import forget_waiting, remove_old_offers

BATCH = 100
"""Rows changed in one transaction; measured beside bookings by `./run bench --only k`."""
CARDS = 20
"""Of people: each leaves five indexes and its appointments, and the register waits for the disk."""
PAUSE_S = 0.05
"""Between two batches, for those who wait."""

Step = Callable[[Session, datetime, int], int]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Purge:
    """One part: `step` does a bounded piece in one transaction and returns how much it did."""

    name: str
    obeys: frozenset[tuple[type[Base], Policy]]
    step: Step
    batch: int = BATCH

    @classmethod
    def of(
        cls, name: str, step: Step, *obeyed: tuple[type[Base], Policy], batch: int = BATCH
    ) -> "Purge":
        return cls(name, frozenset(obeyed), step, batch)

    @classmethod
    def of_rows(cls, removal: Removal) -> "Purge":
        return cls.of(removal.name, removal.step, (removal.table, removal.policy))


@dataclass(frozen=True, slots=True)
class Proof:
    """What a purge did: how many, by part; and the parts that failed, to be done the next time."""

    counts: dict[str, int]
    failed: tuple[str, ...]


class PurgeFailed(RuntimeError):
    """Some parts of a purge failed: their names."""


def purges(register: ErasureRegister) -> tuple[Purge, ...]:
    """Every part; those of people write what they erase into the register."""
    kept = retention
    cards = Resident, Appointment, Registration
    return (
        Purge.of("erased_again", partial(erase_again, register)),
        Purge.of("numbers", erase_after_thirty_days, (Appointment, kept.THIRTY_DAYS)),
        Purge.of("workshops", erase_after_workshops, (Registration, kept.AFTER_WORKSHOP)),
        Purge.of(
            "cards",
            partial(erase_old_cards, register),
            *((each, kept.PERSON) for each in cards),
            batch=CARDS,
        ),
        Purge.of("waiting_cards", partial(erase_waiting_cards, register), batch=CARDS),
        Purge.of("accounts", erase_old_accounts, (User, kept.ACCOUNT)),
        Purge.of("messages", count_old_messages, (OutboxMessage, kept.MESSAGE)),
        Purge.of("waiting", forget_waiting, (WaitingEntry, kept.WAITING)),
        Purge.of("offers", remove_old_offers, (Offer, kept.OFFER)),
        Purge.of("places_offers", remove_places_offers, (PlacesOffer, kept.OFFER)),
        Purge.of("records", remove_old_records, (AttendanceRow, kept.RECORD)),
        Purge.of("invitations", forget_invitations, (SurveyInvitation, kept.INVITATION)),
        Purge.of("tries", tidy_throttle_counts, (ThrottleCount, kept.WINDOW)),
        *map(Purge.of_rows, REMOVALS),
        Purge.of("register", partial(_forget_lines, register)),
    )


def _forget_lines(register: ErasureRegister, _session: Session, now: datetime, _limit: int) -> int:
    """The lines of the file are kept as long as those of its table."""
    return register.forget((now - retention.ERASURE.period).date())


def purge(
    session: Session,
    register: ErasureRegister,
    clock: Callable[[], datetime],
    pause: Callable[[float], bool],
) -> Proof:
    """Do every part to its end; the proof is told in the journal too, in counts only.

    `pause` waits so many seconds and says whether to stop: then the rest stays for the next time.
    A part that fails is logged, by the type of the failure only, and the others go on.
    """
    counts: dict[str, int] = {}
    failed = []
    for part in purges(register):
        try:
            counts[part.name] = sum(_batches(part, session, clock, pause))
            session.rollback()
        except Exception as failure:
            session.invalidate()  # the connection itself may be dead: the next part takes a new one
            log.error("purge_failed", part=part.name, failure=type(failure).__name__)
            failed.append(part.name)
    _journal(session, counts, clock())
    return Proof(counts, tuple(failed))


def _batches(
    part: Purge,
    session: Session,
    clock: Callable[[], datetime],
    pause: Callable[[float], bool],
) -> Iterator[int]:
    while not pause(PAUSE_S):
        done = part.step(session, clock(), part.batch)
        yield done
        if done < part.batch:
            return


def _journal(session: Session, counts: dict[str, int], now: datetime) -> None:
    told = {name: count for name, count in counts.items() if count}
    if not told:
        return
    with write_transaction(session):
        subject = JournalSubject.TERRITORY, None
        note(session, JournalAction.PURGED, subject, by=None, now=now, **told)


def purge_turn(
    register: ErasureRegister,
    pause: Callable[[float], bool],
    session: Session,
    now: datetime,
    _limit: int,
) -> int:
    """The whole purge as a job of the worker; how much was done. Raises PurgeFailed."""
    proof = purge(session, register, lambda: now, pause)
    if proof.failed:
        raise PurgeFailed(*proof.failed)
    return sum(proof.counts.values())
