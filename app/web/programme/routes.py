"""All pages of the programme, as one blueprint."""

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
