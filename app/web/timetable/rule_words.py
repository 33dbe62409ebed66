"""Availabilities and cautions in words."""

from collections.abc import Mapping, Sequence

from app.domain.checks import WEEKDAYS
from app.domain.names import of_name
from app.domain.planning_rules import Caution, WarningKind
from app.domain.recurrence import LAST
from app.extensions import db
from app.gateways import dates
from app.services.handover import place_name
from app.services.planning_lists import people_at_work
from app.services.planning_rule_lists import RuleEntry
from app.web.filters import speech
from app.web.site import current_catalogue
from app.web.timetable.words import day_words

RANKS = {
    1: "premier",
    2: "deuxième",
    3: "troisième",
    4: "quatrième",
    5: "cinquième",
    LAST: "dernier",
}


def rhythm_words(rule: RuleEntry) -> str:
    """« Chaque mardi, de 9 h à 12 h », « Le dernier mardi du mois, … »."""
    day = WEEKDAYS[rule.weekday]
    hours = dates.time_range(rule.from_time, rule.to_time, *speech())
    if rule.nth is not None:
        return f"Le {RANKS[rule.nth]} {day} du mois, {hours}"
    if rule.every_weeks > 1:
        return f"Le {day}, toutes les {rule.every_weeks} semaines, {hours}"
    return f"Chaque {day}, {hours}"


Names = Mapping[int, str]


def caution_words(cautions: Sequence[Caution]) -> list[str]:
    """« La mairie est fermée le mercredi. Planifier quand même ? », one sentence for each."""
    names = {each.id: each.first_name for each in people_at_work(db.session())} if cautions else {}
    return [_WORDS[each.kind](each, names) for each in cautions]


def _town_hall(caution: Caution, _names: Names) -> str:
    when = f"le {WEEKDAYS[caution.weekday or 0]}"
    hours = "" if caution.is_whole_day else " à ces heures"
    return f"La mairie est fermée {when}{hours}. Planifier quand même ?"


def _holiday(caution: Caution, _names: Names) -> str:
    return f"Le {_day(caution)} est un jour férié ({caution.name})."


def _colleague(caution: Caution, names: Names) -> str:
    name = _name(caution, names)
    return (
        f"{name} tient déjà une permanence à cette heure ({_place(caution)}), le {_day(caution)}."
    )


def _also_that_day(caution: Caution, names: Names) -> str:
    return f"Ce jour-là, {_name(caution, names)} a déjà des horaires : {_hours_at(caution)}."


def _gives_way(caution: Caution, names: Names) -> str:
    return (
        f"Le {_day(caution)}, personne ne tiendra les horaires {of_name(_name(caution, names))} : "
        f"{_hours_at(caution)}."
    )


def _hours_at(caution: Caution) -> str:
    return _place(caution) if caution.place else "visites à domicile"


def _road(caution: Caution, _names: Names) -> str:
    return (
        f"Il faut {caution.minutes} minutes de route depuis {_place(caution)}, le {_day(caution)}."
        + _first(caution)
    )


def _first(caution: Caution) -> str:
    if caution.first_at is None:
        return ""
    return f" Premier horaire possible : {dates.clock(caution.first_at, *speech())}."


def _name(caution: Caution, names: Names) -> str:
    return names.get(caution.counsellor_id or 0, "Un collègue")


def _place(caution: Caution) -> str:
    return place_name(current_catalogue(), caution.place)


def _day(caution: Caution) -> str:
    return day_words(caution.on) if caution.on else ""


_WORDS = {
    WarningKind.TOWN_HALL_CLOSED: _town_hall,
    WarningKind.HOLIDAY: _holiday,
    WarningKind.COLLEAGUE_THERE: _colleague,
    WarningKind.ROAD: _road,
    WarningKind.ALSO_THAT_DAY: _also_that_day,
    WarningKind.GIVES_WAY: _gives_way,
}
