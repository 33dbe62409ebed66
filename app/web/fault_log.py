"""One line for each fault: which kind, and where in the code.

Never a message of an exception, which may quote what somebody typed, and never an address, which
may carry a secret link; its rule instead.
"""

import traceback

import structlog
from flask import request

log = structlog.get_logger(__name__)

FRAMES_LOGGED = 12


def log_fault(event: str, fault: BaseException) -> None:
    """Log a fault met while answering a request."""
    rule = request.url_rule.rule if request.url_rule else None
    cause = fault.__cause__ or fault.__context__
    log.error(
        event,
        kind=type(fault).__qualname__,
        cause=type(cause).__qualname__ if cause else None,
        method=request.method,
        rule=rule,
        where=[
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)[-FRAMES_LOGGED:]
        ],
    )
