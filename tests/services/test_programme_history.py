"""Who read the names of those who come is noted, once a day."""

from sqlalchemy import select

from app.domain.journal import JournalAction
from app.models.journal import JournalEntry
from app.services.programme_history import note_seen, read_history
from tests.support.programme import a_plan, plan, somebody
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_reading_names_twice_a_day_is_one_line(stage: Stage) -> None:
    (planned,), who = plan(stage.session, a_plan(stage.session)), somebody(stage.session)
    for _ in range(2):
        note_seen(stage.session, planned, by=who, now=NOW)
    seen = select(JournalEntry).where(JournalEntry.action == JournalAction.SHEET_SEEN)
    assert len(stage.session.scalars(seen).all()) == 1
    assert [each.by for each in read_history(stage.session, planned)] == ["Ada"]
