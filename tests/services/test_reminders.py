"""The reminders that a worker writes: which, when, once, and for whom no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app.domain.appointment import Actor, Channel, MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState
from app.models.appointment import Appointment
from app.models.outbox import OutboxMessage
from app.models.places import Territory
from app.services.appointment_rows import Act
from app.services.handover import give_to
from app.services.reminders import remind, upcoming_reminders
from app.services.transaction import write_transaction
from tests.support.agenda_day import colleague
from tests.support.stage import HELPER, WEDNESDAY_VISIT, Stage, choice, phone, request
from tests.support.stage_plan import NOW, RULES, at, permanence

FIRST, LAST = MessageKind.REMINDER, MessageKind.LAST_REMINDER
THURSDAY = choice("2026-11-26T09:00", "mairie-aval")
LONG_BEFORE, TEN = at("2026-11-23T08:30"), at("2026-11-24T10:00")
EVENING = at("2026-11-25T18:00")
MANY = 200
ONE_MINUTE = timedelta(minutes=1)


def reminders(stage: Stage, token: str) -> list[OutboxMessage]:
    """What was written to remind of that appointment, by version."""
    found = [each for each in stage.messages(token) if each.kind in (FIRST, LAST)]
    return sorted(found, key=lambda each: each.version)


def kinds(stage: Stage, token: str) -> list[MessageKind]:
    return [each.kind for each in reminders(stage, token)]


def test_two_days_before_at_ten_and_once(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    assert remind(stage.session, TEN - ONE_MINUTE, MANY) == 0
    assert remind(stage.session, TEN, MANY) == 1
    assert remind(stage.session, TEN + ONE_MINUTE, MANY) == 0
    (written,) = reminders(stage, token)
    assert (written.kind, written.version, written.channel) == (FIRST, 0, MessageChannel.SMS)
    assert written.due_at == TEN
    assert written.expires_at == at("2026-11-26T07:00")
    assert (written.state, written.round) == (OutboxState.PENDING, 0)


def test_who_books_after_that_is_reminded_the_evening_before(stage: Stage) -> None:
    token = stage.book(THURSDAY, now=TEN)
    for now in (TEN, EVENING - ONE_MINUTE):
        assert remind(stage.session, now, MANY) == 0
    assert remind(stage.session, EVENING, MANY) == 1
    assert remind(stage.session, EVENING + ONE_MINUTE, MANY) == 0
    assert kinds(stage, token) == [LAST]


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (timedelta(minutes=30), None),
        (timedelta(hours=14), None),
        (timedelta(hours=20), LAST),
        (timedelta(hours=46), LAST),
        (timedelta(hours=49), FIRST),
    ],
)
def test_booked_so_long_before(stage: Stage, before: timedelta, kind: MessageKind | None) -> None:
    """At the desk, which has no notice to respect; the hours of a whole week go by."""
    starts_at = at("2026-11-26T09:00")
    token = stage.book(THURSDAY)
    event = stage.events(token)[0]
    event.at = starts_at - before
    stage.session.commit()
    now = NOW
    while now < starts_at + timedelta(days=1):
        if now >= starts_at - before:
            remind(stage.session, now, MANY)
        now += timedelta(minutes=30)
    assert kinds(stage, token) == ([kind] if kind else [])


def test_a_new_date_has_its_own_reminder(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    remind(stage.session, TEN, MANY)
    stage.move(token, choice("2026-11-27T09:00", "mairie-amont"), now=TEN + ONE_MINUTE)
    assert remind(stage.session, TEN + 2 * ONE_MINUTE, MANY) == 0
    remind(stage.session, at("2026-11-25T10:00"), MANY)
    assert [(each.kind, each.version) for each in reminders(stage, token)] == [
        (FIRST, 0),
        (FIRST, 1),
    ]


def test_a_colleague_who_takes_over_reminds_nobody_again(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    remind(stage.session, TEN, MANY)
    held = stage.appointment(token)
    codes = ("jeanne", "karim")
    other = {stage.counsellor(each) for each in codes} - {held.engagement.counsellor_id}
    by = Act(TEN + ONE_MINUTE, Actor.STAFF, Channel.DESK, colleague(stage))
    with write_transaction(stage.session):
        give_to(stage.session, stage.appointment(token), other.pop(), by)
    assert remind(stage.session, EVENING, MANY) == 0
    (written,) = reminders(stage, token)
    assert written.version == stage.appointment(token).sequence == 1


@pytest.mark.parametrize(
    ("now", "written"),
    [
        ("2026-11-24T21:00", 0),
        ("2026-11-25T07:59", 0),
        ("2026-11-25T08:00", 1),
        ("2026-11-25T19:59", 1),
        ("2026-11-26T06:30", 0),
        ("2026-11-26T07:30", 0),
    ],
)
def test_a_worker_that_was_down_makes_up_in_open_hours_while_it_helps(
    stage: Stage, now: str, written: int
) -> None:
    stage.book(THURSDAY)
    assert remind(stage.session, at(now), MANY) == written


@pytest.mark.parametrize(
    "refusal",
    [
        {"refuses_reminders": True},
        {"refuses_sms": True},
        {"refuses_sms": True, "refuses_mail": True},
    ],
)
def test_who_refuses_is_left_alone(stage: Stage, refusal: dict[str, bool]) -> None:
    card = stage.appointment(stage.book(THURSDAY)).resident
    for name, value in refusal.items():
        setattr(card, name, value)
    stage.session.commit()
    assert remind(stage.session, TEN, MANY) == 0
    assert upcoming_reminders(stage.session, stage.catalogue, NOW, TEN + ONE_MINUTE) == []


def test_refusing_e_mails_does_not_refuse_text_messages(stage: Stage) -> None:
    stage.appointment(stage.book(THURSDAY)).resident.refuses_mail = True
    stage.session.commit()
    assert remind(stage.session, TEN, MANY) == 1


def test_no_reminder_of_what_is_off(stage: Stage) -> None:
    stage.cancel(stage.book(THURSDAY))
    assert remind(stage.session, TEN, MANY) == 0


def test_nobody_is_reminded_of_an_hour_that_nobody_will_hold(stage: Stage) -> None:
    """« À replacer »: somebody calls; reminded again as soon as it is held again."""
    token = stage.book(THURSDAY)
    held = permanence("karim", "jeudi", "09:00-12:00", "mairie-aval")
    stage.change_timetable(rules=[each for each in RULES if each != held])
    assert remind(stage.session, TEN, MANY) == 0
    assert upcoming_reminders(stage.session, stage.catalogue, NOW, TEN + ONE_MINUTE) == []
    stage.change_timetable()
    assert remind(stage.session, TEN, MANY) == 1
    assert kinds(stage, token) == [FIRST]


@pytest.mark.parametrize(
    "channel", [MessageChannel.NONE, MessageChannel.VOICE, MessageChannel.PAPER]
)
def test_no_machine_reminds_who_wants_no_message(stage: Stage, channel: MessageChannel) -> None:
    stage.book(request(THURSDAY, message_channel=channel))
    assert remind(stage.session, TEN, MANY) == 0


def test_a_visit_and_a_helper_are_reminded(stage: Stage) -> None:
    token = stage.book(THURSDAY, helper=HELPER, message_to=Recipient.HELPER)
    stage.book(request(choice(WEDNESDAY_VISIT, None), phone=phone()), now=LONG_BEFORE)
    assert remind(stage.session, at("2026-11-23T10:00"), MANY) == 1
    assert remind(stage.session, TEN, MANY) == 1
    assert [each.recipient for each in reminders(stage, token)] == [Recipient.HELPER]


def test_a_sunday_is_avoided(stage: Stage) -> None:
    """A Monday's appointment, which is beyond the booking window: its hours are changed."""
    token = stage.book(THURSDAY)
    monday = permanence("karim", "lundi", "09:00-12:00", "mairie-aval")
    stage.change_timetable(rules=[*RULES, monday])
    _put(stage, token, at("2026-11-30T09:00"))
    for now in (at("2026-11-28T09:59"), at("2026-11-29T10:00")):
        assert remind(stage.session, now, MANY) == 0
    assert remind(stage.session, at("2026-11-28T10:00"), MANY) == 1


