"""What changes between the choice and the lock: the booking looks again, and tells the truth."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.domain import errors
from app.domain.appointment import AppointmentStatus, EventKind
from app.models.appointment import Appointment, AppointmentEvent
from app.models.outbox import OutboxMessage
from tests.support.stage import PERSON, TUESDAY_AT_NINE, Stage, choice, phone, request
from tests.support.stage_plan import TODAY, at, territory

TUESDAY = TODAY + timedelta(days=1)
FRIDAY = TODAY + timedelta(days=4)
FRIDAY_AT_NINE = "2026-11-27T09:00"
NEW = "2026-11-26T13:05"
Change = Callable[[Stage], object]
Meanwhile = Callable[[Change], None]


@pytest.fixture
def meanwhile(stage: Stage, engine: Engine) -> Meanwhile:
    """Let somebody else do something once, just before the next transaction takes its locks."""

    planned: list[Change] = []

    def happen(_session: Session) -> None:
        if planned:
            change = planned.pop()
            with Session(engine) as theirs:
                change(Stage(theirs))

    stage.session.rollback()
    event.listen(stage.session, "after_rollback", happen)

    def plan(change: Change) -> None:
        stage.session.rollback()
        planned.append(change)

    return plan


def away(person: str, day: date) -> dict[str, Any]:
    return {"counsellor": person, "from": day, "to": day}


def test_a_counsellor_falls_ill_and_the_other_one_takes_the_place(
    stage: Stage, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda theirs: theirs.change_timetable(absences=[away("jeanne", TUESDAY)]))
    assert stage.where(stage.book())[0] == "karim"


def test_the_only_counsellor_falls_ill(stage: Stage, meanwhile: Meanwhile) -> None:
    meanwhile(lambda theirs: theirs.change_timetable(absences=[away("jeanne", FRIDAY)]))
    with pytest.raises(errors.SlotNotOffered):
        stage.book(choice(FRIDAY_AT_NINE))
    assert stage.count() == 0


def test_the_venue_closes(stage: Stage, meanwhile: Meanwhile) -> None:
    shut = {"venue": "mairie-amont", "from": TUESDAY, "to": TUESDAY, "reason": "travaux"}
    meanwhile(lambda theirs: theirs.change_timetable(closures=[shut]))
    with pytest.raises(errors.SlotNotOffered):
        stage.book()
    assert stage.count() == 0


def test_who_replaces_was_not_locked_and_so_is_not_given_the_place_this_time(
    stage: Stage, meanwhile: Meanwhile
) -> None:
    lunch = choice("2026-11-24T12:20", "mediatheque-amont")
    replaced = {"absent": "jeanne", "substitute": "karim", "from": TUESDAY, "to": TUESDAY}
    meanwhile(lambda theirs: theirs.change_timetable(replacements=[replaced]))
    with pytest.raises(errors.SlotNotOffered):
        stage.book(lunch)
    assert stage.count() == 0
    assert stage.where(stage.book(lunch))[0] == "karim"


def test_the_commune_leaves(stage: Stage, meanwhile: Meanwhile) -> None:
    yesterday = TODAY - timedelta(days=1)
    meanwhile(lambda theirs: theirs.change_agreement("amont", active_until=yesterday))
    with pytest.raises(errors.CommuneDeparted):
        stage.book()
    assert stage.count() == 0


def test_the_topic_is_retired(stage: Stage, meanwhile: Meanwhile) -> None:
    without = territory()
    without["topics"][0]["active"] = False
    meanwhile(lambda theirs: theirs.change_territory(without))
    with pytest.raises(errors.TopicUnknown):
        stage.book()


def test_the_limit_is_lowered(stage: Stage, meanwhile: Meanwhile) -> None:
    stage.book()
    meanwhile(lambda theirs: theirs.change_territory(territory(upcoming_limit=1)))
    with pytest.raises(errors.LimitReached):
        stage.book(choice(FRIDAY_AT_NINE))


def test_somebody_takes_the_place(stage: Stage, meanwhile: Meanwhile) -> None:
    meanwhile(lambda theirs: theirs.book(choice(FRIDAY_AT_NINE), phone=phone()))
    with pytest.raises(errors.SlotTaken):
        stage.book(choice(FRIDAY_AT_NINE))
    assert stage.count() == 1


def test_somebody_takes_the_road(stage: Stage, meanwhile: Meanwhile) -> None:
    """Karim is free at that time, but can no longer drive there from Butte by then."""
    in_aval = choice("2026-11-25T14:15", None, commune_slug="aval")
    stage.cancel(stage.book(in_aval))
    in_butte = choice("2026-11-25T12:30", None, commune_slug="butte")
    meanwhile(lambda theirs: theirs.book(in_butte, phone=phone()))
    with pytest.raises(errors.SlotTaken):
        stage.book(in_aval)
    assert stage.occupied() == 1


def test_the_same_phone_books_elsewhere(stage: Stage, meanwhile: Meanwhile) -> None:
    stage.book()
    meanwhile(lambda theirs: theirs.book(choice(FRIDAY_AT_NINE)))
    with pytest.raises(errors.LimitReached):
        stage.book(choice(NEW))
    assert stage.count() == 2


def test_the_same_form_was_faster(stage: Stage, meanwhile: Meanwhile) -> None:
    wanted = request()
    tokens: list[str] = []
    meanwhile(lambda theirs: tokens.append(theirs.book(wanted)))
    assert stage.book(wanted) == tokens[0]
    assert stage.count() == stage.count(OutboxMessage) == 1


def test_the_same_form_with_other_answers_was_faster(stage: Stage, meanwhile: Meanwhile) -> None:
    wanted = request()
    meanwhile(lambda theirs: theirs.book(request(choice(NEW), form_key=wanted.form_key)))
    with pytest.raises(errors.FormAlreadyUsed):
        stage.book(wanted)
    assert stage.count() == 1


# -- an appointment that two people change at once


def test_it_is_cancelled_while_it_is_moved(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book()
    meanwhile(lambda theirs: theirs.cancel(token))
    with pytest.raises(errors.AppointmentCancelled):
        stage.move(token, choice(NEW))
    assert stage.occupied() == 0
    assert stage.appointment(token).sequence == 1


def test_it_is_moved_while_it_is_cancelled(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book()
    meanwhile(lambda theirs: theirs.move(token, choice(NEW)))
    stage.cancel(token)
    assert stage.occupied() == 0
    assert stage.appointment(token).sequence == 2
    assert [event.kind for event in stage.events(token)] == [
        EventKind.BOOKED, EventKind.MOVED, EventKind.CANCELLED,
    ]  # fmt: skip
    assert stage.events(token)[-1].old_starts_at == at(NEW)


def test_it_is_cancelled_twice_at_once(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book()
    meanwhile(lambda theirs: theirs.cancel(token))
    stage.cancel(token)
    assert stage.appointment(token).sequence == 1
    assert stage.count(AppointmentEvent) == 2


def test_it_is_moved_twice_at_once_to_the_same_time(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book()
    meanwhile(lambda theirs: theirs.move(token, choice(NEW)))
    stage.move(token, choice(NEW))
    assert stage.where(token)[1] == at(NEW)
    assert stage.appointment(token).sequence == 1


def test_it_is_moved_twice_at_once_and_the_last_one_holds(
    stage: Stage, meanwhile: Meanwhile
) -> None:
    token = stage.book()
    meanwhile(lambda theirs: theirs.move(token, choice(NEW)))
    stage.move(token, choice(FRIDAY_AT_NINE))
    assert stage.where(token)[:2] == ("jeanne", at(FRIDAY_AT_NINE))
    starts = [(told.old_starts_at, told.new_starts_at) for told in stage.events(token)]
    assert starts == [
        (None, at(TUESDAY_AT_NINE)),
        (at(TUESDAY_AT_NINE), at(NEW)),
        (at(NEW), at(FRIDAY_AT_NINE)),
    ]


def test_the_person_came_while_it_is_cancelled(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book()

    def close(theirs: Stage) -> None:
        theirs.session.execute(update(Appointment).values(status=AppointmentStatus.ATTENDED))
        theirs.session.commit()

    meanwhile(close)
    with pytest.raises(errors.AppointmentPast):
        stage.cancel(token)
    assert stage.appointment(token).status is AppointmentStatus.ATTENDED


def test_the_new_time_of_a_move_is_taken(stage: Stage, meanwhile: Meanwhile) -> None:
    token = stage.book(phone=PERSON)
    meanwhile(lambda theirs: theirs.book(choice(NEW), phone=phone()))
    with pytest.raises(errors.SlotTaken):
        stage.move(token, choice(NEW))
    assert stage.where(token)[1] == at(TUESDAY_AT_NINE)
