"""A plan is shown before it is saved; one confirmation does all of it, or nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import planning_errors
from app.domain import staff_errors as errors
from app.domain.appointment import CallReason, ChangeReason, EventKind
from app.domain.impact import Way
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind
from app.domain.planning import Days, PartOfDay
from app.models.accounts import Counsellor
from app.models.appointment import AppointmentEvent, CallTask
from app.models.journal import JournalEntry, TimetableChange
from app.models.outbox import OutboxMessage
from app.models.places import Territory
from app.models.schedule import Absence, Replacement
from app.services import impact
from app.services.impact import UNDO_FOR, apply, orphan_lines, preview, replace_orphan
from app.services.impact_lines import Line
from app.services.orphans import find_orphans
from app.services.planning import AbsencePlan, ClosurePlan
from app.services.planning_lists import read_change
from tests.support.staff_accounts import coordinator
from tests.support.stage import TUESDAY_AT_NINE, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at, territory

LATER = NOW + timedelta(hours=1)
TUESDAY, WEDNESDAY, THURSDAY = (TODAY + timedelta(days=n) for n in (1, 2, 3))


def away(stage: Stage, person: str = "jeanne", day: date = TUESDAY, **more: Any) -> AbsencePlan:
    substitute = more.pop("substitute", None)
    return AbsencePlan(
        stage.counsellor(person), Days(day, **more), substitute and stage.counsellor(substitute)
    )


def saved(stage: Stage, plan: Any, choices: dict[str, str] | None = None) -> TimetableChange:
    """Apply with these choices by token, the proposed ones for the others."""
    lines = preview(stage.session, plan, now=LATER).lines
    keys = {line.appointment_id: line.chosen for line in lines}
    keys |= {stage.appointment(token).id: key for token, key in (choices or {}).items()}
    change = apply(stage.session, plan, keys, now=LATER, by=coordinator(stage.session))
    stage.session.rollback()
    return stage.session.get_one(TimetableChange, change)


def ways(line: Line) -> list[Way]:
    return [each.way for each in line.choices]


def test_a_preview_tells_who_is_touched_and_saves_nothing(stage: Stage) -> None:
    token = stage.book()
    stage.book(choice("2026-11-26T09:00", "mairie-aval"), phone=phone())
    revision = stage.session.scalars(select(Territory.revision)).one()
    (line,) = preview(stage.session, away(stage), now=LATER).lines
    assert line.appointment_id == stage.appointment(token).id
    assert (line.person, line.counsellor, line.place) == ("Rose S.", "Jeanne", "mairie-amont")
    assert line.starts_at == at(TUESDAY_AT_NINE)
    assert line.chosen == f"collegue.{stage.counsellor('karim')}"
    assert (stage.count(Absence), stage.count(CallTask), stage.count(TimetableChange)) == (0, 0, 0)
    assert stage.session.scalars(select(Territory.revision)).one() == revision
    assert find_orphans(stage.session, now=LATER) == []


def test_each_choice_names_the_colleague_the_hour_and_the_place(stage: Stage) -> None:
    stage.book()
    (line,) = preview(stage.session, away(stage), now=LATER).lines
    colleague, here, call = line.choices
    assert (colleague.way, colleague.colleague) == (Way.COLLEAGUE, "Karim")
    assert (here.way, here.colleague, here.place) == (Way.HERE, "Karim", "mairie-amont")
    assert here.starts_at == at("2026-11-24T09:00")
    assert (call.way, call.key) == (Way.CALL, "appel")


def test_a_saved_absence_hands_over_moves_and_asks_for_calls(stage: Stage) -> None:
    given, moved, left = (
        stage.book(choice(hour), phone=phone())
        for hour in ("2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00")
    )
    change = saved(
        stage, away(stage), {moved: here(stage, moved, "2026-11-26T12:35"), left: "appel"}
    )
    assert stage.where(given) == ("karim", at(TUESDAY_AT_NINE), "mairie-amont")
    assert stage.where(moved) == ("karim", at("2026-11-26T12:35"), "mairie-amont")
    assert stage.where(left) == ("jeanne", at("2026-11-24T11:00"), "mairie-amont")
    assert [each.kind for each in stage.events(given)] == [EventKind.BOOKED, EventKind.REASSIGNED]
    event = stage.events(moved)[-1]
    assert (event.kind, event.reason) == (EventKind.MOVED, ChangeReason.COUNSELLOR_AWAY)
    assert [task.reason for task in stage.call_tasks(given)] == []
    assert [task.reason for task in stage.call_tasks(moved)] == [CallReason.MOVED_BY_SERVICE]
    assert [task.reason for task in stage.call_tasks(left)] == [CallReason.TO_MOVE]
    assert [each.appointment_id for each in find_orphans(stage.session, now=LATER)] == [
        stage.appointment(left).id
    ]
    assert [(each["way"], each["failed"]) for each in change.steps["appointments"]] == [
        ("collegue", False), ("ici", False), ("appel", False),
    ]  # fmt: skip
    news = [each for each in stage.messages(moved) if each.kind is MessageKind.CHANGED]
    assert [each.due_at for each in news] == [LATER + UNDO_FOR]
    assert len(stage.messages(given)) == len(stage.messages(left)) == 1


def here(stage: Stage, token: str, hour: str) -> str:
    """The key of that hour at the place where it is."""
    place = stage.appointment(token).engagement.place
    return f"ici.{at(hour):%Y%m%dT%H%M}.{place.commune_id}.{place.venue_id}"


def test_the_journal_and_the_revision_follow(stage: Stage) -> None:
    stage.book()
    revision = stage.session.scalars(select(Territory.revision)).one()
    change = saved(stage, away(stage))
    assert stage.session.scalars(select(Territory.revision)).one() == revision + 1
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == JournalAction.ABSENCE_DECLARED)
    ).one()
    assert entry.subject_id == change.counsellor_id == stage.counsellor("jeanne")
    assert entry.facts == {"change": change.id, "colleague": 1}


def test_a_replacement_gives_the_sessions_to_the_colleague(stage: Stage) -> None:
    token = stage.book(choice("2026-11-25T09:00", "mairie-aval"))
    change = saved(stage, away(stage, day=WEDNESDAY, substitute="karim"))
    assert change.kind is JournalAction.REPLACEMENT_DECLARED
    assert stage.count(Replacement) == 1
    assert stage.where(token)[0] == "karim"
    assert find_orphans(stage.session, now=LATER) == []
    assert stage.where(stage.book(choice("2026-11-25T09:45", "mairie-aval"), phone=phone())) == (
        "karim", at("2026-11-25T09:45"), "mairie-aval",
    )  # fmt: skip


def test_the_substitute_s_own_appointments_are_touched_too(stage: Stage) -> None:
    """Karim's session at Butte gives way to Jeanne's at Aval."""
    token = stage.book(choice("2026-11-25T09:00", "mairie-butte"))
    lines = preview(stage.session, away(stage, day=WEDNESDAY, substitute="karim"), now=LATER).lines
    assert [line.appointment_id for line in lines] == [stage.appointment(token).id]
    assert Way.COLLEAGUE not in ways(lines[0])


def test_what_is_no_longer_possible_goes_to_the_call_list_and_is_said(stage: Stage) -> None:
    token = stage.book()
    plan = away(stage)
    lines = preview(stage.session, plan, now=LATER).lines
    stage.book(phone=phone())
    change = apply(
        stage.session,
        plan,
        {line.appointment_id: line.chosen for line in lines},
        now=LATER,
        by=coordinator(stage.session),
    )
    (settled,) = stage.session.get_one(TimetableChange, change).steps["appointments"]
    assert (settled["way"], settled["failed"]) == ("appel", True)
    assert [task.reason for task in stage.call_tasks(token)] == [CallReason.TO_MOVE]


def test_what_was_booked_after_the_preview_goes_to_the_call_list(stage: Stage) -> None:
    plan = away(stage)
    assert preview(stage.session, plan, now=LATER).lines == []
    token = stage.book()
    change = apply(stage.session, plan, {}, now=LATER, by=coordinator(stage.session))
    assert [task.reason for task in stage.call_tasks(token)] == [CallReason.TO_MOVE]
    (outcome,) = read_change(stage.session, change, now=LATER).outcomes
    assert (outcome.has_failed, outcome.is_new) == (False, True)


def test_a_closure_touches_whoever_comes_to_that_venue(stage: Stage) -> None:
    token = stage.book()
    visit = stage.book(choice("2026-11-25T14:00", None), phone=phone())
    venue_id = stage.appointment(token).engagement.venue_id
    assert venue_id
    plan = ClosurePlan(venue_id, Days(TUESDAY, part=PartOfDay.MORNING), "Élections")
    (line,) = preview(stage.session, plan, now=LATER).lines
    assert line.appointment_id == stage.appointment(token).id
    assert [each.starts_at for each in line.choices if each.way is Way.HERE] == [
        at("2026-11-26T12:35")
    ]
    saved(stage, plan, {token: "appel"})
    assert stage.where(visit)[0] in {"jeanne", "karim"}
    assert stage.events(token)[-1].kind is EventKind.BOOKED


def test_an_orphan_is_placed_by_one_press(stage: Stage) -> None:
    given, moved = stage.book(), stage.book(choice("2026-11-24T10:00"), phone=phone())
    saved(stage, away(stage), {given: "appel", moved: "appel"})
    lines = orphan_lines(stage.session, now=LATER)
    assert [line.appointment_id for line in lines] == [
        stage.appointment(token).id for token in (given, moved)
    ]
    by = coordinator(stage.session)
    first = replace_orphan(
        stage.session, lines[0].appointment_id, lines[0].chosen, now=LATER, by=by
    )
    assert first is Way.COLLEAGUE
    key = here(stage, moved, "2026-11-26T12:35")
    assert replace_orphan(stage.session, lines[1].appointment_id, key, now=LATER, by=by) is Way.HERE
    assert [task.outcome is None for task in stage.call_tasks(given)] == [False]
    assert orphan_lines(stage.session, now=LATER) == []
    with pytest.raises(errors.StateRefused):
        replace_orphan(stage.session, lines[0].appointment_id, "appel", now=LATER, by=by)


def test_who_is_on_the_call_list_is_there_once(stage: Stage) -> None:
    token = stage.book()
    saved(stage, away(stage), {token: "appel"})
    by = coordinator(stage.session)
    found = stage.appointment(token).id
    assert replace_orphan(stage.session, found, "appel", now=LATER, by=by) is Way.CALL
    assert len(stage.call_tasks(token)) == 1


def test_what_a_colleague_was_given_is_touched_by_their_absence_too(stage: Stage) -> None:
    token = stage.book(choice("2026-11-25T09:00", "mairie-aval"))
    karim = stage.counsellor("karim")
    stage.session.execute(
        update(Counsellor).where(Counsellor.id == karim).values(first_name="Karim")
    )
    stage.session.commit()
    saved(stage, away(stage, "karim", part=PartOfDay.MORNING))
    saved(stage, away(stage, day=WEDNESDAY, part=PartOfDay.AFTERNOON))
    assert stage.where(token)[0] == "jeanne"
    rules = ClosurePlan(
        stage.catalogue.venue("mairie-butte").id, Days(WEDNESDAY, part=PartOfDay.MORNING)
    )
    saved(stage, rules)
    lines = preview(
        stage.session, away(stage, day=WEDNESDAY, part=PartOfDay.MORNING), now=LATER
    ).lines
    (line,) = lines
    assert line.chosen == f"collegue.{karim}"
    saved(stage, away(stage, day=WEDNESDAY, part=PartOfDay.MORNING))
    assert stage.where(token)[0] == "karim"
    (again,) = preview(
        stage.session, away(stage, "karim", day=WEDNESDAY, part=PartOfDay.MORNING), now=LATER
    ).lines
    assert again.appointment_id == stage.appointment(token).id


def test_the_last_line_may_take_what_the_first_one_leaves(stage: Stage) -> None:
    """Rows are written one after the other, or the wall would see two at once."""
    tokens = [
        stage.book(choice(hour), phone=phone())
        for hour in ("2026-11-27T09:00", "2026-11-27T09:45", "2026-11-27T10:30")
    ]
    change = saved(stage, away(stage, day=TODAY + timedelta(days=4)))
    assert {each["way"] for each in change.steps["appointments"]} <= set(Way)
    held = [stage.where(token)[:2] for token in tokens]
    assert len(set(held)) == 3


def test_a_refusal_of_the_plan_saves_nothing(stage: Stage) -> None:
    with pytest.raises(planning_errors.StartPast):
        preview(stage.session, away(stage, day=TODAY - timedelta(days=1)), now=LATER)
    with pytest.raises(planning_errors.StartPast):
        apply(
            stage.session,
            away(stage, day=TODAY - timedelta(days=1)),
            {},
            now=LATER,
            by=coordinator(stage.session),
        )
    assert stage.count(Absence) == stage.count(TimetableChange) == 0


def test_everybody_is_locked(stage: Stage) -> None:
    locks = impact.everybody(stage.session)
    assert locks.counsellor_ids == {stage.counsellor("jeanne"), stage.counsellor("karim")}
    assert locks.keys


def test_beyond_the_window_what_is_booked_is_still_seen(stage: Stage) -> None:
    token = stage.book(choice("2026-11-27T09:00"))
    stage.change_territory(territory(booking_window_days=2))
    (line,) = preview(stage.session, away(stage, day=TODAY + timedelta(days=4)), now=LATER).lines
    assert line.appointment_id == stage.appointment(token).id
    assert stage.count(AppointmentEvent) == 1
    assert stage.count(OutboxMessage) == 1
