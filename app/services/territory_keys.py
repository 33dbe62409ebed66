"""The sharing keys of a territory file, among those that were agreed on pages."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.checks import FileProblem, InvalidFile
from app.domain.half_year import HalfYear
from app.domain.sharing import SharingKey
from app.domain.sharing_errors import KeysOverlap
from app.models.attendance import SharingKeyRow
from app.services.changes import Change, added, update
from app.services.half_years import closed_half_years
from app.services.sharing_keys import insert_key, stored_parts


@dataclass(frozen=True, slots=True)
class Loading:
    """When a file is loaded: the instant, and the local day."""

    now: datetime
    today: date


def load_keys(
    session: Session, declared: Collection[SharingKey], loading: Loading
) -> Iterator[Change]:
    """Add the keys of the file that are new and correct those of their kind and first day.

    Inside a transaction under HALF_YEARS. A key that the file no longer has stays: figures follow
    it, and keys are agreed on pages too. Raises InvalidFile where a closed half-year would change,
    or two keys would be in force on one day.
    """
    closed = closed_half_years(session)
    for key in sorted(declared, key=lambda each: each.valid_from):
        path = f"sharing_keys[{key.kind.value}/{key.valid_from.isoformat()}]"
        row = session.scalars(
            select(SharingKeyRow).where(
                SharingKeyRow.kind == key.kind, SharingKeyRow.valid_from == key.valid_from
            )
        ).one_or_none()
        if row is None:
            _check_open(key, closed, path)
            _insert(session, key, loading, path)
            yield added("sharing_keys", f"{key.kind.value}/{key.valid_from.isoformat()}")
        else:
            changes = _correct(row, key, path, is_open=_is_open(key, closed))
            if changes:
                _check_open(key, closed, path)
            yield from changes


def _is_open(key: SharingKey, closed: Collection[HalfYear]) -> bool:
    return not closed or key.valid_from > max(closed).last


def _check_open(key: SharingKey, closed: Collection[HalfYear], path: str) -> None:
    if not _is_open(key, closed):
        raise InvalidFile([FileProblem(path, "un semestre clos ne change plus")])


def _insert(session: Session, key: SharingKey, loading: Loading, path: str) -> None:
    try:
        insert_key(session, key, by=None, now=loading.now, today=loading.today)
    except KeysOverlap as refusal:
        reason = "une autre clé, saisie sur le site, est valable aux mêmes dates"
        raise InvalidFile([FileProblem(path, reason)]) from refusal
    session.flush()


def _correct(row: SharingKeyRow, key: SharingKey, path: str, *, is_open: bool) -> list[Change]:
    """The parts and the vintage; the last day stays as it was first told.

    Who may come follows the communes of the file while the key is open; once a closed half-year has
    used it, it stays as it was, and a commune that opens its doors since is no correction of it.
    """
    told = {code: part["hundredths"] for code, part in row.parts.items()}
    values: dict[str, object] = {"population_vintage": key.population_vintage}
    if is_open or told != key.hundredths:
        values["parts"] = stored_parts(key)
    return update(row, path, values)
