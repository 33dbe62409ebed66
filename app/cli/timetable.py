"""flask timetable: load the counsellors' weeks, show the free times and why others are not."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.changes import print_changes
from app.cli.clock import utc_now
from app.cli.files import plain_refusals, read_toml
from app.cli.timetable_text import orphan_lines, picture_lines
from app.domain.checks import EARLIEST, LATEST
from app.domain.timetable import parse_timetable
from app.extensions import db
from app.services.catalogue import Catalogue, read_catalogue
from app.services.orphans import find_orphans
from app.services.timetable import load_timetable, timetable_refs
from app.services.timetable_picture import draw_timetable

DAYS_SHOWN = 14
MOST_DAYS = 366

timetable = AppGroup("timetable", help="L'emploi du temps des conseillers.")
a_date = click.DateTime(["%Y-%m-%d"])


@timetable.command("load")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--from", "first", type=a_date, help="Premier jour du nouvel emploi du temps (aujourd'hui)."
)
def load(file: Path, first: datetime | None) -> None:
    """Vérifie FICHIER en entier, puis le charge. En cas d'erreur, rien n'est changé.

    Aucun rendez-vous n'est supprimé : ceux qui ne tiennent plus sont listés, à déplacer.
    """
    with plain_refusals(file):
        session, now = db.session(), utc_now()
        catalogue = read_catalogue(session)
        effective_on = _day(first, catalogue, now)
        parsed = parse_timetable(read_toml(file), timetable_refs(session, effective_on))
        changes = load_timetable(session, parsed, now=now, effective_on=effective_on)
        print_changes(changes)
        if not changes:
            click.echo("Aucun changement.")
        for line in orphan_lines(find_orphans(session, now=now), catalogue.timezone):
            click.echo(line)


@timetable.command("show")
@click.option("--from", "first", type=a_date, help="Premier jour montré (aujourd'hui).")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DAYS_SHOWN,
    show_default=True,
    help="Nombre de jours montrés.",
)
@click.option("--now", "instant", help="Faire comme s'il était cet instant (2026-11-23T09:00).")
@click.option("--json", "as_json", is_flag=True, help="Tout, pour un autre programme.")
def show(first: datetime | None, days: int, instant: str | None, as_json: bool) -> None:
    """Montre les permanences datées, les heures libres, et pourquoi les autres ne le sont pas."""
    with plain_refusals():
        session = db.session()
        catalogue = read_catalogue(session)
        now = _instant(instant, catalogue)
        picture = draw_timetable(session, now=now, first=_day(first, catalogue, now), days=days)
        if as_json:
            click.echo(json.dumps(picture, ensure_ascii=False))
        else:
            for line in picture_lines(picture):
                click.echo(line)


def _day(given: datetime | None, catalogue: Catalogue, now: datetime) -> date:
    return _bounded(given.date(), "--from") if given else catalogue.today(now)


def _instant(given: str | None, catalogue: Catalogue) -> datetime:
    """An ISO date-time; without an offset it is local."""
    if given is None:
        return utc_now()
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(
            f"« {given} » n'est pas un instant comme 2026-11-23T09:00", param_hint="--now"
        ) from None
    _bounded(instant.date(), "--now")
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=catalogue.timezone)
    return instant.astimezone(UTC)


def _bounded(day: date, option: str) -> date:
    """The day, where calendars reach; beyond, days cannot even be counted."""
    if not EARLIEST <= day < LATEST:
        reason = f"{day} n'est pas entre {EARLIEST.year} et {LATEST.year - 1}"
        raise click.BadParameter(reason, param_hint=option)
    return day
