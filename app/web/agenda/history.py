"""The history of an appointment in words: who, by which way, what, why, when."""

from datetime import datetime

from app.domain.appointment import Actor, ChangeReason, Channel, EventKind
from app.domain.names import of_name
from app.gateways import dates
from app.services.agenda_card import Change
from app.services.catalogue import Catalogue
from app.web import filters

REASONS = {
    ChangeReason.PERSON_ASKED: "À la demande de la personne",
    ChangeReason.COUNSELLOR_AWAY: "Conseiller absent",
    ChangeReason.VENUE_CLOSED: "Lieu fermé",
    ChangeReason.TIMETABLE_CHANGED: "Horaires changés",
    ChangeReason.MISTAKE: "Erreur de saisie",
    ChangeReason.OTHER: "Autre raison",
}
"""A closed list: never a health matter."""
ROUTES = {
    Channel.WEB: "sur le site",
    Channel.PHONE: "par téléphone",
    Channel.DESK: "dans l’espace agents",
    Channel.WALK_IN: "sur place",
    Channel.SYSTEM: "par le service",
}
ACTS = {
    EventKind.BOOKED: "Pris",
    EventKind.MOVED: "Déplacé",
    EventKind.REASSIGNED: "Confié à un collègue",
    EventKind.CANCELLED: "Annulé",
    EventKind.ATTENDED: "Noté présent",
    EventKind.NO_SHOW: "Noté absent",
}
WHO = {Actor.RESIDENT: "la personne", Actor.STAFF: "l’équipe", Actor.SYSTEM: "le service"}


def told(change: Change, catalogue: Catalogue, now: datetime) -> dict[str, str]:
    """One line of the history, in four short texts; an empty one has nothing to say."""
    who = change.user or WHO[change.actor]
    return {
        "at": _when(change.at, now),
        "what": f"{ACTS[_kind(change)]} par {who}, {ROUTES[change.channel]}",
        "why": REASONS[change.reason] if change.reason else "",
        "details": _details(change, catalogue, now),
    }


def _kind(change: Change) -> EventKind:
    """What was taken over and then moved by mistake goes back to the same colleague: it moves."""
    is_same = change.old_counsellor == change.new_counsellor
    is_move = change.kind is EventKind.REASSIGNED and is_same
    return EventKind.MOVED if is_move else change.kind


def _details(change: Change, catalogue: Catalogue, now: datetime) -> str:
    if change.kind is EventKind.BOOKED and change.new_starts_at:
        return f"Pour {_when(change.new_starts_at, now)}"
    kind = _kind(change)
    if kind is EventKind.REASSIGNED:
        given_by = filters.first_upper(of_name(change.old_counsellor or ""))
        return f"{given_by} à {change.new_counsellor}"
    if kind is not EventKind.MOVED or not change.old_starts_at or not change.new_starts_at:
        return ""
    before = ", ".join((_when(change.old_starts_at, now), _place(change.old_venue_id, catalogue)))
    after = ", ".join((_when(change.new_starts_at, now), _place(change.new_venue_id, catalogue)))
    return f"Avant : {before}. Après : {after}"


def _when(instant: datetime, now: datetime) -> str:
    zone = filters.zone()
    return dates.date_time(instant, "fr", zone, dates.local_date(now, zone).year)


def _place(venue_id: int | None, catalogue: Catalogue) -> str:
    return catalogue.venue_by_id(venue_id).name if venue_id else "à domicile"
