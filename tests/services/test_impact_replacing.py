"""Who replaces a colleague takes over their appointments; their own ones then give way."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.impact import Way
from app.domain.planning import Days
from app.domain.planning_rules import WarningKind
from app.models.schedule import Absence
from app.services.impact import apply, preview
from app.services.planning import AbsencePlan
from app.services.planning_lists import moved_by_absence
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import NOW, RULES, TODAY, at

LATER = NOW + timedelta(hours=1)
NINE = "2026-11-25T09:00"


def both_at_nine(stage: Stage) -> tuple[str, str]:
    """Karim's at Butte, booked first, and Jeanne's at Aval."""
    own = stage.book(choice(NINE, "mairie-butte"))
    return own, stage.book(choice(NINE, "mairie-aval"), phone=phone())


def replaced(stage: Stage) -> AbsencePlan:
    day = Days(TODAY + timedelta(days=2))
    return AbsencePlan(stage.counsellor("jeanne"), day, stage.counsellor("karim"))


def test_the_absent_colleagues_keep_their_hour_and_the_others_give_way(stage: Stage) -> None:
    own, taken_over = both_at_nine(stage)
    lines = preview(stage.session, replaced(stage), now=LATER).lines
    assert [(each.counsellor, each.way, each.gives_way) for each in lines] == [
        ("Jeanne", Way.COLLEAGUE, False), ("Karim", Way.HERE, True),
    ]  # fmt: skip
    keys = {each.appointment_id: each.chosen for each in lines}
    apply(stage.session, replaced(stage), keys, now=LATER, by=coordinator(stage.session))
    assert stage.where(taken_over) == ("karim", at(NINE), "mairie-aval")
    assert stage.where(own)[1] > at(NINE)


def test_what_the_substitute_gives_up_is_told_before_it_is_saved(stage: Stage) -> None:
    """Karim leaves Butte for Aval and Butte again; his visits of the afternoon leave to hers."""
    found = preview(stage.session, replaced(stage), now=LATER).cautions
    venues = {each.id: each.slug for each in stage.catalogue.venues}
    told = [
        (each.kind, each.on, venues.get(each.place.venue_id or 0) if each.place else "visits")
        for each in found
    ]
    wednesday = TODAY + timedelta(days=2)
    assert told[:2] == [
        (WarningKind.GIVES_WAY, wednesday, "mairie-butte"),
        (WarningKind.GIVES_WAY, wednesday, "visits"),
    ]
    assert {each.counsellor_id for each in found[:2]} == {stage.counsellor("karim")}
    assert {each.kind for each in found[2:]} <= {WarningKind.ROAD}


def test_who_has_nowhere_to_go_keeps_the_hour_until_somebody_calls(stage: Stage) -> None:
    both_at_nine(stage)
    butte = {"jeanne-mercredi-1110", "jeanne-jeudi-1215"}
    stage.change_timetable(rules=[rule for rule in RULES if rule["code"] not in butte])
    lines = preview(stage.session, replaced(stage), now=LATER).lines
    karims = lines[-1]
    assert (karims.counsellor, karims.way) == ("Karim", Way.CALL)
    assert Way.COLLEAGUE not in [each.way for each in lines[0].choices]


def test_who_took_another_time_is_counted_while_that_time_is_to_come(stage: Stage) -> None:
    both_at_nine(stage)
    lines = preview(stage.session, replaced(stage), now=LATER).lines
    keys = {each.appointment_id: each.chosen for each in lines}
    apply(stage.session, replaced(stage), keys, now=LATER, by=coordinator(stage.session))
    later = AbsencePlan(stage.counsellor("jeanne"), Days(TODAY + timedelta(days=20)))
    apply(stage.session, later, {}, now=LATER, by=coordinator(stage.session))
    first, second = stage.session.scalars(select(Absence.id).order_by(Absence.id)).all()
    assert moved_by_absence(stage.session, first, now=LATER) == 1
    assert moved_by_absence(stage.session, second, now=LATER) == 0
    assert moved_by_absence(stage.session, first, now=LATER + timedelta(days=30)) == 0
