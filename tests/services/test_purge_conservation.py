"""No appointment is counted twice or lost: whatever happens to it, and whatever is erased of it.

Lives are drawn at random: each is booked, perhaps moved, perhaps given to a colleague, then it is
kept, missed or cancelled, perhaps corrected, perhaps told of late, even after the closing of its
half-year. Somebody comes without an appointment; a record is corrected, withdrawn and made again,
copied, a copy removed. Months go by; half-years are closed in their order, people erased, and the
purge comes when it likes. All of it through the services, but the booking. The test counts beside.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import Actor, ChangeReason, Channel
from app.domain.attendance import Told, duplicate
from app.domain.availability import AvailabilityKind
from app.domain.candidates import Slot
from app.domain.half_year import HalfYear
from app.domain.staff_errors import NoSessionToday
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Resident
from app.models.attendance import AttendanceRow
from app.models.places import Territory
from app.services.appointment_rows import Act
from app.services.attendance import add_walk_in, record_outcome, remove_walk_in
from app.services.attendance_lines import add_line, correct_line, find_lines, withdraw_line
from app.services.attendance_records import Answer, close_appointment
from app.services.attendance_removal import remove_line
from app.services.booking import cancel, locked_appointment, move_to
from app.services.catalogue import read_catalogue
from app.services.erasure_register import ErasureRegister
from app.services.figures_cubes import read_cubes
from app.services.figures_outcomes import read_outcomes
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from app.services.handover import reassign
from app.services.person_erasure import erase_person
from app.services.purge import purge
from app.services.retention import PERSON, columns_under
from app.services.team import AccountRequest, create_user
from app.services.transaction import write_transaction
from tests.support.appointment_rows import Town, make_town, open_every_day

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
A_DAY = timedelta(days=1)
LIVES = 48
A_YEAR = 364 / LIVES
HALVES = (HalfYear(2026, 1), HalfYear(2026, 2))
LATER = (HalfYear(2027, 1), HalfYear(2027, 2))
TOLD = Told(themes=frozenset({"email"}), age="70p")


@dataclass
class World:
    """A town through the years, and what must be counted of it in the end."""

    town: Town
    register: ErasureRegister
    chance: Random
    by: int
    colleague: int
    outcomes: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    recorded: int = 0
    cards: int = LIVES
    to_tell: list[int] = field(default_factory=list)
    to_settle: list[int] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.town.session

    def live(self, starts_at: datetime) -> None:
        """One appointment, from its booking to the evening of its day."""
        number = self.town.book(
            starts_at=starts_at,
            announced=False,
            booked_at=starts_at - 3 * A_DAY,
            resident={"created_at": starts_at - 3 * A_DAY},
        )
        if self.chance.random() < 0.3:
            starts_at += timedelta(hours=self.chance.choice((1, 2)))
            self.change(number, starts_at)
        if self.chance.random() < 0.3:
            self.leave(number, starts_at - A_DAY)
        end = self.chance.choice(("kept", "kept", "kept", "missed", "person", "service", "untold"))
        if end == "untold":
            self.to_settle.append(number)
            return
        if end in ("person", "service"):
            now = starts_at - A_DAY
            by = None if end == "person" else self.act(now)
            cancel(self.session, number, now=now, by=by)
            self.outcomes[end] += 1
            return
        self.outcomes[end] += 1
        self.settle(number, starts_at + timedelta(hours=1), came=end == "kept")

    def change(self, number: int, starts_at: datetime) -> None:
        with write_transaction(self.session):
            row = locked_appointment(self.session, number)
            held = row.engagement
            place = Place(held.commune_id, held.venue_id)
            ends_at = starts_at + timedelta(minutes=45)
            slot = Slot(held.counsellor_id, starts_at, ends_at, place, AvailabilityKind.PERMANENCE)
            move_to(self.session, row, slot, self.act(held.starts_at - A_DAY))

    def leave(self, number: int, now: datetime) -> None:
        """The counsellor is away: a colleague has the appointment now."""
        reassign(self.session, number, self.colleague, now=now, by=self.act(now))

    def act(self, now: datetime) -> Act:
        return Act(now, Actor.STAFF, Channel.DESK, self.by, ChangeReason.COUNSELLOR_AWAY)

    def drop_in(self, now: datetime) -> None:
        """Somebody without an appointment; pressed by mistake, it is taken back."""
        add = partial(add_walk_in, self.session, self.town.counsellor_id, uuid4().hex, by=self.by)
        try:
            number = add(now=now)
        except NoSessionToday:
            return
        self.cards += 1
        assert add(now=now) == number
        if self.chance.random() < 0.3:
            remove_walk_in(self.session, number, by=self.by, now=now)
        else:
            self.tell(number, now)

    def think_again(self, number: int, now: datetime) -> None:
        """What the counsellor does to a record of that day, whichever person it tells of."""
        row = self.session.get_one(Appointment, number).engagement
        on, code = row.starts_at.date(), row.counsellor.code
        line = self.chance.choice(find_lines(self.session, on, on, counsellor=code))
        if line.is_closed:
            return
        act = self.chance.choice(("correct", "withdraw", "copy", "copy too much"))
        if act == "correct":
            other = replace(line.record, ages={"25_39": 1}, minutes=30)
            correct_line(self.session, line.id, lambda _: other, version=line.version, now=now)
        elif act == "withdraw":
            withdraw_line(self.session, number, line.id)
            self.recorded -= 1
            self.tell(number, now)
        else:
            assert add_line(self.session, duplicate(line.record, on), uuid4().hex, now=now)
            self.recorded += 1
        if act == "copy too much":
            remove_line(self.session, line.id, None)
            self.recorded -= 1
        self.acts[act] += 1

    def settle(self, number: int, now: datetime, *, came: bool, may_be_wrong: bool = True) -> None:
        """Said once, or first wrongly and then corrected; the record follows at once, or late."""
        if may_be_wrong and self.chance.random() < 0.3:
            record_outcome(self.session, number, not came, by=self.by, now=now)
        record_outcome(self.session, number, came, by=self.by, now=now)
        if not came:
            return
        if self.chance.random() < 0.2:
            self.to_tell.append(number)
        else:
            self.tell(number, now)
            if self.chance.random() < 0.5:
                self.think_again(number, now)

    def tell(self, number: int, now: datetime) -> None:
        close_appointment(self.session, number, Answer(TOLD), by=self.by, now=now)
        self.recorded += 1

    def settle_the_rest(self, now: datetime) -> None:
        """Nobody had said who came, not even when their half-year was closed."""
        for number in self.to_settle:
            end = self.chance.choice(("kept", "missed"))
            self.outcomes[end] += 1
            if self.chance.random() < 0.5 and end == "kept":
                self.tell(number, now)  # the record says both at once
            else:
                self.settle(number, now, came=end == "kept", may_be_wrong=False)
        self.to_settle.clear()

    def tell_the_rest(self, now: datetime) -> None:
        for number in self.to_tell:
            self.tell(number, now)
        self.to_tell.clear()

    def erase_somebody(self, now: datetime) -> None:
        """Anybody who may still be named, and who is not expected."""
        named = select(Resident.id).where(Resident.last_name != "").order_by(Resident.id)
        somebody = self.chance.choice(self.session.scalars(named).all())
        erase_person(self.session, somebody, by=self.by, now=now, register=self.register)

    def purge(self, now: datetime) -> None:
        proof = purge(self.session, self.register, lambda: now, lambda _: False)
        assert proof.failed == ()

    def close(self, half: HalfYear) -> None:
        now = datetime.combine(half.closable_on + A_DAY, datetime.min.time(), UTC)
        close_half_year(self.session, half, by=self.by, accepted_missing=LIVES, now=now)

    def check(self) -> None:
        """The counts of today: lines and cubes, rows and counters, each half-year once."""
        catalogue, closed = read_catalogue(self.session), closed_half_years(self.session)
        told = read_outcomes(self.session, catalogue, (*HALVES, *LATER), closed).values()
        found = Counter(
            kept=sum(each.attended for each in told),
            missed=sum(each.absent for each in told),
            person=sum(each.cancelled_by_person for each in told),
            service=sum(each.cancelled_by_service for each in told),
        )
        assert found == self.outcomes
        cubes = read_cubes(self.session, (*HALVES, *LATER), closed)
        volumes = cubes.volumes.values()
        assert sum(each.activities for each in volumes) == self.recorded
        assert sum(each.participants for each in cubes.residences.values()) == self.recorded
        self.session.rollback()


@pytest.fixture
def world(session: Session, tmp_path: Path, request: pytest.FixtureRequest) -> World:
    town = make_town(session)
    asked = AccountRequest("anne@equipe.invalid", "Anne", "Essai", Role.COORDINATOR)
    by = create_user(session, asked, by=None, now=FIRST)
    with write_transaction(session):
        session.add_all(open_every_day(town, FIRST))
        session.scalars(select(Territory)).one().revision += 1
        colleague = Counsellor(code=f"paul-{uuid4().hex[:6]}", first_name="Paul")
        session.add(colleague)
        session.flush()
        number = colleague.id
    register = ErasureRegister(tmp_path / "erasures.txt")
    return World(town, register, Random(request.param), by, number)


@pytest.mark.parametrize("world", [1, 2, 3], indirect=True)
def test_everything_is_counted_once_for_ever(world: World) -> None:
    for number in range(LIVES):
        day = FIRST + number * timedelta(days=int(A_YEAR))
        if (
            HALVES[0] not in closed_half_years(world.session)
            and day.date() > HALVES[0].closable_on + 2 * A_DAY
        ):
            world.close(HALVES[0])
            world.check()
            assert world.to_settle, "closed while nobody had said what became of some"
            world.settle_the_rest(day)
            world.check()
        world.live(day)
        if world.chance.random() < 0.2:
            world.drop_in(day + timedelta(hours=2))
        if world.chance.random() < 0.15:
            world.purge(day + timedelta(hours=12))
        if world.chance.random() < 0.1:
            world.erase_somebody(day + timedelta(hours=13))
    world.check()
    world.close(HALVES[1])
    world.settle_the_rest(datetime(2027, 2, 8, 9, tzinfo=UTC))
    world.tell_the_rest(datetime(2027, 2, 8, 9, tzinfo=UTC))
    world.check()
    for days in range(400, 1100, 100):
        world.purge(FIRST + days * A_DAY)
        world.check()
    for half in LATER:
        world.close(half)
    world.purge(FIRST + 1200 * A_DAY)
    world.check()
    nobody_is_left(world.session, world.cards)
    assert world.cards > LIVES, "nobody came without an appointment"
    assert len(world.acts) >= 3, "records were hardly touched"


def nobody_is_left(session: Session, cards: int) -> None:
    rows = session.scalars(select(Resident)).all()
    assert len(rows) == cards
    names = columns_under(PERSON, "resident")
    assert {getattr(row, name) for row in rows for name in names} == {None, ""}
    assert session.scalar(select(func.count()).select_from(AttendanceRow)) == 0
