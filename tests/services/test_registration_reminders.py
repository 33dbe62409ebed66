"""The reminders of workshops: each date once, for who is expected there."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, WorkshopSession
from app.services.appointment_rows import Act
from app.services.catalogue import read_catalogue
from app.services.departures import find_departures
from app.services.links import hash_token
from app.services.offer_taking import Answer
from app.services.registration_reminders import remind_of_workshops
from app.services.registrations import cancel_registration, excuse, register
from app.services.transaction import write_transaction
from app.services.unsent import try_again
from app.services.workshop_offers import accept_places
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW, at
from tests.support.workshops import plan_workshop, registration

TUESDAY = datetime(2026, 12, 8, 13, tzinfo=UTC)
WEEK = timedelta(weeks=1)
TWO_DAYS_BEFORE = at("2026-12-05T10:00")
"""A Saturday: on Sunday we write to nobody."""
EVENING_BEFORE = at("2026-12-07T18:00")
MANY = 99


def add(stage: Stage, workshop_id: int, now: datetime = NOW, **changes: object) -> Registration:
    asked = registration(workshop_id, **changes)
    token = register(stage.session, asked, now=now, links=LINKS).token
    query = select(Registration).where(Registration.link_token_hash == hash_token(token))
    return stage.session.scalars(query).one()


def written(stage: Stage) -> list[OutboxMessage]:
    stage.session.rollback()
    kinds = MessageKind.REMINDER, MessageKind.LAST_REMINDER
    query = select(OutboxMessage).where(
        OutboxMessage.subject_kind == SubjectKind.REGISTRATION, OutboxMessage.kind.in_(kinds)
    )
    return list(stage.session.scalars(query.order_by(OutboxMessage.id)))


def test_each_date_of_a_cycle_is_reminded_of_once_but_not_one_that_is_excused(
    stage: Stage,
) -> None:
    cycle = plan_workshop(stage.session, TUESDAY, dates=3, recorded_at=NOW)
    row = add(stage, cycle)
    dates = stage.session.scalars(select(WorkshopSession.id).order_by(WorkshopSession.id)).all()
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE - timedelta(minutes=1), MANY) == 0
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE, MANY) == 1
    assert remind_of_workshops(stage.session, EVENING_BEFORE, MANY) == 0
    excuse(stage.session, row.id, dates[1], Act(EVENING_BEFORE))
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE + WEEK, MANY) == 0
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE + 2 * WEEK, MANY) == 1
    told = [(each.kind, each.session_id) for each in written(stage)]
    assert told == [(MessageKind.REMINDER, dates[0]), (MessageKind.REMINDER, dates[2])]


def test_two_dates_in_two_days_are_two_reminders_and_a_second_try_is_a_third(
    stage: Stage,
) -> None:
    workshop = plan_workshop(stage.session, TUESDAY, dates=2, recorded_at=NOW)
    later = select(WorkshopSession.id).order_by(WorkshopSession.id.desc()).limit(1)
    with write_transaction(stage.session):
        moved = {"starts_at": TUESDAY + timedelta(hours=3), "ends_at": TUESDAY + timedelta(hours=4)}
        stage.session.execute(
            update(WorkshopSession)
            .where(WorkshopSession.id == stage.session.scalar(later))
            .values(**moved)
        )
    add(stage, workshop)
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE, MANY) == 2
    first, second = written(stage)
    assert (first.round, second.round) == (0, 1)
    assert first.session_id != second.session_id
    with write_transaction(stage.session):
        stage.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == first.id)
            .values(state=OutboxState.DEAD, closed_at=TWO_DAYS_BEFORE)
        )
    try_again(stage.session, first.id, by=clerk(stage), now=TWO_DAYS_BEFORE)
    again = written(stage)[-1]
    assert (again.round, again.session_id) == (2, first.session_id)


def test_who_is_seated_late_is_reminded_late_and_who_waits_or_left_never(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, TUESDAY, recorded_at=NOW, capacity=1)
    first, waits = add(stage, workshop), add(stage, workshop)
    add(stage, workshop)
    after = TWO_DAYS_BEFORE - timedelta(hours=1)
    cancel_registration(stage.session, first.id, Act(after))
    offer = stage.session.scalars(select(PlacesOffer)).one()
    accept_places(stage.session, offer.id, Answer(TWO_DAYS_BEFORE + timedelta(hours=1)))
    assert remind_of_workshops(stage.session, TWO_DAYS_BEFORE + timedelta(hours=2), MANY) == 0
    assert remind_of_workshops(stage.session, EVENING_BEFORE, MANY) == 1
    (told,) = written(stage)
    assert (told.kind, told.subject_id) == (MessageKind.LAST_REMINDER, waits.id)


def test_what_leaves_in_a_day_names_the_reminders_of_workshops(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, TUESDAY, recorded_at=NOW)
    row = add(stage, workshop)
    add(stage, workshop, message_channel=MessageChannel.NONE)
    until = TWO_DAYS_BEFORE + timedelta(hours=1)
    day_before = TWO_DAYS_BEFORE - timedelta(hours=20)
    catalogue = read_catalogue(stage.session)
    pending, each = find_departures(stage.session, catalogue, day_before, until)
    assert (pending.kind, pending.registration_id) == (MessageKind.CONFIRMATION, row.id)
    assert (each.registration_id, each.reference) == (row.id, row.reference)
    assert (each.kind, each.due_at) == (MessageKind.REMINDER, TWO_DAYS_BEFORE)
    assert each.name.startswith("Rose S")
