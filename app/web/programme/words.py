"""What is in the way of a date, levels and themes in words: French, for the team."""

from datetime import datetime

from app.domain.checks import WEEKDAYS
from app.domain.names import of_name
from app.domain.programme_conflicts import Conflict, ConflictKind, DateCheck
from app.domain.workshops import Level
from app.extensions import db
from app.gateways import dates
from app.services.handover import place_name
from app.services.planning_lists import people_at_work
from app.services.programme_cancelling import Impact
from app.web.clock import utc_now
from app.web.filters import first_upper, speech
from app.web.programme.blueprint import blueprint
from app.web.site import current_catalogue

LEVELS = {
    Level.BEGINNER: "Débutant",
    Level.INTERMEDIATE: "Intermédiaire",
    Level.ADVANCED: "Avancé",
}


@blueprint.app_template_global()
def date_words(starts_at: datetime, ends_at: datetime) -> str:
    """« Mardi 8 décembre, de 14 h à 16 h »."""
    zone = speech().zone
    hours = dates.time_range(starts_at, ends_at, *speech())
    year = dates.local_date(utc_now(), zone).year
    day = dates.long_date(dates.local_date(starts_at, zone), *speech(), year)
    return f"{first_upper(day)}, {hours}"


def conflict_words(conflict: Conflict) -> str:
    """« Karim a déjà un rendez-vous ou un atelier à cette heure (Mairie d’Arvert). »"""
    return _SENTENCES[conflict.kind].format(
        who=_name(conflict) or "Ce conseiller",
        whose=of_name(_name(conflict) or "ce conseiller"),
        place=place_name(current_catalogue(), conflict.place),
        minutes=conflict.minutes,
        first=_first(conflict),
        name=conflict.name,
        when=_when_closed(conflict),
    )


_SENTENCES = {
    ConflictKind.GONE: "{who} n’est plus en activité.",
    ConflictKind.AWAY: "{who} est absent ce jour-là.",
    ConflictKind.ENGAGED: (
        "{who} a déjà un rendez-vous ou un atelier à cette heure ({place}), "
        "installation et rangement compris."
    ),
    ConflictKind.ROAD: "{who} : il faut {minutes} minutes de route depuis {place}.{first}",
    ConflictKind.VENUE_CLOSED: "Le lieu est fermé ce jour-là ({place}).",
    ConflictKind.NOT_SERVED: "La convention de la commune ne couvre pas cette date.",
    ConflictKind.PAST: "Cette heure est passée.",
    ConflictKind.HOLIDAY: "C’est un jour férié ({name}).",
    ConflictKind.PERMANENCE: (
        "{who} a une permanence ou des visites à cette heure : "
        "les heures libres ne seront plus proposées."
    ),
    ConflictKind.PERMANENCE_ROAD: (
        "{who} : il faut {minutes} minutes de route depuis la permanence ({place}), "
        "qui sera écourtée."
    ),
    ConflictKind.OWN_AGENDA: "L’agenda personnel {whose} est occupé à cette heure.",
    ConflictKind.COLLEAGUE_THERE: "{who} est déjà dans ce lieu à cette heure ({place}).",
    ConflictKind.TOWN_HALL_CLOSED: "La mairie est fermée {when} ({place}). Qui ouvre la porte ?",
}


def _name(conflict: Conflict) -> str | None:
    names = {each.id: each.first_name for each in people_at_work(db.session())}
    return names.get(conflict.counsellor_id or 0)


def _when_closed(conflict: Conflict) -> str:
    """« le mercredi », « le mercredi à ces heures »."""
    hours = "" if conflict.is_whole_day else " à ces heures"
    return f"le {WEEKDAYS[conflict.weekday or 0]}{hours}"


def _first(conflict: Conflict) -> str:
    if conflict.first_at is None:
        return ""
    return f" Premier horaire possible : {dates.clock(conflict.first_at, *speech())}."


def check_item(check: DateCheck, value: str, title: str, *, ticked: bool) -> dict[str, object]:
    """A box to tick: the date, and what is to be known of it; what is refused cannot be ticked."""
    when = date_words(check.starts_at, check.ends_at)
    text = f"{when} · {title}" if title else when
    if check.conflicts and not check.is_refused and not check.is_proposed:
        text += " · planifier quand même"
    said = " ".join(conflict_words(each) for each in check.conflicts)
    hint = {"hint": {"text": f"Impossible. {said}" if check.is_refused else said}} if said else {}
    return {
        "value": value,
        "text": text,
        "checked": ticked and not check.is_refused,
        "disabled": check.is_refused,
        **hint,
    }


def impact_words(impact: Impact) -> list[str]:
    """Who is touched: « 5 personnes inscrites », « 2 en attente », « 1 inscription à appeler »."""
    people, waiting, calls = impact.people, impact.waiting, impact.calls
    if not people and not waiting:
        return ["Personne n’est inscrit."]
    told = [f"{people} personnes inscrites" if people > 1 else f"{people} personne inscrite"]
    if waiting:
        told.append(f"{waiting} inscriptions en attente" if waiting > 1 else "1 en attente")
    if calls:
        told.append(f"{calls} inscriptions à appeler" if calls > 1 else "1 inscription à appeler")
    else:
        told.append("Tout le monde reçoit un message.")
    return told
