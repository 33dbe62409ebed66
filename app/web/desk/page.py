"""What the page of a call shows: the people found, the times, the warnings."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request, url_for

from app.domain.access import Action
from app.domain.appointment import MessageChannel
from app.domain.booking import Choice
from app.domain.desk_search import sought
from app.domain.errors import DomainError
from app.domain.slots import Slot
from app.domain.staff_errors import SubjectUnknown, TooManySearches
from app.extensions import db
from app.gateways.contacts import parse_phone
from app.services.agenda import counsellor_names
from app.services.catalogue import Catalogue, CommuneEntry, VenueEntry
from app.services.desk_search import Card, Found, find_cards, note_search, read_card
from app.services.desk_share import half_days_spent
from app.services.desk_times import (
    DeskPlace,
    DeskTimes,
    Refused,
    find_desk_times,
    nearest_desk_times,
)
from app.services.people import note_seen_in_call
from app.web.access import allow, current_actor, may
from app.web.booking_terms import local_text
from app.web.clock import utc_now
from app.web.desk.asked import search_of
from app.web.desk.forms import NEW_PERSON, YES, DeskForm, commune_choices
from app.web.desk.wording import reason
from app.web.quotas import desk_search_quotas
from app.web.site import current_catalogue
from app.web.times_page import day_groups
from app.web.unmet import note_unmet

Group = dict[str, Any]


def desk_form() -> DeskForm:
    """The form, as sent or empty, with what this clerk may choose."""
    catalogue, actor = current_catalogue(), current_actor()
    served = catalogue.served_communes(catalogue.today(utc_now()))
    communes = commune_choices(catalogue, [(each.slug, each.name) for each in served])
    form = DeskForm(catalogue, communes)
    if request.method == "GET":
        own = [each.slug for each in served if each.id in actor.commune_ids]
        form.commune.data = next(iter(own), "")
    return form


def chosen_card(form: DeskForm) -> Card | None:
    """The card that was chosen, which the journal tells; None for a new person.

    Raises SubjectUnknown (404) for a card that does not exist or is none of the actor's business.
    """
    if form.resident_id is None:
        return None
    now = utc_now()
    card = read_card(db.session(), current_catalogue(), form.resident_id, now=now)
    if card is None:
        raise SubjectUnknown
    allow(Action.SEE_PERSON, card.subject)
    note_seen_in_call(db.session(), card.id, by=current_actor().user_id, now=now)
    return card


def fill_from(form: DeskForm, card: Card) -> None:
    """Put what the card says where nothing was answered yet."""
    if not (form.prenom.data or form.nom.data):
        form.prenom.data, form.nom.data = card.first_name, card.last_name
        form.message.data = message_for(form, card)
        if card.commune:
            form.commune.data = card.commune.slug


def message_for(form: DeskForm, card: Card) -> str:
    """How this person is best told: an SMS to a mobile that does not refuse it, else by voice."""
    offered = {choice.value for choice in form.message.choices}
    is_mobile = bool(card.phone and parse_phone(card.phone).is_mobile)
    is_welcome = is_mobile and "SMS" in offered and not card.wishes.no_sms
    return MessageChannel.SMS if is_welcome else MessageChannel.VOICE


@dataclass(frozen=True, slots=True)
class People:
    """The list of people known, and which one is chosen."""

    found: Found
    chosen: str
    was_asked: bool
    calls_after: int
    """Who missed so many appointments is called before the next one."""

    @property
    def said(self) -> str:
        """What a screen reader tells when the list changes."""
        count = len(self.found.cards)
        if count:
            people = "1 fiche trouvée" if count == 1 else f"{count} fiches trouvées"
            return f"{people}. Entrée choisit la première."
        return "Aucune fiche. C’est une nouvelle personne." if self.was_asked else ""


def correction_of(form: DeskForm, card: Card | None) -> str | None:
    """Where the card is corrected; None where nothing asks for it, or it is not theirs to do."""
    if card is None or not form.contact_differs or not may(Action.CORRECT_PERSON, card.subject):
        return None
    return url_for("people.correct", resident_id=card.id)


def people_of(form: DeskForm, card: Card | None) -> People:
    """Who may be on the line. Each search is counted, and told in the journal without its content.

    Too many searches are told on the form.
    """
    catalogue, actor, now = current_catalogue(), current_actor(), utc_now()
    wanted = sought(form.telephone.data or "", form.prenom.data or "", form.nom.data or "")
    found = Found()
    if wanted:
        try:
            note_search(db.session(), actor.user_id, desk_search_quotas(actor.user_id), now=now)
            found = find_cards(db.session(), catalogue, wanted, actor, now=now)
        except TooManySearches as refusal:
            form.refuse(refusal)
    if card and all(each.id != card.id for each in found.cards):
        found = replace(found, cards=(card, *found.cards))
    is_listed = any(each.id == form.resident_id for each in found.cards)
    chosen = str(form.resident_id) if is_listed else NEW_PERSON
    calls_after = catalogue.settings.missed_before_call
    return People(found, chosen, wanted is not None, calls_after)


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place of the list, its days as groups of hours."""

    title: str
    note: str | None
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class ShownTimes:
    """The list of times, ready to be written."""

    places: list[ShownPlace]
    refused: list[Group]
    next_day: str | None
    is_empty: bool
    last_day: Any
    is_other_commune: bool
    """The person lives where this clerk does not answer for: told, never refused."""
    share: str
    """What is said where the person's commune has had its half-days; else nothing."""


