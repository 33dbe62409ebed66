"""A workshop that an absence or a closure touches is told of, and never moved."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.planning import Days
from app.models.places import Venue
from app.models.workshops import WorkshopSession
from app.services.impact import apply, preview
from app.services.planning import AbsencePlan, ClosurePlan
from app.services.stranded_workshops import find_stranded
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, TODAY, at
from tests.support.workshops import plan_workshop

LATER = NOW + timedelta(hours=1)
SATURDAY = TODAY + timedelta(days=5)
STARTS_AT = at("2026-11-28T14:00")


def test_an_absence_and_a_closure_tell_the_workshops_they_touch(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, STARTS_AT, dates=2, recorded_at=NOW)
    venue = stage.session.scalars(select(Venue.id).order_by(Venue.id)).first() or 0
    by = coordinator(stage.session)
    absence = AbsencePlan(stage.counsellor("jeanne"), Days(SATURDAY), None)
    elsewhere = AbsencePlan(stage.counsellor("karim"), Days(SATURDAY), None)
    assert preview(stage.session, elsewhere, now=LATER).workshops == []
    found = preview(stage.session, absence, now=LATER)
    assert found.lines == []
    [told] = found.workshops
    assert (told.workshop_id, told.begins_at, told.counsellor) == (workshop, STARTS_AT, "Jeanne")
    assert find_stranded(stage.session, now=LATER) == []
    apply(stage.session, absence, {}, now=LATER, by=by)
    assert [each.begins_at for each in find_stranded(stage.session, now=LATER)] == [STARTS_AT]
    closure = ClosurePlan(venue, Days(SATURDAY), "travaux")
    assert preview(stage.session, closure, now=LATER).workshops == []  # told already
    next_week = ClosurePlan(venue, Days(SATURDAY + timedelta(days=7)), "travaux")
    [other] = preview(stage.session, next_week, now=LATER).workshops
    assert other.begins_at == STARTS_AT + timedelta(days=7)
    stage.session.rollback()
    dates = stage.session.scalars(select(WorkshopSession.starts_at).order_by(WorkshopSession.id))
    assert list(dates) == [STARTS_AT, STARTS_AT + timedelta(days=7)]
