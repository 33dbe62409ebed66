"""The kinds of workshops: written once, changed, retired. What is planned keeps its own texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.programme import MOST_THEMES, Numbers, check_length, check_words
from app.domain.programme_errors import ThemesMissing, TitleMissing, TooManyThemes
from app.domain.search_keys import plain
from app.domain.staff_errors import SubjectUnknown
from app.domain.themes import THEMES
from app.domain.workshops import Level, WorkshopStatus
from app.models.workshops import Workshop, WorkshopTemplate
from app.services.journal import last_change, note, refuse_edited
from app.services.transaction import Locks, write_transaction

CHANGED = (JournalAction.WORKSHOP_TEMPLATE_CHANGED,)


@dataclass(frozen=True, slots=True)
class Words:
    """What people read of a workshop; by language, French first."""

    title: Mapping[str, str]
    content: Mapping[str, str]
    prerequisites: Mapping[str, str]
    bring: Mapping[str, str]
    level: Level
    themes: tuple[str, ...]

    def check(self) -> None:
        """Raises TitleMissing, ProgrammeTextTooLong, ThemesMissing, TooManyThemes."""
        if not self.title.get("fr"):
            raise TitleMissing
        check_words(self.title, self.content, self.prerequisites, self.bring)
        if not self.themes or not set(self.themes) <= THEMES.keys():
            raise ThemesMissing
        if len(self.themes) > MOST_THEMES:
            raise TooManyThemes(most=MOST_THEMES)

    def values(self) -> dict[str, object]:
        """The columns, on a template and on a workshop alike; an empty text is none."""
        texts = {
            name: {language: text for language, text in getattr(self, name).items() if text}
            for name in ("title", "content", "prerequisites", "bring")
        }
        return {**texts, "level": self.level, "themes": list(self.themes)}


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """All that a kind of workshop says."""

    words: Words
    minutes: int
    numbers: Numbers

    def check(self) -> None:
        """Raises the refusals of its parts."""
        self.words.check()
        check_length(self.minutes)
        self.numbers.check()


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of workshop, as a list or a form shows it."""

    id: int
    sheet: TemplateSheet
    active: bool
    version: str
    to_come: int
    """How many workshops of it are still to come, cancelled ones apart."""

    @property
    def title(self) -> str:
        return self.sheet.words.title["fr"]


def list_templates(session: Session, *, now: datetime) -> list[Template]:
    """Those that are offered first, then by title."""
    rows = session.scalars(select(WorkshopTemplate)).all()
    counted = select(Workshop.template_id, func.count()).where(
        Workshop.first_at > now, Workshop.status == WorkshopStatus.PLANNED
    )
    to_come = dict(session.execute(counted.group_by(Workshop.template_id)).all())
    found = [_template(row, "", to_come.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda each: (not each.active, each.title.casefold(), each.id))


def read_template(session: Session, template_id: int) -> Template:
    """Raises SubjectUnknown."""
    row = _row(session, template_id)
    subject = JournalSubject.WORKSHOP_TEMPLATE, row.id
    return _template(row, last_change(session, subject, CHANGED), 0)


def write_template(
    session: Session,
    sheet: TemplateSheet,
    *,
    now: datetime,
    by: int,
    template_id: int | None = None,
    version: str = "",
) -> int:
    """A new kind of workshop, or another text of one; its id.

    Raises the refusals of TemplateSheet.check; SubjectUnknown; EditedMeanwhile where a colleague
    has changed it since the page with that `version`. A new one that says the same as one that is
    offered is that one: pressed twice is pressed once.
    """
    sheet.check()
    with write_transaction(session, Locks.of(keys={"workshop_template"})):
        known = _same(session, sheet) if template_id is None else None
        if known is not None:
            return known
        row = _open(session, sheet, template_id, version, by)
        for name, value in _columns(sheet).items():
            setattr(row, name, value)
        row.edited_at, row.edited_by_id = now, by
        session.add(row)
        session.flush()
        note(session, CHANGED[0], (JournalSubject.WORKSHOP_TEMPLATE, row.id), by=by, now=now)
        return row.id


def offer_template(
    session: Session, template_id: int, *, active: bool, now: datetime, by: int
) -> None:
    """Retire it, or offer it again; what is planned stays. Raises SubjectUnknown."""
    with write_transaction(session, Locks.of(keys={"workshop_template"})):
        row = _row(session, template_id)
        if row.active is active:
            return
        row.active, row.edited_at, row.edited_by_id = active, now, by
        subject = JournalSubject.WORKSHOP_TEMPLATE, row.id
        note(session, CHANGED[0], subject, by=by, now=now, active=active)


def _same(session: Session, sheet: TemplateSheet) -> int | None:
    """Of those that are offered, the one whose columns are all the same."""
    wanted = _columns(sheet)
    rows = session.scalars(select(WorkshopTemplate).where(WorkshopTemplate.active))
    same = (row.id for row in rows if all(getattr(row, name) == wanted[name] for name in wanted))
    return next(same, None)


def _open(
    session: Session, sheet: TemplateSheet, template_id: int | None, version: str, by: int
) -> WorkshopTemplate:
    if template_id is None:
        return WorkshopTemplate(code=_free_code(session, sheet.words.title["fr"]))
    row = _row(session, template_id)
    subject = JournalSubject.WORKSHOP_TEMPLATE, row.id
    if version != last_change(session, subject, CHANGED):
        refuse_edited(session, subject, CHANGED, user_id=by)
    return row


def _row(session: Session, template_id: int) -> WorkshopTemplate:
    row = session.get(WorkshopTemplate, template_id)
    if row is None:
        raise SubjectUnknown
    return row


def _columns(sheet: TemplateSheet) -> dict[str, object]:
    numbers = sheet.numbers
    return {
        **sheet.words.values(),
        "minutes": sheet.minutes,
        "capacity": numbers.capacity,
        "minimum": numbers.minimum,
        "devices": numbers.devices,
    }


def _template(row: WorkshopTemplate, version: str, to_come: int) -> Template:
    numbers = Numbers(row.capacity, row.minimum, row.devices)
    sheet = TemplateSheet(words_of(row), row.minutes, numbers)
    return Template(row.id, sheet, row.active, version, to_come)


def words_of(row: WorkshopTemplate | Workshop) -> Words:
    """What people read of it."""
    return Words(row.title, row.content, row.prerequisites, row.bring, row.level, tuple(row.themes))


def _free_code(session: Session, title: str) -> str:
    """« mots-de-passe-et-arnaques »: the beginning of its addresses, that no other has."""
    letters = re.sub(r"[^a-z0-9]+", "-", plain(title))
    stem = letters[:50].strip("-") or "atelier"
    taken = set(session.scalars(select(WorkshopTemplate.code)))
    names = (stem if rank == 1 else f"{stem}-{rank}" for rank in count(1))
    return next(each for each in names if each not in taken)
