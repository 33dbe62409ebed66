"""What the site did wrong with held places, by brute force: every pair, every hold, every entry."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.drills.verdict import find_faults_now

ENGAGEMENTS = """
SELECT engagement.id, engagement.counsellor_id, engagement.starts_at, engagement.ends_at,
       engagement.kind, engagement.held_until, engagement.occupies, appointment.id AS booked
FROM engagement LEFT JOIN appointment ON appointment.engagement_id = engagement.id
"""
OFFERS = """
SELECT offer.id, offer.entry_id, offer.engagement_id, offer.counsellor_id, offer.starts_at,
       offer.ends_at, offer.outcome, offer.closed_at, waiting_entry.id AS entry,
       waiting_entry.place_kind, own.starts_at AS own_starts_at
FROM offer
LEFT JOIN waiting_entry ON waiting_entry.id = offer.entry_id
LEFT JOIN appointment ON appointment.id = waiting_entry.appointment_id
LEFT JOIN engagement AS own ON own.id = appointment.engagement_id
"""
WAITING = """
SELECT waiting_entry.id, waiting_entry.resident_id, waiting_entry.place_kind,
       waiting_entry.joined_at, resident.phone, offer.id AS offer_id
FROM waiting_entry
JOIN resident ON resident.id = waiting_entry.resident_id
JOIN offer ON offer.entry_id = waiting_entry.id AND offer.closed_at IS NULL
WHERE waiting_entry.appointment_id IS NULL
"""
BOOKED = """
SELECT appointment.id, appointment.resident_id, appointment.place_kind, appointment.booked_at,
       resident.phone
FROM appointment JOIN resident ON resident.id = appointment.resident_id
WHERE appointment.status = 'BOOKED'
"""
TOLD = "SELECT subject_id FROM outbox_message WHERE subject_kind = 'OFFER'"


def find_waiting_faults(session: Session, _now: datetime) -> list[str]:
    """Every fault that is there at this instant, in words."""
    held = [dict(row) for row in session.execute(text(ENGAGEMENTS)).mappings()]
    offers = [dict(row) for row in session.execute(text(OFFERS)).mappings()]
    told = Counter(session.scalars(text(TOLD)))
    session.rollback()
    return [
        *find_faults_now(session),
        *_overlaps(held),
        *_holds(held, offers),
        *_answers(held, offers),
        *(f"{told[each['id']]} messages of offer {each['id']}" for each in offers
          if told[each["id"]] != 1),
    ]  # fmt: skip


def find_offered_in_vain(session: Session) -> list[str]:
    """Right after the worker has tidied: what is offered to somebody who has booked since."""
    waiting = [dict(row) for row in session.execute(text(WAITING)).mappings()]
    booked = [dict(row) for row in session.execute(text(BOOKED)).mappings()]
    session.rollback()
    return [
        f"offered to somebody who has booked: {one} {other}"
        for one in waiting
        for other in booked
        if one["resident_id"] == other["resident_id"] or one["phone"] == other["phone"]
        if one["place_kind"] == other["place_kind"] and other["booked_at"] > one["joined_at"]
    ]


def _overlaps(held: list[dict[str, Any]]) -> Iterator[str]:
    live = [each for each in held if each["occupies"]]
    for one, other in combinations(live, 2):
        if one["counsellor_id"] != other["counsellor_id"]:
            continue
        if one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]:
            yield f"overlap: {one} and {other}"


def _holds(held: list[dict[str, Any]], offers: list[dict[str, Any]]) -> Iterator[str]:
    """A hold has one open offer of the same hours, an open offer one hold; nobody has two."""
    open_now = [each for each in offers if each["closed_at"] is None]
    by_hold = {each["engagement_id"]: each for each in open_now}
    for each in held:
        if each["kind"] == "OFFER":
            offer = by_hold.pop(each["id"], None)
            if offer is None or each["held_until"] is None or each["booked"]:
                yield f"a hold of nobody: {each} {offer}"
            elif (offer["starts_at"], offer["ends_at"]) != (each["starts_at"], each["ends_at"]):
                yield f"another time is held than offered: {each} {offer}"
        elif each["held_until"] is not None or not each["booked"]:
            yield f"no hold, and no appointment: {each}"
    yield from (f"an offer that nothing holds: {each}" for each in by_hold.values())
    entries = Counter(each["entry_id"] for each in open_now)
    yield from (f"{n} places offered to {entry}" for entry, n in entries.items() if n > 1)


def _answers(held: list[dict[str, Any]], offers: list[dict[str, Any]]) -> Iterator[str]:
    booked = {each["id"] for each in held if each["booked"]}
    for each in offers:
        if (each["closed_at"] is None) is not (each["outcome"] is None):
            yield f"closed, or not, against its answer: {each}"
        if each["closed_at"] is None and each["entry"] is None:
            yield f"offered to nobody: {each}"
        if each["outcome"] == "ACCEPTED" and each["engagement_id"] not in {None, *booked}:
            yield f"accepted and not booked: {each}"
        if each["outcome"] not in {None, "ACCEPTED"} and each["engagement_id"] is not None:
            yield f"closed and still held: {each}"
