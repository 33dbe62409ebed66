"""Beside the command line in ./run: what each worker learns, and what its log never says."""

import logging
import re
from typing import Any

from app.web.site import warm_up

forwarder_headers = ""
"""No client names the prefix of the site (SCRIPT_NAME): only our own layer does."""
SECRET = re.compile(
    r"(/(?:r|agendas|confirme|offre|liste-attente|avis|nouvelles|recus|inscrit|mot-de-passe)/)[^/\s?'\"]+"
    r"|\?[^\s'\"]*"
)
"""The word before each secret of an address; what follows a « ? » may be a name or a telephone."""


class WithoutSecrets(logging.Filter):
    """gunicorn names the address of a request that fails: its token and its query are masked."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, without what opens somebody's appointment."""
        record.msg = SECRET.sub(lambda found: f"{found[1] or '?'}…", record.getMessage())
        record.args = ()
        return True


def on_starting(_server: Any) -> None:
    logging.getLogger("gunicorn.error").addFilter(WithoutSecrets())


def post_worker_init(worker: Any) -> None:
    """So that even a process that never saw the database shows the phone on its failures."""
    warm_up(worker.app.callable)
