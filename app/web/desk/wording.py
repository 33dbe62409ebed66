"""The words of refusals as a clerk reads them: the answers are somebody else's."""

from app.domain import errors, staff_errors, workshop_errors
from app.domain.errors import DomainError
from app.domain.slots import Refusal, RefusalCode
from app.services.catalogue import Catalogue
from app.web.wording import sentence

OURS: dict[type[DomainError], str] = {
    errors.CommuneMissing: "Choisissez la commune de la personne.",
    errors.CommuneUnknown: "Choisissez la commune de la personne.",
    errors.CommuneElsewhere: "Nous n’allons pas dans cette commune.",
    errors.TopicMissing: "Choisissez le besoin.",
    errors.TopicUnknown: "Choisissez le besoin.",
    errors.TimeMissing: "Choisissez une heure.",
    errors.FirstNameMissing: "Écrivez le prénom de la personne.",
    errors.LastNameMissing: "Écrivez le nom de la personne.",
    errors.PhoneMissing: "Écrivez le téléphone, ou choisissez une confirmation sans SMS.",
    errors.MessageChannelMissing: "Choisissez comment confirmer.",
    errors.EmailMissing: "Écrivez l’adresse e-mail, ou choisissez un autre moyen.",
    errors.AddressMissing: "Écrivez l’adresse de la visite.",
    errors.CallTimeMissing: "Choisissez quand appeler la personne.",
    errors.HelperNameMissing: "Écrivez le nom de la personne qui appelle.",
    errors.HelperPhoneMissing: "Écrivez le téléphone de la personne qui appelle.",
    errors.HelperRelationMissing: "Choisissez le lien avec la personne.",
    errors.FormAlreadyUsed: "Cette page a déjà servi. Vérifiez, puis enregistrez encore.",
    errors.OutcomeUnknown: (
        "Nous ne savons pas si le rendez-vous est enregistré. Appuyez encore sur "
        "« Enregistrer le rendez-vous » : il ne sera pas pris deux fois."
    ),
    workshop_errors.WorkshopStarted: "Cet atelier a déjà commencé. Choisissez-en un autre.",
    workshop_errors.WorkshopFull: (
        "Cet atelier est complet. Si la personne veut attendre, cochez « Sur la liste d’attente »."
    ),
    workshop_errors.DevicesMissing: "Il n’y a plus assez d’appareils à prêter.",
    staff_errors.DeadlineMissing: (
        "Cette place est gardée pour les délais proches. Choisissez le délai de la personne."
    ),
}


UNKNOWN_ON_LIST = (
    "Nous ne savons pas si la personne est sur la liste d’attente. Appuyez encore sur "
    "« Mettre sur la liste d’attente » : elle n’y sera pas deux fois."
)


def desk_sentence(refusal: DomainError, *, for_list: bool = False) -> str:
    """What the clerk reads; where nothing is said otherwise, the words of all pages."""
    if for_list and isinstance(refusal, errors.OutcomeUnknown):
        return UNKNOWN_ON_LIST
    return OURS.get(type(refusal)) or sentence(refusal)


REASONS = {
    RefusalCode.HORIZON: "date trop lointaine",
    RefusalCode.DESK_ONLY: "gardé pour les délais proches",
    RefusalCode.OWN_RESIDENTS: "gardé pour les habitants de la commune",
    RefusalCode.ENGAGED: "déjà pris",
    RefusalCode.OPENING_ELSEWHERE: "permanence {at}",
    RefusalCode.TRAVEL_BEFORE: "trajet {minutes} min depuis {place}",
    RefusalCode.TRAVEL_AFTER: "trajet {minutes} min vers {place}",
    RefusalCode.BUFFER_BEFORE: "pause de {minutes} min",
    RefusalCode.BUFFER_AFTER: "pause de {minutes} min",
    RefusalCode.STRANDS: "laisserait un temps trop court",
}


def reason(refusal: Refusal, catalogue: Catalogue) -> str:
    """Why a time cannot be had: « trajet 25 min depuis Arvert »."""
    other = catalogue.commune_by_id(refusal.other.commune_id) if refusal.other else None
    return REASONS.get(refusal.code, "pas libre").format(
        minutes=refusal.minutes,
        place=other.name if other else "",
        at=other.name_in if other else "ailleurs",
    )
