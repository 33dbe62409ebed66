"""Kinds, channels and states of messages in the words of the team."""

from datetime import datetime

from app.domain.access import Action
from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.domain.sending import Ending, SkipReason
from app.gateways import dates
from app.services.message_log import Logged
from app.web import filters
from app.web.access import may
from app.web.clock import utc_now

KINDS = {
    MessageKind.CONFIRMATION: "Confirmation",
    MessageKind.CHANGED: "Nouvelle date",
    MessageKind.CANCELLED_BY_PERSON: "Annulation par la personne",
    MessageKind.CANCELLED_BY_SERVICE: "Annulation par le service",
    MessageKind.REMINDER: "Rappel",
    MessageKind.LAST_REMINDER: "Rappel de la veille",
    MessageKind.MISSED: "Rendez-vous manqué",
    MessageKind.SATISFACTION: "Trois questions",
    MessageKind.LOST_NUMBER: "Numéro de rendez-vous retrouvé",
    MessageKind.LATE: "Conseiller en retard",
    MessageKind.OFFER: "Place libre proposée",
    MessageKind.WAITING: "Liste d’attente d’un atelier",
    MessageKind.DIGEST: "Prochains ateliers",
}
OF_A_WORKSHOP = {
    MessageKind.CONFIRMATION: "Confirmation d’un atelier",
    MessageKind.CHANGED: "Changement d’un atelier",
    MessageKind.CANCELLED_BY_PERSON: "Annulation d’un atelier par la personne",
    MessageKind.CANCELLED_BY_SERVICE: "Annulation d’un atelier par le service",
    MessageKind.REMINDER: "Rappel d’un atelier",
    MessageKind.LAST_REMINDER: "Rappel d’un atelier, la veille",
    MessageKind.LOST_NUMBER: "Numéro d’inscription retrouvé",
    MessageKind.OFFER: "Place d’atelier proposée",
}
OF_NEWS = {MessageKind.CONFIRMATION: "Nouvelles des ateliers demandées"}
CHANNELS = {MessageChannel.SMS: "SMS", MessageChannel.EMAIL: "E-mail"}
FAILED = "l’envoi a échoué plusieurs fois"
REASONS = {
    SkipReason.EXPIRED: "il était trop tard",
    SkipReason.SUPERSEDED: "un message plus récent le remplace",
    SkipReason.NOT_BOOKED: "la personne n’est plus attendue",
    SkipReason.UNTRUE: "il n’était plus vrai",
    SkipReason.ERASED: "la personne est effacée",
    SkipReason.NO_ADDRESS: "pas de numéro ni d’adresse",
    SkipReason.REFUSED: "la personne le refuse",
    SkipReason.NO_WAY_OUT: "plus de numéro pour le « STOP »",
    SkipReason.NOT_MOBILE: "ce n’est pas un téléphone portable",
    SkipReason.CEILING: "plafond du mois atteint",
}
ENDINGS = {
    Ending.ADDRESS_REFUSED: "numéro ou adresse refusés",
    Ending.WORKER_DIED: FAILED,
    Ending.NO_HOUR_LEFT: "il était trop tard",
    Ending.UNDONE: "le changement a été annulé",
}


def state_of(message: Logged) -> str:
    """« Reçu jeudi 3 décembre à 10 h », « Perdu : appeler », « Non envoyé : … »."""
    if message.receipt is Receipt.LOST:
        return "Perdu : appeler"
    if message.receipt is Receipt.DELIVERED:
        return f"Reçu {_when(message.receipt_at or message.closed_at)}"
    if message.state is OutboxState.SENT:
        return f"Parti {_when(message.closed_at)}"
    if message.state is OutboxState.PENDING:
        return _waiting(message)
    return f"Non envoyé : {why_not(message)}"


def receipt_of(message: Logged) -> tuple[str, str]:
    """Its name and its state; for whoever may ask the carrier about it, its number there too."""
    state = state_of(message)
    if message.provider_id and may(Action.MANAGE_MESSAGES):
        state = f"{state} (n° {message.provider_id} chez l’opérateur)"
    return label_of(message), state


def _waiting(message: Logged) -> str:
    if message.attempts and message.outcome:
        return f"En attente : nouvel essai {_when(message.due_at)}"
    if message.due_at > utc_now():
        return f"En attente : part {_when(message.due_at)}"
    return "En attente"


def why_not(message: Logged) -> str:
    """Why it did not leave."""
    if message.receipt is Receipt.LOST:
        return "perdu en route"
    if message.outcome in set(SkipReason):
        return REASONS[SkipReason(message.outcome)]
    if message.outcome in set(Ending):
        return ENDINGS[Ending(message.outcome)]
    return FAILED


def kind_of(kind: MessageKind, about: SubjectKind) -> str:
    """« Rappel », « Rappel d’un atelier »."""
    own = {
        SubjectKind.REGISTRATION: OF_A_WORKSHOP,
        SubjectKind.PLACES: OF_A_WORKSHOP,
        SubjectKind.NEWS: OF_NEWS,
    }
    return own.get(about, KINDS).get(kind) or KINDS[kind]


def label_of(message: Logged) -> str:
    """« SMS, rappel »."""
    kind = kind_of(message.kind, message.about)
    return f"{CHANNELS[message.channel]}, {kind[:1].lower()}{kind[1:]}"


def _when(at: datetime | None) -> str:
    if at is None:
        return ""
    zone = filters.zone()
    return dates.date_time(at, "fr", zone, dates.local_date(utc_now(), zone).year)
