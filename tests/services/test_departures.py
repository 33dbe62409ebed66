"""What leaves in the next 24 hours: who by initial, never an address."""

from datetime import timedelta

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.services.departures import Departure, find_departures
from tests.support.outbox_rows import add_message, closed
from tests.support.people_cards import book_card
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)


def departures(stage: Stage) -> list[Departure]:
    return find_departures(stage.session, stage.catalogue, NOW, NOW + ONE_DAY)


def test_a_message_that_waits_is_told_by_reference_and_initial(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin")
    assert departures(stage)[0] == Departure(
        due_at=NOW,
        kind=MessageKind.CONFIRMATION,
        channel=MessageChannel.SMS,
        about=SubjectKind.APPOINTMENT,
        appointment_id=booked.id,
        registration_id=None,
        reference=booked.reference,
        name="Rose S.",
    )


def test_only_what_is_due_within_the_day(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin", message_channel=MessageChannel.NONE)
    later, session = {"kind": MessageKind.LATE}, stage.session
    add_message(session, booked.id, NOW, due_at=NOW + ONE_DAY, expires_at=NOW + 2 * ONE_DAY)
    add_message(session, booked.id, NOW, **later, due_at=NOW + ONE_HOUR)
    gone = closed(OutboxState.SENT, NOW)
    add_message(session, booked.id, NOW, kind=MessageKind.MISSED, **gone)
    add_message(session, booked.id, NOW, kind=MessageKind.CHANGED, expires_at=NOW)
    assert [each.kind for each in departures(stage)] == [MessageKind.LATE]


def test_by_hour_whatever_was_written_first(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin", message_channel=MessageChannel.NONE)
    for hours, kind in ((5, MessageKind.REMINDER), (1, MessageKind.MISSED), (3, MessageKind.LATE)):
        due_at = NOW + hours * ONE_HOUR
        add_message(stage.session, booked.id, NOW, kind=kind, due_at=due_at)
    hours_told = [(each.due_at - NOW) // ONE_HOUR for each in departures(stage)]
    assert hours_told == [1, 3, 5]


def test_an_offer_that_is_gone_has_no_name(stage: Stage) -> None:
    kind = MessageKind.OFFER
    add_message(stage.session, 999, NOW, subject_kind=SubjectKind.OFFER, kind=kind)
    [told] = departures(stage)
    assert (told.appointment_id, told.reference, told.name) == (None, None, "")


def test_a_reminder_that_nobody_wrote_yet_is_told_too(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin", start="2026-11-27T09:00")
    told = departures(stage)
    assert [each.kind for each in told] == [MessageKind.CONFIRMATION]
    later = find_departures(stage.session, stage.catalogue, NOW, NOW + 3 * ONE_DAY)
    reminder = later[-1]
    assert (reminder.kind, reminder.appointment_id) == (MessageKind.REMINDER, booked.id)
    assert (reminder.name, reminder.reference) == ("Rose S.", booked.reference)
    assert reminder.due_at > NOW
