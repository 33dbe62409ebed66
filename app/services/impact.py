"""What a plan does to appointments: shown before it is saved, then done in one transaction.

The plan is written, looked at, and taken back (a preview) or kept (one confirmation). So both see
exactly the same timetable. All counsellors are locked: a change of one may send people to another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import Actor, CallReason, ChangeReason, Channel
from app.domain.impact import Way
from app.domain.messages import MessageKind
from app.domain.planning_rules import Caution
from app.domain.staff_errors import StateRefused
from app.models.accounts import Counsellor
from app.models.appointment import Appointment
from app.models.journal import TimetableChange
from app.models.outbox import OutboxMessage
from app.models.places import Territory
from app.services.agenda_workshops import HeldWorkshop
from app.services.appointment_rows import Act, messages_of
from app.services.booking import move_to
from app.services.calls_to_move import ask_no_more, ask_to_move
from app.services.catalogue import Catalogue
from app.services.handover import give_to
from app.services.holds import remove_dead_holds
from app.services.hours import open_hours
from app.services.impact_draft import Draft, draft_orphans, draft_plan, touched_of
from app.services.impact_lines import Line, lines_of
from app.services.journal import note
from app.services.offers import refill
from app.services.planning import Plan, Steps
from app.services.planning_cautions import cautions_of
from app.services.territory import TERRITORY_KEY
from app.services.transaction import Locks, write_transaction
from app.services.undelivered import call_once
from app.services.waiting_tidy import withdraw_unheld
from app.services.wall import walled

UNDO_FOR = timedelta(minutes=10)
"""How long a change can be taken back; messages wait as long, so that nobody is told too soon."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page shows before anything is saved."""

    lines: list[Line]
    cautions: list[Caution]
    workshops: Sequence[HeldWorkshop] = ()
    """Those that it keeps from taking place: the coordination places them again."""


