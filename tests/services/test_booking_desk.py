"""What the desk may that a resident may not: no notice, no limit, kept places, a known card."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.appointment import Caller, Channel, Deadline, MessageChannel
from app.domain.booking import BookingRequest, DeskFacts, Person
from app.domain.errors import SlotNotOffered, SlotTooSoon
from app.domain.staff_errors import DeadlineMissing, NoteTooLong
from app.models.appointment import Resident
from app.services import team
from app.services.team import AccountRequest
from tests.support.stage import Stage, choice, request
from tests.support.stage_plan import NOW, RULES, at


@pytest.fixture
def clerk(stage: Stage) -> int:
    account = AccountRequest("desk@equipe.invalid", "Dominique", "Essai", Role.COORDINATOR)
    return team.create_user(stage.session, account, by=None, now=NOW)


def at_desk(
    asked: BookingRequest, clerk: int, phone: bool = True, **facts: object
) -> BookingRequest:
    desk = DeskFacts(clerk, Caller.PERSON, **facts)  # type: ignore[arg-type]
    person = asked.person if phone else Person("Ida", "Essai", None, None)
    channel = MessageChannel.NONE
    return replace(asked, desk=desk, channel=Channel.PHONE, person=person, message_channel=channel)


def test_the_desk_has_no_notice(stage: Stage, clerk: int) -> None:
    this_morning = at("2026-11-24T08:00")
    with pytest.raises(SlotTooSoon):
        stage.book(request(choice()), now=this_morning)
    token = stage.book(at_desk(request(choice()), clerk), now=this_morning)
    assert stage.appointment(token).booked_by_id == clerk
    assert stage.events(token)[-1].user_id == clerk


def test_somebody_without_any_phone_is_booked_and_told_on_paper(stage: Stage, clerk: int) -> None:
    token = stage.book(at_desk(request(choice()), clerk, phone=False, note="Sonner deux fois"))
    row = stage.appointment(token)
    assert row.resident.phone is None
    assert (row.note, row.caller, row.resident.to_reconcile) == (
        "Sonner deux fois", Caller.PERSON, False,
    )  # fmt: skip


def test_a_note_has_two_hundred_characters_at_most(stage: Stage, clerk: int) -> None:
    with pytest.raises(NoteTooLong):
        stage.book(at_desk(request(choice()), clerk, note="x" * 201))


def test_the_limit_is_for_residents(stage: Stage, clerk: int) -> None:
    first = at_desk(request(choice()), clerk)
    times = ("2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00")
    for start in times:
        asked = replace(request(choice(start)), person=first.person)
        stage.book(at_desk(asked, clerk))
    assert stage.occupied() == 3


def test_a_recognised_card_is_used_as_it_is(stage: Stage, clerk: int) -> None:
    token = stage.book(request(choice()))
    card = stage.appointment(token).resident_id
    other = at_desk(request(choice("2026-11-24T10:00")), clerk, resident_id=card)
    stage.book(replace(other, person=Person("Autre", "Nom", None, None)))
    assert list(stage.session.scalars(select(Resident.id))) == [card]
    assert stage.session.scalars(select(Resident.first_name)).one() != "Autre"


def test_a_kept_place_is_given_for_a_near_deadline(stage: Stage, clerk: int) -> None:
    stage.change_timetable(rules=[{**rule, "desk_until_days": 2} for rule in RULES])
    friday = choice("2026-11-27T09:00")
    with pytest.raises(SlotNotOffered):
        stage.book(request(friday))
    with pytest.raises(DeadlineMissing):
        stage.book(at_desk(request(friday), clerk))
    token = stage.book(at_desk(request(friday), clerk, deadline=Deadline.TAXES))
    assert stage.appointment(token).deadline is Deadline.TAXES


@pytest.mark.parametrize("code", ["jeanne", "karim"])
def test_a_follow_up_keeps_the_same_counsellor_where_they_are_free(
    stage: Stage, clerk: int, code: str
) -> None:
    whom = stage.counsellor(code)
    first = stage.book(at_desk(request(choice()), clerk, phone=False, counsellor_id=whom))
    assert stage.where(first)[0] == code
    second = stage.book(at_desk(request(choice()), clerk, phone=False, counsellor_id=whom))
    assert stage.where(second)[0] != code