def times_of(form: DeskForm) -> ShownTimes | None:
    """The list of times; None until the commune and the need are known."""
    catalogue, now = current_catalogue(), utc_now()
    search = search_of(form, catalogue, now)
    if search is None:
        return None
    with_refused = form.refusees.data == YES
    times = find_desk_times(db.session(), catalogue, search, now=now, with_refused=with_refused)
    own, home = current_actor().commune_ids, search.home
    if times.is_empty and search.from_day is None:
        note_unmet(search.kind, home, form.cle.data or "")
    return ShownTimes(
        places=_places(times, search.counsellor_id, catalogue, now),
        refused=_refused(times.refused, catalogue),
        next_day=times.next_day.isoformat() if times.next_day else None,
        is_empty=times.is_empty,
        last_day=times.last_day,
        is_other_commune=bool(own) and (home is None or home.id not in own),
        share=_share(home, catalogue, now),
    )


def _share(home: CommuneEntry | None, catalogue: Catalogue, now: datetime) -> str:
    """« Les 12 demi-journées de Breuillet sont déjà utilisées. »: told, never refused."""
    spent = half_days_spent(db.session(), catalogue, home, now=now) if home else None
    if home is None or spent is None:
        return ""
    if spent == 1:
        return f"La demi-journée {home.name_of} est déjà utilisée."
    return f"Les {spent} demi-journées {home.name_of} sont déjà utilisées."


def nearest_of(form: DeskForm, choice: Choice) -> list[Group]:
    """The three times nearest to the one that was lost."""
    catalogue, now = current_catalogue(), utc_now()
    try:
        days = nearest_desk_times(
            db.session(), catalogue, choice, has_deadline=form.has_deadline, now=now
        )
    except DomainError:
        return []
    return day_groups(days, _choose(catalogue), now, with_venue=True)


def _places(
    times: DeskTimes, whom: int | None, catalogue: Catalogue, now: datetime
) -> list[ShownPlace]:
    first = [times.first] if times.first and times.first.days else []
    shown = [_place(each, catalogue, now) for each in (*first, *times.neighbours)]
    return [_with(whom, _place(times.same, catalogue, now)), *shown] if times.same else shown


def _with(whom: int | None, place: ShownPlace) -> ShownPlace:
    """« Breuillet, avec Jeanne »."""
    _code, name = counsellor_names(db.session()).get(whom or 0, ("", ""))
    return replace(place, title=f"{place.title}, avec {name}") if name else place


def _place(place: DeskPlace, catalogue: Catalogue, now: datetime) -> ShownPlace:
    groups = day_groups(place.days, _choose(catalogue), now, with_venue=True)
    minutes = f"{place.minutes} min en voiture" if place.minutes else None
    return ShownPlace(place.commune.name, minutes, groups)


def _choose(catalogue: Catalogue) -> Any:
    def choose(slot: Slot, venue: VenueEntry | None) -> dict[str, str]:
        return {"value": f"{local_text(slot.starts_at, catalogue)}|{venue.slug if venue else ''}"}

    return choose


def _refused(refused: tuple[Refused, ...], catalogue: Catalogue) -> list[Group]:
    """One line for the hours of a day that are refused at one place for one reason."""
    lines: dict[Any, Group] = {}
    for each in refused:
        place = each.venue.name if each.venue else None
        why, day = reason(each.refusal, catalogue), catalogue.today(each.slot.starts_at)
        line: Group = {"day": day, "place": place, "reason": why, "hours": []}
        lines.setdefault((day, place, why), line)["hours"].append(each.slot.starts_at)
    return list(lines.values())
