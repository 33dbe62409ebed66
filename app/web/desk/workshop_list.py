"""The workshops that a caller may be registered for: filtered, the next ones first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wtforms.fields import SelectChoice

from app.domain.errors import DomainError
from app.domain.workshop_facts import WorkshopFacts
from app.extensions import db
from app.gateways import dates
from app.services.workshop_reading import list_workshops, workshop_by_slug, workshops_by_id
from app.web import filters
from app.web.clock import utc_now
from app.web.desk.workshop_form import A_STEP, MOST_LISTED, WorkshopDeskForm
from app.web.numbers import small_number
from app.web.site import current_catalogue


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list shows."""

    workshops: tuple[WorkshopFacts, ...]
    more: int | None
    """How many « Voir plus » would list; None: these are all, or as many as a page may show."""
    is_filtered: bool


def offer_workshops_to(form: WorkshopDeskForm, slug: str = "") -> Listed:
    """Put the list on the form; so many queries, however many workshops there are.

    One that is chosen already, or named by the address (`slug`), stays in sight whatever the list
    is filtered by.
    """
    listed = _read(form)
    chosen = _chosen(form, slug)
    if chosen and all(each.id != chosen.id for each in listed.workshops):
        listed = replace(listed, workshops=(chosen, *listed.workshops))
    form.atelier.choices = [SelectChoice(str(each.id), _words(each)) for each in listed.workshops]
    if chosen:
        form.atelier.data = str(chosen.id)
    return listed


def _read(form: WorkshopDeskForm) -> Listed:
    catalogue, now, count = current_catalogue(), utc_now(), form.listed_count
    commune, theme = (form.filter_by(name) for name in ("ateliers_commune", "ateliers_theme"))
    found = list_workshops(
        db.session(), catalogue, now=now, commune_slug=commune, theme=theme, limit=count + 1
    )
    has_more = len(found) > count and count < MOST_LISTED
    more = min(count + A_STEP, MOST_LISTED) if has_more else None
    return Listed(tuple(_open(found[:count])), more, bool(commune or theme))


def _chosen(form: WorkshopDeskForm, slug: str) -> WorkshopFacts | None:
    catalogue, now = current_catalogue(), utc_now()
    number = small_number(form.atelier.data)
    if number is not None:
        known = workshops_by_id(db.session(), catalogue, [number], now)
    elif slug:
        try:
            named = workshop_by_slug(db.session(), catalogue, slug, now)
        except DomainError:
            return None
        known = {named.id: named}
    else:
        return None
    return next(iter(_open(known.values())), None)


def _open(found: Iterable[WorkshopFacts]) -> list[WorkshopFacts]:
    """To come, not cancelled, not begun."""
    now = utc_now()
    return [
        each
        for each in found
        if each.standing_sessions and not each.is_cancelled and each.first_at > now
    ]


def _words(workshop: WorkshopFacts) -> str:
    """« Mardi 8 décembre à 14 h, Breuillet : Photos, 4 places libres »."""
    zone, this_year = filters.zone(), dates.local_date(utc_now(), filters.zone()).year
    first = workshop.standing_sessions[0]
    when = filters.first_upper(dates.date_time(first.starts_at, "fr", zone, this_year))
    more = f", {len(workshop.standing_sessions)} dates" if workshop.is_cycle else ""
    return f"{when}{more}, {first.commune.name} : {workshop.title['fr']}, {_places(workshop)}"


def _places(workshop: WorkshopFacts) -> str:
    free, kept = workshop.free, workshop.free_for_host
    if not free and kept:
        own = f"{kept} place{'s' if kept > 1 else ''}"
        return f"{own} pour les habitants {workshop.host.name_of}"
    if not free:
        return f"complet, numéro {workshop.waiting + 1} sur la liste d’attente"
    return "1 place libre" if free == 1 else f"{free} places libres"