def _put(stage: Stage, token: str, starts_at: datetime) -> None:
    held = stage.appointment(token).engagement
    held.starts_at, held.ends_at = starts_at, starts_at + timedelta(minutes=45)
    stage.session.commit()


def test_a_turn_is_bounded(stage: Stage) -> None:
    for start in ("2026-11-26T09:00", "2026-11-26T09:45"):
        stage.book(request(choice(start, "mairie-aval"), phone=phone()))
    assert [remind(stage.session, TEN, 1) for _ in range(3)] == [1, 1, 0]


def test_a_clock_put_back_stops_no_other_reminder(stage: Stage) -> None:
    """Moved at an hour that has not come yet, after the clock was put right again."""
    token = stage.book(THURSDAY)
    remind(stage.session, TEN, MANY)
    stage.events(token)[0].at = TEN + timedelta(hours=1)
    stage.session.commit()
    other = stage.book(request(choice("2026-11-26T09:45", "mairie-aval"), phone=phone()))
    assert remind(stage.session, TEN + ONE_MINUTE, MANY) == 1
    assert kinds(stage, other) == [FIRST]
    assert remind(stage.session, EVENING, MANY) == 0


def test_a_booking_without_history_counts_from_when_it_was_booked(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    stage.session.delete(stage.events(token)[0])
    stage.session.commit()
    assert remind(stage.session, TEN, MANY) == 1


def test_several_workers_write_it_once(stage: Stage, engine: Engine) -> None:
    token = stage.book(THURSDAY)
    stage.session.rollback()

    def work(_: int) -> int:
        with Session(engine) as session:
            return remind(session, TEN, MANY)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert kinds(stage, token) == [FIRST]


def test_without_a_territory_there_is_nothing_to_do(session: Session) -> None:
    session.execute(delete(Territory))
    session.commit()
    assert remind(session, TEN, MANY) == 0


def test_what_is_to_come_is_known(stage: Stage) -> None:
    early = stage.book(THURSDAY)
    late = stage.book(request(choice("2026-11-26T09:45", "mairie-aval"), phone=phone()), now=TEN)

    def seen(now: datetime, until: datetime) -> list[tuple[int, MessageKind, datetime]]:
        found = upcoming_reminders(stage.session, stage.catalogue, now, until)
        return [(each.appointment_id, each.kind, each.due_at) for each in found]

    first = (stage.appointment(early).id, FIRST, TEN)
    last = (stage.appointment(late).id, LAST, EVENING)
    assert seen(TEN - ONE_MINUTE, TEN) == []
    assert seen(TEN - ONE_MINUTE, TEN + ONE_MINUTE) == [first]
    assert seen(TEN - ONE_MINUTE, EVENING + ONE_MINUTE) == [first, last]
    in_the_night = at("2026-11-24T22:00")
    assert seen(in_the_night, EVENING)[0][2] == at("2026-11-25T08:00")
    remind(stage.session, TEN, MANY)
    assert seen(TEN, EVENING + ONE_MINUTE) == [last]
    assert seen(at("2026-11-26T07:30"), at("2026-11-27T10:00")) == []


def test_what_is_to_come_tells_who(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    (found,) = upcoming_reminders(stage.session, stage.catalogue, NOW, EVENING)
    held: Any = stage.appointment(token)
    assert (found.reference, found.first_name, found.last_name) == (held.reference, "Rose", "Serin")
    assert (found.channel, found.starts_at) == (MessageChannel.SMS, at("2026-11-26T09:00"))


def test_reminding_is_never_written_for_the_erased(stage: Stage) -> None:
    held: Appointment = stage.appointment(stage.book(THURSDAY))
    held.reference = None
    stage.session.commit()
    assert remind(stage.session, TEN, MANY) == 0
