"""Move an appointment: the times, the old beside the new, then the click that saves it."""

from datetime import datetime
from typing import Any

from flask import redirect, request, url_for

from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE, Choice, check_can_change
from app.domain.errors import (
    DomainError,
    SlotGone,
    TimeMissing,
)
from app.domain.slots import Slot
from app.extensions import db
from app.services import booking
from app.services.appointment_facts import AppointmentFacts
from app.services.catalogue import VenueEntry
from app.services.choosing import check_choice
from app.services.times import Search, find_neighbours, find_times, nearest_times
from app.services.transaction import answering
from app.web.access import public
from app.web.appointment.forms import MoveForm
from app.web.appointment.routes import blueprint, by_token, page
from app.web.booking_terms import PARTS, YES, local_text, parse_date, parse_local, when_chosen
from app.web.clock import utc_now
from app.web.quotas import move_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.times_page import asked_since, day_groups, neighbour_sections, part_chips
from app.web.wording import sentence

__all__ = ["blueprint"]


@blueprint.get("/r/<token>/date")
@public
def move(token: str) -> Any:
    """Which other time? The old one is kept until the new one is saved."""
    facts, now = _movable(token)
    search = _search(facts)
    place = Moving(facts)
    if search.home is None or (request.args.get("voisines") == YES and not search.is_visit):
        neighbours = find_neighbours(db.session(), current_catalogue(), search, now=now)
        times, shown = None, neighbour_sections(neighbours, place.time, now)
    else:
        times, shown = find_times(db.session(), current_catalogue(), search, now=now), []
    return page(
        "appointment/move.html",
        facts,
        moving=place,
        search=search,
        since=asked_since(search, now),
        times=times,
        groups=place.groups(times.days, now) if times else [],
        neighbours=shown,
        parts=part_chips(request.args.get("moment", ""), place.part),
    )


@blueprint.get("/r/<token>/date/verifier")
@public
def check_move(token: str) -> Any:
    """The old time beside the new one."""
    facts, now = _movable(token)
    try:
        choice = _choice(facts, request.args.get("debut", ""), request.args.get("lieu", ""))
        check_choice(
            db.session(),
            current_catalogue(),
            choice,
            now,
            apart_from=facts.engagement_id,
            minutes=facts.topic_minutes,
        )
    except TimeMissing:
        return redirect(url_for("appointment.move", token=token))
    except SlotGone as refusal:
        return _gone(facts, choice, refusal, now)
    return _check_page(facts, choice, MoveForm(), now)


@blueprint.post("/r/<token>/changement")
@keeps_answers
@public
def move_now(token: str) -> Any:
    """Saved in one commit: either the new time is theirs, or the old one still is."""
    facts, now = _movable(token)
    form = MoveForm()
    try:
        choice = _choice(facts, form.debut.data or "", form.lieu.data or "")
    except TimeMissing:
        return redirect(url_for("appointment.move", token=token), 303)
    if not form.validate():
        return _check_page(facts, choice, form, now)
    try:
        with answering(db.session()):
            quotas = move_quotas(facts.id)
            told = booking.reschedule(db.session(), facts.id, choice, now=now, quotas=quotas)
    except SlotGone as refusal:
        return _gone(facts, choice, refusal, now)
    except DomainError as refusal:
        form.refuse(refusal)
        return _check_page(facts, choice, form, now)
    done = "change" if told else "change-sans-message"
    return redirect(url_for("appointment.show", token=token, fait=done), 303)


class Moving:
    """The addresses of this page: each time leads to its check, each filter to the times again."""

    def __init__(self, facts: AppointmentFacts) -> None:
        self.facts = facts
        self.token = facts.token

    def url(self, **changes: str) -> str:
        given = {name: request.args.get(name, "") for name in ("moment", "voisines", "des")}
        kept: dict[str, Any] = {name: value for name, value in (given | changes).items() if value}
        return url_for("appointment.move", token=self.token, **kept)

    def part(self, part: str) -> dict[str, str]:
        return {"href": self.url(moment=part, des="")}

    def time(self, slot: Slot, venue: VenueEntry | None) -> dict[str, str]:
        if self._is_current(slot, venue):
            return {"current": "oui"}
        debut = local_text(slot.starts_at, current_catalogue())
        place: dict[str, Any] = {"lieu": venue.slug} if venue else {}
        return {"href": url_for("appointment.check_move", token=self.token, debut=debut, **place)}

    def _is_current(self, slot: Slot, venue: VenueEntry | None) -> bool:
        """Whether this is the very appointment that is being moved: nobody moves it there."""
        same_place = venue is None or venue.name == self.facts.place_name
        return slot.starts_at == self.facts.starts_at and same_place

    def groups(self, days: Any, now: datetime) -> list[dict[str, Any]]:
        return day_groups(days, self.time, now, with_venue=True)


def _movable(token: str) -> tuple[AppointmentFacts, datetime]:
    """The appointment, if its date may still be changed. Raises TooLateToChange (409)."""
    facts, now = by_token(token), utc_now()
    check_can_change(facts.status, facts.starts_at, now, current_catalogue().settings)
    return facts, now


def _search(facts: AppointmentFacts) -> Search:
    catalogue = current_catalogue()
    home = catalogue.commune(facts.commune.slug) if facts.commune else None
    return Search(
        kind=_kind(facts),
        home=home,
        topic=catalogue.topic(facts.topic_code, even_retired=True),
        minutes=facts.topic_minutes,
        part_of_day=PARTS.get(request.args.get("moment", "")),
        from_day=parse_date(request.args.get("des", "")),
        apart_from=facts.engagement_id,
    )


def _choice(facts: AppointmentFacts, debut: str, lieu: str) -> Choice:
    """Raises TimeMissing where no time can be read."""
    starts_at = parse_local(debut, current_catalogue())
    if starts_at is None:
        raise TimeMissing
    commune_slug = facts.commune.slug if facts.commune else OTHER_COMMUNE
    venue_slug = None if facts.is_visit else lieu or None
    return Choice(_kind(facts), commune_slug, facts.topic_code, starts_at, venue_slug)


def _kind(facts: AppointmentFacts) -> AvailabilityKind:
    return AvailabilityKind.HOME_VISITS if facts.is_visit else AvailabilityKind.PERMANENCE


def _check_page(facts: AppointmentFacts, choice: Choice, form: MoveForm, now: datetime) -> Any:
    catalogue = current_catalogue()
    form.debut.data = local_text(choice.starts_at, catalogue)
    form.lieu.data = choice.venue_slug or ""
    return page(
        "appointment/check_move.html",
        facts,
        form.status,
        form=form,
        new_when=when_chosen(choice, catalogue, now),
        new_place=catalogue.venue(choice.venue_slug).name if choice.venue_slug else None,
    )


def _gone(facts: AppointmentFacts, choice: Choice, refusal: DomainError, now: datetime) -> Any:
    """The new time is gone; the old one is untouched, and the three nearest are offered (409)."""
    try:
        days = nearest_times(
            db.session(),
            current_catalogue(),
            choice,
            now=now,
            apart_from=facts.engagement_id,
            minutes=facts.topic_minutes,
        )
    except DomainError:
        days = []
    moving = Moving(facts)
    return page(
        "appointment/move_taken.html",
        facts,
        409,
        moving=moving,
        message=sentence(refusal),
        groups=moving.groups(days, now),
    )
