"""The words of every refusal, in the language of the page. The reasons live in `domain.errors`."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain import errors, survey_errors, waiting_errors
from app.domain.errors import DomainError
from app.gateways.dates import minutes
from app.web import staff_wording, workshop_wording
from app.web.clock import utc_now
from app.web.filters import phone
from app.web.language import current_language
from app.web.site import current_catalogue, known_catalogue, of_commune

SENTENCES: dict[type[DomainError], object] = {
    errors.CommuneMissing: _l("Choisissez votre commune."),
    errors.CommuneUnknown: _l("Nous ne connaissons pas cette commune. Choisissez votre commune."),
    errors.CommuneElsewhere: _l(
        "%(service)s aide d’abord les habitants des communes membres. %(Call)s."
    ),
    errors.CommuneDeparted: _l("La commune %(name_of)s ne participe plus à %(service)s."),
    errors.TopicMissing: _l(
        "Choisissez une réponse. Si vous hésitez, choisissez « Autre chose, ou je ne sais pas »."
    ),
    errors.TopicUnknown: _l("Cette aide n’existe pas. Choisissez une réponse dans la liste."),
    errors.MobilityMissing: _l("Choisissez une réponse."),
    errors.TimeMissing: _l("Choisissez une heure."),
    errors.SlotNotOffered: _l("Cette heure n’est plus proposée. Choisissez une autre heure."),
    errors.SlotTaken: _l(
        "Cette heure vient d’être prise par une autre personne. Choisissez une autre heure."
    ),
    errors.SlotTooSoon: _l("Cette heure est trop proche. Choisissez une autre heure."),
    errors.SlotTooFar: _l("Cette date est trop lointaine. Choisissez une autre heure."),
    errors.FirstNameMissing: _l("Écrivez votre prénom."),
    errors.LastNameMissing: _l("Écrivez votre nom."),
    errors.NameTooLong: _l("Ce nom est trop long. Écrivez 80 lettres au plus."),
    errors.NameUnreadable: _l(
        "Nous ne pouvons pas lire ce nom. Écrivez-le avec des lettres seulement."
    ),
    errors.PhoneMissing: _l("Écrivez votre numéro de téléphone."),
    errors.PhoneIncomplete: _l(
        "Ce numéro de téléphone est incomplet. Il faut 10 chiffres, par exemple 06 39 98 12 34."
    ),
    errors.PhoneTooLong: _l("Ce numéro de téléphone a trop de chiffres."),
    errors.PhoneUnreadable: _l(
        "Ce numéro de téléphone n’est pas juste. Écrivez 10 chiffres, par exemple 06 39 98 12 34."
    ),
    errors.PhonePremium: _l(
        "Nous ne pouvons pas appeler un numéro en 08. Écrivez un autre numéro de téléphone."
    ),
    errors.SmsToLandline: _l(
        "Nous ne pouvons pas envoyer de SMS à un téléphone fixe. Choisissez un autre moyen."
    ),
    errors.SmsAbroad: _l(
        "Nous ne pouvons pas envoyer de SMS à un téléphone étranger. Choisissez un autre moyen."
    ),
    errors.MessageChannelMissing: _l("Choisissez comment recevoir la confirmation."),
    errors.EmailMissing: _l("Écrivez votre adresse e-mail, ou choisissez un autre moyen."),
    errors.EmailMalformed: _l(
        "Il manque une partie de l’adresse e-mail, par exemple nom@exemple.fr."
    ),
    errors.HelperNameMissing: _l("Écrivez votre nom : vous aidez cette personne."),
    errors.HelperPhoneMissing: _l("Écrivez votre numéro de téléphone : vous aidez cette personne."),
    errors.HelperRelationMissing: _l("Choisissez votre lien avec cette personne."),
    errors.RecipientMissing: _l("Choisissez à qui envoyer les messages."),
    errors.ConsentMissing: _l("Cochez la case si la personne est d’accord."),
    errors.AddressMissing: _l("Écrivez l’adresse où nous pouvons venir."),
    errors.AddressTooLong: _l("Cette adresse est trop longue. Écrivez 150 lettres au plus."),
    errors.AddressUnreadable: _l(
        "Nous ne pouvons pas lire cette adresse. Écrivez des lettres et des chiffres."
    ),
    errors.CallTimeMissing: _l("Choisissez quand nous pouvons vous appeler."),
    errors.AskedAgain: _l("Relisez vos réponses, puis appuyez encore sur « Continuer »."),
    errors.LimitReached: _l(
        "Nous ne pouvons pas prendre un autre rendez-vous avec ce téléphone. %(Call)s."
    ),
    errors.AddresseeLimitReached: _l(
        "Ce téléphone ou cette adresse e-mail reçoit déjà beaucoup de messages aujourd’hui. "
        "Attendez demain ou %(call)s."
    ),
    errors.TooManyTries: _l("Trop d’essais. Attendez %(block)s ou %(call)s."),
    errors.TooManyBookings: _l(
        "Trop de rendez-vous viennent d’être pris ici. Attendez une heure ou %(call)s."
    ),
    errors.FormAlreadyUsed: _l(
        "Cette page a déjà servi pour un autre rendez-vous. Vérifiez, puis confirmez encore."
    ),
    errors.ReferenceMissing: _l("Écrivez votre numéro de rendez-vous."),
    errors.ReferenceIncomplete: _l("Le numéro a 6 chiffres. Il en manque."),
    errors.ReferenceTooLong: _l("Le numéro a 6 chiffres. Il y en a trop."),
    errors.AppointmentNotFound: _l(
        "Nous ne trouvons pas de rendez-vous avec ce numéro et ce téléphone. "
        "Vérifiez les chiffres ou %(call)s."
    ),
    errors.LinkUnknown: _l("Nous ne trouvons pas ce rendez-vous."),
    errors.LinkExpired: _l("Ce lien ne fonctionne plus. Le rendez-vous est passé."),
    errors.AppointmentPast: _l("Ce rendez-vous est passé. Pour toute question, %(call)s."),
    errors.TooManyChanges: _l(
        "Vous avez changé la date plusieurs fois. Attendez une heure ou %(call)s."
    ),
    errors.TooManyChangesToday: _l(
        "Vous avez changé la date plusieurs fois aujourd’hui. Attendez demain ou %(call)s."
    ),
    errors.TooLateToChange: _l(
        "Votre rendez-vous est dans moins de %(limit)s. Vous pouvez encore l’annuler ici. "
        "Pour changer la date, %(call)s."
    ),
    errors.TooLateToCancel: _l("Il est trop tard pour annuler ici. Pour annuler, %(call)s."),
    errors.AppointmentCancelled: _l("Ce rendez-vous est annulé."),
    errors.OutcomeUnknown: _l(
        "Nous ne savons pas si votre rendez-vous est enregistré. "
        "Appuyez encore sur « Confirmer » : il ne sera pas pris deux fois."
    ),
    errors.CancelUnknown: _l(
        "Nous ne savons pas si c’est annulé. Appuyez encore sur « Oui, annuler » ou %(call)s."
    ),
    errors.DatabaseUnavailable: _l(
        "Le site ne répond pas. Rien n’est enregistré. Réessayez dans quelques minutes ou %(call)s."
    ),
    survey_errors.SurveyLinkUnknown: _l(
        "Ce lien sert une seule fois, pendant 30 jours. "
        "Si vous avez déjà répondu, votre réponse est bien enregistrée : merci beaucoup."
    ),
    survey_errors.SurveyEmpty: _l("Répondez au moins à une question."),
    waiting_errors.OfferGone: _l("Cette place n’est plus libre pour vous."),
    waiting_errors.OfferUnknown: _l("Cette place n’est plus proposée."),
    waiting_errors.WaitingUnknown: _l("Vous n’êtes plus sur la liste d’attente avec ce lien."),
    waiting_errors.HalfDayMissing: _l("Choisissez un moment de la journée."),
    **workshop_wording.SENTENCES,
    **staff_wording.SENTENCES,
}

FOR_ANOTHER: dict[type[DomainError], object] = {
    errors.CommuneMissing: _l("Choisissez la commune de la personne."),
    errors.CommuneUnknown: _l(
        "Nous ne connaissons pas cette commune. Choisissez la commune de la personne."
    ),
    errors.FirstNameMissing: _l("Écrivez le prénom de la personne."),
    errors.LastNameMissing: _l("Écrivez le nom de la personne."),
    errors.PhoneMissing: _l("Écrivez le numéro de téléphone de la personne."),
    errors.EmailMissing: _l(
        "Écrivez l’adresse e-mail pour les messages, ou choisissez un autre moyen."
    ),
    errors.AddressMissing: _l("Écrivez l’adresse de la personne."),
    errors.CallTimeMissing: _l("Choisissez quand nous pouvons appeler la personne."),
}
"""The same refusals, to somebody who books for another person."""

PAGE_EXPIRED = _l("Cette page est restée ouverte longtemps. Appuyez encore sur le bouton.")


def sentence(refusal: DomainError, *, for_another: bool = False, for_workshop: bool = False) -> str:
    """The one sentence that tells this refusal, with the service's name and phone where needed."""
    words = FOR_ANOTHER.get(type(refusal)) if for_another else None
    if for_workshop:
        words = workshop_wording.FOR_WORKSHOP.get(type(refusal), words)
    catalogue = known_catalogue() or current_catalogue()
    commune = refusal.facts.get("commune")
    call = call_us(catalogue.service.get("phone"))
    limit = minutes(catalogue.settings.change_until_minutes, current_language())
    block = minutes(catalogue.settings.lookup_block_minutes, current_language())
    return str(words or SENTENCES[type(refusal)]) % {
        **staff_wording.told_facts(refusal.facts, catalogue.timezone, utc_now()),
        "service": catalogue.service["name"],
        "call": call,
        "Call": call[:1].upper() + call[1:],
        "name_of": of_commune(commune) if commune else "",
        "limit": limit,
        "block": block,
    }


def call_us(number: str | None) -> str:
    """« appelez le 05 … », or the town hall where the service has no phone yet."""
    if not number:
        return str(gettext("appelez votre mairie"))
    return str(gettext("appelez le %(number)s", number=phone(number)))
