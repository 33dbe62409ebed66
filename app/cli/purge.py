"""`flask purge`: erase what is over, print the proof, and erase again after a restore."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.clock import utc_now
from app.cli.files import fail, plain_refusals
from app.extensions import db
from app.services.erasure_register import ErasureRegister
from app.services.purge import Proof, purge
from app.services.purge_cards import expected_again
from app.services.purge_words import PARTS
from config import Config


@click.command("purge")
@click.option(
    "--after-restore",
    is_flag=True,
    help="Juste après une restauration : exige le registre des effacements.",
)
@with_appcontext
def purge_command(after_restore: bool) -> None:
    """Efface ce qui est arrivé à échéance, par petits lots, et dit combien de chaque sorte."""
    config: Config = current_app.config["COCLICO"]
    register = ErasureRegister(config.register_file)
    _check(register, after_restore)
    with plain_refusals(), _stopping() as stop:
        proof = purge(db.session(), register, utc_now, stop.wait)
        still_expected = expected_again(register, db.session(), utc_now())
    _tell(proof, still_expected)
    if proof.failed:
        fail(*(f"ÉCHEC {PARTS[name]} : lire le journal technique" for name in proof.failed))


def _check(register: ErasureRegister, after_restore: bool) -> None:
    """Stop where nobody can tell which cards a restore brought back."""
    try:
        if after_restore and not register.exists:
            fail(
                f"Registre des effacements introuvable : {register.file}",
                "Remettez ce fichier à sa place, ou donnez son chemin dans ERASURE_REGISTER.",
            )
        _cards, unreadable = register.read()
    except OSError as refusal:
        fail(f"Registre des effacements illisible : {register.file} ({refusal.strerror})")
    if unreadable:
        lines = "ligne est illisible" if unreadable == 1 else "lignes sont illisibles"
        click.echo(f"ATTENTION {unreadable} {lines} dans {register.file}", err=True)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set when asked to stop: the batch that runs is ended, the rest is left."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, ask_to_stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _tell(proof: Proof, still_expected: int) -> None:
    for name, count in proof.counts.items():
        if count:
            click.echo(f"{count:>8}  {PARTS[name]}")
    if not any(proof.counts.values()):
        click.echo("Rien n’était à effacer.")
    if still_expected:
        click.echo(
            f"ATTENTION {still_expected} fiche(s) du registre attendent encore un rendez-vous : "
            "elles seront effacées après, ou dès qu’il sera annulé.",
            err=True,
        )
