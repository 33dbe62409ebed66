"""The French words of what is held on a person: one line a column, none forgotten (a test asks)."""

from datetime import date, datetime
from typing import Any

from app.domain.journal import JournalAction
from app.gateways import dates
from app.services.export_rows import Facts
from app.web import filters
from app.web.clock import utc_now
from app.web.journal_words import ACTS

LABELS = {
    "id": "Numéro interne",
    "first_name": "Prénom",
    "last_name": "Nom",
    "phone": "Téléphone",
    "email": "Adresse e-mail",
    "commune": "Commune",
    "language": "Langue",
    "to_reconcile": "Fiche à rapprocher",
    "refuses_reminders": "Refuse les rappels",
    "refuses_sms": "Refuse les SMS",
    "refuses_mail": "Refuse les e-mails",
    "created_at": "Créé le",
    "updated_at": "Changé le",
    "uid": "Identifiant pour les agendas",
    "starts_at": "Début",
    "ends_at": "Fin",
    "counsellor": "Avec",
    "place": "Lieu",
    "topic": "Besoin",
    "place_kind": "Où",
    "topic_minutes": "Durée prévue (minutes)",
    "window_minutes": "Heure d’arrivée possible (minutes)",
    "status": "État",
    "cancelled_by": "Annulé par",
    "channel": "Par",
    "booked_at": "Pris le",
    "sequence": "Nombre de changements",
    "version": "Version",
    "reference": "Numéro",
    "link_version": "Version du lien",
    "message_channel": "Messages",
    "message_to": "Messages à",
    "helper_name": "Personne qui aide",
    "helper_phone": "Téléphone de la personne qui aide",
    "helper_relation": "Lien avec la personne qui aide",
    "address_line1": "Adresse",
    "address_line2": "Complément d’adresse",
    "call_time": "Quand appeler",
    "caller": "Appel reçu de",
    "deadline": "Délai proche",
    "note": "Note",
    "arrived_at": "Arrivée",
    "visit_ended_at": "Fin de la visite",
    "is_recorded": "Relevé sans nom fait",
    "at": "Quand",
    "kind": "Quoi",
    "actor": "Fait par",
    "old_starts_at": "Avant",
    "new_starts_at": "Après",
    "reason": "Pourquoi",
    "due_at": "Prévu le",
    "outcome": "Résultat",
    "tried_at": "Essayé le",
    "closed_at": "Terminé le",
    "recipient": "À",
    "expires_at": "Valable jusqu’au",
    "state": "État",
    "round": "Essai numéro",
    "minutes": "Minutes de retard",
    "provider_id": "Numéro chez le transporteur",
    "receipt": "Accusé de réception",
    "receipt_at": "Accusé reçu le",
    "segments": "Nombre de SMS",
    "cost": "Prix (centièmes de centime)",
    "half_day": "Peut venir",
    "reach_minutes": "Trajet possible (minutes)",
    "joined_at": "Sur la liste depuis",
    "refusals": "Places laissées",
    "offered_at": "Proposée le",
    "answer_by": "Réponse avant",
    "workshop": "Atelier",
    "places": "Nombre de places",
    "companion_first_name": "Prénom de la personne qui vient aussi",
    "companion_last_name": "Nom de la personne qui vient aussi",
    "accepts_one": "Accepte une seule place",
    "devices_wanted": "Appareils à prêter",
    "registered_at": "Demandé le",
    "left_list": "A quitté la liste d’attente",
    "came": "Combien sont venus",
    "consented_at": "Demandé le",
    "told_on": "Dernier envoi",
}
CODES = {
    "ABSENT": "pas venu",
    "ACCEPTED": "acceptée",
    "ANY": "peu importe",
    "ATTENDED": "présent",
    "BEFORE_HOME_VISIT": "avant une visite",
    "BENEFITS": "CAF",
    "BOOKED": "pris",
    "AFTERNOON": "l’après-midi",
    "CANCELLED": "annulé",
    "CANCELLED_BY_PERSON": "annulé par la personne",
    "CANCELLED_BY_SERVICE": "annulé par le service",
    "CHANGED": "changement",
    "CONFIRMATION": "confirmation",
    "COUNSELLOR_AWAY": "conseiller absent",
    "DEAD": "pas parti",
    "DECLINED": "refusée",
    "DELIVERED": "reçu",
    "DIGEST": "nouvelles des ateliers",
    "DESK": "accueil",
    "EMAIL": "par e-mail",
    "EXCUSED": "excusé",
    "EXPIRED": "sans réponse",
    "HELPER": "la personne qui aide",
    "HOME": "à domicile",
    "HOME_AIDE": "une aide à domicile",
    "LAST_REMINDER": "rappel de la veille",
    "LATE": "conseiller en retard",
    "LOST": "perdu en route",
    "LOST_NUMBER": "numéro de rendez-vous retrouvé",
    "MESSAGE_LEFT": "message laissé",
    "MISSED": "rendez-vous manqué",
    "MISTAKE": "erreur",
    "MORNING": "le matin",
    "MOVED": "déplacé",
    "MOVED_BY_SERVICE": "déplacé par le service",
    "NEIGHBOUR": "un voisin ou un ami",
    "NONE": "aucun",
    "NOT_NEEDED": "plus nécessaire",
    "NO_ANSWER": "pas de réponse",
    "NO_SHOW": "absent",
    "OFFER": "place libre proposée",
    "OTHER": "autre",
    "PAPER": "sur papier",
    "PENDING": "à envoyer",
    "PERSON": "la personne",
    "PERSON_ASKED": "à la demande de la personne",
    "PHONE": "téléphone",
    "PROFESSIONAL": "un professionnel",
    "REACHED": "joint",
    "REASSIGNED": "confié à un collègue",
    "REGISTERED": "inscrit",
    "RELATIVE": "un proche",
    "REMINDER": "rappel",
    "RESIDENCE_PERMIT": "titre de séjour",
    "RESIDENT": "la personne",
    "RUNNING_LATE": "retard",
    "SATISFACTION": "trois questions",
    "SENT": "envoyé",
    "SERVICE": "le service",
    "SKIPPED": "pas envoyé",
    "SMS": "par SMS",
    "STAFF": "un agent",
    "SYSTEM": "le site",
    "TAXES": "impôts",
    "TIMETABLE_CHANGED": "horaires changés",
    "TO_MOVE": "à déplacer",
    "UNDELIVERED": "message non remis",
    "VENUE": "dans un lieu",
    "VENUE_CLOSED": "lieu fermé",
    "VOICE": "par téléphone",
    "WAITING": "sur la liste d’attente",
    "WITHDRAWN": "retirée",
    "WALK_IN": "venu sans rendez-vous",
    "WEB": "Internet",
    "address refused": "adresse ou numéro refusé",
    "ceiling": "plafond du mois atteint",
    "erased": "personne effacée",
    "expired": "trop tard",
    "no address": "pas d’adresse",
    "no way out": "plus de numéro pour le « STOP »",
    "no hour left": "trop tard",
    "not a mobile": "pas un téléphone portable",
    "not booked": "rendez-vous annulé",
    "refused": "refusé par la personne",
    "superseded": "remplacé par un autre",
    "undone": "changement annulé",
    "untrue": "plus vrai",
    "worker died": "arrêt du site à chaque essai",
}
"""A code has one meaning, whatever its column."""
CODED = frozenset(
    {
        "place_kind", "status", "cancelled_by", "channel", "message_channel", "message_to",
        "helper_relation", "call_time", "caller", "deadline", "kind", "actor", "reason", "outcome",
        "recipient", "state", "receipt", "half_day",
    }
)  # fmt: skip
Line = tuple[str, str]


