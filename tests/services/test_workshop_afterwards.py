"""After a workshop: the three questions, to who came and wants them, once in a half-year."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.appointment import MessageChannel, PlaceKind
from app.domain.booking import Person
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.models.survey import SurveyInvitation
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services import sheets
from app.services.attendance import record_outcome
from app.services.links import hash_token
from app.services.programme_cancelling import cancel_workshop
from app.services.registrations import register
from tests.services.test_workshop_letters import Post
from tests.support.people_cards import clerk
from tests.support.programme import edit
from tests.support.stage import LINKS, Stage, choice, phone
from tests.support.stage_plan import NOW, at
from tests.support.workshops import plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
AFTER = FIRST + timedelta(hours=2)
NEXT_DAY = at("2026-12-09T10:00")
QUESTIONS = MessageKind.SATISFACTION


@pytest.fixture
def by(stage: Stage) -> int:
    return clerk(stage)


@pytest.fixture
def post(stage: Stage, tmp_path: Path) -> Post:
    return Post(stage, tmp_path)


def dates_of(stage: Stage, workshop_id: int) -> list[int]:
    query = select(WorkshopSession.id).where(WorkshopSession.workshop_id == workshop_id)
    return list(stage.session.scalars(query.order_by(WorkshopSession.starts_at)))


def close(stage: Stage, date: int, by: int, came: dict[int, int], now: datetime = AFTER) -> None:
    for registration_id, count in came.items():
        sheets.mark(stage.session, date, registration_id, count, now=now)
    sheets.close_sheet(stage.session, date, by=by, now=now)


def asked(stage: Stage) -> list[int]:
    """The registrations that are asked."""
    stage.session.rollback()
    query = select(OutboxMessage.subject_id).where(
        OutboxMessage.kind == QUESTIONS, OutboxMessage.subject_kind == SubjectKind.REGISTRATION
    )
    return list(stage.session.scalars(query.order_by(OutboxMessage.id)))


def test_who_came_is_asked_the_next_day_and_once(post: Post, stage: Stage, by: int) -> None:
    came, missing, silent, refuses = (
        post.add(),
        post.add(),
        post.add(message_channel=MessageChannel.VOICE),
        post.add(),
    )
    ids = [each.id for each in (came, missing, silent, refuses)]
    refuses.resident.refuses_reminders = True
    stage.session.commit()
    post.outcomes()
    (date,) = dates_of(stage, post.id)
    close(stage, date, by, dict(zip(ids, (1, 0, 1, 1), strict=True)))
    assert asked(stage) == ids[:1]
    sheets.reopen_sheet(stage.session, date, by=by, now=AFTER)
    close(stage, date, by, {})
    assert asked(stage) == ids[:1], "closed again, it is not written again"
    assert post.outcomes(NEXT_DAY - timedelta(minutes=1)) == []
    assert post.outcomes(NEXT_DAY) == [OutboxState.SENT]
    text = post.told()[-1]
    assert "l'atelier d'hier vous a-t-il été utile ?" in text
    token = text.split("/avis/")[1][:12]
    invited = stage.session.get_one(SurveyInvitation, hash_token(token))
    host = stage.session.get_one(Workshop, post.id).host_commune_id
    assert (invited.commune_id, invited.place_kind) == (host, PlaceKind.VENUE)


def test_a_sheet_that_is_corrected_takes_the_questions_back(
    post: Post, stage: Stage, by: int
) -> None:
    row = post.add()
    registration_id = row.id
    post.outcomes()
    (date,) = dates_of(stage, post.id)
    close(stage, date, by, {registration_id: 1})
    sheets.reopen_sheet(stage.session, date, by=by, now=AFTER)
    close(stage, date, by, {registration_id: 0})
    assert post.outcomes(NEXT_DAY) == [OutboxState.SKIPPED]


def test_a_cycle_asks_after_its_last_date_and_too_late_is_never(stage: Stage, by: int) -> None:
    ids = []
    for days, lengths in ((0, 2), (2, 1)):
        start = FIRST + timedelta(days=days)
        workshop = plan_workshop(stage.session, start, dates=lengths, recorded_at=NOW)
        done = register(stage.session, registration(workshop), now=NOW, links=LINKS)
        opened = Registration.link_token_hash == hash_token(done.token)
        ids.append((workshop, stage.session.scalars(select(Registration.id).where(opened)).one()))
    (cycle, one), (single, late) = ids
    first, last = dates_of(stage, cycle)
    close(stage, first, by, {one: 1})
    assert asked(stage) == []
    close(stage, last, by, {one: 1}, AFTER + timedelta(weeks=1))
    assert asked(stage) == [one]
    (date,) = dates_of(stage, single)
    close(stage, date, by, {late: 1}, AFTER + timedelta(days=6))
    assert asked(stage) == [one]


def test_a_cycle_that_ends_early_asks_after_the_last_date_that_was_held(
    stage: Stage, tmp_path: Path, by: int
) -> None:
    post = Post(stage, tmp_path, dates=2)
    row, during = post.add(), FIRST + timedelta(hours=1)
    post.outcomes()
    cancel_workshop(stage.session, post.id, edit(stage.session, post.id, now=during))
    close(stage, dates_of(stage, post.id)[0], by, {row.id: 1})
    assert asked(stage) == [row.id]
    assert post.outcomes(NEXT_DAY) == [OutboxState.SENT] * 2, "what is off, and the questions"


def test_one_telephone_is_asked_once_for_appointments_and_workshops(stage: Stage, by: int) -> None:
    same = phone(77)
    start = at("2026-11-25T14:00")
    workshop = plan_workshop(stage.session, start, recorded_at=NOW)
    rose = registration(workshop, person=Person("Rose", "Sel", same, None))
    done = register(stage.session, rose, now=NOW, links=LINKS)
    token = stage.book(choice("2026-11-24T09:00"), phone=same)
    appointment = stage.appointment(token).id
    ticked = at("2026-11-24T10:00")
    record_outcome(stage.session, appointment, True, by=by, now=ticked)
    opened = Registration.link_token_hash == hash_token(done.token)
    row_id = stage.session.scalars(select(Registration.id).where(opened)).one()
    (date,) = dates_of(stage, workshop)
    close(stage, date, by, {row_id: 1}, start + timedelta(hours=2))
    assert asked(stage) == []
    assert QUESTIONS in [each.kind for each in stage.messages(token)]
