"""The programme: kinds of workshops, dates planned and changed, the next term."""

from app.web.programme import (
    cancelling,
    changing,
    dates,
    planning,
    seen,
    templates,
    term,
    words,
)
from app.web.programme.blueprint import blueprint

__all__ = [
    "blueprint",
    "cancelling",
    "changing",
    "dates",
    "planning",
    "seen",
    "templates",
    "term",
    "words",
]
