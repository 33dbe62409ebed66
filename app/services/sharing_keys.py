"""Sharing keys: those that were agreed, and what the territory's payers imply before them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.allotment import allot
from app.domain.calendar import ONE_DAY
from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction, JournalSubject
from app.domain.sharing import WHOLE, KeyKind, Part, SharingKey, check_fits, in_turn, outside
from app.domain.sharing_errors import KeyOfClosedPeriod, KeyWithdrawn
from app.models.attendance import SharingKeyRow
from app.models.places import Commune, Payer, Territory
from app.services.catalogue import read_catalogue
from app.services.half_years import HALF_YEARS, closed_half_years
from app.services.journal import note
from app.services.transaction import Locks, write_transaction

LONG_AGO = date(1970, 1, 1)
"""From when the key of the territory's file holds, where the file gives no date."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Every key, by date; `implied` follow from the territory's file, nobody has agreed them."""

    agreed: tuple[SharingKey, ...]
    implied: tuple[SharingKey, ...]

    @property
    def everything(self) -> list[SharingKey]:
        """For `time_keys`: never two of one kind on one day."""
        return [*self.implied, *self.agreed]

    @property
    def cost(self) -> list[SharingKey]:
        return [key for key in self.everything if key.kind is KeyKind.COST]


def read_keys(session: Session) -> Keys:
    """The keys of now: agreed ones; where no cost key is in force, what the payers imply.

    A closing writes down what was implied in its half-year: from then on it is as if agreed.
    """
    agreed = _agreed(session)
    costs, times = (in_turn(k for k in agreed if k.kind is kind) for kind in KeyKind)
    implied = (piece for key in _implied(session) for piece in outside(key, costs))
    by_date = sorted([*costs, *times], key=lambda each: each.valid_from)
    return Keys(tuple(by_date), tuple(implied))


def _agreed(session: Session) -> list[SharingKey]:
    """As they were agreed: a key without a last day lasts until the next one, see `in_turn`."""
    return list(map(_key, session.scalars(select(SharingKeyRow))))


def payer_names(session: Session) -> dict[str, str]:
    """How people call each code of a key, in the order of the territory."""
    communes = select(Commune.insee_code, Commune.name).order_by(Commune.position)
    bodies = select(Payer.code, Payer.name).where(Payer.commune_id.is_(None)).order_by(Payer.id)
    return dict(session.execute(communes).all()) | dict(session.execute(bodies).all())


@dataclass(frozen=True, slots=True)
class Possible:
    """Who may have a part in a new key: communes in any case, since some pay before or after."""

    name: str
    code: str
    is_commune: bool = False
    bookable: bool = False
    population: int | None = None
    """As the territory's file tells it."""
    active_from: date | None = None
    active_until: date | None = None

    def takes_part_on(self, day: date) -> bool:
        """Whether its convention covers that day; a body that is no commune has none."""
        has_begun = self.active_from is None or self.active_from <= day
        return has_begun and (self.active_until is None or day <= self.active_until)

    def part(self, hundredths: int, day: date) -> Part:
        """In a key that begins that day: only people of who takes part by then may come."""
        has_access = self.bookable and self.takes_part_on(day)
        return Part(self.code, hundredths, self.is_commune, has_access)


def possible_parts(session: Session) -> list[Possible]:
    """Communes in order, those that have left or are to join too; then other payers."""
    communes = session.scalars(select(Commune).order_by(Commune.position))
    bodies = select(Payer.name, Payer.code).where(Payer.commune_id.is_(None)).order_by(Payer.id)
    return [
        *(
            Possible(
                row.name,
                row.insee_code,
                is_commune=True,
                bookable=row.bookable,
                population=row.population,
                active_from=row.active_from,
                active_until=row.active_until,
            )
            for row in communes
        ),
        *(Possible(row.name, row.code) for row in session.execute(bodies)),
    ]


def known_vintage(session: Session) -> int | None:
    """The year of the census that the territory's file follows."""
    return session.scalars(select(Territory.population_vintage)).one_or_none()


def add_key(session: Session, key: SharingKey, *, by: int | None, now: datetime) -> None:
    """Keep a new key among the others of its kind; each is in force as `in_turn` says.

    Raises what `check_fits` raises; KeyOfClosedPeriod where a closed half-year would change.
    """
    key.check()
    with write_transaction(session, Locks.of(keys={HALF_YEARS})):
        _check_open(key, closed_half_years(session))
        insert_key(session, key, by=by, now=now, today=read_catalogue(session).today(now))


def insert_key(
    session: Session, key: SharingKey, *, by: int | None, now: datetime, today: date
) -> None:
    """The same inside a transaction under HALF_YEARS, of a key that begins in an open half-year."""
    others = [each for each in _agreed(session) if each.kind is key.kind]
    check_fits(key, others)
    store_key(session, key, by=by, today=today)
    in_force = {each.valid_from: each for each in in_turn([*others, key])}
    last = in_force[key.valid_from].valid_until
    facts = {"shared": key.kind.value, "valid_from": key.valid_from.isoformat()}
    facts |= {"valid_until": last.isoformat()} if last else {}
    subject = JournalSubject.TERRITORY, None
    note(session, JournalAction.SHARING_KEY_ADDED, subject, by=by, now=now, **facts)


