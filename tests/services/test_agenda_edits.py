"""Whoever changes second is told who changed first; a button pressed twice is pressed once."""

import pytest

from app.domain.appointment import Actor, ChangeReason
from app.domain.staff_errors import EditedByPerson, EditedMeanwhile
from app.models.appointment import Appointment
from app.services.agenda_edits import check_not_edited
from app.services.appointment_rows import Act
from tests.support.agenda_day import colleague, journalled
from tests.support.stage import Stage, choice
from tests.support.stage_plan import NOW

LATER = choice("2026-11-24T09:45")


def act(user_id: int | None, sequence: int | None) -> Act:
    return Act(NOW, Actor.STAFF, user_id=user_id, reason=ChangeReason.OTHER, sequence=sequence)


def test_the_second_is_refused_under_the_lock_and_told_who_and_when(stage: Stage) -> None:
    token, one, other = stage.book(), colleague(stage), colleague(stage, "Claude")
    stage.move(token, LATER, by=act(one, 0))
    with pytest.raises(EditedMeanwhile) as told:
        stage.cancel(token, by=act(other, 0))
    assert told.value.facts == {"by": "Dominique", "at": NOW}
    assert stage.where(token)[1] == LATER.starts_at
    assert [name for name, *_ in journalled(stage)] == ["APPOINTMENT_MOVED"]


def test_the_person_may_be_who_changed_it(stage: Stage) -> None:
    token, who = stage.book(), colleague(stage)
    stage.move(token, LATER)
    with pytest.raises(EditedByPerson) as told:
        check_not_edited(stage.session, stage.appointment(token).id, who, 0)
    assert told.value.facts == {"at": NOW}


def test_a_sequence_that_never_was_names_nobody(stage: Stage) -> None:
    held = stage.appointment(stage.book()).id
    with pytest.raises(EditedMeanwhile) as told:
        check_not_edited(stage.session, held, colleague(stage), 7)
    assert told.value.facts == {"by": None, "at": None}


def test_ones_own_change_is_no_conflict_nor_is_a_page_of_today(stage: Stage) -> None:
    token, who = stage.book(), colleague(stage)
    stage.move(token, LATER, by=act(who, 0))
    held: Appointment = stage.appointment(token)
    for user_id, sequence in ((who, 0), (None, None), (colleague(stage, "Claude"), 1)):
        check_not_edited(stage.session, held.id, user_id, sequence)
    stage.cancel(token, by=act(who, 0))
    assert stage.appointment(token).sequence == 2


def test_what_the_person_does_is_in_no_journal(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token)
    assert journalled(stage) == []
