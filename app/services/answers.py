"""Remember what a search found while nothing it depends on has changed.

The rows are read at each request all the same, so a change is seen at once, by every process; only
the working out is spared. The same facts give the same answer for the whole of a local day, unless
times of that very day are offered: then the hour matters, and the caller does not ask here.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.domain.slots import Facts
from app.services.catalogue import Catalogue

Answer = TypeVar("Answer")
MOST_ANSWERS = 1000


@dataclass(frozen=True, slots=True)
class _Picture:
    """The facts that the last request found, and the answers already worked out from them."""

    key: Hashable
    """Of the catalogue: settings, topics and words are part of the picture."""
    facts: Facts
    answers: dict[Hashable, Any] = field(default_factory=dict)

    def shows(self, key: Hashable, facts: Facts) -> bool:
        """Whether those facts, read since, are the same but for the hour."""
        mine = self.facts
        return (
            self.key == key
            and mine.engaged is facts.engaged
            and mine.busy is facts.busy
            and mine.openings is facts.openings
            and mine.travel is facts.travel
            and mine.today == facts.today
        )


_pictures: dict[str, _Picture] = {}
"""The last picture of each database that this process uses."""


def answer(
    catalogue: Catalogue, facts: Facts, question: Hashable, work_out: Callable[[Facts], Answer]
) -> Answer:
    """What `work_out` says of the facts; nobody may change it, since others are told the same."""
    database = str(catalogue.key[0])
    picture = _pictures.get(database)
    if (
        picture is None
        or not picture.shows(catalogue.key, facts)
        or len(picture.answers) >= MOST_ANSWERS
    ):
        picture = _pictures[database] = _Picture(catalogue.key, facts)
    if question not in picture.answers:
        picture.answers[question] = work_out(picture.facts)
    found: Answer = picture.answers[question]
    return found
