"""The journal is read a page at a time, narrowed, and exported whole."""

from datetime import date, timedelta

import pytest

from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import ExportTooLong
from app.services import journal_reading
from app.services.journal import note
from app.services.journal_reading import PAGE, JournalFilter, export_lines, read_lines
from app.services.transaction import write_transaction
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

ACT = JournalAction.PERSON_SEEN


def noted(stage: Stage, count: int, by: int | None = None, days: int = 0) -> None:
    with write_transaction(stage.session):
        for rank in range(count):
            at = NOW + timedelta(days=days, seconds=rank)
            note(stage.session, ACT, (JournalSubject.RESIDENT, rank), by=by, now=at, rank=rank)


def read(stage: Stage, **wanted: object) -> list[int | None]:
    lines, _ = read_lines(stage.session, stage.catalogue, JournalFilter(**wanted))  # type: ignore[arg-type]
    return [line.subject_id for line in lines]


def test_the_latest_lines_come_first_fifty_at_a_time(stage: Stage) -> None:
    noted(stage, PAGE + 2)
    lines, before = read_lines(stage.session, stage.catalogue, JournalFilter())
    assert [line.subject_id for line in lines] == list(range(PAGE + 1, 1, -1))
    rest, end = read_lines(stage.session, stage.catalogue, JournalFilter(before=before))
    assert [line.subject_id for line in rest] == [1, 0]
    assert end is None
    assert (rest[0].who, rest[0].facts) == (None, {"rank": 1})


def test_exactly_a_page_has_no_next_one(stage: Stage) -> None:
    noted(stage, PAGE)
    _, before = read_lines(stage.session, stage.catalogue, JournalFilter())
    assert before is None


def test_lines_are_narrowed_by_person_act_and_local_days(stage: Stage) -> None:
    anne = clerk(stage)
    noted(stage, 2, by=anne)
    noted(stage, 1, days=1)
    assert len(read(stage)) == 4
    assert read(stage, user_id=anne) == [1, 0]
    assert read(stage, action=JournalAction.PERSON_ERASED) == []
    assert read(stage, action=ACT, user_id=anne) == [1, 0]
    today = NOW.date()
    assert read(stage, first=today + timedelta(days=1)) == [0]
    assert len(read(stage, last=today)) == 3
    assert read(stage, first=today + timedelta(days=2), last=date(2099, 1, 1)) == []


def test_an_export_is_whole_and_is_a_line_itself(stage: Stage) -> None:
    anne = clerk(stage)
    noted(stage, PAGE + 5)
    wanted = JournalFilter(action=ACT, before=3)
    lines = export_lines(stage.session, stage.catalogue, wanted, by=anne, now=NOW)
    assert len(lines) == PAGE + 5
    [last, *_], _ = read_lines(stage.session, stage.catalogue, JournalFilter())
    assert (last.action, last.who) == (JournalAction.JOURNAL_EXPORTED, "Anne Essai")
    assert last.facts == {"lines": PAGE + 5}


def test_too_many_lines_ask_for_a_shorter_period(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_reading, "MOST_EXPORTED", 2)
    noted(stage, 3)
    with pytest.raises(ExportTooLong):
        export_lines(stage.session, stage.catalogue, JournalFilter(), by=clerk(stage), now=NOW)
    assert JournalAction.JOURNAL_EXPORTED not in {
        line.action for line in read_lines(stage.session, stage.catalogue, JournalFilter())[0]
    }
