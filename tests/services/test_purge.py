"""Who is erased and who is kept; the purge as a job of the worker, and stopped half-way."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import RegistrationStatus
from app.models.accounts import User
from app.models.appointment import Appointment, Resident
from app.models.waiting import WaitingEntry
from app.models.workshops import Registration
from app.services.erasure_register import ErasedCard, ErasureRegister
from app.services.jobs import Worker, jobs_of, run_turn
from app.services.letters import PostRoom
from app.services.purge import BATCH, PurgeFailed, purge, purge_turn
from app.services.purge_cards import (
    erase_again,
    erase_old_accounts,
    erase_old_cards,
    erase_waiting_cards,
)
from app.services.registrations import register as register_person
from app.services.retention import ACCOUNT, PERSON
from app.services.team import AccountRequest, create_user, disable_user, enable_user
from app.services.team_list import free_counsellors, read_member, read_team
from app.services.transaction import write_transaction
from tests.support.appointment_rows import LINKS, NOW, Town, make_town
from tests.support.stage import Stage
from tests.support.stage_plan import NOW as MONDAY
from tests.support.waiting import Waiters
from tests.support.workshops import plan_workshop, registration

A_DAY = timedelta(days=1)
LONG_AGO = NOW - PERSON.period - A_DAY
OLD = {"created_at": LONG_AGO}


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "erasures.txt")


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def is_erased(session: Session, resident_id: int) -> bool:
    session.rollback()
    return not session.get_one(Resident, resident_id, populate_existing=True).last_name


def test_a_card_goes_a_year_after_its_last_appointment(
    town: Town, register: ErasureRegister
) -> None:
    old = town.appointment(town.book(starts_at=LONG_AGO, resident=OLD)).resident_id
    again = town.appointment(town.book(starts_at=LONG_AGO - A_DAY, resident=OLD)).resident_id
    second = town.book(starts_at=LONG_AGO + 2 * A_DAY, resident=OLD)
    with write_transaction(town.session):
        town.session.get_one(Appointment, second).resident_id = again
    assert erase_old_cards(register, town.session, NOW, BATCH) == 2  # that, and the empty one
    assert (is_erased(town.session, old), is_erased(town.session, again)) == (True, False)
    assert erase_old_cards(register, town.session, NOW + 2 * A_DAY, BATCH) == 1
    assert is_erased(town.session, again)


def test_who_comes_to_a_workshop_or_waits_is_kept(stage: Stage, register: ErasureRegister) -> None:
    """Their cards are old; what they came for, or wait for, is not."""
    starts_at, later = MONDAY + 7 * A_DAY, MONDAY + PERSON.period + 2 * A_DAY
    workshop = plan_workshop(stage.session, starts_at, recorded_at=MONDAY)
    register_person(stage.session, registration(workshop), now=MONDAY, links=LINKS)
    came = stage.session.scalars(select(Registration.resident_id)).one()
    Waiters(stage).join()
    waits = stage.session.scalars(select(WaitingEntry.resident_id)).one()
    assert erase_old_cards(register, stage.session, later, BATCH) == 0
    later += 7 * A_DAY
    assert erase_old_cards(register, stage.session, later, BATCH) == 1
    assert (is_erased(stage.session, came), is_erased(stage.session, waits)) == (True, False)


def test_who_only_waited_for_a_workshop_goes_a_week_after_it(
    stage: Stage, register: ErasureRegister
) -> None:
    """Unless something else of theirs is kept: a place, a longer wait, an appointment."""
    session, starts_at = stage.session, MONDAY + 7 * A_DAY
    near = plan_workshop(session, starts_at, recorded_at=MONDAY, capacity=1)
    far = plan_workshop(session, starts_at + A_DAY, recorded_at=MONDAY, capacity=1)
    cards = {}
    for name, workshops in {
        "comes": [near], "waits": [near], "waits longer": [near, far], "booked": [near],
    }.items():  # fmt: skip
        asked = [registration(each) for each in workshops]
        for each in asked:
            register_person(session, each, now=MONDAY, links=LINKS)
        last = session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert last is not None
        cards[name] = last.resident_id
    with write_transaction(session):
        rows = session.scalars(select(Registration).order_by(Registration.id)).all()
        rows[2].resident_id = cards["waits longer"]
        rows[3].status = RegistrationStatus.WAITING
    appointment = stage.appointment(stage.book()).id
    with write_transaction(session):
        session.get_one(Appointment, appointment).resident_id = cards["booked"]
    ended = starts_at + timedelta(hours=2)

    def erased(now: datetime) -> set[str]:
        erase_waiting_cards(register, session, now, BATCH)
        return {name for name, card in cards.items() if is_erased(session, card)}

    assert erased(ended + 7 * A_DAY - timedelta(seconds=1)) == set()
    assert erased(ended + 7 * A_DAY) == {"waits"}
    assert erased(ended + 8 * A_DAY) == {"waits", "waits longer"}
    assert erased(ended + 300 * A_DAY) == {"waits", "waits longer"}
    assert {row.resident_id for row in register.read()[0]} == {
        cards["waits"], cards["waits longer"],
    }  # fmt: skip


def test_a_card_that_somebody_holds_is_left_for_the_next_time(
    town: Town, engine: Engine, register: ErasureRegister
) -> None:
    """Nobody waits behind anybody. On SQLite a reader holds nothing."""
    card = town.appointment(town.book(starts_at=LONG_AGO, resident=OLD)).resident_id
    town.session.rollback()
    with Session(engine) as other:
        other.execute(select(Resident).where(Resident.id == card).with_for_update())
        left = 0 if engine.dialect.name == "postgresql" else 1
        assert erase_old_cards(register, town.session, NOW, BATCH) == left
    assert erase_old_cards(register, town.session, NOW, BATCH) == 1 - left


def test_it_goes_part_by_part_and_stops_when_asked(town: Town, register: ErasureRegister) -> None:
    for days in range(5):
        town.book(starts_at=LONG_AGO - days * A_DAY, resident=OLD)
    assert erase_old_cards(register, town.session, NOW, 2) == 2
    stopped = purge(town.session, register, lambda: NOW, lambda _: True)
    assert (sum(stopped.counts.values()), stopped.failed) == (0, ())
    whole = purge(town.session, register, lambda: NOW, lambda _: False)
    assert (whole.counts["cards"], whole.counts["numbers"]) == (3, 3)
    cards, _unreadable = register.read()
    back = [ErasedCard(each.resident_id, LONG_AGO, each.erased_on) for each in cards]
    assert cards == back
    with write_transaction(town.session):
        for each in back:
            town.session.get_one(Resident, each.resident_id).last_name = "Serin"
    assert [erase_again(register, town.session, NOW, 3) for _ in range(3)] == [3, 2, 0]


def account(session: Session, first_name: str, now: datetime) -> int:
    email = f"{first_name.lower()}@equipe.invalid"
    asked = AccountRequest(email, first_name, "Essai", Role.COORDINATOR)
    made = create_user(session, asked, by=None, now=now)
    with write_transaction(session):  # they have signed in once: somebody is left to coordinate
        session.get_one(User, made).password_hash = "a hash"
    return made


def test_an_account_is_emptied_a_year_after_its_closing(session: Session) -> None:
    anne, closed, later, open_again = (
        account(session, name, NOW - A_DAY) for name in ("Anne", "Paul", "Luc", "Zoe")
    )
    disable_user(session, closed, by=anne, now=NOW)
    disable_user(session, later, by=anne, now=NOW + A_DAY)
    disable_user(session, open_again, by=anne, now=NOW)
    enable_user(session, open_again, by=anne, now=NOW + A_DAY)
    a_year_after = NOW + ACCOUNT.period
    assert erase_old_accounts(session, a_year_after, BATCH) == 1
    assert {each.id for each in read_team(session)} == {anne, later, open_again}
    with pytest.raises(SubjectUnknown):
        read_member(session, closed)
    assert erase_old_accounts(session, a_year_after, BATCH) == 0
    assert erase_old_accounts(session, a_year_after + A_DAY, BATCH) == 1
    assert {each.id for each in read_team(session)} == {anne, open_again}


def test_a_counsellor_who_comes_back_finds_their_agenda(town: Town) -> None:
    """Their account was emptied, a year after its closing."""
    session, anne = town.session, account(town.session, "Anne", NOW - A_DAY)
    [agenda, *_others] = free_counsellors(session)
    asked = AccountRequest(
        "paul@equipe.invalid", "Paul", "Essai", Role.COUNSELLOR, counsellor_id=agenda
    )
    closed = create_user(session, asked, by=None, now=NOW - A_DAY)
    disable_user(session, closed, by=anne, now=NOW)
    assert agenda not in free_counsellors(session), "who is closed may be opened again"
    assert erase_old_accounts(session, NOW + ACCOUNT.period, BATCH) == 1
    assert agenda in free_counsellors(session)
    again = create_user(session, asked, by=anne, now=NOW + ACCOUNT.period)
    assert read_member(session, again).counsellor_id == agenda
    emptied = session.get_one(User, closed, populate_existing=True)
    assert (emptied.counsellor_id, emptied.active) == (None, False)
    assert erase_old_accounts(session, NOW + ACCOUNT.period, BATCH) == 0


def test_the_worker_purges_and_says_when_a_part_failed(
    town: Town, register: ErasureRegister
) -> None:
    card = town.appointment(town.book(starts_at=LONG_AGO, resident=OLD)).resident_id
    room = PostRoom({}, LINKS, "https://rdv.example.fr")
    worker = Worker(room, lambda: NOW, lambda _: False, register)
    assert [each.name for each in jobs_of(worker)][-1] == "purge"
    register.file.mkdir()
    assert not run_turn(town.session, worker, all_jobs=True)
    with pytest.raises(PurgeFailed, match="cards"):
        purge_turn(register, worker.pause, town.session, NOW, BATCH)
    assert not is_erased(town.session, card)
    register.file.rmdir()
    assert run_turn(town.session, worker, all_jobs=True)
    assert is_erased(town.session, card)
