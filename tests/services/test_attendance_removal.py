"""A copy by mistake and the record of a workshop go; as many lines remain as were held."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.domain.attendance import Group, Told, duplicate
from app.domain.attendance_errors import (
    HalfYearClosedAlready,
    LineOfAppointment,
    LineOfWorkshop,
)
from app.domain.half_year import HalfYear
from app.domain.staff_errors import SubjectUnknown
from app.models.attendance import AttendanceRow, HalfYearClosing
from app.models.workshops import WorkshopSession
from app.services.attendance_lines import add_line, find_lines, read_line
from app.services.attendance_records import Answer, close_appointment
from app.services.attendance_removal import read_removal, remove_line
from app.services.attendance_workshops import record_workshop, workshops_to_complete
from tests.support.agenda_day import DAY, HOUR, TUESDAY, colleague
from tests.support.stage import Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop

AFTER = TUESDAY + DAY
ON = date(2026, 11, 24)


def lines(stage: Stage) -> list[UUID]:
    stage.session.rollback()
    return [each.id for each in find_lines(stage.session, ON, ON)]


def copy(stage: Stage, line_id: UUID) -> None:
    record = duplicate(read_line(stage.session, line_id).record, ON)
    add_line(stage.session, record, uuid4().hex, now=AFTER)


def test_one_line_for_each_appointment_remains(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    told = Told(themes=frozenset({"email"}))
    close_appointment(stage.session, held, Answer(told), by=who, now=AFTER)
    (line,) = lines(stage)
    with pytest.raises(LineOfAppointment):
        read_removal(stage.session, read_line(stage.session, line))
    with pytest.raises(LineOfAppointment):
        remove_line(stage.session, line, None)
    copy(stage, line)
    for each in lines(stage):
        removal = read_removal(stage.session, read_line(stage.session, each))
        assert (removal.may_be_copy, removal.workshops) == (True, ())
    with pytest.raises(LineOfWorkshop):
        remove_line(stage.session, line, 1)
    remove_line(stage.session, line, None)
    (left,) = lines(stage)
    for gone, refusal in ((line, SubjectUnknown), (left, LineOfAppointment)):
        with pytest.raises(refusal):
            remove_line(stage.session, gone, None)
    assert stage.session.get_one(AttendanceRow, left).themes == ["email"]


def test_a_workshop_without_its_line_is_to_be_closed_again(stage: Stage) -> None:
    session, jeanne = stage.session, stage.counsellor("jeanne")
    for hours in (10, 15):
        plan_workshop(session, TUESDAY + hours * HOUR, recorded_at=NOW)
    morning, evening = session.scalars(select(WorkshopSession.id).order_by("starts_at")).all()
    group = Group(3, 0, frozenset({"email"}))
    record_workshop(session, morning, group, by_counsellor=jeanne, now=AFTER)
    (line,) = lines(stage)
    removal = read_removal(session, read_line(session, line))
    assert [each.session_id for each in removal.workshops] == [morning]
    assert not removal.may_be_copy
    for wrong in (None, evening, 0):
        with pytest.raises(LineOfWorkshop):
            remove_line(session, line, wrong)
    copy(stage, line)
    remove_line(session, line, None)
    (left,) = lines(stage)
    assert len(workshops_to_complete(session, jeanne, now=AFTER)) == 1
    remove_line(session, left, morning)
    assert lines(stage) == []
    assert len(workshops_to_complete(session, jeanne, now=AFTER)) == 2
    record_workshop(session, morning, group, by_counsellor=jeanne, now=AFTER)
    assert len(lines(stage)) == 1


def test_a_closed_half_year_keeps_its_lines(stage: Stage) -> None:
    who, held = colleague(stage), stage.appointment(stage.book()).id
    told = Told(themes=frozenset({"email"}))
    close_appointment(stage.session, held, Answer(told), by=who, now=AFTER)
    (line,) = lines(stage)
    copy(stage, line)
    closing = {"closed_on": ON, "closed_by_id": who, "missing": 0}
    stage.session.add(HalfYearClosing(half_year=HalfYear(2026, 2).code, **closing))
    stage.session.commit()
    with pytest.raises(HalfYearClosedAlready):
        read_removal(stage.session, read_line(stage.session, line))
    with pytest.raises(HalfYearClosedAlready):
        remove_line(stage.session, line, None)
