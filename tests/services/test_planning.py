"""What is written for an absence, a replacement or a closure, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import planning_errors
from app.domain import staff_errors as errors
from app.domain.journal import JournalAction
from app.domain.planning import Days, PartOfDay
from app.models.accounts import Counsellor
from app.models.schedule import Absence, Closure, Replacement
from app.services.impact import apply
from app.services.planning import (
    AbsencePlan,
    AbsenceWithdrawal,
    ClosurePlan,
    ClosureWithdrawal,
)
from app.services.planning_lists import (
    UndoableChange,
    absence_holder,
    appointment_holder,
    change_holder,
    closed_venue,
    list_absences,
    list_closures,
    people_at_work,
    read_change,
    undoable_changes,
)
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, TODAY, at

LATER = NOW + timedelta(hours=1)
TUESDAY = TODAY + timedelta(days=1)


def save(stage: Stage, plan: Any, choices: dict[int, str] | None = None) -> int:
    found = apply(stage.session, plan, choices or {}, now=LATER, by=coordinator(stage.session))
    stage.session.rollback()
    return found


def rows(stage: Stage, table: Any) -> list[Any]:
    return list(stage.session.scalars(select(table).order_by(table.id)))


def absence(stage: Stage, days: Days, substitute: int | None = None) -> AbsencePlan:
    return AbsencePlan(stage.counsellor("jeanne"), days, substitute)


def test_a_recurring_absence_is_one_series_of_rows(stage: Stage) -> None:
    days = Days(TUESDAY, date(2026, 12, 8), PartOfDay.MORNING, is_weekly=True)
    save(stage, absence(stage, days, stage.counsellor("karim")))
    found = rows(stage, Absence)
    assert [each.starts_at for each in found] == [
        at("2026-11-24T00:00"), at("2026-12-01T00:00"), at("2026-12-08T00:00"),
    ]  # fmt: skip
    assert found[0].ends_at == at("2026-11-24T13:00")
    assert len({each.series for each in found}) == 1
    assert [(each.starts_at, each.ends_at) for each in rows(stage, Replacement)] == [
        (each.starts_at, each.ends_at) for each in found
    ]
    (entry,) = list_absences(stage.session, now=LATER)
    assert (entry.counsellor, entry.substitute, len(entry.periods)) == ("Jeanne", "Karim", 3)


def test_two_absences_that_share_an_hour_are_one_too_many(stage: Stage) -> None:
    save(stage, absence(stage, Days(TUESDAY, part=PartOfDay.MORNING)))
    save(stage, absence(stage, Days(TUESDAY, part=PartOfDay.AFTERNOON)))
    with pytest.raises(planning_errors.AlreadyAway):
        save(stage, absence(stage, Days(TODAY, TUESDAY)))
    weekly = Days(TODAY, date(2026, 12, 7), is_weekly=True)
    save(stage, absence(stage, weekly))
    assert len(list_absences(stage.session, now=LATER)) == 3


@pytest.mark.parametrize("person", ["jeanne", "gone", "nobody"])
def test_who_cannot_replace_is_refused(stage: Stage, person: str) -> None:
    stage.session.add(Counsellor(code="gone", first_name="Parti", active=False))
    stage.session.commit()
    substitute = 999 if person == "nobody" else stage.counsellor(person)
    with pytest.raises(planning_errors.SubstituteUnfit):
        save(stage, absence(stage, Days(TUESDAY), substitute))


def test_nobody_is_replaced_twice(stage: Stage) -> None:
    stage.session.add(
        Replacement(
            absent_id=stage.counsellor("jeanne"),
            substitute_id=stage.counsellor("karim"),
            starts_at=at("2026-11-24T00:00"),
            ends_at=at("2026-11-25T00:00"),
            recorded_at=NOW,
        )
    )
    stage.session.commit()
    with pytest.raises(planning_errors.AlreadyReplaced):
        save(stage, absence(stage, Days(TUESDAY), stage.counsellor("karim")))


def test_who_has_left_has_no_timetable(stage: Stage) -> None:
    stage.session.execute(
        update(Counsellor).where(Counsellor.code == "jeanne").values(active=False)
    )
    stage.session.commit()
    with pytest.raises(planning_errors.AgendaClosed):
        save(stage, absence(stage, Days(TUESDAY)))
    with pytest.raises(planning_errors.AgendaClosed):
        save(stage, AbsencePlan(999, Days(TUESDAY)))
    assert [each.first_name for each in people_at_work(stage.session)] == ["Karim"]


def test_a_withdrawn_absence_takes_its_replacement_with_it(stage: Stage) -> None:
    days = Days(TODAY, date(2026, 12, 7), is_weekly=True)
    save(stage, absence(stage, days, stage.counsellor("karim")))
    first = rows(stage, Absence)[0]
    tuesday = LATER + timedelta(days=1)
    plan = AbsenceWithdrawal(first.id, first.counsellor_id)
    apply(stage.session, plan, {}, now=tuesday, by=coordinator(stage.session))
    stage.session.rollback()
    assert [each.withdrawn_at for each in rows(stage, Absence)] == [None, tuesday, tuesday]
    assert [each.withdrawn_at for each in rows(stage, Replacement)] == [None, tuesday, tuesday]
    assert list_absences(stage.session, now=tuesday) == []
    with pytest.raises(errors.SubjectUnknown):
        apply(stage.session, plan, {}, now=tuesday, by=coordinator(stage.session))


def test_an_absence_of_a_file_has_no_series_and_is_withdrawn_alone(stage: Stage) -> None:
    one = {"counsellor": "jeanne", "from": TUESDAY, "to": TUESDAY}
    other = {"counsellor": "karim", "from": TUESDAY, "to": TUESDAY}
    stage.change_timetable(absences=[one, other])
    first, second = list_absences(stage.session, now=LATER)
    save(stage, AbsenceWithdrawal(first.id, first.counsellor_id))
    assert list_absences(stage.session, now=LATER) == [second]


def closure(stage: Stage, days: Days) -> ClosurePlan:
    return ClosurePlan(stage.catalogue.venue("mairie-amont").id, days, "Travaux")


def test_a_closure_is_listed_refused_twice_and_withdrawn_once(stage: Stage) -> None:
    change = save(stage, closure(stage, Days(TUESDAY)))
    (entry,) = list_closures(stage.session, now=LATER)
    assert (entry.venue, entry.reason) == ("mairie-amont", "Travaux")
    with pytest.raises(planning_errors.AlreadyClosed):
        save(stage, closure(stage, Days(TUESDAY, part=PartOfDay.MORNING)))
    plan = ClosureWithdrawal(entry.id, closed_venue(stage.session, entry.id))
    save(stage, plan)
    assert list_closures(stage.session, now=LATER) == []
    assert rows(stage, Closure)[0].withdrawn_at == LATER
    with pytest.raises(planning_errors.AlreadyWithdrawn) as refused:
        save(stage, plan)
    assert refused.value.facts["at"] == LATER
    assert refused.value.facts["by"]
    assert change_holder(stage.session, change) is None


def test_a_closure_that_is_over_stays_as_it_was(stage: Stage) -> None:
    save(stage, closure(stage, Days(TODAY)))
    (row,) = rows(stage, Closure)
    by, tomorrow = coordinator(stage.session), LATER + timedelta(days=1)
    with pytest.raises(errors.SubjectUnknown):
        apply(stage.session, ClosureWithdrawal(row.id, row.venue_id), {}, now=tomorrow, by=by)


def test_a_change_is_told_with_what_became_of_each_appointment(stage: Stage) -> None:
    token = stage.book()
    appointment_id = stage.appointment(token).id
    karim = stage.counsellor("karim")
    change = save(stage, absence(stage, Days(TUESDAY)), {appointment_id: f"collegue.{karim}"})
    told = read_change(stage.session, change, now=LATER)
    assert (told.kind, told.is_undone, told.undo_refusal) == (
        JournalAction.ABSENCE_DECLARED, False, None,
    )  # fmt: skip
    (outcome,) = told.outcomes
    assert (outcome.person, outcome.counsellor, outcome.place, outcome.has_failed) == (
        "Rose S.", "Karim", "mairie-amont", False,
    )  # fmt: skip
    assert outcome.was_at == outcome.starts_at == at("2026-11-24T09:00")
    jeanne = stage.counsellor("jeanne")
    assert undoable_changes(stage.session, now=LATER) == [UndoableChange(change, LATER, jeanne)]
    assert undoable_changes(stage.session, now=LATER + timedelta(minutes=11)) == []


@pytest.mark.parametrize("find", [absence_holder, closed_venue, change_holder, appointment_holder])
def test_what_does_not_exist_is_unknown(stage: Stage, find: Any) -> None:
    with pytest.raises(errors.SubjectUnknown):
        find(stage.session, 999)


def test_each_row_knows_whose_it_is(stage: Stage) -> None:
    jeanne = stage.counsellor("jeanne")
    change = save(stage, absence(stage, Days(TUESDAY)))
    assert absence_holder(stage.session, rows(stage, Absence)[0].id) == jeanne
    assert change_holder(stage.session, change) == jeanne
    held = stage.appointment(stage.book())
    assert appointment_holder(stage.session, held.id) == held.engagement.counsellor_id
