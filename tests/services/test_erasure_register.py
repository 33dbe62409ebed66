"""The register of erased cards: a file that outlives the database, and what it does to a backup."""

import fcntl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import Process
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import AppointmentStatus
from app.domain.messages import OutboxState
from app.models.appointment import Appointment, Resident
from app.models.attendance import Erasure
from app.models.journal import JournalEntry
from app.models.outbox import OutboxMessage
from app.services.erasure_register import ErasedCard, ErasureRegister
from app.services.person_doubles import merge_cards
from app.services.person_erasure import erase_person
from app.services.purge import Proof, purge
from app.services.purge_cards import expected_again
from app.services.retention import ERASURE, PERSON, columns_under
from app.services.team import AccountRequest, create_user
from app.services.transaction import write_transaction
from tests.support.appointment_rows import LINKS, NOW, Town, make_town
from tests.support.staff_accounts import coordinator

MADE = datetime(2026, 1, 5, 9, 30, 0, 123456, tzinfo=UTC)
A_DAY = timedelta(days=1)
TODAY = NOW.date()
LAST_WEEK = NOW - 7 * A_DAY
Purge = Callable[[datetime], Proof]


def card(number: int, erased_on: date = TODAY) -> ErasedCard:
    return ErasedCard(number, MADE, erased_on)


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "beside" / "erasures.txt")


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


@pytest.fixture
def run(session: Session, register: ErasureRegister) -> Purge:
    return lambda now: purge(session, register, lambda: now, lambda _: False)


def erase(town: Town, register: ErasureRegister, appointment_id: int) -> int:
    """The coordinator erases whoever has that appointment; the number of the card."""
    asked = AccountRequest(f"a{appointment_id}@equipe.invalid", "Anne", "Essai", Role.COORDINATOR)
    by = create_user(town.session, asked, by=None, now=NOW)
    number = town.appointment(appointment_id).resident_id
    erase_person(town.session, number, by=by, now=NOW, register=register)
    return number


def restore(town: Town, number: int) -> None:
    """As a backup from before the erasure has it: the card is filled, its table knows nothing."""
    filled = dict.fromkeys(columns_under(PERSON, "resident"), "again")
    with write_transaction(town.session):
        row = town.session.get_one(Resident, number)
        for name, value in filled.items():
            setattr(row, name, value)
        town.session.execute(delete(Erasure))


def test_a_line_is_read_as_it_was_written(register: ErasureRegister) -> None:
    assert register.read() == ([], 0)
    register.add([card(1), card(2)])
    register.add([card(3)])
    assert register.read() == ([card(1), card(2), card(3)], 0)
    assert "Rose" not in register.file.read_text()


def test_a_line_that_a_power_cut_left_unfinished_spoils_no_other(register: ErasureRegister) -> None:
    register.add([card(1)])
    with register.file.open("a") as file:
        file.write("2 2026-01-")
    register.add([card(3)])
    assert register.read() == ([card(1), card(3)], 1)


def test_old_lines_are_forgotten_and_the_others_stay(register: ErasureRegister) -> None:
    register.add([card(1, TODAY - A_DAY), card(2)])
    assert register.forget(TODAY - A_DAY) == 0
    assert register.forget(TODAY) == 1
    assert register.read() == ([card(2)], 0)


