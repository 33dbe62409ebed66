"""Ten minutes to think again: everything goes back to where it was, or nothing does."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import planning_errors
from app.domain.appointment import Actor, CallOutcome, ChangeReason, Channel, EventKind
from app.domain.errors import DomainError
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind, OutboxState
from app.domain.planning import Days, PartOfDay
from app.models.appointment import CallTask, Engagement
from app.models.journal import JournalEntry, TimetableChange
from app.models.outbox import OutboxMessage
from app.models.schedule import Absence, Closure, Replacement
from app.services import undo as undoing
from app.services.appointment_rows import Act
from app.services.handover import reassign
from app.services.impact import apply, preview
from app.services.orphans import find_orphans
from app.services.planning import AbsencePlan, AbsenceWithdrawal, ClosurePlan, ClosureWithdrawal
from app.services.planning_lists import list_absences, list_closures
from app.services.planning_rules import RulePlan
from app.services.undo import undo
from tests.support.planned import changed, date_of, entry
from tests.support.staff_accounts import coordinator
from tests.support.stage import TUESDAY_AT_NINE, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at

LATER = NOW + timedelta(hours=1)
HALF_AN_HOUR = (TUESDAY_AT_NINE, "2026-11-24T09:30")
SOON = LATER + timedelta(minutes=10)
TUESDAY = TODAY + timedelta(days=1)


def away(stage: Stage, day: date = TUESDAY, person: str = "jeanne") -> AbsencePlan:
    return AbsencePlan(stage.counsellor(person), Days(day))


def save(stage: Stage, plan: Any, choices: dict[str, str] | None = None) -> int:
    lines = preview(stage.session, plan, now=LATER).lines
    keys = {line.appointment_id: line.chosen for line in lines}
    keys |= {stage.appointment(token).id: key for token, key in (choices or {}).items()}
    found = apply(stage.session, plan, keys, now=LATER, by=coordinator(stage.session))
    stage.session.rollback()
    return found


def take_back(stage: Stage, change: int) -> None:
    undo(stage.session, change, now=SOON, by=coordinator(stage.session))
    stage.session.rollback()


def refused(stage: Stage, change: int, now: Any = SOON) -> type[DomainError]:
    """The refusal, after which the change still stands."""
    with pytest.raises(DomainError) as refusal:
        undo(stage.session, change, now=now, by=coordinator(stage.session))
    stage.session.rollback()
    assert stage.session.get_one(TimetableChange, change).undone_at is None
    return refusal.type


def elsewhere(stage: Stage, token: str, hour: str) -> str:
    place = stage.appointment(token).engagement.place
    return f"ici.{at(hour):%Y%m%dT%H%M}.{place.commune_id}.{place.venue_id or 0}"


def test_everything_goes_back_to_where_it_was(stage: Stage) -> None:
    hours = ("2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00")
    given, moved, left = (stage.book(choice(hour), phone=phone()) for hour in hours)
    change = save(
        stage,
        away(stage),
        {moved: elsewhere(stage, moved, "2026-11-26T12:35"), left: "appel"},
    )
    take_back(stage, change)
    assert [stage.where(token) for token in (given, moved, left)] == [
        ("jeanne", at(hour), "mairie-amont") for hour in hours
    ]
    assert find_orphans(stage.session, now=SOON) == []
    assert list_absences(stage.session, now=SOON) == []
    assert [stage.appointment(token).sequence for token in (given, moved, left)] == [2, 2, 0]
    event = stage.events(moved)[-1]
    assert (event.kind, event.reason) == (EventKind.MOVED, ChangeReason.MISTAKE)
    tasks = stage.session.scalars(select(CallTask)).all()
    assert [task.outcome for task in tasks] == [CallOutcome.NOT_NEEDED] * 2
    assert stage.session.get_one(TimetableChange, change).undone_at == SOON
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == JournalAction.TIMETABLE_UNDONE)
    ).one()
    assert entry.facts == {"change": change}


def test_what_a_colleague_had_taken_over_by_agreement_goes_back_to_them(stage: Stage) -> None:
    token, friday = stage.book(choice("2026-11-27T09:00")), TODAY + timedelta(days=4)
    by = Act(NOW, Actor.STAFF, Channel.DESK, coordinator(stage.session))
    reassign(stage.session, stage.appointment(token).id, stage.counsellor("karim"), now=NOW, by=by)
    change = save(stage, away(stage, friday, "karim"))
    assert stage.where(token)[0] == "jeanne"
    take_back(stage, change)
    assert stage.where(token) == ("karim", at("2026-11-27T09:00"), "mairie-amont")
    assert stage.events(token)[-1].kind is EventKind.REASSIGNED
    assert find_orphans(stage.session, now=SOON) == []


def test_who_replaced_gets_their_own_day_back(stage: Stage) -> None:
    """Karim left Butte for Aval: both people come back to nine, each with their own."""
    wednesday = TODAY + timedelta(days=2)
    own = stage.book(choice("2026-11-25T09:00", "mairie-butte"))
    taken_over = stage.book(choice("2026-11-25T09:00", "mairie-aval"), phone=phone())
    plan = AbsencePlan(stage.counsellor("jeanne"), Days(wednesday), stage.counsellor("karim"))
    change = save(stage, plan)
    assert stage.where(taken_over)[:2] == ("karim", at("2026-11-25T09:00"))
    assert stage.where(own)[1] > at("2026-11-25T09:00")
    take_back(stage, change)
    assert [stage.where(token) for token in (own, taken_over)] == [
        ("karim", at("2026-11-25T09:00"), "mairie-butte"),
        ("jeanne", at("2026-11-25T09:00"), "mairie-aval"),
    ]
    assert find_orphans(stage.session, now=SOON) == []


def test_a_visit_gets_its_window_back(stage: Stage) -> None:
    token = stage.book(choice(WEDNESDAY_VISIT, None))
    day = TODAY + timedelta(days=2)
    change = save(stage, away(stage, day), {token: elsewhere(stage, token, "2026-11-26T14:30")})
    stage.session.commit()
    take_back(stage, change)
    assert stage.where(token) == ("jeanne", at(WEDNESDAY_VISIT), None)
    assert stage.appointment(token).window_minutes == 30


def test_after_ten_minutes_it_is_too_late(stage: Stage) -> None:
    change = save(stage, away(stage))
    assert refused(stage, change, SOON + timedelta(seconds=1)) is planning_errors.UndoTooLate


def test_nothing_is_taken_back_twice(stage: Stage) -> None:
    change = save(stage, away(stage))
    take_back(stage, change)
    with pytest.raises(planning_errors.UndoChangedSince):
        take_back(stage, change)


@pytest.mark.parametrize(
    "told",
    [
        {"state": OutboxState.SENT},
        {"leased_until": SOON + timedelta(minutes=1)},
    ],
)
def test_who_was_told_is_not_told_otherwise(stage: Stage, told: dict[str, Any]) -> None:
    token = stage.book()
    change = save(stage, away(stage), {token: elsewhere(stage, token, "2026-11-26T12:35")})
    stage.session.execute(
        update(OutboxMessage).where(OutboxMessage.kind == MessageKind.CHANGED).values(**told)
    )
    stage.session.commit()
    assert refused(stage, change) is planning_errors.UndoTold


def test_an_older_message_that_left_tells_nothing_of_it(stage: Stage) -> None:
    stage.book()
    stage.session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
    stage.session.commit()
    take_back(stage, save(stage, away(stage)))


def test_who_was_called_already_knows(stage: Stage) -> None:
    token = stage.book()
    change = save(stage, away(stage), {token: "appel"})
    stage.session.execute(update(CallTask).values(tried_at=SOON, created_at=NOW))  # before it
    stage.session.commit()
    assert refused(stage, change) is planning_errors.UndoTold


def test_what_was_moved_again_stays_there(stage: Stage) -> None:
    token = stage.book()
    change = save(stage, away(stage))
    stage.move(token, choice("2026-11-26T12:35"), now=SOON)
    assert refused(stage, change) is planning_errors.UndoChangedSince


def test_who_booked_meanwhile_is_not_left_without_a_place(stage: Stage) -> None:
    """Karim holds Jeanne's session at Aval; somebody has booked with him there since."""
    wednesday = TODAY + timedelta(days=2)
    plan = AbsencePlan(stage.counsellor("jeanne"), Days(wednesday), stage.counsellor("karim"))
    change = save(stage, plan)
    stage.book(choice("2026-11-25T09:00", "mairie-aval"), now=LATER)
    assert refused(stage, change) is planning_errors.UndoTaken


