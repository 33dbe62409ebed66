"""What is planned changes: who notices is told, who must be called is named, places are offered."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind
from app.domain.planning_errors import StartPast
from app.domain.programme import Numbers, Rhythm, Where
from app.domain.programme_errors import (
    CapacityTaken,
    ConflictsChanged,
    DateOver,
    DatesRefused,
    DevicesLent,
    PlaceCommuneMissing,
)
from app.domain.staff_errors import EditedMeanwhile, SubjectUnknown
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferGone
from app.domain.workshop_errors import SessionUnknown, WorkshopUnknown
from app.models.appointment import Engagement
from app.models.workshops import PlacesOffer
from app.services.offer_taking import Answer
from app.services.programme_cancelling import (
    cancel_date,
    cancel_workshop,
    impact_of,
)
from app.services.programme_changes import (
    change_date,
    change_workshop,
    check_date_change,
)
from app.services.programme_lists import read_workshop
from app.services.programme_minimum import questions, uphold
from app.services.programme_templates import (
    list_templates,
    offer_template,
    read_template,
)
from app.services.registration_reminders import remind_of_workshops
from app.services.workshop_offers import accept_places
from tests.support.programme import (
    AVAL,
    MONDAY,
    SAME,
    SHEET,
    WORDS,
    Planned,
    a_plan,
    edit,
    plan,
    somebody,
)
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_a_moved_date_is_told_to_who_comes_and_who_waits(stage: Stage) -> None:
    planned = Planned(stage, capacity=2)
    planned.enrol()
    planned.enrol(message_channel=MessageChannel.NONE)
    planned.enrol()  # waits
    assert impact_of(stage.session, [planned.id]).calls == 1
    planned.move(replace(SAME, on=MONDAY + timedelta(weeks=1), where=AVAL))
    row = planned.row
    assert f"{row.first_at:%d/%m %H:%M}" == "14/12 13:00"
    assert row.host_commune.slug == "aval"
    assert (row.sequence, planned.dates()[0].sequence) == (1, 1)
    assert planned.told().count(MessageKind.CHANGED) == 2
    assert planned.calls() == [CallReason.MOVED_BY_SERVICE]
    held = stage.session.scalars(select(Engagement).where(Engagement.occupies)).one()
    assert held.starts_at == row.first_at - timedelta(minutes=30)
    assert held.venue.slug == "mairie-aval"


def test_another_counsellor_is_nobody_elses_business(stage: Stage) -> None:
    planned = Planned(stage)
    planned.enrol()
    planned.move(replace(SAME, counsellor_ids=(2,)))
    assert MessageKind.CHANGED not in planned.told()
    assert planned.row.sequence == 0
    found = read_workshop(stage.session, stage.catalogue, planned.id)
    assert found.counsellor_ids == {2}
    planned.move(replace(SAME, counsellor_ids=(2,)))  # pressed twice: nothing more is noted


def test_a_reminder_is_written_again_for_another_hour_not_for_another_counsellor(
    stage: Stage,
) -> None:
    planned, remind = Planned(stage), partial(remind_of_workshops, stage.session, limit=9)
    planned.enrol()
    saturday = datetime(2026, 12, 5, 9, tzinfo=UTC)
    assert remind(now=saturday) == 1
    planned.move(replace(SAME, counsellor_ids=(2,)), now=saturday + timedelta(minutes=1))
    assert remind(now=saturday + timedelta(hours=1)) == 0
    moved = replace(SAME, on=MONDAY + timedelta(days=7), counsellor_ids=(2,))
    planned.move(moved, now=saturday + timedelta(hours=2))
    assert remind(now=saturday + timedelta(hours=3)) == 0
    assert remind(now=saturday + timedelta(days=7)) == 1
    reminders = [each for each in planned.told() if each is MessageKind.REMINDER]
    assert len(reminders) == 2


@pytest.mark.parametrize("how", ["moved", "elsewhere", "a date less"])
def test_places_offered_for_what_is_no_longer_so_are_offered_again(stage: Stage, how: str) -> None:
    planned = Planned(stage, dates=2, capacity=1)
    planned.enrol()
    planned.enrol()  # waits
    session, numbers = stage.session, Numbers(2, 1, 2)
    change_workshop(session, planned.id, WORDS, numbers, edit(session, planned.id))
    first = planned.offers()[0]
    planned.move(replace(SAME, counsellor_ids=(2,)))
    assert [each.outcome for each in planned.offers()] == [None], "nothing that they would notice"
    if how == "a date less":
        date_id = planned.dates()[0].id
        cancel_date(session, planned.id, date_id, edit(session, planned.id))
    else:
        other = {"moved": {"from_time": time(15)}, "elsewhere": {"where": AVAL}}[how]
        planned.move(replace(SAME, counsellor_ids=(2,), **other))  # type: ignore[arg-type]
    old, new = planned.offers()
    assert (old.id, old.outcome, new.outcome) == (first.id, OfferOutcome.WITHDRAWN, None)
    assert (new.registration_id, planned.row.taken) == (old.registration_id, 2)
    with pytest.raises(OfferGone):
        accept_places(session, old.id, Answer(NOW))
    accept_places(session, new.id, Answer(NOW))
    assert planned.row.taken == 2


def test_what_stands_in_the_way_of_a_move_refuses_it(stage: Stage) -> None:
    planned = Planned(stage)
    plan(stage.session, a_plan(stage.session, rhythm=Rhythm(date(2026, 12, 14))), form_key="autre")
    taken = replace(SAME, on=date(2026, 12, 14))
    with pytest.raises(DatesRefused):
        planned.move(taken)
    with pytest.raises(ConflictsChanged):
        change_date(
            stage.session, planned.id, planned.dates()[0].id, replace(SAME, on=date(2026, 12, 21)),
            edit(stage.session, planned.id), seen="vu avant",
        )  # fmt: skip
    planned.move(replace(SAME, from_time=time(15)))  # its own hours are in nobody's way
    with pytest.raises(DateOver):
        late = datetime(2026, 12, 8, 9, tzinfo=UTC)
        date_id = planned.dates()[0].id
        check_date_change(stage.session, planned.id, date_id, taken, now=late)


def test_while_the_room_is_set_up_a_colleague_may_take_over_or_it_may_begin_later(
    stage: Stage,
) -> None:
    planned, setting_up = Planned(stage), datetime(2026, 12, 7, 12, 40, tzinfo=UTC)
    planned.move(replace(SAME, counsellor_ids=(2,)), now=setting_up)
    planned.move(replace(SAME, counsellor_ids=(2,), from_time=time(14, 15)), now=setting_up)
    assert f"{planned.row.first_at:%H:%M}" == "13:15"
    with pytest.raises(DatesRefused):
        planned.move(replace(SAME, from_time=time(13, 30)), now=setting_up)


def test_the_second_editor_is_told_who_was_first(stage: Stage) -> None:
    planned = Planned(stage)
    stale = edit(stage.session, planned.id)
    bob = somebody(stage.session, "Bob")
    planned.move(replace(SAME, from_time=time(15)))
    with pytest.raises(EditedMeanwhile) as told:
        cancel_workshop(stage.session, planned.id, replace(stale, by=bob))
    assert told.value.facts["by"] == "Ada"


def test_more_places_are_offered_at_once_fewer_than_taken_are_refused(stage: Stage) -> None:
    planned = Planned(stage, capacity=3)
    planned.enrol(two=True, devices_wanted=2)
    planned.enrol()
    planned.enrol()  # waits
    session = stage.session
    with pytest.raises(CapacityTaken) as refused:
        change_workshop(session, planned.id, WORDS, Numbers(2, 1, 2), edit(session, planned.id))
    assert refused.value.facts["taken"] == 3
    assert refused.value.facts["names"].startswith("Rose Serin")
    assert "," not in refused.value.facts["names"], "the last one is enough"
    with pytest.raises(DevicesLent):
        change_workshop(session, planned.id, WORDS, Numbers(3, 1, 1), edit(session, planned.id))
    words = replace(WORDS, title={"fr": "Un autre titre", "en": ""})
    change_workshop(session, planned.id, words, Numbers(5, 1, 2), edit(session, planned.id))
    assert (planned.row.title, planned.row.taken) == ({"fr": "Un autre titre"}, 4)
    assert session.scalars(select(PlacesOffer)).one().closed_at is None


def test_too_few_people_is_a_question_that_somebody_answers(stage: Stage) -> None:
    planned = Planned(stage, capacity=6)
    planned.enrol(two=True)
    catalogue, far = stage.catalogue, datetime(2026, 12, 5, 12, 59, tzinfo=UTC)
    near = far + timedelta(minutes=1)
    assert questions(stage.session, catalogue, now=far) == []
    (asked,) = questions(stage.session, catalogue, now=near)
    assert (asked.workshop_id, asked.registered, asked.minimum) == (planned.id, 2, 3)
    uphold(stage.session, planned.id, edit(stage.session, planned.id, now=near))
    uphold(stage.session, planned.id, edit(stage.session, planned.id, now=near))
    assert questions(stage.session, catalogue, now=near) == []
    assert planned.row.upheld_at == near


def test_what_is_nobody_knows_or_past_is_refused(stage: Stage) -> None:
    planned, session = Planned(stage), stage.session
    date_id = planned.dates()[0].id
    with pytest.raises(SessionUnknown):
        check_date_change(session, planned.id, 999, SAME, now=NOW)
    with pytest.raises(StartPast):
        past = replace(SAME, on=date(2026, 11, 20))
        check_date_change(session, planned.id, date_id, past, now=NOW)
    with pytest.raises(PlaceCommuneMissing):
        nowhere = Where("", "Salle des fêtes", "2 place du Bourg", "ailleurs")
        check_date_change(session, planned.id, date_id, replace(SAME, where=nowhere), now=NOW)
    with pytest.raises(WorkshopUnknown):
        change_workshop(session, 999, WORDS, SHEET.numbers, edit(session, 999))
    late = datetime(2026, 12, 9, tzinfo=UTC)
    with pytest.raises(DateOver):
        cancel_date(session, planned.id, date_id, edit(session, planned.id, now=late))
    with pytest.raises(DateOver):
        cancel_workshop(session, planned.id, edit(session, planned.id, now=late))


def test_kept_places_move_along_and_a_kind_is_retired_once(stage: Stage) -> None:
    planned, session, who = Planned(stage), stage.session, somebody(stage.session)
    numbers = Numbers(6, 3, 2, kept_places=2, kept_days=7)
    change_workshop(session, planned.id, WORDS, numbers, edit(session, planned.id))
    planned.move(replace(SAME, on=MONDAY + timedelta(weeks=1)))
    assert planned.row.kept_until == MONDAY
    kind = planned.row.template_id
    for _ in range(2):
        offer_template(session, kind, active=False, now=NOW, by=who)
    (shown,) = list_templates(session, now=NOW)
    assert (shown.active, shown.to_come) == (False, 1)
    cancel_workshop(session, planned.id, edit(session, planned.id))
    assert list_templates(session, now=NOW)[0].to_come == 0
    with pytest.raises(SubjectUnknown):
        read_template(session, 999)
