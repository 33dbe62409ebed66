"""Where somebody is in a booking: the answers that travel in the address, read once and checked.

Commune, need and time are GET parameters, so that back, refresh, bookmarks and two tabs all work;
personal answers never are. The same steps serve a permanence and a home visit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote_plus

from flask import request, url_for

from app.domain.availability import AvailabilityKind
from app.domain.booking import Choice
from app.domain.errors import CommuneElsewhere, DomainError, TimeMissing
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry
from app.services.choosing import home_commune
from app.services.times import Search
from app.web.booking_terms import PARTS, YES, local_text, parse_date, parse_local
from app.web.forms import showable

PERMANENCE = "rendez-vous"
HOME_VISIT = "visite-a-domicile"
FLOWS = (PERMANENCE, HOME_VISIT)
FOR_ANOTHER = "autre"
NONE_SUITS = "aucune"
MAX_PARAMETER = 80


@dataclass(frozen=True)
class Flow:
    """The answers so far, exactly as the address carries them ('' where there is none)."""

    path: str
    commune: str = ""
    besoin: str = ""
    moment: str = ""
    voisines: str = ""
    des: str = ""
    debut: str = ""
    lieu: str = ""
    pour: str = ""
    attente: str = ""
    """« oui »: after the questions comes the waiting list, not a time; « aucune »: the free times
    were seen, and none suits."""

    @classmethod
    def read(cls, path: str) -> "Flow":
        """From the address; on a POST, the answer just given on the page comes first."""
        given = {name: _read(request.args, name) for name in PARAMETERS}
        if request.method == "POST":
            pressed = {name: _read(request.form, name) for name in FILTERS if name in request.form}
            given.update(pressed)
            if (asked := request.form.get(ASKED)) in QUESTIONS:
                given[asked] = _read(request.form, asked)
            if chosen := _read(request.form, "choix"):
                given["debut"], _, given["lieu"] = chosen.partition("|")
        return cls(path, **given)

    @property
    def is_visit(self) -> bool:
        return self.path == HOME_VISIT

    @property
    def kind(self) -> AvailabilityKind:
        return AvailabilityKind.HOME_VISITS if self.is_visit else AvailabilityKind.PERMANENCE

    @property
    def is_for_another(self) -> bool:
        return self.pour == FOR_ANOTHER

    @property
    def is_for_list(self) -> bool:
        return self.attente in (YES, NONE_SUITS)

    @property
    def has_seen_times(self) -> bool:
        """Whether they have said that no free time suits them."""
        return self.attente == NONE_SUITS

    @property
    def after_questions(self) -> str:
        """What comes once commune and need are known: the times, or the waiting list."""
        return "wait" if self.is_for_list else "time"

    @property
    def steps(self) -> int:
        """How many screens the flow has; a visit asks first whether the person can come."""
        return 6 if self.is_visit else 5

    def step(self, name: str) -> int:
        """The rank of a screen: commune, topic, time, details or check."""
        ranks = ("commune", "topic", "time", "details", "check")
        return ranks.index(name) + (2 if self.is_visit else 1)

    def without_time(self) -> "Flow":
        return replace(self, debut="", lieu="")

    def for_list(self) -> "Flow":
        """The same answers on the way to the waiting list."""
        attente = self.attente if self.is_for_list else YES
        return replace(self.without_time(), attente=attente, voisines="", des="")

    def url(self, endpoint: str, **changes: str) -> str:
        """The address of a screen with the answers so far, and these changes."""
        given = self._given | changes
        query = "&".join(f"{name}={_quoted(value)}" for name, value in given.items() if value)
        path = _path(request.script_root, endpoint, self.path)
        return f"{path}?{query}" if query else path

    @cached_property
    def _given(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in PARAMETERS}

    def hidden(self, *asked: str) -> dict[str, str]:
        """The answers that a GET form must repeat beside the one it asks."""
        names = [name for name in PARAMETERS if name not in asked]
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def home(self, catalogue: Catalogue, now: datetime) -> CommuneEntry | None:
        """Raises the refusals of `choosing.home_commune`.

        Nobody is visited in another commune, and the list is of the communes of the territory.
        """
        home = home_commune(catalogue, self.commune, now)
        if home is None and (self.is_visit or self.is_for_list):
            raise CommuneElsewhere
        return home

    def topic(self, catalogue: Catalogue) -> TopicEntry:
        """Raises TopicMissing or TopicUnknown."""
        return catalogue.topic(self.besoin)

    def search(self, catalogue: Catalogue, now: datetime) -> Search:
        """What to look for on the page of times. Raises as `home` and `topic` do."""
        topic = self.topic(catalogue)
        return Search(
            kind=self.kind,
            home=self.home(catalogue, now),
            topic=topic,
            minutes=topic.minutes,
            part_of_day=PARTS.get(self.moment),
            from_day=parse_date(self.des),
        )

    def wish(self, catalogue: Catalogue, now: datetime) -> Choice:
        """What somebody waits for: any time from now on. Raises as `home` and `topic` do."""
        self.home(catalogue, now)
        self.topic(catalogue)
        return Choice(self.kind, self.commune, self.besoin, now, None)

    def choice(self, catalogue: Catalogue) -> Choice:
        """The chosen time. Raises TimeMissing where the address holds none that can be read."""
        starts_at = parse_local(self.debut, catalogue)
        if starts_at is None:
            raise TimeMissing
        venue_slug = None if self.is_visit else self.lieu or None
        return Choice(self.kind, self.commune, self.besoin, starts_at, venue_slug)


@lru_cache(maxsize=128)
def _path(_root: str, endpoint: str, flow: str) -> str:
    """`url_for` costs as much as a dozen lines of a page, and a page has a dozen addresses."""
    return url_for(f"booking.{endpoint}", flow=flow)


@lru_cache(maxsize=2048)
def _quoted(value: str) -> str:
    return quote_plus(value, safe="!$'()*,/:;?@")


PARAMETERS = (
    "commune", "besoin", "moment", "voisines", "des", "debut", "lieu", "pour", "attente",
)  # fmt: skip
FILTERS = ("moment", "voisines", "des")
ASKED = "etape"
"""Names the question that was answered on its page: then an empty answer is an error."""
QUESTIONS = ("commune", "besoin")
"""What may be asked again while the personal answers travel along."""


def chosen_value(instant: datetime, venue: Any, catalogue: Catalogue) -> str:
    """The value of a button that chooses a time: its wall time and its venue."""
    return f"{local_text(instant, catalogue)}|{venue.slug if venue else ''}"


def _read(given: Mapping[str, str], name: str) -> str:
    return showable(given.get(name, "")[:MAX_PARAMETER])


def first_missing(flow: Flow, catalogue: Catalogue, now: datetime, until: str) -> str | None:
    """The first screen (commune, topic, time) whose answer is missing or no longer true, if any.

    So a bookmark, a poster, or a step typed out of order leads to the question to answer.
    """
    checks = (
        ("commune", lambda: flow.home(catalogue, now)),
        ("topic", lambda: flow.topic(catalogue)),
        ("time", lambda: flow.choice(catalogue)),
    )
    for step, check in checks:
        if step == until:
            return None
        try:
            check()
        except DomainError:
            return step
    return None