def test_whoever_had_no_place_before_either_stops_nothing(stage: Stage) -> None:
    """Their appointment is to be placed again by an earlier absence, which stands."""
    stage.book()
    save(stage, away(stage))
    friday = TODAY + timedelta(days=4)
    later = save(stage, AbsencePlan(stage.counsellor("jeanne"), Days(friday)))
    take_back(stage, later)


def occupied(stage: Stage, token: str, hours: tuple[str, str], venue: str) -> None:
    """Jeanne is at that venue at those hours, for something of the same kind."""
    kind, place = stage.appointment(token).engagement.kind, stage.catalogue.venue(venue)
    where = {"commune_id": place.commune.id, "venue_id": place.id, "kind": kind}
    when = {"starts_at": at(hours[0]), "ends_at": at(hours[1])}
    stage.session.add(Engagement(counsellor_id=stage.counsellor("jeanne"), **when, **where))
    stage.session.commit()


def test_where_the_old_time_is_taken_nothing_goes_back(stage: Stage) -> None:
    token = stage.book()
    change = save(stage, away(stage))
    occupied(stage, token, HALF_AN_HOUR, "mairie-amont")
    with pytest.raises(planning_errors.UndoTaken) as refusal:
        take_back(stage, change)
    assert refusal.value.facts == {"at": "mardi 24 novembre à 9\u00a0h"}


