"""A list of changes, one line each, for whoever loads a file."""

import json
from collections.abc import Iterable
from datetime import date, time

import click

from app.services.changes import Change, ChangeKind

SIGNS = {
    ChangeKind.ADDED: "+ {key}",
    ChangeKind.CHANGED: "~ {key} : {before} → {after}",
    ChangeKind.ENDED: "- {key} (n'est plus utilisé)",
    ChangeKind.REMOVED: "- {key}",
    ChangeKind.LEAVING: (
        "= {key} (reste jusqu'à la veille du {after} ; recharger ce fichier à partir de ce jour)"
    ),
}


def print_changes(changes: Iterable[Change]) -> None:
    """One line for each change, in their order."""
    for change in changes:
        click.echo(describe(change))


def describe(change: Change) -> str:
    """« ~ communes[arvert].population : 3917 → 3920 »."""
    return SIGNS[change.kind].format(
        key=change.key, before=_shown(change.before), after=_shown(change.after)
    )


def _shown(value: object) -> str:
    if value is None or value == "":
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str | int | float | date):
        return str(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return json.dumps(value, ensure_ascii=False)
