"""Which messages a page may promise: only those that will leave."""

from app.services import jobs

REMINDER_JOB = "remind"
"""The job that sends reminders; a page promises one from the day it stands in the worker's list."""


def reminds() -> bool:
    """Whether this version sends reminders before an appointment."""
    return any(job.name == REMINDER_JOB for job in jobs.JOBS)
