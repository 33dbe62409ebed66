"""The words of the refusals of workshops, in the language of the page; see `wording`."""

from flask_babel import lazy_gettext as _l

from app.domain import errors, workshop_errors
from app.domain.errors import DomainError

SENTENCES: dict[type[DomainError], object] = {
    workshop_errors.WorkshopUnknown: _l("Nous ne trouvons pas cet atelier."),
    workshop_errors.WorkshopCancelled: _l("Cet atelier est annulé. Choisissez un autre atelier."),
    workshop_errors.WorkshopStarted: _l(
        "Cet atelier a déjà commencé. Pour toute question, %(call)s."
    ),
    workshop_errors.WorkshopFull: _l(
        "Cet atelier est complet depuis quelques minutes. Voulez-vous la liste d’attente ?"
    ),
    workshop_errors.TooManyPlaces: _l(
        "Une inscription est pour une ou deux personnes. Pour un groupe, %(call)s."
    ),
    workshop_errors.CompanionMissing: _l("Écrivez le prénom et le nom de la deuxième personne."),
    workshop_errors.DevicesMissing: _l(
        "Nous n’avons plus assez d’appareils à prêter. Apportez le vôtre ou %(call)s."
    ),
    workshop_errors.TooManyDevices: _l("Une personne, un appareil au plus."),
    workshop_errors.DeviceAnswerMissing: _l("Dites si vous apportez votre appareil."),
    workshop_errors.AlreadyRegistered: _l(
        "Il y a déjà une inscription à ce nom. Retrouvez-la avec son numéro."
    ),
    workshop_errors.PhoneFull: _l(
        "Nous ne pouvons pas prendre une autre inscription avec ce téléphone. %(Call)s."
    ),
    workshop_errors.RegistrationCancelled: _l("Cette inscription est annulée."),
    workshop_errors.AlreadyAlone: _l("Cette inscription est déjà pour une seule personne."),
    workshop_errors.SessionUnknown: _l("Nous ne trouvons pas cette date."),
    workshop_errors.ChangeUnknown: _l(
        "Nous ne savons pas si c’est noté. Appuyez encore sur le même bouton ou %(call)s."
    ),
    workshop_errors.NewsEmailMissing: _l("Écrivez votre adresse e-mail."),
    workshop_errors.NewsConsentMissing: _l("Cochez la case pour être prévenu des ateliers."),
}

FOR_WORKSHOP: dict[type[DomainError], object] = {
    errors.LimitReached: _l(
        "Nous ne pouvons pas prendre une autre inscription avec ce téléphone. %(Call)s."
    ),
    errors.TooManyBookings: _l(
        "Trop d’inscriptions viennent d’être prises ici. Attendez une heure ou %(call)s."
    ),
    errors.FormAlreadyUsed: _l(
        "Cette page a déjà servi pour une autre inscription. Vérifiez, puis confirmez encore."
    ),
    errors.OutcomeUnknown: _l(
        "Nous ne savons pas si votre inscription est enregistrée. "
        "Appuyez encore sur « Confirmer » : elle ne sera pas prise deux fois."
    ),
}
"""Refusals that a booking has too, to somebody who registers."""
