"""Laying a small file over a territory file: the demo's fictional phone, hours and access notes."""

from collections.abc import Mapping
from typing import Any

from app.domain.checks import FileProblem, InvalidFile

IDENTIFIERS = ("slug", "code")


def merge_overlay(raw: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """A new mapping where the overlay's keys win; [[tables]] are matched by slug or code.

    Raises InvalidFile for an entry of the overlay that the territory does not have: an overlay
    changes what exists, it never adds a place.
    """
    problems: list[FileProblem] = []
    merged = _merge(raw, overlay, "", problems)
    if problems:
        raise InvalidFile(problems)
    return merged


def _merge(
    raw: Mapping[str, Any], overlay: Mapping[str, Any], key: str, problems: list[FileProblem]
) -> dict[str, Any]:
    merged = dict(raw)
    for name, value in overlay.items():
        path = f"{key}.{name}" if key else name
        below = merged.get(name)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[name] = _merge(below, value, path, problems)
        elif _is_tables(value) and _is_tables(below):
            merged[name] = _merge_tables(below, value, path, problems)
        else:
            merged[name] = value
    return merged


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _merge_tables(
    rows: Any, changes: list[Mapping[str, Any]], key: str, problems: list[FileProblem]
) -> list[dict[str, Any]]:
    merged = {_identifier(row): dict(row) for row in rows}
    for change in changes:
        name = _identifier(change)
        if name in merged:
            merged[name] = _merge(merged[name], change, f"{key}[{name}]", problems)
        else:
            problems.append(FileProblem(f"{key}[{name}]", "n'existe pas dans le territoire"))
    return list(merged.values())


def _identifier(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in IDENTIFIERS if name in row), "")
