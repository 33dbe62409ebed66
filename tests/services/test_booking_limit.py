"""The limit of upcoming appointments per phone, the person's or, without one, the helper's."""

from datetime import datetime, timedelta

import pytest

from app.domain import errors
from app.domain.appointment import Recipient
from app.services.standing import read_standing
from app.services.throttle import Quota
from tests.support.stage import AIDE, HELPER, PERSON, Stage, choice, phone
from tests.support.stage_plan import NOW, at, territory

HOURS = ("2026-11-24T09:00", "2026-11-24T09:45", "2026-11-24T10:30", "2026-11-24T11:15")


def count_upcoming(stage: Stage, number: str, now: datetime) -> int:
    return read_standing(stage.session, "another form", phone=number, now=now).upcoming


def test_a_phone_has_two_upcoming_appointments_and_no_more(stage: Stage) -> None:
    for hour in HOURS[:2]:
        stage.book(choice(hour))
    with pytest.raises(errors.LimitReached) as refusal:
        stage.book(choice(HOURS[2]))
    assert refusal.value.facts == {}
    assert stage.count() == 2
    assert stage.book(choice(HOURS[2]), phone=phone())


def test_whose_network_has_booked_enough_learns_nothing_of_a_telephone(stage: Stage) -> None:
    """Over the limit or not, they are told the same; before that, the limit is told and free."""
    network = [Quota("network", 2, 60, errors.TooManyBookings)]
    for hour in HOURS[:2]:
        stage.book(choice(hour))
    stage.book(choice(HOURS[2]), phone=phone(), quotas=network)
    for _ in range(3):
        with pytest.raises(errors.LimitReached):
            stage.book(choice(HOURS[3]), quotas=network)
    stage.book(choice(HOURS[3]), phone=phone(), quotas=network)
    other = choice("2026-11-26T13:05")
    for number in (PERSON, phone()):
        with pytest.raises(errors.TooManyBookings):
            stage.book(other, phone=number, quotas=network)


def test_the_limit_is_a_setting(stage: Stage) -> None:
    stage.change_territory(territory(upcoming_limit=1))
    stage.book()
    with pytest.raises(errors.LimitReached):
        stage.book(choice(HOURS[1]))


def test_a_cancelled_appointment_no_longer_counts(stage: Stage) -> None:
    tokens = [stage.book(choice(hour)) for hour in HOURS[:2]]
    stage.cancel(tokens[0])
    assert count_upcoming(stage, PERSON.number, NOW) == 1
    assert stage.book(choice(HOURS[0]))


def test_an_appointment_that_has_begun_no_longer_counts(stage: Stage) -> None:
    for hour in HOURS[:2]:
        stage.book(choice(hour))
    assert count_upcoming(stage, PERSON.number, at(HOURS[0])) == 1
    assert stage.book(choice("2026-11-26T13:05"), now=at(HOURS[0]))


def test_a_move_does_not_count(stage: Stage) -> None:
    tokens = [stage.book(choice(hour)) for hour in HOURS[:2]]
    stage.move(tokens[0], choice(HOURS[2]))
    assert count_upcoming(stage, PERSON.number, NOW) == 2


def test_who_helps_a_person_without_a_phone_lends_theirs(stage: Stage) -> None:
    for hour in HOURS[:2]:
        stage.book(choice(hour), phone=None, helper=HELPER, message_to=Recipient.HELPER)
    for lent in (None, AIDE):
        helper = HELPER if lent is None else None
        recipient = Recipient.HELPER if helper else Recipient.PERSON
        with pytest.raises(errors.LimitReached):
            stage.book(choice(HOURS[2]), phone=lent, helper=helper, message_to=recipient)


def test_who_helps_people_with_their_own_phones_may_help_many(stage: Stage) -> None:
    for hour in HOURS:
        stage.book(choice(hour), phone=phone(), helper=HELPER)
    assert count_upcoming(stage, AIDE.number, NOW) == len(HOURS)


def test_past_the_limit_the_same_form_still_shows_its_appointment(stage: Stage) -> None:
    tokens = [stage.book(choice(hour), form_key=hour) for hour in HOURS[:2]]
    assert stage.book(choice(HOURS[1]), form_key=HOURS[1]) == tokens[1]


def test_the_limit_is_told_only_once_the_time_is_known_to_be_free(stage: Stage) -> None:
    """Who is over the limit and late for the place is told of the place: another may be moved."""
    stage.book()
    stage.book(choice(HOURS[1]))
    with pytest.raises(errors.SlotTooSoon):
        stage.book(choice(), now=NOW + timedelta(days=2))
