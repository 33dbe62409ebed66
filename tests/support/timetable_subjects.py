"""What the timetable pages may be asked about: rows of the own and of the foreign counsellor."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction
from app.models.journal import TimetableChange
from app.models.schedule import Absence, Availability, Closure
from app.services.transaction import write_transaction
from tests.support.presquile import NOW

FAR = NOW + timedelta(days=300)


def timetable_subjects(
    session: Session, user_id: int, counsellors: tuple[int, int], venues: tuple[int, int]
) -> dict[str, tuple[int, int]]:
    """(own, foreign) by name of parameter; far away, where they touch nothing."""
    end = FAR + timedelta(hours=3)
    with write_transaction(session):
        absences = [
            Absence(counsellor_id=each, starts_at=FAR, ends_at=end, recorded_at=NOW)
            for each in counsellors
        ]
        closures = [
            Closure(venue_id=each, starts_at=FAR, ends_at=end, reason="", recorded_at=NOW)
            for each in venues
        ]
        changes = [
            TimetableChange(
                at=NOW,
                user_id=user_id,
                kind=JournalAction.ABSENCE_DECLARED,
                counsellor_id=each,
                steps={"rows": {}, "appointments": [], "subject": ["COUNSELLOR", each]},
            )
            for each in counsellors
        ]
        held = [
            session.scalars(
                select(Availability.id).where(Availability.counsellor_id == each)
            ).first()
            for each in counsellors
        ]
        session.add_all([*absences, *closures, *changes])
        session.flush()
        return {
            "absence_id": (absences[0].id, absences[1].id),
            "closure_id": (closures[0].id, closures[1].id),
            "rule_id": (held[0] or 0, held[1] or 0),
            "change_id": (changes[0].id, changes[1].id),
        }
