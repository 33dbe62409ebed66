"""What a message about a registration tells at the instant of sending, to whom, and who pays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.domain.workshop_letters import WorkshopLetter
from app.domain.workshops import WorkshopStatus
from app.gateways.senders import FileSender
from app.models.appointment import CallTask, Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop, WorkshopSession
from app.services.appointment_rows import Act
from app.services.letters import Letter, PostRoom, read_letter
from app.services.links import hash_token
from app.services.lost_number import send_numbers
from app.services.offer_taking import Answer
from app.services.outbox_claims import Claim, claim_due
from app.services.registration_reminders import remind_of_workshops
from app.services.registrations import cancel_registration, excuse, give_up_one, register
from app.services.transaction import Locks, write_transaction
from app.services.workshop_announcing import Told, tell_cancelled, tell_changed
from app.services.workshop_offers import accept_places, offer_workshops
from app.services.workshop_places import locked_workshop, workshop_key
from tests.support.delivered import deliver
from tests.support.stage import LINKS, Stage, phone
from tests.support.stage_plan import NOW, at
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL
SOON = NOW + timedelta(seconds=5)
NIGHT = NOW + timedelta(hours=14)
"""22 h."""


class Post:
    """One workshop, who registers for it, and what leaves."""

    def __init__(self, stage: Stage, folder: Path, **changes: object) -> None:
        self.session, self.folder = stage.session, folder
        self.id = plan_workshop(stage.session, FIRST, recorded_at=NOW, **changes)  # type: ignore[arg-type]
        senders = {each: FileSender(folder, "Aide") for each in (SMS, EMAIL)}
        self.room = PostRoom(senders, LINKS, "https://rdv.example.fr")

    def add(self, *, two: bool = False, **changes: object) -> Registration:
        wanted = couple(self.id, **changes) if two else registration(self.id, **changes)
        token = register(self.session, wanted, now=NOW, links=LINKS).token
        query = select(Registration).where(Registration.link_token_hash == hash_token(token))
        return self.session.scalars(query).one()

    def claims(self, now: datetime = SOON) -> list[Claim]:
        return claim_due(self.session, now, [SMS, EMAIL], limit=99)

    def outcomes(self, now: datetime = SOON) -> list[OutboxState | None]:
        return [deliver(self.session, each, now, self.room) for each in self.claims(now)]

    def rows(self, kind: SubjectKind = SubjectKind.REGISTRATION) -> list[OutboxMessage]:
        self.session.rollback()
        query = select(OutboxMessage).where(OutboxMessage.subject_kind == kind)
        return list(self.session.scalars(query.order_by(OutboxMessage.id)))

    def told(self) -> list[str]:
        """What left, the oldest first."""
        return [each.read_text() for each in sorted(self.folder.glob("*.txt"))]

    def tell(self, how: object, now: datetime = SOON) -> Told:
        with write_transaction(self.session, Locks.of(keys={workshop_key(self.id)})):
            workshop = locked_workshop(self.session, self.id)
            return how(self.session, workshop, now=now, act=Act(now))  # type: ignore[operator,no-any-return]

    def calls(self) -> list[tuple[int | None, CallReason]]:
        self.session.rollback()
        query = select(CallTask).where(CallTask.closed_at.is_(None)).order_by(CallTask.id)
        return [(each.registration_id, each.reason) for each in self.session.scalars(query)]


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


def test_all_are_told_of_a_change_by_a_machine_or_by_a_call(stage: Stage, tmp_path: Path) -> None:
    post = Post(stage, tmp_path, capacity=2)
    comes, deaf, waits = post.add(), post.add(), post.add()
    voice = post.add(message_channel=MessageChannel.NONE)
    gone = post.add()
    cancel_registration(post.session, gone.id, Act(NOW))
    with write_transaction(post.session):
        post.session.execute(
            update(Resident).where(Resident.id == deaf.resident_id).values(refuses_sms=True)
        )
    assert post.tell(tell_changed, NIGHT) == Told(messages=2, calls=2)
    assert post.tell(tell_changed, NIGHT) == Told(messages=2, calls=2)  # a second change
    moved = CallReason.MOVED_BY_SERVICE
    assert post.calls() == [(deaf.id, moved), (voice.id, moved)]
    changed = [each for each in post.rows() if each.kind is MessageKind.CHANGED]
    assert {each.subject_id for each in changed} == {comes.id, waits.id}
    assert all(each.due_at == NIGHT + timedelta(hours=10) for each in changed)
    day = changed[0].due_at
    assert post.outcomes(day).count(OutboxState.SENT) >= 2
    assert sum("changé" in each for each in post.told()) == 2


def test_a_workshop_that_is_off_is_told_even_where_the_carrier_fails(post: Post) -> None:
    row = post.add()
    post.outcomes()
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
        post.session.execute(update(WorkshopSession).values(status=WorkshopStatus.CANCELLED))
        post.session.execute(update(Resident).values(phone="+33536490000"))
    assert post.tell(tell_cancelled) == Told(messages=1, calls=0)
    assert post.calls() == []
    day = post.rows()[-1].due_at
    assert post.outcomes(day) == [OutboxState.SKIPPED]  # no mobile any more
    assert post.calls() == [(row.id, CallReason.CANCELLED_BY_SERVICE)]


def test_a_workshop_of_today_that_is_off_is_told_at_any_hour(post: Post) -> None:
    post.add()
    post.outcomes()
    early = FIRST.replace(hour=5)  # 6 h in winter
    with write_transaction(post.session):
        post.session.execute(update(WorkshopSession).values(status=WorkshopStatus.CANCELLED))
    post.tell(tell_cancelled, early)
    assert post.rows()[-1].due_at == early


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


def test_a_date_of_today_that_moves_is_told_now_and_what_comes_too_late_by_a_call(
    post: Post,
) -> None:
    row = post.add()
    post.outcomes()
    before_dawn = FIRST.replace(hour=4)

    def moved(*args: object, **names: object) -> Told:
        return tell_changed(*args, was_at=[FIRST], **names)  # type: ignore[arg-type]

    assert post.tell(moved, before_dawn) == Told(messages=1, calls=0)
    assert post.rows()[-1].due_at == before_dawn
    sunday = FIRST - timedelta(days=2)
    with write_transaction(post.session):
        post.session.execute(
            update(WorkshopSession).values(starts_at=sunday, ends_at=sunday + timedelta(hours=2))
        )
    night_before = sunday - timedelta(hours=13)
    assert post.tell(tell_changed, night_before) == Told(messages=0, calls=1)
    assert post.calls() == [(row.id, CallReason.MOVED_BY_SERVICE)]


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
