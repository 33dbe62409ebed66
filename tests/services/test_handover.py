"""Handing an appointment over: two agendas change, the person notices nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import staff_errors as errors
from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    ChangeReason,
    Channel,
    EventKind,
)
from app.domain.errors import DomainError, SlotTaken
from app.domain.journal import JournalAction
from app.domain.messages import MessageKind, OutboxState
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, CallTask
from app.models.journal import JournalEntry
from app.models.outbox import OutboxMessage
from app.services import handover
from app.services.appointment_rows import Act
from app.services.handover import colleagues_for, reassign
from app.services.orphans import find_orphans
from tests.support.stage import TUESDAY_AT_NINE, Stage, choice, phone
from tests.support.stage_plan import NOW, RULES, TODAY, at, permanence

LATER = NOW + timedelta(hours=1)
TUESDAY = TODAY + timedelta(days=1)
THURSDAY_AT_AVAL = "2026-11-26T09:00"
BY = Act(LATER, Actor.STAFF, Channel.PHONE, reason=ChangeReason.COUNSELLOR_AWAY)


def give(stage: Stage, token: str, person: str = "karim", now: datetime = LATER) -> None:
    found = stage.appointment(token).id, stage.counsellor(person)
    reassign(stage.session, *found, now=now, by=BY)


def refused(stage: Stage, token: str, person: str = "karim", now: datetime = LATER) -> DomainError:
    """The refusal, after which nothing has changed."""
    before = stage.where(token), stage.appointment(token).sequence, len(stage.events(token))
    with pytest.raises(DomainError) as refusal:
        give(stage, token, person, now)
    assert (stage.where(token), stage.appointment(token).sequence, len(stage.events(token))) == (
        before
    )
    return refusal.value


def change(stage: Stage, *statements: Any) -> None:
    for statement in statements:
        stage.session.execute(statement)
    stage.session.commit()


def test_the_colleague_holds_it_at_the_same_hour_and_place(stage: Stage) -> None:
    token = stage.book()
    give(stage, token)
    assert stage.where(token) == ("karim", at(TUESDAY_AT_NINE), "mairie-amont")
    given_to = stage.appointment(token)
    assert (given_to.sequence, given_to.updated_at) == (1, LATER)
    assert stage.where(stage.book(phone=phone()))[:2] == ("jeanne", at(TUESDAY_AT_NINE))


def test_the_history_and_the_journal_say_who_gave_it_to_whom_and_why(stage: Stage) -> None:
    token = stage.book()
    give(stage, token)
    jeanne, karim = stage.counsellor("jeanne"), stage.counsellor("karim")
    event = stage.events(token)[-1]
    assert (event.kind, event.actor, event.reason) == (
        EventKind.REASSIGNED, Actor.STAFF, ChangeReason.COUNSELLOR_AWAY,
    )  # fmt: skip
    assert (event.old_counsellor_id, event.new_counsellor_id) == (jeanne, karim)
    assert event.old_starts_at == event.new_starts_at == at(TUESDAY_AT_NINE)
    entry = stage.session.scalars(select(JournalEntry)).one()
    assert (entry.action, entry.subject_id) == (
        JournalAction.APPOINTMENT_REASSIGNED, stage.appointment(token).id,
    )  # fmt: skip
    assert entry.facts == {
        "from_counsellor": jeanne, "to_counsellor": karim, "reason": "COUNSELLOR_AWAY",
    }  # fmt: skip


def test_no_message_is_added_and_the_one_that_waits_is_still_true(stage: Stage) -> None:
    waiting, sent = stage.book(), stage.book(choice("2026-11-24T11:00"), phone=phone())
    change(
        stage,
        update(OutboxMessage)
        .where(OutboxMessage.subject_id == stage.appointment(sent).id)
        .values(state=OutboxState.SENT),
    )
    give(stage, waiting)
    give(stage, sent)
    (kept,), (old,) = stage.messages(waiting), stage.messages(sent)
    assert (kept.kind, kept.version, kept.state) == (
        MessageKind.CONFIRMATION, 1, OutboxState.PENDING,
    )  # fmt: skip
    assert (old.version, old.state) == (1, OutboxState.SENT), "tried again, it is true too"


def test_nobody_is_called_any_more_to_move_it_and_a_visit_is_still_prepared(stage: Stage) -> None:
    token = stage.book(choice("2026-11-26T14:30", None))
    to_move = CallTask(
        appointment_id=stage.appointment(token).id,
        reason=CallReason.TO_MOVE,
        created_at=NOW,
        due_at=NOW,
    )
    stage.session.add(to_move)
    stage.session.commit()
    stage.change_timetable(rules=[rule for rule in RULES if rule["code"] != "karim-jeudi-1220"])
    give(stage, token)
    assert {task.reason: task.outcome for task in stage.call_tasks(token)} == {
        CallReason.BEFORE_HOME_VISIT: None, CallReason.TO_MOVE: CallOutcome.NOT_NEEDED,
    }  # fmt: skip


def test_a_move_ends_the_call_for_moving_it_too(stage: Stage) -> None:
    token = stage.book()
    found = stage.appointment(token).id
    task = CallTask(appointment_id=found, reason=CallReason.TO_MOVE, created_at=NOW, due_at=NOW)
    stage.session.add(task)
    stage.session.commit()
    stage.move(token, choice("2026-11-24T10:30"))
    assert [each.outcome for each in stage.call_tasks(token)] == [CallOutcome.NOT_NEEDED]


def test_giving_it_to_who_has_it_changes_nothing(stage: Stage) -> None:
    token = stage.book()
    give(stage, token, "jeanne")
    assert (stage.appointment(token).sequence, len(stage.events(token))) == (0, 1)


def test_who_has_somebody_at_that_hour_is_busy(stage: Stage) -> None:
    first, second = stage.book(), stage.book(phone=phone())
    assert [stage.where(token)[0] for token in (first, second)] == ["jeanne", "karim"]
    refusal = refused(stage, first)
    assert type(refusal) is errors.ColleagueBusy
    assert refusal.facts == {"colleague": "Karim", "place": "mairie-amont"}


def test_who_holds_a_permanence_elsewhere_is_busy_even_alone(stage: Stage) -> None:
    token = stage.book(choice(THURSDAY_AT_AVAL, "mairie-aval"))
    assert stage.where(token)[0] == "karim"
    stage.change_timetable(
        rules=[*RULES[:6], permanence("jeanne", "jeudi", "09:00-12:00", "mairie-butte"), *RULES[9:]]
    )
    refusal = refused(stage, token, "jeanne")
    assert type(refusal) is errors.ColleagueBusy
    assert refusal.facts["place"] == "mairie-butte"


def test_who_cannot_be_there_in_time_is_too_far(stage: Stage) -> None:
    """Jeanne is at Aval until noon on Wednesday: Amont is half an hour away by car."""
    token = stage.book(choice("2026-11-25T12:15", None))
    assert stage.where(token)[0] == "karim"
    refusal = refused(stage, token, "jeanne")
    assert type(refusal) is errors.ColleagueBusy
    stage.change_timetable(
        rules=[rule for rule in RULES if rule["code"] != "jeanne-mercredi-1110"]
        + [permanence("jeanne", "mercredi", "11:00-12:00", "mairie-aval")]
    )
    refusal = refused(stage, token, "jeanne")
    assert type(refusal) is errors.ColleagueTooFar
    assert refusal.facts == {
        "colleague": "Jeanne",
        "place": "mairie-aval",
        "minutes": 30,
        "first_at": "12\u00a0h\u00a030",
    }


def test_who_is_absent_or_has_left_is_away(stage: Stage) -> None:
    token = stage.book()
    stage.change_timetable(absences=[{"counsellor": "karim", "from": TUESDAY, "to": TUESDAY}])
    assert type(refused(stage, token)) is errors.ColleagueAway
    stage.change_timetable()
    change(stage, update(Counsellor).where(Counsellor.code == "karim").values(active=False))
    assert type(refused(stage, token)) is errors.ColleagueAway


def test_nobody_of_that_number_is_unknown(stage: Stage) -> None:
    with pytest.raises(errors.SubjectUnknown):
        reassign(stage.session, stage.appointment(stage.book()).id, 999, now=LATER, by=BY)


def test_what_has_begun_is_over_or_cancelled_is_nobodys_to_give(stage: Stage) -> None:
    token, cancelled = stage.book(), stage.book(phone=phone())
    by = Act(at(TUESDAY_AT_NINE), Actor.STAFF)
    with pytest.raises(errors.StateRefused):
        reassign(
            stage.session, stage.appointment(token).id, stage.counsellor("karim"), now=by.at, by=by
        )
    stage.cancel(cancelled)
    assert type(refused(stage, cancelled, "jeanne")) is errors.StateRefused
    change(stage, update(Appointment).values(status=AppointmentStatus.NO_SHOW, cancelled_by=None))
    assert type(refused(stage, token)) is errors.StateRefused


def test_what_somebody_else_gave_away_meanwhile_is_not_given_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = stage.book()
    locked, karim = handover.locked_appointment, stage.counsellor("karim")

    def after_a_colleague(session: Any, appointment_id: int) -> Appointment:
        found = locked(session, appointment_id)
        found.engagement.counsellor_id = karim
        return found

    monkeypatch.setattr(handover, "locked_appointment", after_a_colleague)
    assert type(refused(stage, token)) is errors.StateRefused


def test_the_wall_of_the_database_stands_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = stage.book(), stage.book(phone=phone())
    monkeypatch.setattr(handover, "refusal_of", lambda *_: None)
    assert type(refused(stage, first)) is SlotTaken


def test_each_colleague_is_listed_with_what_stands_in_the_way(stage: Stage) -> None:
    token = stage.book()
    found = stage.appointment(token).id
    (karim,) = colleagues_for(stage.session, found, now=LATER)
    assert (karim.first_name, karim.refusal, karim.is_there, karim.works_that_day) == (
        "Karim", None, True, True,
    )  # fmt: skip
    stage.book(phone=phone())
    (karim,) = colleagues_for(stage.session, found, now=LATER)
    assert type(karim.refusal) is errors.ColleagueBusy


def test_who_is_free_and_there_comes_first_and_who_has_left_is_not_listed(stage: Stage) -> None:
    names = ("away", "idle", "on-call", "gone")
    change(stage, *[
        Counsellor.__table__.insert().values(code=name, first_name=name, active=name != "gone")
        for name in names
    ])  # fmt: skip
    people = [{"code": name, "first_name": name} for name in ("jeanne", "karim", *names[:3])]
    stage.change_timetable(
        counsellors=people,
        rules=[*RULES, permanence("on-call", "mardi", "15:00-16:00", "mairie-butte")],
        absences=[{"counsellor": "away", "from": TUESDAY, "to": TUESDAY}],
    )
    found = stage.appointment(stage.book()).id
    listed = colleagues_for(stage.session, found, now=LATER)
    assert [each.first_name for each in listed] == ["karim", "on-call", "idle", "away"]
    assert [each.refusal is None for each in listed] == [True, True, True, False]


def test_a_visit_names_the_commune_and_what_nobody_knows_is_elsewhere(stage: Stage) -> None:
    stage.book(choice("2026-11-26T09:00", None, commune_slug="aval"), phone=phone())
    token = stage.book(choice(THURSDAY_AT_AVAL, "mairie-aval"))
    refusal = refused(stage, token, "jeanne")
    assert refusal.facts["place"] == "visite à Aval"
    assert handover.place_name(stage.catalogue, None) == "ailleurs"


def test_what_was_handed_over_is_no_orphan_until_something_prevents_it(stage: Stage) -> None:
    """Karim has no opening at Aval on Wednesday: the team decided that he goes there."""
    token = stage.book(choice("2026-11-25T09:00", "mairie-aval"))
    away = {"counsellor": "jeanne", "from": TUESDAY, "to": TUESDAY + timedelta(days=1)}
    rules = [rule for rule in RULES if rule["code"] != "karim-mercredi-0900"]

    def lost() -> list[int]:
        stage.session.rollback()
        return [each.appointment_id for each in find_orphans(stage.session, now=LATER)]

    stage.change_timetable(rules=rules, absences=[away])
    assert lost() == [stage.appointment(token).id]
    give(stage, token)
    assert lost() == []
    wednesday = away["to"]
    stage.change_timetable(
        rules=rules,
        absences=[away, {"counsellor": "karim", "from": wednesday, "to": wednesday}],
    )
    assert lost() == [stage.appointment(token).id]
    closed = {"venue": "mairie-aval", "from": wednesday, "to": wednesday, "reason": "Travaux"}
    stage.change_timetable(rules=rules, absences=[away], closures=[closed])
    assert lost() == [stage.appointment(token).id]
