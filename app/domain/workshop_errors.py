"""The refusals of workshops, as types; their words are in `app/web/wording.py`."""

from app.domain.errors import DomainError


class WorkshopUnknown(DomainError):
    code, status = "workshop_unknown", 404


class WorkshopCancelled(DomainError):
    code, status = "workshop_cancelled", 409


class WorkshopStarted(DomainError):
    """Its first date has begun: nobody registers any more, nobody is offered a place."""

    code, status = "workshop_started", 409


class WorkshopFull(DomainError):
    """No place for them, and they have not said that they would wait."""

    code, status = "workshop_full", 409


class TooManyPlaces(DomainError):
    code, field = "too_many_places", "places"


class CompanionMissing(DomainError):
    code, field = "companion_missing", "accompagnant_prenom"


class DevicesMissing(DomainError):
    """Not so many devices are left to lend."""

    code, field = "devices_missing", "appareil"


class TooManyDevices(DomainError):
    """More devices than people."""

    code, field = "too_many_devices", "appareil"


class DeviceAnswerMissing(DomainError):
    """They have not said whether they bring a device."""

    code, field = "device_answer_missing", "appareil"


class AlreadyRegistered(DomainError):
    """The same names with the same telephone."""

    code, status = "already_registered", 409


class PhoneFull(DomainError):
    """That telephone has as many places of this workshop as one may."""

    code, field, status = "phone_full", "telephone", 409


class RegistrationCancelled(DomainError):
    code, status = "registration_cancelled", 409


class AlreadyAlone(DomainError):
    """One of two gives up: there is one left only."""

    code, status = "already_alone", 409


class SessionUnknown(DomainError):
    code, status = "session_unknown", 404


class NewsEmailMissing(DomainError):
    """News of the workshops go to an e-mail address."""

    code, field = "news_email_missing", "email"


class NewsConsentMissing(DomainError):
    """Nobody gets news who has not ticked the box (GDPR 6-1-a)."""

    code, field = "news_consent_missing", "accord"


class ChangeUnknown(DomainError):
    """The database went silent while noting a change: pressing again settles it."""

    code, status = "change_unknown", 503
