"""The erasure register: which cards were erased, in a file outside the database.

A backup from before the erasure brings the card back; this file, kept beside the backups, says to
erase it again (law B45). One line a card: its number, when it was made (a number may be given
again after a restore: only both together name a card), the day it was erased. Nothing of a person.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import RegisterUnwritable
from app.models.attendance import Erasure
from app.models.journal import JournalEntry

Card = tuple[int, datetime]
"""Its number, and when it was made (UTC)."""
_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}


@dataclass(frozen=True, slots=True)
class ErasedCard:
    """A card that must stay empty."""

    resident_id: int
    made_at: datetime
    erased_on: date

    @property
    def line(self) -> str:
        return f"{self.resident_id} {self.made_at.isoformat()} {self.erased_on.isoformat()}\n"

    @classmethod
    def of_line(cls, line: str) -> "ErasedCard":
        """Raises ValueError for a line that a power cut left unfinished."""
        number, made_at, erased_on = line.split()
        return cls(int(number), datetime.fromisoformat(made_at), date.fromisoformat(erased_on))


@dataclass(frozen=True, slots=True)
class ErasureRegister:
    """The file. Its methods raise OSError where it cannot be read or written."""

    file: Path

    @property
    def exists(self) -> bool:
        return self.file.exists()

    def add(self, cards: Iterable[ErasedCard]) -> None:
        """Write these lines, on the disk before this returns; several processes may do so."""
        lines = "".join(card.line for card in cards)
        with self._opened() as file:
            file.write(lines if _ends_a_line(file) else f"\n{lines}")
            _to_disk(file)

    def read(self) -> tuple[list[ErasedCard], int]:
        """The cards, in the order of their erasure, and how many lines nobody can read.

        Without a file: none. A line that was cut was cut before its erasure was saved.
        """
        if not self.exists:
            return [], 0
        cards, unreadable = [], 0
        for line in self.file.read_text(encoding="utf-8").splitlines():
            try:
                cards.append(ErasedCard.of_line(line))
            except ValueError:
                unreadable += bool(line.strip())
        return cards, unreadable

    def forget(self, before: date) -> int:
        """Remove the lines of erasures before that day, which no backup holds; how many."""
        cards, _unreadable = self.read()
        if not any(card.erased_on < before for card in cards):
            return 0
        with self._opened():
            cards, _unreadable = self.read()
            kept = [card for card in cards if card.erased_on >= before]
            shorter = self.file.with_name(f".{self.file.name}.{os.getpid()}")
            with shorter.open("w", encoding="utf-8") as file:
                file.writelines(card.line for card in kept)
                _to_disk(file)
            shorter.replace(self.file)
        return len(cards) - len(kept)

    @contextmanager
    def _opened(self) -> Iterator[IO[str]]:
        """The file at its end, alone: who waited while it was replaced opens the new one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        while True:
            with self.file.open("a+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(file.fileno()), self.file.stat()):
                    yield file
                    return


def _ends_a_line(file: IO[str]) -> bool:
    """Whether the last line is whole (or there is none). The file is then at its end again."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return True
    last = os.pread(file.fileno(), 1, size - 1)
    return last == b"\n"


def _to_disk(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())


def register_erased(
    session: Session,
    register: ErasureRegister,
    cards: Iterable[Card],
    now: datetime,
) -> None:
    """Write down that these cards (number, when made) are erased: in the file first, then the row.

    So are the cards that were merged into them: a backup from before the merge has them still.
    Inside the write transaction of the erasure, at its end. Should that fail after the file was
    written, the next purge erases what the register says. Raises RegisterUnwritable: nothing is
    erased then.
    """
    own = list(cards)
    everything = dict.fromkeys([*own, *merged_into(session, own)])
    erased = [ErasedCard(number, made_at, now.date()) for number, made_at in everything]
    if not erased:
        return
    session.flush()
    try:
        register.add(erased)
    except OSError as refusal:
        raise RegisterUnwritable from refusal
    on = dict.fromkeys((card.resident_id for card in erased), now.date())
    rows = [{"resident_id": number, "erased_on": day} for number, day in on.items()]
    new = _INSERT[session.get_bind().dialect.name](Erasure.__table__).values(rows)
    session.execute(new.on_conflict_do_nothing(index_elements=["resident_id"]))


def merged_into(session: Session, cards: Iterable[Card]) -> list[Card]:
    """The cards (number, when made) that were merged into these, and into those, as the journal
    tells: for a year, long after the last backup that could hold one.

    An older merge of the same number is of another card: it was given again.
    """
    found: list[Card] = []
    newest = list(cards)
    while newest:
        made_at = dict(newest)
        merges = select(JournalEntry.subject_id, JournalEntry.at, JournalEntry.facts).where(
            JournalEntry.subject_kind == JournalSubject.RESIDENT,
            JournalEntry.subject_id.in_(made_at),
            JournalEntry.action == JournalAction.PERSON_MERGED,
        )
        newest = [
            (row.facts["from"], datetime.fromisoformat(row.facts["made_at"]))
            for row in session.execute(merges)
            if "made_at" in row.facts and row.at >= made_at[row.subject_id]
        ]
        newest = [card for card in newest if card not in found]
        found += newest
    return found
