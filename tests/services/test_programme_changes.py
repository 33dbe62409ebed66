"""What is planned changes: who notices is told, who must be called is named, places are offered."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind, SubjectKind
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
from app.domain.workshop_errors import SessionUnknown, WorkshopCancelled, WorkshopUnknown
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop, WorkshopSession
from app.services.programme_cancelling import (
    cancel_date,
    cancel_series,
    cancel_workshop,
    impact_of,
    rest_of_series,
)
from app.services.programme_changes import (
    DateChange,
    Edit,
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
from app.services.registrations import register
from tests.support.programme import (
    AMONT,
    AVAL,
    MONDAY,
    SHEET,
    WORDS,
    a_plan,
    edit,
    plan,
    somebody,
)
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, registration

SAME = DateChange(MONDAY, time(14), 120, AMONT, (1,))


class Planned:
    """A workshop of one Monday, or a cycle of three, with its people."""

    def __init__(self, stage: Stage, *, dates: int = 1, capacity: int = 3) -> None:
        self.stage, self.session = stage, stage.session
        until = MONDAY + timedelta(weeks=dates - 1) if dates > 1 else None
        rhythm, numbers = Rhythm(MONDAY, until), Numbers(capacity, min(3, capacity), 2)
        wanted = a_plan(stage.session, rhythm=rhythm, is_cycle=dates > 1, numbers=numbers)
        (self.id,) = plan(stage.session, wanted)

    def enrol(self, *, two: bool = False, **changes: object) -> None:
        asked = (couple if two else registration)(self.id, **changes)
        register(self.session, asked, now=NOW, links=LINKS)

    @property
    def row(self) -> Workshop:
        self.session.rollback()
        return self.session.get_one(Workshop, self.id)

    def dates(self) -> list[WorkshopSession]:
        return sorted(self.row.sessions, key=lambda each: each.starts_at)

    def move(self, change: DateChange, *, rank: int = 0, by: Edit | None = None) -> None:
        date_id = self.dates()[rank].id
        seen = check_date_change(self.session, self.id, date_id, change, now=NOW).key
        change_date(
            self.session, self.id, date_id, change, by or edit(self.session, self.id), seen=seen
        )

    def told(self) -> list[MessageKind]:
        self.session.rollback()
        rows = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.subject_kind == SubjectKind.REGISTRATION)
            .order_by(OutboxMessage.id)
        )
        return [each.kind for each in rows]

    def calls(self) -> list[CallReason]:
        self.session.rollback()
        return list(self.session.scalars(select(CallTask.reason).order_by(CallTask.id)))


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


def test_one_date_of_a_cycle_goes_the_last_one_ends_it(stage: Stage) -> None:
    planned = Planned(stage, dates=2)
    planned.enrol()
    first, second = (each.id for each in planned.dates())
    cancel_date(stage.session, planned.id, first, edit(stage.session, planned.id))
    cancel_date(stage.session, planned.id, first, edit(stage.session, planned.id))
    assert f"{planned.row.first_at:%d/%m}" == "14/12"
    assert planned.told().count(MessageKind.CHANGED) == 1
    free = stage.session.scalars(select(Engagement).where(~Engagement.occupies)).one()
    assert f"{free.starts_at:%d/%m}" == "07/12"
    cancel_date(stage.session, planned.id, second, edit(stage.session, planned.id))
    assert planned.row.status is WorkshopStatus.CANCELLED
    assert planned.told()[-1] is MessageKind.CANCELLED_BY_SERVICE


def test_a_cancelled_workshop_frees_its_people_and_offers_nothing(stage: Stage) -> None:
    planned = Planned(stage, capacity=1)
    planned.enrol(message_channel=MessageChannel.NONE)
    planned.enrol()
    session = stage.session
    change_workshop(session, planned.id, WORDS, Numbers(2, 1, 2), edit(session, planned.id))
    cancel_workshop(session, planned.id, edit(session, planned.id))
    cancel_workshop(session, planned.id, edit(session, planned.id))
    assert planned.row.taken == 1
    assert session.scalars(select(PlacesOffer)).one().closed_at is not None
    statuses = set(session.scalars(select(Registration.status)))
    assert statuses == {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING}
    assert planned.calls() == [CallReason.CANCELLED_BY_SERVICE]
    assert not session.scalars(select(Engagement).where(Engagement.occupies)).all()
    with pytest.raises(WorkshopCancelled):
        change_workshop(session, planned.id, WORDS, Numbers(2, 1, 2), edit(session, planned.id))


def test_the_rest_of_a_series_is_cancelled_from_one_on(stage: Stage) -> None:
    session = stage.session
    ids = plan(session, a_plan(session, rhythm=Rhythm(MONDAY, date(2026, 12, 21))))
    assert rest_of_series(session, ids[1], NOW) == ids[1:]
    cancel_series(session, ids[1:], edit(session, ids[1]))
    states = [session.get_one(Workshop, each).status for each in ids]
    assert states == [WorkshopStatus.PLANNED, WorkshopStatus.CANCELLED, WorkshopStatus.CANCELLED]


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
    with pytest.raises(SubjectUnknown):
        read_template(session, 999)