def test_who_could_not_be_there_in_time_does_not_go_back(stage: Stage) -> None:
    """Aval is half an hour away from Amont."""
    token = stage.book()
    change = save(stage, away(stage))
    occupied(stage, token, ("2026-11-24T08:15", "2026-11-24T08:50"), "mairie-aval")
    assert refused(stage, change) is planning_errors.UndoChangedSince


def test_what_only_the_database_sees_is_not_told_as_a_choice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = stage.book()
    change = save(stage, away(stage))
    occupied(stage, token, HALF_AN_HOUR, "mairie-amont")
    monkeypatch.setattr(undoing, "obstacle_for", lambda *_: None)
    assert refused(stage, change) is planning_errors.UndoChangedSince


def test_a_withdrawal_is_taken_back_too(stage: Stage) -> None:
    save(stage, AbsencePlan(stage.counsellor("jeanne"), Days(TUESDAY), stage.counsellor("karim")))
    (absence,) = stage.session.scalars(select(Absence)).all()
    change = save(stage, AbsenceWithdrawal(absence.id, absence.counsellor_id))
    assert list_absences(stage.session, now=LATER) == []
    take_back(stage, change)
    assert len(list_absences(stage.session, now=LATER)) == 1
    assert stage.session.scalars(select(Replacement)).one().withdrawn_at is None


def test_a_closure_and_its_withdrawal_are_taken_back(stage: Stage) -> None:
    venue_id = stage.catalogue.venue("mairie-amont").id
    first = save(stage, ClosurePlan(venue_id, Days(TUESDAY, part=PartOfDay.MORNING)))
    (closure,) = stage.session.scalars(select(Closure)).all()
    second = save(stage, ClosureWithdrawal(closure.id, venue_id))
    take_back(stage, second)
    assert len(list_closures(stage.session, now=LATER)) == 1
    take_back(stage, first)
    assert list_closures(stage.session, now=LATER) == []


def test_the_newest_change_of_an_availability_is_undone_first(stage: Stage) -> None:
    """Undoing the older one first would take back both, or leave two versions in force."""
    days = (TUESDAY, TUESDAY + timedelta(days=7))
    older, newer = (save(stage, date_of(stage, day)) for day in days)
    assert refused(stage, older) is planning_errors.UndoNewerFirst
    assert entry(stage).skipped == days
    take_back(stage, newer)
    take_back(stage, older)
    assert entry(stage).skipped == ()


def test_the_version_before_comes_back_only_once_the_later_one_is_gone(stage: Stage) -> None:
    second = save(stage, changed(stage, to_time=time(11)))
    given_away = replace(changed(stage).rule, counsellor_id=stage.counsellor("karim"), weekday=5)
    latest = entry(stage)
    third = save(stage, RulePlan(given_away, latest.first_id, latest.state))
    assert refused(stage, second) is planning_errors.UndoNewerFirst
    take_back(stage, third)
    take_back(stage, second)
    assert entry(stage).valid_until is None


def test_what_a_later_change_of_somebody_else_did_is_no_obstacle(stage: Stage) -> None:
    older = save(stage, away(stage))
    save(stage, away(stage, TUESDAY + timedelta(days=2), "karim"))
    take_back(stage, older)


def test_a_closure_that_was_withdrawn_since_is_not_withdrawn_twice(stage: Stage) -> None:
    venues = [stage.catalogue.venue(slug).id for slug in ("mairie-amont", "mairie-aval")]
    closing = save(stage, ClosurePlan(venues[0], Days(TUESDAY, part=PartOfDay.MORNING)))
    save(stage, ClosurePlan(venues[1], Days(TUESDAY)))
    (closure, _) = stage.session.scalars(select(Closure).order_by(Closure.id)).all()
    withdrawal = save(stage, ClosureWithdrawal(closure.id, venues[0]))
    assert refused(stage, closing) is planning_errors.UndoNewerFirst
    take_back(stage, withdrawal)
    take_back(stage, closing)
    assert len(list_closures(stage.session, now=LATER)) == 1
