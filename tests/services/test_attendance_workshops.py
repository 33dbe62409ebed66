"""A workshop is closed by counts: one record for a session, whoever led it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.attendance import Group
from app.domain.attendance_errors import (
    AlreadyRecorded,
    CountsDisagree,
    ParticipantsWrong,
    SomebodyCame,
    WorkshopNotHeld,
)
from app.domain.errors import DomainError
from app.domain.hours import hours
from app.domain.journal import JournalAction
from app.domain.sheet_errors import SheetRecorded
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import ParticipationState, WorkshopStatus
from app.models.attendance import AttendanceRow
from app.models.journal import JournalEntry
from app.models.workshops import Participation, Registration, WorkshopSession
from app.services import sheets
from app.services.attendance_record_rows import record_of
from app.services.attendance_workshops import (
    deserted_workshops,
    read_workshop,
    record_workshop,
    take_back_nobody,
    tell_nobody_came,
    workshops_to_complete,
)
from app.services.figures_time import read_period
from app.services.registrations import register
from app.services.sheets import read_sheet, reopen_sheet
from tests.support.agenda_day import DAY, TUESDAY
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop, registration

AFTER = TUESDAY + DAY
THEMES = frozenset({"securite_numerique"})


@pytest.fixture
def held(stage: Stage) -> WorkshopSession:
    """A workshop on Tuesday; somebody of Amont is registered, and came."""
    workshop_id = plan_workshop(stage.session, TUESDAY + timedelta(hours=10), recorded_at=NOW)
    register(stage.session, registration(workshop_id), now=NOW, links=LINKS)
    row = stage.session.scalars(select(WorkshopSession)).one()
    came = stage.session.scalars(select(Registration.id)).one()
    stage.session.add(
        Participation(
            registration_id=came, session_id=row.id, state=ParticipationState.ATTENDED, came=1
        )
    )
    row.walk_ins = 2
    stage.session.commit()
    return row


def test_counts_make_one_record(stage: Stage, held: WorkshopSession) -> None:
    (listed,) = workshops_to_complete(stage.session, stage.counsellor("jeanne"), now=AFTER)
    assert (listed.attended, listed.walk_ins, listed.residences) == (1, 2, {"17001": 1})
    group = Group(listed.attended, 2, THEMES, residences=listed.residences, ages={"70p": 2})
    jeanne = stage.counsellor("jeanne")
    record_workshop(stage.session, held.id, group, by_counsellor=jeanne, now=AFTER)
    record = record_of(stage.session.scalars(select(AttendanceRow)).one())
    assert (record.participants, record.minutes, record.leaders) == (3, 120, 1)
    assert (record.ages, record.residences) == ({"70p": 2, "nc": 1}, {"17001": 1, "nc": 2})
    assert (record.title, record.level) == ("Mots de passe et arnaques", "debutant")
    with pytest.raises(AlreadyRecorded):
        record_workshop(stage.session, held.id, group, by_counsellor=jeanne, now=AFTER)
    assert workshops_to_complete(stage.session, jeanne, now=AFTER) == []


def test_a_sheet_that_became_a_record_is_opened_no_more(
    stage: Stage, held: WorkshopSession
) -> None:
    session, date_id, workshop_id = stage.session, held.id, held.workshop_id
    by = clerk(stage)
    sheets.close_sheet(session, date_id, by=by, now=AFTER)
    sheets.reopen_sheet(session, date_id, by=by, now=AFTER)
    sheets.close_sheet(session, date_id, by=by, now=AFTER)
    group = Group(1, 2, THEMES)
    record_workshop(session, date_id, group, by_counsellor=stage.counsellor("jeanne"), now=AFTER)
    with pytest.raises(SheetRecorded):
        sheets.reopen_sheet(session, date_id, by=by, now=AFTER)
    sheet = sheets.read_sheet(session, workshop_id, date_id)
    assert (sheet.closed_at, sheet.is_recorded, sheet.came) == (AFTER, True, 3)


@pytest.mark.parametrize(
    ("group", "refusal"),
    [
        (Group(0, 0, THEMES), ParticipantsWrong),
        (Group(400, 0, THEMES), ParticipantsWrong),
        (Group(2, 0, THEMES, genders={"f": 3}), CountsDisagree),
    ],
)
def test_bad_counts_change_nothing(
    stage: Stage, held: WorkshopSession, group: Group, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        record_workshop(stage.session, held.id, group, by_counsellor=1, now=AFTER)
    assert not read_workshop(stage.session, held.id).is_recorded


def test_what_was_not_held_has_no_record(stage: Stage, held: WorkshopSession) -> None:
    group, session_id = Group(1, 0, THEMES), held.id
    with pytest.raises(WorkshopNotHeld):
        record_workshop(stage.session, session_id, group, by_counsellor=1, now=NOW)
    stage.session.get_one(WorkshopSession, session_id).status = WorkshopStatus.CANCELLED
    stage.session.commit()
    with pytest.raises(WorkshopNotHeld):
        record_workshop(stage.session, session_id, group, by_counsellor=1, now=AFTER)
    with pytest.raises(SubjectUnknown):
        read_workshop(stage.session, session_id + 1)


def minutes(stage: Stage) -> tuple[int, int]:
    """Held and used on the Tuesday, of who leads the workshop."""
    on, jeanne = TUESDAY.date(), stage.counsellor("jeanne")
    period = read_period(stage.session, stage.catalogue, on, on, counsellor_id=jeanne)
    told = hours(period).values()
    return sum(each.held for each in told), sum(each.used for each in told)


@pytest.fixture
def empty(stage: Stage, held: WorkshopSession) -> int:
    """The same workshop, of which nobody has said yet who came; its id."""
    stage.session.delete(stage.session.scalars(select(Participation)).one())
    held.walk_ins = 0
    stage.session.commit()
    return held.id


def test_a_workshop_where_nobody_came_is_finished_without_a_record(
    stage: Stage, empty: int
) -> None:
    session, by, jeanne = stage.session, clerk(stage), stage.counsellor("jeanne")
    held, used = minutes(stage)
    for _ in range(2):
        tell_nobody_came(session, empty, by=by, now=AFTER)
    sheet = read_sheet(session, session.get_one(WorkshopSession, empty).workshop_id, empty)
    assert sheet.closed_at == AFTER
    assert [each.state for each in sheet.people] == [ParticipationState.ABSENT]
    assert session.scalars(select(AttendanceRow)).all() == []
    assert workshops_to_complete(session, jeanne, now=AFTER) == []
    assert [each.session_id for each in deserted_workshops(session, jeanne, now=AFTER)] == [empty]
    assert minutes(stage) == (held, used - 180), "two hours, setting up and tidying included"
    with pytest.raises(AlreadyRecorded):
        record_workshop(session, empty, Group(1, 0, THEMES), by_counsellor=jeanne, now=AFTER)


def test_nobody_came_is_taken_back(stage: Stage, empty: int) -> None:
    """By its own button, or because the sheet is opened again: it is to be recorded then."""
    session, by, jeanne = stage.session, clerk(stage), stage.counsellor("jeanne")
    before = minutes(stage)
    tell_nobody_came(session, empty, by=by, now=AFTER)
    for _ in range(2):
        take_back_nobody(session, empty, by=by, now=AFTER)
    assert minutes(stage) == before
    tell_nobody_came(session, empty, by=by, now=AFTER)  # its sheet is closed already
    reopen_sheet(session, empty, by=by, now=AFTER)
    assert minutes(stage) == before
    record_workshop(session, empty, Group(1, 0, THEMES), by_counsellor=jeanne, now=AFTER)
    with pytest.raises(AlreadyRecorded):
        tell_nobody_came(session, empty, by=by, now=AFTER)
    nobody, somebody = JournalAction.NOBODY_CAME, JournalAction.SOMEBODY_CAME
    about = JournalEntry.action.in_([nobody, somebody])
    acts = session.scalars(select(JournalEntry.action).where(about).order_by(JournalEntry.id))
    assert acts.all() == [nobody, somebody, nobody]


def test_nobody_came_is_refused_where_somebody_did_or_could_not(
    stage: Stage, held: WorkshopSession
) -> None:
    number, by = held.id, clerk(stage)
    with pytest.raises(WorkshopNotHeld):
        tell_nobody_came(stage.session, number, by=by, now=NOW)
    with pytest.raises(SomebodyCame) as refused:
        tell_nobody_came(stage.session, number, by=by, now=AFTER)
    assert refused.value.facts == {"came": 3}
    assert not read_workshop(stage.session, number).is_deserted
