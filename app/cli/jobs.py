"""`flask worker`: the process that sends messages and runs the registered jobs."""

import signal
import threading
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli.clock import utc_now
from app.cli.messages import missing_words
from app.extensions import db
from app.gateways.bounces import read_mailbox_url
from app.gateways.senders import SenderUnavailable, make_senders
from app.services.erasure_register import ErasureRegister
from app.services.jobs import Worker, run_turn
from app.services.letters import PostRoom
from app.services.links import Links
from config import BadConfiguration, Config

POLL_S = 2.0
"""How long a message may wait for an idle worker."""


def register(app: Flask) -> None:
    """Add the command. A carrier that cannot be stops the start of the site too."""
    _post_room(app.config["COCLICO"])
    app.cli.add_command(worker)


@click.command()
@click.option("--once", is_flag=True, help="One turn with every job, then end (for cron).")
@with_appcontext
def worker(once: bool) -> None:
    """Send the due messages and run the registered jobs, until asked to stop."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, ask_to_stop)
    config: Config = current_app.config["COCLICO"]
    if missing := missing_words(config):
        click.echo(missing, err=True)
    room = _post_room(config)
    register = ErasureRegister(config.register_file)
    turning = Worker(room=room, clock=utc_now, pause=stop.wait, register=register)
    went_well = _turns(turning, once=once)
    if once and not went_well:
        raise click.ClickException("une tâche a échoué : lire le journal ci-dessus")


def _turns(worker: Worker, *, once: bool) -> bool:
    """Turn after turn; each begins with a new session, so a lost database is asked again."""
    while True:
        went_well = run_turn(db.session(), worker, all_jobs=once)
        db.session.remove()
        if once or worker.pause(POLL_S):
            return went_well


def _post_room(config: Config) -> PostRoom:
    """Raises BadConfiguration for a carrier that cannot be."""
    try:
        senders = make_senders(config)
        mailbox = read_mailbox_url(config.bounce_imap_url) if config.bounce_imap_url else None
    except SenderUnavailable as reason:
        raise BadConfiguration(str(reason)) from None
    return PostRoom(
        senders=senders,
        links=Links(config.link_key),
        public_url=config.public_url,
        mailbox=mailbox,
        stop_number=config.sms_stop_number or "",
    )
