"""What a worker does: send what is due at each turn, and the registered jobs now and then.

Several workers may run: a message has a lease, and a job is claimed by one worker for its period.
To add a job: one line in JOBS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState
from app.models.outbox import JobRun
from app.services.attendance_lines import blend_records
from app.services.bounces import read_bounces
from app.services.busy_calendars import read_due_calendars
from app.services.erasure_register import ErasureRegister
from app.services.idle_accounts import close_idle_accounts
from app.services.letters import PostRoom
from app.services.message_counts import count_old_messages
from app.services.offers import offer_places
from app.services.outbox_claims import Claim, claim_due, close_leftovers, closed_since
from app.services.outbox_delivery import Next, Outcome, hand_over, settle
from app.services.purge import purge_turn
from app.services.registration_reminders import remind_of_workshops
from app.services.registration_retention import erase_after_workshops, remove_places_offers
from app.services.reminders import remind
from app.services.retention import erase_after_thirty_days, tidy_throttle_counts
from app.services.survey import forget_invitations
from app.services.transaction import Locks, write_transaction
from app.services.waiting_tidy import remove_old_offers
from app.services.workshop_digest import tell_of_workshops
from app.services.workshop_offers import offer_workshops

BATCH = 200
"""Rows changed in one transaction: a booking never waits long behind a job."""
HOUR_HOLDS = timedelta(seconds=10)
"""How long the answer holds whether we may write first, while one message follows the other."""
PAUSE_S = 0.05
"""Between two batches, for those who wait."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """The process that runs the jobs: its hour, its post room, and its way to stop."""

    room: PostRoom
    clock: Callable[[], datetime]
    pause: Callable[[float], bool]
    """Wait so many seconds, less if asked to stop; True when asked to stop."""
    register: ErasureRegister | None = None
    """Where erased cards are written down; a worker without it only sends, and purges nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """`step` does a bounded part of the work in one transaction and returns how much it did."""

    name: str
    every: timedelta
    step: Callable[[Session, datetime, int], int]


JOBS: tuple[Job, ...] = (
    Job("close_leftovers", timedelta(minutes=10), close_leftovers),
    Job("erase_after_thirty_days", timedelta(hours=6), erase_after_thirty_days),
    Job("count_old_messages", timedelta(hours=6), count_old_messages),
    Job("forget_invitations", timedelta(hours=6), forget_invitations),
    Job("tidy_throttle_counts", timedelta(hours=1), tidy_throttle_counts),
    Job("read_due_calendars", timedelta(minutes=1), read_due_calendars),
    Job("offer_places", timedelta(minutes=1), offer_places),
    Job("offer_workshops", timedelta(minutes=1), offer_workshops),
    Job("remove_old_offers", timedelta(hours=6), remove_old_offers),
    Job("close_idle_accounts", timedelta(hours=6), close_idle_accounts),
    Job("erase_after_workshops", timedelta(hours=6), erase_after_workshops),
    Job("remove_places_offers", timedelta(hours=6), remove_places_offers),
    Job("blend_records", timedelta(hours=6), blend_records),
    Job("remind", timedelta(minutes=1), remind),
    Job("remind_of_workshops", timedelta(minutes=1), remind_of_workshops),
    Job("tell_of_workshops", timedelta(minutes=10), tell_of_workshops),
)


def jobs_of(worker: Worker) -> tuple[Job, ...]:
    """All of them, and those that need the worker's own: what came back, the whole purge."""
    own = []
    if worker.room.mailbox is not None:
        own.append(Job("read_bounces", timedelta(minutes=5), partial(read_bounces, worker.room)))
    if worker.register is not None:
        step = partial(purge_turn, worker.register, worker.pause)
        own.append(Job("purge", timedelta(hours=6), step))
    return (*JOBS, *own)


def run_turn(session: Session, worker: Worker, *, all_jobs: bool = False) -> bool:
    """Send all that is due, then run the jobs whose hour has come (`all_jobs`: every one, and then
    send what they wrote: no other turn may come for long).

    Each part stands alone: one that fails is logged, by the type of the failure only, and the
    others go on. Returns whether all went well.
    """
    went_well = _attempt("send_due", session, partial(send_due, session, worker))
    for job in jobs_of(worker):
        went_well &= _attempt(job.name, session, partial(_run, job, session, worker, all_jobs))
    if all_jobs:
        went_well &= _attempt("send_due", session, partial(send_due, session, worker))
    return went_well


def _attempt(name: str, session: Session, part: Callable[[], int]) -> bool:
    try:
        done = part()
        session.rollback()  # no reading stays open while the worker waits for its next turn
    except Exception as failure:
        session.invalidate()  # the connection itself may be dead: the next part takes a new one
        log.error("job_failed", job=name, failure=type(failure).__name__)
        return False
    if done:
        log.info("job_done", job=name, count=done)
    return True


def send_due(session: Session, worker: Worker) -> int:
    """Send message after message until none is due or the worker must stop; how many were sent.

    Noting one and taking the next is one transaction. Lines kept open for all are hung up.
    """
    sent, since, asked_at = 0, None, None
    try:
        claims = _claim_due(session, worker)
        while claims:
            now = worker.clock()
            outcome = hand_over(session, claims[0], now, worker.room)
            if outcome is None:
                claims = _claim_due(session, worker)
                continue
            sent += outcome.state is OutboxState.SENT
            if asked_at is None or not asked_at <= now < asked_at + HOUR_HOLDS:
                since, asked_at = closed_since(session, now), now
            claims = _settle(session, claims[0], outcome, worker, since)
    finally:
        for sender in worker.room.senders.values():
            sender.hang_up()
    return sent


def _claim_due(session: Session, worker: Worker) -> list[Claim]:
    if worker.pause(0):
        return []
    return claim_due(session, worker.clock(), worker.room.senders)


def _settle(
    session: Session, claim: Claim, outcome: Outcome, worker: Worker, since: datetime | None
) -> list[Claim]:
    """What was sent is noted at any cost: if taking the next one fails, it is noted alone."""
    now = worker.clock()
    then = None if worker.pause(0) else Next(tuple(worker.room.senders), since)
    try:
        return settle(session, claim, outcome, now, then)
    except Exception:
        settle(session, claim, outcome, now)
        raise


def _run(job: Job, session: Session, worker: Worker, at_once: bool) -> int:
    """Run a job to its end, if its hour has come and no other worker has taken it; rows changed."""
    if not claim_run(session, job, worker.clock(), at_once=at_once):
        return 0
    total = 0
    while True:
        done = job.step(session, worker.clock(), BATCH)
        total += done
        if done < BATCH or worker.pause(PAUSE_S):
            return total


def claim_run(session: Session, job: Job, now: datetime, *, at_once: bool = False) -> bool:
    """Whether this worker may run the job now; from then on, nobody else within its period."""
    if not at_once and _ran_lately(session, job, now):
        return False
    with write_transaction(session, Locks.of(keys={f"job:{job.name}"})):
        if not at_once and _ran_lately(session, job, now):
            return False
        session.merge(JobRun(name=job.name, started_at=now))
        return True


def _ran_lately(session: Session, job: Job, now: datetime) -> bool:
    """A start in the future (a clock put back) does not count."""
    started_at = session.scalar(select(JobRun.started_at).where(JobRun.name == job.name))
    return started_at is not None and now - job.every < started_at <= now
