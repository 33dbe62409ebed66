"""What a person asked us not to send: from their link, at the desk, by « STOP »."""

import pytest
from sqlalchemy import func, select

from app.domain.appointment import MessageChannel, Recipient
from app.domain.journal import JournalAction
from app.domain.sending import ALL_WELCOME, Wishes
from app.domain.staff_errors import SubjectUnknown
from app.models.appointment import Appointment
from app.models.journal import JournalEntry
from app.services.wishes import (
    accept_again,
    helper_numbers,
    holder_of,
    record_stop,
    set_wishes,
    wishes_of,
)
from tests.support.people_cards import acts_on, book_card, card_of, clerk
from tests.support.stage import AIDE, HELPER, PERSON, Stage
from tests.support.stage_plan import NOW
from tests.support.waiting import Waiters

NO_SMS, NOTHING = Wishes(no_sms=True), Wishes(no_sms=True, no_mail=True, no_reminders=True)


@pytest.fixture
def rose(stage: Stage) -> int:
    booked = book_card(stage, "Rose", "Serin", PERSON)
    assert holder_of(stage.session, booked.id) == booked.resident_id
    return booked.resident_id


def test_all_is_welcome_until_somebody_says_otherwise(stage: Stage, rose: int) -> None:
    assert wishes_of(stage.session, rose) == ALL_WELCOME
    with pytest.raises(SubjectUnknown):
        wishes_of(stage.session, 999)


def test_a_person_refuses_and_wants_again_without_a_line_in_the_journal(
    stage: Stage, rose: int
) -> None:
    for wanted in (NOTHING, NO_SMS, ALL_WELCOME):
        set_wishes(stage.session, rose, wanted, by=None, now=NOW)
        assert wishes_of(stage.session, rose) == wanted
    assert acts_on(stage, rose) == []
    assert card_of(stage, rose).updated_at == NOW


def test_the_desk_does_it_for_them_once(stage: Stage, rose: int) -> None:
    by = clerk(stage)
    for _ in range(2):
        set_wishes(stage.session, rose, NO_SMS, by=by, now=NOW)
    told = {"sms": True, "mail": False, "reminders": False}
    assert acts_on(stage, rose) == [(JournalAction.CHANNELS_REFUSED, told)]
    with pytest.raises(SubjectUnknown):
        set_wishes(stage.session, 999, NO_SMS, by=by, now=NOW)


def test_no_appointment_is_lost_by_a_refusal(stage: Stage, rose: int) -> None:
    set_wishes(stage.session, rose, NOTHING, by=None, now=NOW)
    booked = stage.session.scalars(select(Appointment)).one()
    assert (booked.status, booked.message_channel) == ("BOOKED", MessageChannel.SMS)


def test_stop_counts_for_every_card_of_the_number(stage: Stage, rose: int) -> None:
    twin = book_card(stage, "Marc", "Serin", PERSON, start="2026-11-24T09:45").resident_id
    other = book_card(stage, "Paul", "Autre", start="2026-11-24T10:30").resident_id
    by = clerk(stage)
    assert record_stop(stage.session, rose, by=by, now=NOW) == 2
    assert record_stop(stage.session, twin, by=by, now=NOW) == 2
    assert [wishes_of(stage.session, each) for each in (rose, twin, other)] == [
        NO_SMS,
        NO_SMS,
        ALL_WELCOME,
    ]
    stops = select(func.count()).where(JournalEntry.action == JournalAction.STOP_RECORDED)
    assert stage.session.scalar(stops) == 2


def test_stop_of_a_helper_counts_for_whoever_they_are_told_of(stage: Stage, rose: int) -> None:
    """Their own card, those whose messages come to them, and nobody else's."""
    by_helper = {"helper": HELPER, "message_to": Recipient.HELPER}
    own = book_card(stage, "Marc", "Serin", AIDE, start="2026-11-24T09:45").resident_id
    helped = book_card(stage, "Paul", "Autre", start="2026-11-24T10:30", **by_helper).resident_id
    told = book_card(stage, "Lise", "Elle", start="2026-11-24T11:15", helper=HELPER).resident_id
    waiters = Waiters(stage)
    waiters.join(**by_helper)
    waits = waiters.entries()[-1].resident_id
    assert helper_numbers(stage.session, helped) == [AIDE.number]
    assert helper_numbers(stage.session, told) == [], "she gets her messages herself"
    by = clerk(stage)
    for resident_id, helper in ((told, AIDE.number), (helped, PERSON.number)):
        with pytest.raises(SubjectUnknown):
            record_stop(stage.session, resident_id, by=by, now=NOW, helper=helper)
    assert record_stop(stage.session, helped, by=by, now=NOW, helper=AIDE.number) == 3
    stopped = [wishes_of(stage.session, each).no_sms for each in (own, helped, waits, told, rose)]
    assert stopped == [True, True, True, False, False]


def test_a_card_without_a_number_cannot_have_said_stop(stage: Stage, rose: int) -> None:
    card_of(stage, rose).phone = None
    stage.session.commit()
    with pytest.raises(SubjectUnknown):
        record_stop(stage.session, rose, by=clerk(stage), now=NOW)


@pytest.mark.parametrize(
    ("channel", "left"),
    [
        (MessageChannel.SMS, Wishes(no_mail=True, no_reminders=True)),
        (MessageChannel.EMAIL, Wishes(no_sms=True, no_reminders=True)),
        (MessageChannel.VOICE, NOTHING),
    ],
)
def test_choosing_a_channel_at_the_desk_lifts_its_refusal(
    stage: Stage, rose: int, channel: MessageChannel, left: Wishes
) -> None:
    by = clerk(stage)
    set_wishes(stage.session, rose, NOTHING, by=None, now=NOW)
    accept_again(stage.session, rose, channel, by=by, now=NOW)
    assert wishes_of(stage.session, rose) == left
