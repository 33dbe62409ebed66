"""flask territory: load the file that says who runs the service, and where."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.changes import print_changes
from app.cli.clock import utc_now
from app.cli.files import fail, plain_refusals, read_toml
from app.domain.territory import parse_territory
from app.domain.territory_entries import TerritoryFile
from app.extensions import db
from app.services.changes import Change
from app.services.territory import TerritoryDiffers, load_territory

territory = AppGroup("territory", help="Le territoire : communes, lieux, trajets, besoins, textes.")


@territory.command("load")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Appliquer les différences avec la base.")
def load(file: Path, overwrite: bool) -> None:
    """Vérifie FICHIER en entier, puis le charge. En cas d'erreur, rien n'est changé."""
    with plain_refusals(file):
        parsed = parse_territory(read_toml(file))
        try:
            changes = load_territory(db.session(), parsed, overwrite=overwrite, now=utc_now())
        except TerritoryDiffers as refusal:
            print_changes(refusal.changes)
            fail("Rien n'a été changé. Pour appliquer ces différences : --overwrite")
        _tell(parsed, changes)


def _tell(parsed: TerritoryFile, changes: list[Change]) -> None:
    print_changes(changes)
    for warning in parsed.warnings:
        click.echo(f"ATTENTION {warning}", err=True)
    if changes:
        click.echo(
            f"Territoire « {parsed.name} » : {len(parsed.communes)} communes, "
            f"{len(parsed.venues)} lieux, {len(parsed.topics)} besoins."
        )
    else:
        click.echo("Aucun changement.")
