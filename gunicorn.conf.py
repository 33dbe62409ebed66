"""Beside the command line in ./run: each gunicorn worker learns the phone number first."""

from typing import Any

from app.web.site import warm_up


def post_worker_init(worker: Any) -> None:
    """So that even a process that never saw the database shows the phone on its failures."""
    warm_up(worker.app.callable)