def test_several_processes_write_and_forget_without_losing_a_line(
    register: ErasureRegister,
) -> None:
    old = TODAY - 400 * A_DAY

    def work(first: int) -> None:
        for number in range(first, first + 50):
            register.add([card(number), card(number + 1000, old)])
            register.forget(TODAY)

    workers = [Process(target=work, args=(first,)) for first in (1, 101, 201)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    register.forget(TODAY)
    numbers = [number for first in (1, 101, 201) for number in range(first, first + 50)]
    cards, unreadable = register.read()
    assert sorted(each.resident_id for each in cards) == numbers
    assert unreadable == 0


def test_who_waited_while_the_file_was_shortened_writes_into_the_new_one(
    register: ErasureRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.add([card(1, TODAY - A_DAY), card(2)])
    take, takes = fcntl.flock, []

    def forget_first(file: IO[str], operation: int) -> None:
        takes.append(operation)
        if len(takes) == 1:
            assert register.forget(TODAY) == 1
        take(file, operation)

    monkeypatch.setattr(fcntl, "flock", forget_first)
    register.add([card(3)])
    assert register.read() == ([card(2), card(3)], 0)
    assert len(takes) == 3  # ours on the old file, that of forgetting, ours on the new one


def test_a_person_that_a_restore_brings_back_is_erased_again(
    town: Town, register: ErasureRegister, run: Purge
) -> None:
    booked = town.book()
    with write_transaction(town.session):
        town.session.get_one(Appointment, booked).status = AppointmentStatus.NO_SHOW
    number = erase(town, register, booked)
    restore(town, number)
    with write_transaction(town.session):
        waiting = town.session.scalars(select(OutboxMessage)).one()
        waiting.state, waiting.closed_at = OutboxState.PENDING, None
        town.session.get_one(Appointment, booked).helper_name = "Marc"
    proof = run(NOW + A_DAY)
    assert (proof.counts["erased_again"], proof.failed) == (1, ())
    row = town.appointment(booked)
    assert {getattr(row.resident, name) for name in columns_under(PERSON, "resident")} == {None, ""}
    assert row.helper_name is None
    assert [each.state for each in town.messages()] == [OutboxState.SKIPPED]
    assert town.session.scalars(select(Erasure.resident_id)).all() == [number]
    assert run(NOW + A_DAY).counts["erased_again"] == 0


def test_another_person_with_the_same_number_is_left_alone(
    town: Town, register: ErasureRegister, run: Purge
) -> None:
    """After a restore the database gives again the numbers that it had given since the backup."""
    booked = town.book(starts_at=LAST_WEEK)
    number = erase(town, register, booked)
    restore(town, number)
    with write_transaction(town.session):
        town.session.get_one(Resident, number).created_at = NOW + timedelta(hours=1)
    assert run(NOW + A_DAY).counts["erased_again"] == 0
    assert town.appointment(booked).resident.last_name == "again"


@dataclass
class Backup:
    """The cards and appointments of that instant."""

    cards: list[dict[str, Any]]
    appointments: list[dict[str, Any]]

    @classmethod
    def of(cls, session: Session) -> "Backup":
        rows = [
            [dict(row) for row in session.execute(select(table.__table__)).mappings()]
            for table in (Resident, Appointment)
        ]
        session.rollback()
        return cls(*rows)

    def restore(self, session: Session) -> None:
        """Nothing that came after it is known any more: no merge, no erasure, no journal."""
        with write_transaction(session):
            session.execute(delete(Erasure))
            session.execute(delete(JournalEntry))
            known = set(session.scalars(select(Resident.id)))
            for card in self.cards:
                again = Resident.__table__
                if card["id"] in known:
                    session.execute(update(again).where(again.c.id == card["id"]).values(card))
                else:
                    session.execute(insert(again).values(card))
            for row in self.appointments:
                table = Appointment.__table__
                session.execute(update(table).where(table.c.id == row["id"]).values(row))
        session.expire_all()


@pytest.mark.parametrize("by_purge", [False, True])
def test_who_was_merged_into_an_erased_card_comes_back_from_no_backup(
    town: Town, session: Session, register: ErasureRegister, run: Purge, by_purge: bool
) -> None:
    """Three cards of one person are merged, one into the other; a fourth is somebody else's."""
    booked = [
        town.book(
            starts_at=LAST_WEEK - hours * timedelta(hours=1),
            resident={"created_at": MADE + hours * A_DAY},
            announced=False,
            helper_name="Paul Essai",
        )
        for hours in range(4)
    ]
    kept, second, third, other = (town.appointment(each).resident_id for each in booked)
    made = {each.id: each.created_at for each in session.scalars(select(Resident))}
    backup = Backup.of(session)
    by = coordinator(session)
    for into, from_ in ((second, third), (kept, second)):
        merge_cards(session, into, from_, by=by, now=LAST_WEEK, links=LINKS)
    later = NOW
    if by_purge:
        with write_transaction(session):  # the neighbour came since: only one is over
            held = session.get_one(Appointment, booked[3]).engagement
            held.starts_at, held.ends_at = NOW, NOW + timedelta(hours=1)
        later = NOW + PERSON.period - 6 * A_DAY
        assert run(later).counts["cards"] == 1
    else:
        erase_person(session, kept, by=by, now=NOW, register=register)
    erased = {(each.resident_id, each.made_at) for each in register.read()[0]}
    assert erased == {(number, made[number]) for number in (kept, second, third)}

    backup.restore(session)
    assert {each.last_name for each in session.scalars(select(Resident))} == {"Serin"}
    assert run(later + A_DAY).counts["erased_again"] == 3
    assert {each.id for each in session.scalars(select(Resident)) if each.last_name} == {other}
    named = select(Appointment.id).where(Appointment.helper_name.is_not(None))
    assert session.scalars(named).all() == [booked[3]]


def test_somebody_expected_again_is_erased_when_it_is_over(
    town: Town, session: Session, register: ErasureRegister, run: Purge
) -> None:
    booked = town.book(starts_at=NOW + A_DAY)
    with write_transaction(session):
        session.get_one(Appointment, booked).status = AppointmentStatus.NO_SHOW
    number = erase(town, register, booked)
    restore(town, number)
    with write_transaction(session):
        session.get_one(Appointment, booked).status = AppointmentStatus.BOOKED
    assert run(NOW).counts["erased_again"] == 0
    assert expected_again(register, session, NOW) == 1
    assert run(NOW + 2 * A_DAY).counts["erased_again"] == 1
    assert expected_again(register, session, NOW + 2 * A_DAY) == 0


def test_the_line_goes_when_no_backup_can_hold_the_card(
    town: Town, session: Session, register: ErasureRegister, run: Purge
) -> None:
    erase(town, register, town.book(starts_at=LAST_WEEK))
    run(NOW + ERASURE.period)
    assert len(register.read()[0]) == 1
    run(NOW + ERASURE.period + A_DAY)
    assert register.read() == ([], 0)
    assert session.scalars(select(Erasure)).all() == []


def test_where_the_register_cannot_be_written_nobody_is_erased(
    town: Town, register: ErasureRegister, run: Purge
) -> None:
    booked = town.book(starts_at=NOW - PERSON.period - A_DAY, resident={"created_at": MADE})
    register.file.parent.write_text("a file where the folder should be")
    later = MADE + PERSON.period + 400 * A_DAY
    proof = run(later)
    assert "cards" in proof.failed
    assert town.appointment(booked).resident.last_name == "Serin"
    register.file.parent.unlink()
    assert run(later).counts["cards"] == 1
    assert town.appointment(booked).resident.last_name == ""
