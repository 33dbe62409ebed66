"""Sheets of words and figures: topics, the service, the legal texts, notice and limits."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.checks import FileProblem, Section
from app.domain.journal import JournalAction, JournalSubject
from app.domain.settings import InvalidSetting, Settings
from app.domain.staff_errors import SubjectUnknown
from app.domain.territory_entries import as_json
from app.domain.territory_service import read_service, read_texts, read_topics
from app.models.places import Territory, Topic
from app.services.changes import update
from app.services.settings_pages import (
    Edit,
    Values,
    editing,
    flat,
    nested,
    read_all,
    refuse_problems,
)

TERRITORY = JournalSubject.TERRITORY, 1
TOPIC_KEYS = ("label.fr", "label.en", "minutes", "bring.fr", "bring.en", "active")
LAST_TOPIC = "au moins un besoin doit rester proposé"


def topic_values(session: Session, topic_id: int) -> Values:
    """What a resident reads of the topic. Raises SubjectUnknown."""
    row = _topic(session, topic_id)
    raw = {"label": row.label, "minutes": row.minutes, "bring": row.bring, "active": row.active}
    known = flat(raw)
    return {key: known.get(key, "") for key in TOPIC_KEYS}


def save_topic(session: Session, topic_id: int, given: Values, edit: Edit) -> None:
    """Rename, hide, show. Raises SubjectUnknown, SettingsRefused, EditedMeanwhile."""
    row = _topic(session, topic_id)
    kept = {key: getattr(row, key) for key in ("code", "step_minutes", "themes", "sensitive")}
    raw = {**kept, **nested(given)}
    [[declared]] = read_all([(lambda section: read_topics([section]), raw, "")])
    subject = JournalSubject.TOPIC, topic_id
    with editing(session, subject, JournalAction.TOPIC_CHANGED, edit) as draft:
        values = {
            "label": declared.label.as_json(),
            "minutes": declared.minutes,
            "bring": declared.bring.as_json(),
            "active": declared.active,
        }
        draft.changes.extend(
            update(session.get_one(Topic, topic_id, populate_existing=True), "", values)
        )
        session.flush()
        offered = select(func.count()).select_from(Topic).where(Topic.active)
        if not session.scalar(offered):
            refuse_problems([FileProblem("active", LAST_TOPIC)])


def service_values(session: Session) -> Values:
    """How the service presents itself."""
    service = _territory(session).service
    return {key: value for key, value in flat(service).items() if key != "mark"}


def save_service(session: Session, given: Values, edit: Edit) -> None:
    """Raises SettingsRefused, EditedMeanwhile."""
    mark = {"file": _territory(session).service.get("mark", "")}
    unread = Section(mark, "mark", [])
    [declared] = read_all([(lambda section: read_service(section, unread), nested(given), "")])
    _save(session, {"service": as_json(declared)}, edit)


def texts_values(session: Session) -> Values:
    """What the legal pages need; the date of the audit is a date."""
    values = flat(_territory(session).texts)
    told = values["accessibility_audited_on"]
    return values | {"accessibility_audited_on": date.fromisoformat(told) if told else None}


def save_texts(session: Session, given: Values, edit: Edit) -> None:
    """Raises SettingsRefused, EditedMeanwhile."""
    [declared] = read_all([(read_texts, nested(given), "")])
    _save(session, {"texts": as_json(declared)}, edit)


def figures_values(session: Session) -> Values:
    """Every figure, the one that ships where the territory chose none."""
    settings = Settings.from_mapping(_territory(session).settings)
    return {each.name: _plain(getattr(settings, each.name)) for each in fields(Settings)}


def save_figures(session: Session, given: Values, edit: Edit) -> None:
    """Keep what the territory chose, and what differs from the figures that ship.

    What stays the same stays as it was written: the file's « false » and a page's nothing are one.
    Raises SettingsRefused, EditedMeanwhile.
    """
    refuse_problems(_wrong_figures(given))
    known = _territory(session).settings
    settings, before = Settings.from_mapping(given), Settings.from_mapping(known)
    values = {each.name: getattr(settings, each.name) for each in fields(Settings)}
    chosen = {
        name: known[name] if name in known and value == getattr(before, name) else _plain(value)
        for name, value in values.items()
        if name in known or value != getattr(Settings(), name)
    }
    _save(session, {"settings": chosen}, edit)


def _wrong_figures(given: Values) -> list[FileProblem]:
    """Each key judged alone, so that every wrong one is told."""
    problems = []
    for key, value in given.items():
        try:
            Settings.from_mapping({key: value})
        except InvalidSetting as refusal:
            problems.append(FileProblem(key, refusal.reason))
    return problems


def _save(session: Session, tables: Mapping[str, Any], edit: Edit) -> None:
    with editing(session, TERRITORY, JournalAction.SETTINGS_CHANGED, edit) as draft:
        draft.changes.extend(update(_territory(session), "", dict(tables)))


def _territory(session: Session) -> Territory:
    return session.get_one(Territory, 1, populate_existing=True)


def _topic(session: Session, topic_id: int) -> Topic:
    row = session.get(Topic, topic_id, populate_existing=True)
    if row is None:
        raise SubjectUnknown
    return row


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, StrEnum) else value