class _Looked(Exception):
    """How a preview leaves its transaction: nothing is kept."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def preview(session: Session, plan: Plan, *, now: datetime) -> Preview:
    """What the plan would touch, and what deserves a word; nothing is saved.

    Raises what the plan refuses.
    """
    try:
        with write_transaction(session, everybody(session)):
            draft = draft_plan(session, plan, now)
            cautions = cautions_of(session, plan, draft.steps)
            raise _Looked(Preview(lines_of(draft), cautions, draft.workshops))
    except _Looked as looked:
        return looked.preview


def apply(
    session: Session, plan: Plan, choices: Mapping[int, str], *, now: datetime, by: int
) -> int:
    """Save the plan and do with each touched appointment what was chosen; the change's id.

    `choices` are keys by appointment. What is no longer possible, or was never asked about, goes
    to the call list. Raises what the plan refuses, SlotTaken, or as `write_transaction` does.
    """
    with walled(), write_transaction(session, everybody(session)):
        _remove_dead_holds(session, now)
        draft = draft_plan(session, plan, now)
        withdraw_unheld(session, draft.board.facts.index, now)
        ask_no_more(session, draft.held_again, now)
        act = Act(now, Actor.STAFF, Channel.DESK, by, plan.reason)
        settled = [
            _settle(session, draft, row, choices.get(row.Appointment.id, ""), act)
            for row in draft.in_order_to_settle()
        ]
        change_id = _record(session, plan, draft.steps, settled, act)
    refill(session, now)
    return change_id


def orphan_lines(session: Session, *, now: datetime) -> list[Line]:
    """The queue « à replacer », each with what can be done about it."""
    return lines_of(draft_orphans(session, now))


def replace_orphan(
    session: Session, appointment_id: int, key: str, *, now: datetime, by: int
) -> Way:
    """Do that with one orphan; what was done: CALL where it is no longer possible.

    Raises StateRefused where it is no orphan any more.
    """
    with walled(), write_transaction(session, everybody(session)):
        _remove_dead_holds(session, now)
        draft = draft_orphans(session, now, appointment_id)
        if not draft.rows:
            raise StateRefused
        act = Act(now, Actor.STAFF, Channel.DESK, by, ChangeReason.TIMETABLE_CHANGED)
        return Way(_settle(session, draft, draft.rows[0], key, act)["way"])


def everybody(session: Session) -> Locks:
    """Every agenda, and the timetable itself."""
    return Locks.of(session.scalars(select(Counsellor.id)).all(), {TERRITORY_KEY})


def _remove_dead_holds(session: Session, now: datetime) -> None:
    remove_dead_holds(session, session.scalars(select(Counsellor.id)).all(), now)


def _settle(session: Session, draft: Draft, row: Any, key: str, act: Act) -> dict[str, Any]:
    """Do what was chosen, if it still can be done; what undoing needs, and the page that tells."""
    appointment: Appointment = row.Appointment
    before = _seat_of(appointment)
    touched = touched_of(draft.catalogue, row)
    proposal = draft.board.find(touched, key)
    if proposal.way is Way.COLLEAGUE and proposal.counsellor_id:
        give_to(session, appointment, proposal.counsellor_id, act)
    elif proposal.slot is not None:
        move_to(session, appointment, proposal.slot, act)
        _hold_message(session, draft.catalogue, appointment, act.at)
        starts_at, reason = proposal.slot.starts_at, CallReason.MOVED_BY_SERVICE
        call_once(session, appointment.id, starts_at=starts_at, now=act.at, reason=reason)
    else:
        ask_to_move(session, appointment, act.at)
    session.flush()  # one after the other: the next may take the time that this one leaves
    draft.board.write(touched, proposal)
    has_failed = bool(key) and proposal.way is Way.CALL and key != Way.CALL
    return {
        **before,
        "way": proposal.way,
        "failed": has_failed,
        "unasked": not key,
        "sequence": appointment.sequence,
    }


def _seat_of(appointment: Appointment) -> dict[str, Any]:
    """Where it is, as `undo` puts it back."""
    held = appointment.engagement
    return {
        "id": appointment.id,
        "counsellor_id": held.counsellor_id,
        "starts_at": held.starts_at.isoformat(),
        "ends_at": held.ends_at.isoformat(),
        "commune_id": held.commune_id,
        "venue_id": held.venue_id,
        "window_minutes": appointment.window_minutes,
    }


def _hold_message(
    session: Session, catalogue: Catalogue, appointment: Appointment, now: datetime
) -> None:
    """The news waits until the change can no longer be taken back, and for the open hours."""
    session.flush()
    final_at = now + UNDO_FOR
    session.execute(
        update(OutboxMessage)
        .where(
            *messages_of([appointment.id]),
            OutboxMessage.kind == MessageKind.CHANGED,
            OutboxMessage.version == appointment.sequence,
        )
        .values(due_at=open_hours(catalogue, final_at).next_open(final_at))
    )


def _record(
    session: Session, plan: Plan, steps: Steps, settled: list[dict[str, Any]], act: Act
) -> int:
    """The change, how to undo it, and its line in the journal; agendas are computed anew."""
    kind, subject_id = plan.subject
    change = TimetableChange(
        at=act.at,
        user_id=act.user_id,
        kind=plan.kind,
        counsellor_id=getattr(plan, "counsellor_id", None),
        steps={"rows": steps, "appointments": settled, "subject": [kind, subject_id]},
    )
    session.add(change)
    session.flush()
    note(
        session,
        plan.kind,
        (kind, subject_id),
        by=act.user_id,
        now=act.at,
        change=change.id,
        **dict(_counts(settled)),
    )
    grow_revision(session)
    return change.id


def _counts(settled: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for way in Way:
        found = sum(each["way"] == way for each in settled)
        if found:
            yield way.name.lower(), found


def grow_revision(session: Session) -> None:
    """Whatever was computed from the timetable is out of date from this commit on."""
    session.execute(update(Territory).values(revision=Territory.revision + 1))
