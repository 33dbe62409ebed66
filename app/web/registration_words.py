"""What the team reads of a registration, whichever page tells it."""

from app.domain.appointment import CancelledBy
from app.domain.workshops import RegistrationStatus
from app.services.registration_people import PersonRegistration, Reached
from app.web import filters
from app.web.site import dialled


def state_of(registration: PersonRegistration, position: int | None = None) -> str:
    """« Inscrit », « Liste d’attente (numéro 2) », « Annulé (personne) »."""
    if registration.is_workshop_cancelled:
        return "Atelier annulé"
    if registration.status is RegistrationStatus.REGISTERED:
        return "Inscrit" if registration.places == 1 else "Inscrit, 2 places"
    if registration.status is RegistrationStatus.WAITING:
        return f"Liste d’attente (numéro {position})" if position else "Liste d’attente"
    is_own = registration.cancelled_by is CancelledBy.PERSON
    return "Annulé (personne)" if is_own else "Annulé (service)"


def phones_of(who: Reached) -> tuple[tuple[str, str, str], ...]:
    """Whose, the number in words, its link: the person's own, then that of whoever helps them."""
    given = ((who.first_name, who.phone), (who.helper_name or "", who.helper_phone))
    return tuple(
        (whose, filters.phone(number), dialled("tel", number) or "")
        for whose, number in given
        if number
    )
