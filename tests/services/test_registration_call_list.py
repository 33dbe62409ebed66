"""Who is called about a workshop, and who is offered its places by voice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.access import Actor, Role
from app.domain.appointment import CallOutcome, CallReason, MessageChannel
from app.domain.messages import SENT_CHANNELS, OutboxState
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import WorkshopStatus
from app.models.appointment import CallTask
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop, WorkshopSession
from app.services.appointment_rows import Act
from app.services.links import hash_token
from app.services.offer_taking import Answer
from app.services.places_calls import find_places_calls
from app.services.registration_call_list import find_registration_calls
from app.services.registration_call_notes import record_registration_call
from app.services.registration_calls import call_registration_once
from app.services.registrations import cancel_registration, excuse, register
from app.services.transaction import write_transaction
from app.services.workshop_offers import accept_places
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
BOSS = Actor(1, Role.COORDINATOR)
DAY_BEFORE = FIRST - timedelta(days=1)


def enrol(stage: Stage, workshop_id: int, **changes: object) -> Registration:
    found = register(stage.session, registration(workshop_id, **changes), now=NOW, links=LINKS)
    opened = Registration.link_token_hash == hash_token(found.token)
    return stage.session.scalars(select(Registration).where(opened)).one()


def calls(stage: Stage, now: datetime, actor: Actor = BOSS) -> list[tuple[int, CallReason]]:
    stage.session.rollback()
    found = find_registration_calls(stage.session, stage.catalogue, actor, now=now)
    return [(each.who.registration.registration_id, each.reason) for each in found]


def test_a_change_is_told_by_voice_until_somebody_is_reached(stage: Stage) -> None:
    one = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    row, gone = enrol(stage, one), enrol(stage, one)
    with write_transaction(stage.session):
        for each in (row, gone):
            call_registration_once(stage.session, each.id, CallReason.MOVED_BY_SERVICE, now=NOW)
    cancel_registration(stage.session, gone.id, Act(NOW))
    held, by = [(row.id, CallReason.MOVED_BY_SERVICE)], clerk(stage)
    assert calls(stage, NOW) == held
    home = row.commune_id or 0
    assert calls(stage, NOW, Actor(2, Role.CCAS_AGENT, frozenset({home}))) == held
    assert calls(stage, NOW, Actor(2, Role.CCAS_AGENT, frozenset({home + 1}))) == []
    holder = stage.counsellor("jeanne")
    assert calls(stage, NOW, Actor(3, Role.COUNSELLOR, counsellor_id=holder)) == held
    assert calls(stage, NOW, Actor(3, Role.COUNSELLOR, counsellor_id=holder + 1)) == []

    def say(outcome: CallOutcome, reason: CallReason = CallReason.MOVED_BY_SERVICE) -> bool:
        return record_registration_call(stage.session, row.id, reason, outcome, by=by, now=NOW)

    assert say(CallOutcome.NO_ANSWER)
    [call] = find_registration_calls(stage.session, stage.catalogue, BOSS, now=NOW)
    assert call.tries == (NOW,)
    assert say(CallOutcome.REACHED)
    assert not say(CallOutcome.MESSAGE_LEFT)
    assert calls(stage, NOW) == []
    with pytest.raises(SubjectUnknown):
        say(CallOutcome.REACHED, CallReason.TO_MOVE)


def test_a_call_names_the_next_date_that_stands_else_the_one_that_does_not(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=3, recorded_at=NOW)
    row, week = enrol(stage, cycle), timedelta(weeks=1)
    with write_transaction(stage.session):
        call_registration_once(stage.session, row.id, CallReason.MOVED_BY_SERVICE, now=NOW)

    def named(now: datetime) -> datetime:
        stage.session.rollback()
        [call] = find_registration_calls(stage.session, stage.catalogue, BOSS, now=now)
        return call.about_at

    def cancel(*weeks: int) -> None:
        with write_transaction(stage.session):
            for each in stage.session.get_one(Workshop, cycle).sessions:
                if (each.starts_at - FIRST) // week in weeks:
                    each.status = WorkshopStatus.CANCELLED

    assert named(NOW) == FIRST
    cancel(1)
    assert named(FIRST + timedelta(hours=3)) == FIRST + 2 * week
    cancel(2)
    assert named(FIRST + timedelta(hours=3)) == FIRST + week
    assert named(FIRST + 2 * week + timedelta(hours=3)) == FIRST


def test_who_no_machine_reminds_is_called_before_each_date(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW)
    voice = enrol(stage, cycle, message_channel=MessageChannel.VOICE)
    away = enrol(stage, cycle, message_channel=MessageChannel.VOICE)
    by_sms, silent = enrol(stage, cycle), enrol(stage, cycle, message_channel=MessageChannel.NONE)
    date = stage.session.scalars(select(WorkshopSession.id).order_by(WorkshopSession.id)).first()
    excuse(stage.session, away.id, date or 0, Act(NOW))
    assert calls(stage, FIRST - timedelta(days=4)) == []
    assert calls(stage, DAY_BEFORE) == [(voice.id, CallReason.REMINDER)]
    by, reason = clerk(stage), CallReason.REMINDER
    for outcome in (CallOutcome.NO_ANSWER, CallOutcome.REACHED):
        assert record_registration_call(
            stage.session, voice.id, reason, outcome, by=by, now=DAY_BEFORE
        )
    assert calls(stage, DAY_BEFORE) == []
    with pytest.raises(SubjectUnknown):
        record_registration_call(
            stage.session, silent.id, reason, CallOutcome.REACHED, by=by, now=DAY_BEFORE
        )
    assert by_sms.id
    next_week = DAY_BEFORE + timedelta(weeks=1)
    assert {each for each, _ in calls(stage, next_week)} == {voice.id, away.id}
    assert record_registration_call(
        stage.session, voice.id, reason, CallOutcome.REACHED, by=by, now=next_week
    )
    assert len(stage.session.scalars(select(CallTask)).all()) == 2


def test_a_reminder_that_nobody_answered_ends_with_its_date(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=3, recorded_at=NOW)
    row = enrol(stage, cycle, message_channel=MessageChannel.VOICE)
    by, reason, week = clerk(stage), CallReason.REMINDER, timedelta(weeks=1)

    def say(outcome: CallOutcome, now: datetime) -> None:
        assert record_registration_call(stage.session, row.id, reason, outcome, by=by, now=now)

    say(CallOutcome.NO_ANSWER, DAY_BEFORE)
    assert calls(stage, DAY_BEFORE + timedelta(hours=1)) == [(row.id, reason)]
    assert calls(stage, FIRST) == []
    say(CallOutcome.NO_ANSWER, DAY_BEFORE + week)
    [call] = find_registration_calls(
        stage.session, stage.catalogue, BOSS, now=FIRST + week - timedelta(hours=1)
    )
    assert (call.about_at, call.tries) == (FIRST + week, (DAY_BEFORE + week,))
    say(CallOutcome.REACHED, DAY_BEFORE + week)
    assert calls(stage, DAY_BEFORE + week) == []
    assert calls(stage, DAY_BEFORE + 2 * week) == [(row.id, reason)]


def test_who_was_given_the_place_the_day_before_is_not_called(stage: Stage) -> None:
    full = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW, capacity=1)
    first = enrol(stage, full)
    waits = enrol(stage, full, message_channel=MessageChannel.VOICE)
    late, week = FIRST - timedelta(hours=22), timedelta(weeks=1)
    free = plan_workshop(stage.session, FIRST - timedelta(hours=4), recorded_at=NOW)
    wanted = registration(free, message_channel=MessageChannel.VOICE)
    register(stage.session, wanted, now=late, links=LINKS)
    cancel_registration(stage.session, first.id, Act(DAY_BEFORE - timedelta(hours=5)))
    offer_id = stage.session.scalars(select(PlacesOffer.id)).one()
    accept_places(stage.session, offer_id, Answer(late))
    assert calls(stage, late) == []
    assert calls(stage, DAY_BEFORE + week) == [(waits.id, CallReason.REMINDER)]


def test_places_are_offered_by_voice_where_no_message_arrives(stage: Stage) -> None:
    full = plan_workshop(stage.session, FIRST, recorded_at=NOW, capacity=2)
    seated = [enrol(stage, full), enrol(stage, full)]
    voice, lost = enrol(stage, full, message_channel=MessageChannel.VOICE), enrol(stage, full)
    for each in seated:
        cancel_registration(stage.session, each.id, Act(NOW))

    def offered(carried: frozenset[MessageChannel] = SENT_CHANNELS) -> list[int]:
        stage.session.rollback()
        found = find_places_calls(stage.session, BOSS, now=NOW, carried=carried)
        return [each.who.registration.registration_id for each in found]

    assert offered() == [voice.id]
    by_mail_only = frozenset({MessageChannel.EMAIL})
    assert set(offered(by_mail_only)) == {voice.id, lost.id}
    with write_transaction(stage.session):
        message = stage.session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject_kind == "PLACES")
        ).one()
        message.state = OutboxState.DEAD
    assert set(offered()) == {voice.id, lost.id}
