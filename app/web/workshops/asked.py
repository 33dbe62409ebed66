"""What the address of a registration carries: for which workshop, for whom, and for how many."""

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from app.domain.workshops import MOST_PLACES
from app.web.booking_terms import YES
from app.web.forms import showable

FOR_ANOTHER = "autre"
MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers of the address: nothing personal; '' where there is none."""

    slug: str
    commune: str = ""
    pour: str = ""
    deux: str = ""

    @classmethod
    def read(cls, slug: str) -> "Asked":
        given = {
            name: showable(request.args.get(name, "")[:MOST_LETTERS])
            for name in ("commune", "pour", "deux")
        }
        return cls(slug, **given)

    @property
    def is_visit(self) -> bool:
        """The questions about who comes are those of a booking, where there are visits too."""
        return False

    @property
    def is_for_another(self) -> bool:
        return self.pour == FOR_ANOTHER

    @property
    def is_for_two(self) -> bool:
        return self.deux == YES

    @property
    def places(self) -> int:
        """How many come; 0: the address says neither one nor two, and the page tells so."""
        return {"": 1, YES: MOST_PLACES}.get(self.deux, 0)

    @property
    def alone(self) -> "Asked":
        return replace(self, deux="")

    def url(self, endpoint: str, **changes: str) -> str:
        """The address of a page of this registration, with these changes."""
        given = {"commune": self.commune, "pour": self.pour, "deux": self.deux} | changes
        kept: dict[str, Any] = {name: value for name, value in given.items() if value}
        return url_for(f"workshops.{endpoint}", slug=self.slug, **kept)
