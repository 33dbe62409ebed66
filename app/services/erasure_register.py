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

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.staff_errors import RegisterUnwritable
from app.models.attendance import Erasure

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
    cards: Iterable[tuple[int, datetime]],
    now: datetime,
) -> None:
    """Write down that these cards (number, when made) are erased: in the file first, then the row.

    Inside the write transaction of the erasure, at its end. Should that fail after the file was
    written, the next purge erases what the register says. Raises RegisterUnwritable: nothing is
    erased then.
    """
    erased = [ErasedCard(number, made_at, now.date()) for number, made_at in cards]
    if not erased:
        return
    session.flush()
    try:
        register.add(erased)
    except OSError as refusal:
        raise RegisterUnwritable from refusal
    rows = [{"resident_id": card.resident_id, "erased_on": card.erased_on} for card in erased]
    new = _INSERT[session.get_bind().dialect.name](Erasure.__table__).values(rows)
    session.execute(new.on_conflict_do_nothing(index_elements=["resident_id"]))
