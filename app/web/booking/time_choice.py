"""The page of free times, as links while nothing personal was typed, as buttons afterwards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import render_template

from app.domain.errors import DomainError
from app.domain.slots import Slot
from app.extensions import db
from app.services.catalogue import VenueEntry
from app.services.times import ShownDay, find_neighbours, find_times, nearest_times
from app.web.booking.flow import Flow, chosen_value
from app.web.booking.forms import ContactForm
from app.web.booking_terms import YES, local_text
from app.web.clock import utc_now
from app.web.quotas import network
from app.web.site import current_catalogue
from app.web.times_page import asked_since, day_groups, neighbour_sections, part_chips
from app.web.unmet import note_unmet
from app.web.wording import sentence


def times_page(
    flow: Flow, form: ContactForm | None = None, refusal: DomainError | None = None
) -> Any:
    """Screen 3. With a `form`, its answers travel along hidden, and times are buttons.

    Raises the refusals of `Flow.search`.
    """
    catalogue, now = current_catalogue(), utc_now()
    search = flow.search(catalogue, now)
    times, neighbours = None, []
    if search.home is None or (flow.voisines == YES and not flow.is_visit):
        neighbours = find_neighbours(db.session(), catalogue, search, now=now)
    else:
        times = find_times(db.session(), catalogue, search, now=now)
        if not (times.days or search.part_of_day or search.from_day):
            note_unmet(search.kind, search.home, network())
    chooser = Chooser(flow, carries_answers=form is not None)
    page = render_template(
        "booking/time.html",
        flow=flow,
        search=search,
        since=asked_since(search, now),
        times=times,
        form=form,
        error=sentence(refusal) if refusal else None,
        groups=chooser.groups(times.days, now, times.venues) if times else [],
        earlier=times.earlier if times else None,
        neighbours=neighbour_sections(neighbours, chooser.time, now),
        parts=part_chips(flow.moment, chooser.part),
    )
    return page, refusal.status if refusal else 200


def taken_page(flow: Flow, form: ContactForm | None, refusal: DomainError, now: datetime) -> Any:
    """The time is gone: every answer is kept, and the three nearest times are offered (409)."""
    catalogue = current_catalogue()
    try:
        days = nearest_times(db.session(), catalogue, flow.choice(catalogue), now=now)
    except DomainError:
        days = []
    chooser = Chooser(flow, carries_answers=form is not None)
    page = render_template(
        "booking/taken.html",
        flow=flow,
        form=form,
        message=sentence(refusal),
        groups=chooser.groups(days, now),
    )
    return page, 409


class Chooser:
    """How a time or a filter is chosen on this page: by a link, or by a button of the form."""

    def __init__(self, flow: Flow, *, carries_answers: bool) -> None:
        self._flow = flow
        self._carries_answers = carries_answers

    def time(self, slot: Slot, venue: VenueEntry | None) -> dict[str, str]:
        catalogue = current_catalogue()
        if self._carries_answers:
            return {"value": chosen_value(slot.starts_at, venue, catalogue)}
        debut = local_text(slot.starts_at, catalogue)
        return {"href": self._flow.url("details", debut=debut, lieu=venue.slug if venue else "")}

    def part(self, part: str) -> dict[str, str]:
        if self._carries_answers:
            again = self._flow.url("time_again", moment="", des="")
            return {"name": "moment", "value": part, "formaction": again}
        return {"href": self._flow.url("time", moment=part, des="")}

    def groups(
        self, days: Sequence[ShownDay], now: datetime, venues: Sequence[VenueEntry] = ()
    ) -> list[dict[str, Any]]:
        return day_groups(days, self.time, now, with_venue=len(venues) != 1)
