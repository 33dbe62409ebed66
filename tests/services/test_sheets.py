"""The sheet of a workshop: who came is told, counted, closed, opened again for seven days."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.journal import JournalAction
from app.domain.sheet_errors import (
    SheetAnswerUnknown,
    SheetIsClosed,
    SheetTooEarly,
    SheetTooLate,
)
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshop_errors import WorkshopCancelled
from app.domain.workshops import ParticipationState, WorkshopStatus
from app.models.journal import JournalEntry
from app.models.workshops import Registration, WorkshopSession
from app.services import sheets
from app.services.appointment_rows import Act
from app.services.links import hash_token
from app.services.registrations import excuse, register
from app.services.transaction import write_transaction
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
DURING = FIRST + timedelta(minutes=5)
EXCUSED, ATTENDED, ABSENT = ParticipationState


def enrol(stage: Stage, workshop_id: int, *, two: bool = False) -> int:
    asked = (couple if two else registration)(workshop_id)
    found = register(stage.session, asked, now=NOW, links=LINKS)
    opened = Registration.link_token_hash == hash_token(found.token)
    return stage.session.scalars(select(Registration.id).where(opened)).one()


def date_of(stage: Stage, workshop_id: int) -> int:
    query = select(WorkshopSession.id).where(WorkshopSession.workshop_id == workshop_id)
    return stage.session.scalars(query.order_by(WorkshopSession.starts_at)).first() or 0


def _is_refused_before_the_start(stage: Stage, date: int, registration_id: int, by: int) -> None:
    early = FIRST - timedelta(seconds=1)
    with pytest.raises(SheetTooEarly):
        sheets.mark(stage.session, date, registration_id, 1, now=early)
    with pytest.raises(SheetTooEarly):
        sheets.close_sheet(stage.session, date, by=by, now=early)


def _count_twice(stage: Stage, date: int) -> None:
    """A button pressed twice is pressed once."""
    for _ in range(2):
        sheets.count_walk_ins(stage.session, date, 3, now=DURING)
        sheets.count_lent(stage.session, date, 1, now=DURING)


def test_a_sheet_from_the_first_press_to_the_last_correction(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW)
    single, pair, excused = enrol(stage, cycle), enrol(stage, cycle, two=True), enrol(stage, cycle)
    forgotten = enrol(stage, cycle)
    date, by = date_of(stage, cycle), clerk(stage)
    excuse(stage.session, excused, date, Act(NOW))
    _is_refused_before_the_start(stage, date, single, by)
    sheets.mark(stage.session, date, single, 0, now=FIRST)
    sheets.mark(stage.session, date, single, 1, now=DURING)  # the last one holds
    sheets.mark(stage.session, date, pair, 2, now=DURING)
    _count_twice(stage, date)
    for wrong in (2, -1, None):
        with pytest.raises(SheetAnswerUnknown):
            sheets.mark(stage.session, date, single, wrong, now=DURING)
    sheet = sheets.read_sheet(stage.session, cycle, date)
    assert (sheet.came, sheet.untold, sheet.lent) == (6, 1, 1)
    [held] = sheets.open_sheets(stage.session, now=FIRST + timedelta(hours=2), since=NOW)
    assert held.id == date
    for _ in range(2):
        sheets.close_sheet(stage.session, date, by=by, now=DURING)
    sheet = sheets.read_sheet(stage.session, cycle, date)
    told = {each.registration_id: (each.state, each.came) for each in sheet.people}
    assert told == {
        single: (ATTENDED, 1), pair: (ATTENDED, 2), excused: (EXCUSED, 0), forgotten: (ABSENT, 0),
    }  # fmt: skip
    assert sheets.open_sheets(stage.session, now=FIRST + timedelta(hours=2), since=NOW) == []
    with pytest.raises(SheetIsClosed):
        sheets.mark(stage.session, date, single, 0, now=DURING)
    sheets.reopen_sheet(stage.session, date, by=by, now=FIRST + timedelta(days=7))
    sheets.mark(stage.session, date, forgotten, 1, now=FIRST + timedelta(days=7))
    sheets.close_sheet(stage.session, date, by=by, now=FIRST + timedelta(days=7))
    with pytest.raises(SheetTooLate):
        sheets.reopen_sheet(stage.session, date, by=by, now=FIRST + timedelta(days=7, hours=3))
    acts = stage.session.scalars(
        select(JournalEntry.facts).where(JournalEntry.action == JournalAction.SHEET_CLOSED)
    ).all()
    assert acts == [
        {"date": date, "came": 3, "walk_ins": 3},
        {"date": date, "came": 4, "walk_ins": 3},
    ]


def test_only_who_is_registered_there_is_on_it(stage: Stage) -> None:
    one = plan_workshop(stage.session, FIRST, recorded_at=NOW, capacity=1)
    other = plan_workshop(stage.session, FIRST + timedelta(hours=4), recorded_at=NOW)
    first, waiting, elsewhere = enrol(stage, one), enrol(stage, one), enrol(stage, other)
    date = date_of(stage, one)
    people = sheets.read_sheet(stage.session, one, date).people
    assert [each.registration_id for each in people] == [first]
    with pytest.raises(SubjectUnknown):
        sheets.mark(stage.session, date, elsewhere, 1, now=DURING)
    with pytest.raises(SubjectUnknown):
        sheets.read_sheet(stage.session, other, date)
    with write_transaction(stage.session):
        stage.session.get_one(WorkshopSession, date).status = WorkshopStatus.CANCELLED
    with pytest.raises(WorkshopCancelled):
        sheets.mark(stage.session, date, first, 1, now=DURING)
    assert waiting


def test_who_opens_a_sheet_is_in_the_journal_once_a_half_hour(stage: Stage) -> None:
    one = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    sheet, by = sheets.read_sheet(stage.session, one, date_of(stage, one)), clerk(stage)
    for minutes in (0, 10, 31):
        at = FIRST + timedelta(minutes=minutes)
        sheets.note_sheet_seen(stage.session, sheet, by=by, now=at)
    seen = select(JournalEntry).where(JournalEntry.action == JournalAction.SHEET_SEEN)
    assert len(stage.session.scalars(seen).all()) == 2
