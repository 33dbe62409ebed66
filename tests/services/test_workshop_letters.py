"""What a message about a registration tells at the instant of sending, to whom, and who pays."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.domain.workshop_letters import WorkshopLetter
from app.domain.workshops import WorkshopStatus
from app.gateways.contacts import parse_phone
from app.models.workshops import PlacesOffer, Workshop, WorkshopSession
from app.services.appointment_rows import Act
from app.services.letters import Letter, read_letter
from app.services.links import hash_token
from app.services.lost_number import send_numbers
from app.services.offer_taking import Answer
from app.services.registration_reminders import remind_of_workshops
from app.services.registrations import cancel_registration, excuse, give_up_one
from app.services.transaction import write_transaction
from app.services.workshop_offers import accept_places, offer_workshops
from tests.support.delivered import deliver
from tests.support.stage import Stage, phone
from tests.support.stage_plan import NOW, at
from tests.support.workshop_post import EMAIL, SOON, Post
from tests.support.workshops import registration


@pytest.fixture
def post(stage: Stage, tmp_path: Path) -> Post:
    return Post(stage, tmp_path)


def test_who_registers_is_told_at_once_and_the_host_pays(post: Post) -> None:
    row = post.add(two=True)
    (claim,) = post.claims()
    letter = read_letter(post.session, claim, SOON, post.room)
    assert isinstance(letter, Letter)
    assert isinstance(letter.facts, WorkshopLetter)
    assert hash_token(letter.facts.token) == row.link_token_hash
    assert letter.address == row.resident.phone
    assert letter.commune_id == post.session.get_one(Workshop, post.id).host_commune_id
    post.session.rollback()
    assert deliver(post.session, claim, SOON, post.room) is OutboxState.SENT
    (text,) = post.told()
    assert f"/r/{letter.facts.token}" in text


def test_the_last_news_alone_leaves_after_a_night_without_a_worker(post: Post) -> None:
    row = post.add(two=True)
    give_up_one(post.session, row.id, Act(NOW))
    cancel_registration(post.session, row.id, Act(NOW))
    kinds = [each.kind for each in post.rows()]
    confirmed = MessageKind.CONFIRMATION
    assert kinds == [confirmed, confirmed, MessageKind.CANCELLED_BY_PERSON]
    skipped = OutboxState.SKIPPED
    assert post.outcomes() == [skipped, skipped, OutboxState.SENT]
    assert "est annulée" in post.told()[0]


def test_who_waits_is_told_their_number_then_the_place_then_that_it_is_theirs(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, capacity=1)
    first, second = post.add(), post.add()
    assert post.outcomes() == [OutboxState.SENT] * 2
    assert "numéro 1" in post.told()[1]
    send_numbers(post.session, parse_phone(second.resident.phone or ""), now=SOON)
    assert post.outcomes() == [OutboxState.SENT], "who waits may have lost their number too"
    assert f"{second.reference}"[:3] in post.told()[-1]
    cancel_registration(post.session, first.id, Act(NOW))
    (offer,) = post.session.scalars(select(PlacesOffer))
    (row,) = post.rows(SubjectKind.PLACES)
    assert row.expires_at == offer.answer_by
    day = row.due_at + timedelta(seconds=5)
    assert post.outcomes(day) == [OutboxState.SENT] * 2
    assert any("une place libre" in each and "/offre/" in each for each in post.told())
    accept_places(post.session, offer.id, Answer(day))
    assert [each.kind for each in post.rows()][-1] is MessageKind.CONFIRMATION
    assert post.outcomes(day) == [OutboxState.SENT]
    assert second.id == post.rows()[-1].subject_id


def test_an_offer_of_a_workshop_that_is_off_stays_here(stage: Stage, tmp_path: Path) -> None:
    post = Post(stage, tmp_path, capacity=1)
    first, _ = post.add(), post.add()
    cancel_registration(post.session, first.id, Act(NOW))
    offer_workshops(post.session, NOW, 9)
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
    (row,) = post.rows(SubjectKind.PLACES)
    day = row.due_at + timedelta(seconds=5)
    assert OutboxState.SENT not in post.outcomes(day)


def test_an_email_carries_the_dates_to_the_agenda(post: Post) -> None:
    person = replace(registration(post.id).person, email="rose@example.fr")
    post.add(person=person, message_channel=EMAIL)
    assert post.outcomes() == [OutboxState.SENT]
    (mail,) = post.folder.glob("*.eml")
    assert b"atelier.ics" in mail.read_bytes()


def test_a_lost_number_of_a_workshop_is_sent_again_three_times_a_day(post: Post) -> None:
    mine = phone()
    person = replace(registration(post.id).person, phone=mine)
    row = post.add(person=person)
    post.outcomes()
    for _ in range(5):
        send_numbers(post.session, mine, now=SOON)
    assert [each.round for each in post.rows()[1:]] == [0, 1, 2]
    assert post.outcomes() == [OutboxState.SENT] * 3
    number = f"{row.reference}"[:3]
    assert sum(f"No {number}" in each or f"le {number}" in each for each in post.told()) == 4


def test_a_number_gets_so_many_texts_a_day_and_the_place_is_theirs_all_the_same(
    stage: Stage, tmp_path: Path
) -> None:
    most = stage.catalogue.settings.sms_per_number_per_day
    mine, post = phone(), Post(stage, tmp_path)
    for turn in range(most):
        person = replace(registration(post.id).person, phone=mine, first_name=f"Rose {turn}")
        row = post.add(person=person)
        cancel_registration(post.session, row.id, Act(NOW))
    assert len(post.rows()) == most


def test_a_reminder_of_a_date_that_is_excused_meanwhile_stays_here(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, dates=2)
    row = post.add()
    post.outcomes()
    due = at("2026-12-05T10:00")
    assert remind_of_workshops(post.session, due, 9) == 1
    first = post.session.scalars(select(WorkshopSession.id).order_by(WorkshopSession.id)).first()
    excuse(post.session, row.id, first or 0, Act(due))
    assert post.outcomes(due) == [OutboxState.SKIPPED]
