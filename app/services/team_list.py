"""Who is in the team, and which communes have nobody to answer for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.domain.access import Role
from app.domain.appointment import AppointmentStatus
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import SubjectUnknown
from app.models.accounts import Counsellor, User
from app.models.appointment import Appointment, Engagement
from app.models.journal import JournalEntry
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.journal import last_change

ACTS = (
    JournalAction.USER_INVITED,
    JournalAction.USER_CHANGED,
    JournalAction.USER_DISABLED,
    JournalAction.USER_ENABLED,
)
"""What makes a page of an account out of date."""
IDLE_DAYS = "idle_days"
"""The fact of the journal that says why an account closed by itself."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account, as the coordinator sees it."""

    id: int
    email: str
    first_name: str
    last_name: str
    phone: str | None
    role: Role
    active: bool
    has_password: bool
    has_second_step: bool
    signed_in_at: datetime | None
    counsellor_id: int | None
    commune_ids: frozenset[int]
    deputy_of: frozenset[int]
    idle_days: int | None = None
    """A closed account: it closed by itself after so many days without a sign-in."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class OpenAgenda:
    """What goes on in an agenda, whoever has its account."""

    appointments: int
    """Booked, to come."""
    has_hours: bool
    """People can still book there."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A commune that misses somebody."""

    commune: CommuneEntry
    lacks_referent: bool
    lacks_deputy: bool


def read_team(session: Session) -> list[Member]:
    """All accounts, the open ones first, by name; not those that a year has emptied."""
    users = select(User).options(selectinload(User.communes)).where(User.last_name != "")
    rows = session.scalars(users.order_by(User.active.desc(), User.last_name, User.id)).all()
    idle = closed_for_idleness(session, [row.id for row in rows if not row.active])
    return [_member(row, idle) for row in rows]


def read_member(session: Session, user_id: int) -> Member:
    """One account. Raises SubjectUnknown, also for one that was emptied."""
    row = session.get(User, user_id, populate_existing=True)
    if row is None or not row.last_name:
        raise SubjectUnknown
    return _member(row, {} if row.active else closed_for_idleness(session, [user_id]))


def version_of(session: Session, user_id: int) -> str:
    """Which state of the account that is: what a page that changes it sends back."""
    return last_change(session, (JournalSubject.USER, user_id), ACTS)


def free_counsellors(session: Session, apart_from: int | None = None) -> dict[int, str]:
    """The agendas without an account (or with that one), by id, with first names."""
    taken = select(User.counsellor_id).where(User.counsellor_id.is_not(None))
    if apart_from:
        taken = taken.where(User.id != apart_from)
    free = select(Counsellor.id, Counsellor.first_name).where(
        Counsellor.active, Counsellor.id.not_in(taken)
    )
    return {row.id: row.first_name for row in session.execute(free.order_by(Counsellor.first_name))}


def open_agenda(
    session: Session, catalogue: Catalogue, counsellor_id: int, now: datetime
) -> OpenAgenda:
    """What is left in that counsellor's agenda, which no account opens or closes."""
    to_come = (
        select(func.count(Appointment.id))
        .join(Engagement)
        .where(
            Engagement.counsellor_id == counsellor_id,
            Engagement.starts_at > now,
            Appointment.status == AppointmentStatus.BOOKED,
        )
    )
    held = select(Availability.id).where(
        Availability.counsellor_id == counsellor_id,
        or_(
            Availability.valid_until.is_(None),
            and_(
                Availability.valid_until >= Availability.valid_from,
                Availability.valid_until >= catalogue.today(now),
            ),
        ),
    )
    return OpenAgenda(
        appointments=session.scalars(to_come).one(),
        has_hours=session.scalars(held.limit(1)).first() is not None,
    )


def find_gaps(members: Iterable[Member], catalogue: Catalogue, now: datetime) -> list[Gap]:
    """The served communes without a referent, or without the deputy who stands in."""
    referents = [each for each in members if each.active and each.role is Role.REFERENT]
    deputies = {commune for each in referents for commune in each.deputy_of}
    first = {commune for each in referents for commune in each.commune_ids - each.deputy_of}
    served = catalogue.served_communes(catalogue.today(now))
    gaps = [Gap(each, each.id not in first, each.id not in deputies) for each in served]
    return [gap for gap in gaps if gap.lacks_referent or gap.lacks_deputy]


def closed_for_idleness(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    """Of these closed accounts, those that closed by themselves: after how many days unused."""
    latest = (
        select(func.max(JournalEntry.id))
        .where(
            JournalEntry.subject_kind == JournalSubject.USER,
            JournalEntry.subject_id.in_(user_ids),
            JournalEntry.action == JournalAction.USER_DISABLED,
        )
        .group_by(JournalEntry.subject_id)
    )
    rows = session.scalars(select(JournalEntry).where(JournalEntry.id.in_(latest)))
    return {
        row.subject_id: row.facts[IDLE_DAYS]
        for row in rows
        if row.subject_id is not None and IDLE_DAYS in row.facts
    }


def _member(row: User, idle: Mapping[int, int]) -> Member:
    return Member(
        id=row.id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        role=row.role,
        active=row.active,
        has_password=row.password_hash is not None,
        has_second_step=row.totp_secret is not None,
        signed_in_at=row.signed_in_at,
        counsellor_id=row.counsellor_id,
        commune_ids=frozenset(each.commune_id for each in row.communes),
        deputy_of=frozenset(each.commune_id for each in row.communes if each.is_deputy),
        idle_days=idle.get(row.id),
    )
