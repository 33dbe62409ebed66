"""What gunicorn does beside its command line in ./run: each worker learns the phone number first."""

from typing import Any

from app.web.site import warm_up


def post_worker_init(worker: Any) -> None:
    """So that the page of a failure shows the phone even in a process that never saw the database."""
    warm_up(worker.app.callable)
