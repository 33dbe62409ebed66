"""Who is called to find another time: while the appointment has lost its place, no longer."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.appointment import Actor, CallOutcome, Channel
from app.domain.planning import Days
from app.models.schedule import Closure
from app.services.appointment_rows import Act
from app.services.handover import reassign
from app.services.orphans import find_orphans
from app.services.planning import ClosurePlan, ClosureWithdrawal
from tests.services.test_undo import LATER, SOON, TUESDAY, away, save, take_back
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW

FRIDAY = TUESDAY + timedelta(days=3)


def to_call(stage: Stage, *tokens: str) -> list[bool]:
    """Whether each is to be called, which is as long as its appointment is to be placed again."""
    lost = {each.appointment_id for each in find_orphans(stage.session, now=SOON)}
    tasks = [task for token in tokens for task in stage.call_tasks(token)]
    assert len(tasks) == len(tokens)
    assert [task.appointment_id in lost for task in tasks] == [not task.outcome for task in tasks]
    assert {task.outcome for task in tasks} <= {None, CallOutcome.NOT_NEEDED}
    return [task.closed_at is None for task in tasks]


def test_what_stands_again_is_called_no_more_until_that_is_undone(stage: Stage) -> None:
    """Jeanne's own, one that Karim took over by agreement, and one that her absence keeps lost."""
    own, absent = (
        stage.book(choice(hour), phone=phone()) for hour in ("2026-11-24T09:00", "2026-11-27T10:00")
    )
    agreed = stage.book(choice("2026-11-27T09:00"), phone=phone())
    by = Act(NOW, Actor.STAFF, Channel.DESK, coordinator(stage.session))
    karim, agreed_id = stage.counsellor("karim"), stage.appointment(agreed).id
    reassign(stage.session, agreed_id, karim, now=NOW, by=by)
    venue_id = stage.catalogue.venue("mairie-amont").id
    save(stage, away(stage, FRIDAY), {absent: "appel"})
    save(stage, ClosurePlan(venue_id, Days(TUESDAY, FRIDAY)), {own: "appel", agreed: "appel"})
    assert to_call(stage, own, agreed, absent) == [True, True, True]
    (closure,) = stage.session.scalars(select(Closure)).all()
    withdrawal = save(stage, ClosureWithdrawal(closure.id, venue_id))
    assert to_call(stage, own, agreed, absent) == [False, False, True]
    take_back(stage, withdrawal)
    assert to_call(stage, own, agreed, absent) == [True, True, True]
    assert {task.created_at for task in stage.call_tasks(own)} == {LATER}
