"""What the coordinator sets on a page, by the rules of the territory file; one thing at a time.

A sheet is one thing: a commune, a venue, a topic, the travel from a commune, texts, figures. Its
values are flat, by the keys of the file (« label.fr »). Nothing is saved unless all of it is right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.checks import FileProblem, Section
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import EditedMeanwhile, SettingsRefused
from app.models.accounts import Counsellor
from app.models.places import Territory
from app.services.changes import Change
from app.services.journal import last_change, note, refuse_edited
from app.services.territory import TERRITORY_KEY
from app.services.transaction import Locks, write_transaction

Values = dict[str, Any]
Subject = tuple[JournalSubject, int | None]


@dataclass(frozen=True, slots=True)
class Edit:
    """Who saves a sheet, when, and which state of it their page showed."""

    version: str
    by: int
    now: datetime


@dataclass(slots=True)
class Draft:
    """What a block of `editing` changed, of which sheet; of a new one the id comes with it."""

    subject: Subject
    changes: list[Change] = field(default_factory=list)


def version_of(session: Session, subject: Subject, action: JournalAction) -> str:
    """Which state of a sheet that is: the file last loaded, and the last change on a page."""
    loaded_at = session.scalars(select(Territory.loaded_at)).one()
    return f"{loaded_at.isoformat()}/{last_change(session, subject, [action])}"


@contextmanager
def editing(
    session: Session, subject: Subject, action: JournalAction, edit: Edit
) -> Iterator[Draft]:
    """Change rows of the territory alone, as a load of its file does; the draft says which.

    Every process notices at its next page. Raises EditedMeanwhile where the sheet changed since.
    """
    everybody = session.scalars(select(Counsellor.id)).all()
    with write_transaction(session, Locks.of(everybody, {TERRITORY_KEY})):
        territory = session.get_one(Territory, 1, populate_existing=True)
        is_new = subject[1] is None
        if not is_new and edit.version != version_of(session, subject, action):
            _refuse_outdated(session, subject, action, edit.version)
        draft = Draft(subject)
        yield draft
        if draft.changes:
            territory.revision += 1
            keys = sorted({change.key for change in draft.changes})
            note(session, action, draft.subject, by=edit.by, now=edit.now, keys=keys)


def _refuse_outdated(
    session: Session, subject: Subject, action: JournalAction, version: str
) -> None:
    """Raises EditedMeanwhile. Where only the file was loaded since, no colleague is named."""
    loaded_at, _, last = version_of(session, subject, action).partition("/")
    if last == version.partition("/")[2]:
        raise EditedMeanwhile(by=None, at=datetime.fromisoformat(loaded_at))
    refuse_edited(session, subject, [action])


def read_all(readers: Iterable[tuple[Callable[[Section], object], Mapping[str, Any], str]]) -> Any:
    """Read raw tables by the rules of the file: what each reader made of its own.

    A reader comes with its table and the key that its problems begin with. Raises SettingsRefused
    with every problem.
    """
    problems: list[FileProblem] = []
    made = [reader(Section(raw, key, problems)) for reader, raw, key in readers]
    refuse_problems(problems)
    return made


def refuse_problems(problems: Iterable[FileProblem]) -> None:
    """Raises SettingsRefused where there are any."""
    found = {problem.key: problem.reason for problem in problems}
    if found:
        raise SettingsRefused(problems=found)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """« label.fr »: … → label: {fr: …}, as the file has it; what is not given is left out."""
    raw: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        *tables, name = key.split(".")
        table = raw
        for each in tables:
            table = table.setdefault(each, {})
        table[name] = value
    return raw


def flat(raw: Mapping[str, Any], prefix: str = "") -> Values:
    """The other way round."""
    values: Values = {}
    for name, value in raw.items():
        if isinstance(value, Mapping):
            values |= flat(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = value
    return values
