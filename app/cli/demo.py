"""flask demo: make the demo database anew, the same one for the same day."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app.cli.clock import utc_now
from app.cli.files import fail, plain_refusals, read_toml
from app.extensions import db
from app.services.demo import DemoFiles, DemoSummary, NotTheDemo, create_demo, wipe
from app.services.demo.team import DEMO_PASSWORD, DOMAIN
from app.services.links import Links
from config import Config

TERRITORIES = Path(__file__).parents[2] / "territories"
TERRITORY, OVERLAY, TIMETABLE = "presquile-arvert", "demo-overlay", "demo-timetable"
FIRST_YEAR, LAST_YEAR = 2000, 2090

demo = AppGroup("demo", help="La démonstration : un territoire et des personnes fictives.")


@demo.command("create")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Le jour de la démonstration (aujourd'hui). Mêmes données pour le même jour.",
)
def create(today: datetime | None) -> None:
    """Efface la base de la démonstration et la refait, du jour donné."""
    config: Config = current_app.config["COCLICO"]
    if not config.is_demo:
        fail("Cette commande efface la base : elle ne marche que si COCLICO_DEMO=1.")
    with plain_refusals():
        files = DemoFiles(*(read_toml(_path(name)) for name in (TERRITORY, OVERLAY, TIMETABLE)))
        day = (today or _local_now(files)).date()
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            fail(f"--today : une date entre {FIRST_YEAR} et {LAST_YEAR} est attendue.")
        _recreate()
        config.register_file.unlink(missing_ok=True)  # the new cards were never erased
        summary = create_demo(db.session(), files, day, Links(config.link_key))
    for line in _lines(config.public_url, summary):
        click.echo(line)


def _path(name: str) -> Path:
    return TERRITORIES / f"{name}.toml"


def _local_now(files: DemoFiles) -> datetime:
    return utc_now().astimezone(ZoneInfo(files.territory["territory"]["timezone"]))


def _recreate() -> None:
    """An empty database at head, made by the migrations."""
    try:
        wipe(db.session())
    except NotTheDemo:
        fail("Cette base contient de vrais rendez-vous : rien n'a été effacé.")
    upgrade()


def _lines(url: str, summary: DemoSummary) -> list[str]:
    digits = "0" + summary.phone.removeprefix("+33")
    phone = " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))
    number = f"{summary.reference // 1000} {summary.reference % 1000:03}"
    return [
        f"{summary.appointments} rendez-vous fictifs.",
        "",
        f"Le site                       {url}/   (en anglais : {url}/en/)",
        f"L'affiche de Breuillet        {url}/rendez-vous?commune=breuillet",
        f"J'ai déjà un rendez-vous      {url}/mon-rendez-vous",
        f"                              numéro {number}, téléphone {phone}",
        f"Le lien du même rendez-vous   {url}/r/{summary.token}",
        f"Une place proposée par SMS     {url}/offre/{summary.offer_token}",
        "",
        f"L'espace agents               {url}/agents",
        f"                              mot de passe {DEMO_PASSWORD}, pour chacun de ces comptes :",
        f"                              coordination@{DOMAIN}",
        f"                              conseiller1@{DOMAIN}, conseiller2@{DOMAIN}",
        f"                              accueil.breuillet@{DOMAIN} (et chaque commune)",
        f"                              referent.breuillet@{DOMAIN} (et chaque commune)",
        f"                              copil@{DOMAIN}",
    ]
