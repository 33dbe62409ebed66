"""The wall of the database speaks the same word as the rule in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from app.domain.errors import SlotTaken

WALL = "no_overlap"
"""What both databases say when two engagements of one counsellor would overlap."""


@contextmanager
def walled() -> Iterator[None]:
    """An overlap that only the database has seen is told as any other: SlotTaken."""
    try:
        yield
    except IntegrityError as refusal:
        if WALL in str(refusal.orig):
            raise SlotTaken from refusal
        raise