def withdraw_key(
    session: Session, kind: KeyKind, valid_from: date, *, by: int, now: datetime
) -> None:
    """Take back the key of that kind that begins that day, as if nobody had typed it.

    Raises KeyWithdrawn where there is none; KeyOfClosedPeriod where a closed half-year used it.
    """
    with write_transaction(session, Locks.of(keys={HALF_YEARS})):
        named = SharingKeyRow.kind == kind, SharingKeyRow.valid_from == valid_from
        row = session.scalars(select(SharingKeyRow).where(*named)).one_or_none()
        if row is None:
            raise KeyWithdrawn
        _check_open(_key(row), closed_half_years(session))
        session.delete(row)
        facts = {"shared": kind.value, "valid_from": valid_from.isoformat()}
        subject = JournalSubject.TERRITORY, None
        note(session, JournalAction.SHARING_KEY_WITHDRAWN, subject, by=by, now=now, **facts)


def _check_open(key: SharingKey, closed: Collection[HalfYear]) -> None:
    if closed and key.valid_from <= max(closed).last:
        raise KeyOfClosedPeriod(first=max(closed).following.first)


def store_key(session: Session, key: SharingKey, *, by: int | None, today: date) -> None:
    """Add the row of a key that was checked; to be committed by whoever calls."""
    session.add(
        SharingKeyRow(
            kind=key.kind,
            valid_from=key.valid_from,
            valid_until=key.valid_until,
            population_vintage=key.population_vintage,
            parts=stored_parts(key),
            recorded_on=today,
            recorded_by_id=by,
        )
    )


def stored_parts(key: SharingKey) -> dict[str, dict[str, object]]:
    """By code, as the table keeps them."""
    return {
        part.code: {
            "hundredths": part.hundredths,
            "is_commune": part.is_commune,
            "has_access": part.has_access,
        }
        for part in key.parts
    }


def _key(row: SharingKeyRow) -> SharingKey:
    parts = tuple(Part(code, **values) for code, values in sorted(row.parts.items()))
    return SharingKey(row.kind, row.valid_from, parts, row.valid_until, row.population_vintage)


def _implied(session: Session) -> Iterator[SharingKey]:
    """The cost keys of the payers, one for each set of payers."""
    vintage = known_vintage(session)
    query = select(Payer, Commune).outerjoin(Commune, Commune.id == Payer.commune_id)
    payers = [_Payer.of(payer, commune) for payer, commune in session.execute(query)]
    starts = sorted({LONG_AGO, *(day for payer in payers for day in payer.turns)})
    for rank, first in enumerate(starts):
        last = starts[rank + 1] - ONE_DAY if rank + 1 < len(starts) else None
        key = _key_of(payers, first, vintage)
        if key is not None:
            yield replace(key, valid_until=last)


@dataclass(frozen=True, slots=True)
class _Payer:
    code: str
    weight: int
    is_fixed: bool
    valid_from: date | None
    commune: Commune | None

    @classmethod
    def of(cls, payer: Payer, commune: Commune | None) -> "_Payer":
        weight = payer.share_hundredths
        people = commune.population if commune is not None else None
        return cls(
            commune.insee_code if commune is not None else payer.code,
            (people or 0) if weight is None else weight,
            weight is not None,
            payer.valid_from,
            commune,
        )

    @property
    def turns(self) -> list[date]:
        """The days on which what they pay, or what they get, changes."""
        commune = self.commune
        starts = [self.valid_from, commune.active_from if commune else None]
        left = commune.active_until + ONE_DAY if commune and commune.active_until else None
        return [day for day in (*starts, left) if day is not None and day > LONG_AGO]

    def pays_on(self, day: date) -> bool:
        """From the day told for it; without one, a commune pays from the day it takes part."""
        commune = self.commune
        is_gone = commune and commune.active_until and commune.active_until < day
        first = self.valid_from or (commune.active_from if commune else None)
        return not is_gone and (first is None or first <= day)

    def part(self, hundredths: int, day: date) -> Part:
        commune = self.commune
        if commune is None:
            return Part(self.code, hundredths, is_commune=False, has_access=False)
        has_begun = commune.active_from is None or commune.active_from <= day
        return Part(self.code, hundredths, has_access=commune.bookable and has_begun)


def _key_of(payers: Sequence[_Payer], day: date, vintage: int | None) -> SharingKey | None:
    """What those who pay that day bear; None while nobody does, or nobody who may come."""
    paying = {payer.code: payer for payer in payers if payer.pays_on(day)}
    weights = {code: payer.weight for code, payer in paying.items()}
    if not any(weights.values()):
        return None
    shares = allot(WHOLE, weights)
    parts = tuple(paying[code].part(shares[code], day) for code in sorted(shares))
    if not any(part.hundredths and part.gets_time for part in parts):
        return None
    is_fixed = any(payer.is_fixed for payer in paying.values())
    return SharingKey(KeyKind.COST, day, parts, population_vintage=None if is_fixed else vintage)