def told_person(facts: Facts) -> list[Line]:
    """The card, line by line."""
    return list(_lines(facts))


def told_appointment(facts: Facts) -> dict[str, Any]:
    """An appointment: its lines, then its history, calls and messages, line by line."""
    own = {name: value for name, value in facts.items() if not isinstance(value, list)}
    parts = (("Historique", "history"), ("Appels", "calls"), ("Messages", "messages"))
    return {
        "title": _said("starts_at", facts["starts_at"]),
        "lines": _lines(own),
        "parts": [(title, [_lines(each) for each in facts[name]]) for title, name in parts],
    }


def told_waiting(facts: Facts) -> dict[str, Any]:
    """A place on the waiting list: its lines, then the places that were offered."""
    own = {name: value for name, value in facts.items() if name != "offers"}
    offers = [_lines(each) for each in facts["offers"]]
    return {
        "title": _said("joined_at", facts["joined_at"]),
        "lines": _lines(own),
        "parts": [("Places proposées", offers)],
    }


def told_registration(facts: Facts) -> dict[str, Any]:
    """A registration for a workshop: its lines, then its dates, offers, calls and messages."""
    own = {name: value for name, value in facts.items() if not isinstance(value, list)}
    parts = (
        ("Dates", "dates"),
        ("Places proposées", "offers"),
        ("Appels", "calls"),
        ("Messages", "messages"),
    )
    return {
        "title": facts["workshop"],
        "lines": _lines(own),
        "parts": [(title, [_lines(each) for each in facts[name]]) for title, name in parts],
    }


def told_news(facts: Facts) -> list[Line]:
    """A consent to news of workshops, line by line."""
    return _lines(facts)


def told_looks(looks: list[Facts]) -> list[Line]:
    """When the team looked at the card, and what was done."""
    return [(_said("at", look["at"]), ACTS[JournalAction(look["action"])]) for look in looks]


def _lines(facts: Facts) -> list[Line]:
    """What is known, in words; what is empty is left out."""
    return [
        (LABELS[name], _said(name, value))
        for name, value in facts.items()
        if value is not None and value != ""
    ]


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name in {"at", "answer_by"} or name.endswith("_at"):
        zone = filters.zone()
        this_year = dates.local_date(utc_now(), zone).year
        return dates.date_time(datetime.fromisoformat(value), "fr", zone, this_year)
    if name.endswith("_on"):
        return dates.long_date(date.fromisoformat(value), "fr", filters.zone())
    return CODES.get(value, value) if name in CODED else str(value)
