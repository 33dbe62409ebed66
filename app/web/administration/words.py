"""What the pages of administration call roles and facts."""

from datetime import UTC, date, datetime
from typing import Any

from app.domain.access import Role
from app.domain.journal import JournalAction
from app.gateways import dates
from app.services.purge_words import PARTS

ROLES = {
    Role.COORDINATOR: "Coordination",
    Role.COUNSELLOR: "Conseiller numérique",
    Role.CCAS_AGENT: "Accueil (CCAS, mairie)",
    Role.REFERENT: "Référent de commune",
    Role.COMMITTEE: "Élu, comité de pilotage",
}
FACTS = {
    "role": "rôle",
    "fields": "champs",
    "from": "depuis la fiche",
    "into": "vers la fiche",
    "appointments": "rendez-vous",
    "refuses": "refuse",
    "purpose": "lien",
    "lines": "lignes",
    "revision": "version",
    "keys": "champs",
    "step": "étape",
    "left": "il en reste",
    "sms": "refuse les SMS",
    "mail": "refuse les e-mails",
    "reminders": "refuse les rappels",
    "kind": "message",
    "what": "quoi",
    "active": "proposé",
    "channel": "par",
    "language": "langue",
    "part": "partie",
    "from_counsellor": "agenda d’avant",
    "to_counsellor": "agenda d’après",
    "reason": "raison",
    "walk_in": "sans rendez-vous",
    "outcome": "résultat",
    "failure": "cause",
    "level": "détail",
    "change": "changement",
    "since": "à partir du",
    "idle_days": "jours sans connexion",
    "workshop": "atelier n°",
    "dates": "dates",
    "date": "date n°",
    "came": "personnes inscrites et venues",
    "walk_ins": "venues sans inscription",
    "half_year": "semestre",
    "missing": "relevés qui manquent",
    "shared": "clé",
    "valid_from": "valable du",
    "valid_until": "au",
    "made_at": "créée le",
}
VALUES = {
    **{role.value: text.lower() for role, text in ROLES.items()},
    "COUNSELLOR_AWAY": "conseiller absent",
    "VENUE_CLOSED": "lieu fermé",
    "TIMETABLE_CHANGED": "horaires changés",
    "INVITATION": "invitation",
    "RESET": "nouveau mot de passe",
    "texts": "textes et places",
    "date": "date, heure ou lieu",
    "counsellors": "conseillers",
    "one_date": "une date",
    "COST": "coût",
    "TIME": "temps",
    "True": "oui",
    "False": "non",
}


def told_facts(action: JournalAction, facts: dict[str, Any]) -> str:
    """« rôle : coordination ; champs : phone » ; codes of other parts as they are.

    A purge tells its own parts: some bear the name of another fact.
    """
    words = PARTS if action is JournalAction.PURGED else FACTS
    told = (f"{words.get(name, name)} : {_told(value)}" for name, value in facts.items())
    return " ; ".join(told)


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_told(each) for each in value)
    day = _day(value)
    if day is not None:
        return dates.long_date(day, "fr", UTC, this_year=0)  # always with its year
    return VALUES.get(str(value), str(value))


def _day(value: Any) -> date | None:
    """The day of a date or an instant, as facts keep them (ISO)."""
    try:
        return (
            datetime.fromisoformat(value).date()
            if isinstance(value, str) and "-" in value
            else None
        )
    except ValueError:
        return None
