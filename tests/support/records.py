"""Records of attendance of the team's counsellors, written straight to their table."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attendance import AttendanceRecord
from app.domain.national_labels import AT_VENUE, INDIVIDUAL, NOT_TOLD
from app.models.accounts import Counsellor
from app.models.attendance import AttendanceRow
from app.models.workshops import WorkshopEngagement, WorkshopSession
from app.services.attendance_record_rows import row_of
from tests.support.presquile import NOW
from tests.support.team import Team
from tests.support.workshops import plan_workshop


def record(counsellor: str, **changes: Any) -> AttendanceRecord:
    """One person who came to Breuillet today, for their e-mail."""
    told: dict[str, Any] = {
        "on": NOW.date(),
        "counsellor": counsellor,
        "type": INDIVIDUAL,
        "minutes": 45,
        "place_kind": AT_VENUE,
        "place_commune": "17064",
        "venue": "mairie-breuillet",
        "participants": 1,
        "themes": frozenset({"email"}),
        "genders": {"f": 1},
        "ages": {"70p": 1},
        "statuses": {"retraite": 1},
        "residences": {NOT_TOLD: 1},
    }
    return AttendanceRecord(**told | changes)


def keep_record(session: Session, told: AttendanceRecord, counted_on: date | None = None) -> str:
    """The random number of its line."""
    row: AttendanceRow = row_of(told, counted_on or told.on)
    session.add(row)
    session.commit()
    return str(row.id)


def add_record_subjects(team: Team) -> None:
    """A line and a workshop held of the own counsellor, and of the other one."""
    with team.session() as session:
        lines, held = [], []
        for counsellor_id in team.subjects["counsellor_id"]:
            code = session.get_one(Counsellor, counsellor_id).code
            lines.append(keep_record(session, record(code)))
            held.append(held_workshop(session, counsellor_id))
        team.subjects["line_id"] = lines[0], lines[1]
        team.subjects["workshop_session_id"] = held[0], held[1]


def held_workshop(session: Session, counsellor_id: int) -> int:
    """A session of a workshop that this counsellor led yesterday; its id."""
    starts_at = NOW - timedelta(days=1, hours=counsellor_id % 2 * 4)
    workshop_id = plan_workshop(session, starts_at, recorded_at=NOW - timedelta(days=9))
    query = select(WorkshopSession).where(WorkshopSession.workshop_id == workshop_id)
    date_row = session.scalars(query).one()
    hold = session.scalars(
        select(WorkshopEngagement).where(WorkshopEngagement.session_id == date_row.id)
    ).one()
    hold.engagement.counsellor_id = counsellor_id
    session.commit()
    return date_row.id
