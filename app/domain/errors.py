"""Every refusal, as a type. Their French and English words live in `app/web/wording.py`.

`field` names the answer to correct, `facts` what the sentence needs; neither holds a person.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A rule said no; nothing was changed."""

    code: ClassVar[str] = "refused"
    field: ClassVar[str | None] = None
    status: ClassVar[int] = 422
    """The HTTP answer that tells the same thing to a machine."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


# ---- the answers of the first steps


class CommuneMissing(DomainError):
    code, field = "commune_missing", "commune"


class CommuneUnknown(DomainError):
    code, field = "commune_unknown", "commune"


class CommuneElsewhere(DomainError):
    """« Une autre commune », where the territory turns other communes away."""

    code, field = "commune_elsewhere", "commune"


class CommuneDeparted(DomainError):
    """The commune is known but no longer (or not yet) served."""

    code, field = "commune_departed", "commune"


class TopicMissing(DomainError):
    code, field = "topic_missing", "besoin"


class TopicUnknown(DomainError):
    code, field = "topic_unknown", "besoin"


class MobilityMissing(DomainError):
    code, field = "mobility_missing", "deplacement"


# ---- the time


class TimeMissing(DomainError):
    code, field = "time_missing", "debut"


class SlotGone(DomainError):
    """This time cannot be had; others can: what was typed is kept, and they are offered."""

    field, status = "debut", 409


class SlotNotOffered(SlotGone):
    """No opening holds this time (forged, or the timetable changed)."""

    code = "slot_not_offered"


class SlotTaken(SlotGone):
    """Somebody took the place meanwhile, or the counsellor cannot be there in time any more."""

    code = "slot_taken"


class SlotTooSoon(SlotGone):
    code = "slot_too_soon"


class SlotTooFar(SlotGone):
    code = "slot_too_far"


# ---- the person


class FirstNameMissing(DomainError):
    code, field = "first_name_missing", "prenom"


class LastNameMissing(DomainError):
    code, field = "last_name_missing", "nom"


class NameTooLong(DomainError):
    code, field = "name_too_long", "nom"


class NameUnreadable(DomainError):
    """Control or direction characters, markup or formulas: no name has them."""

    code, field = "name_unreadable", "nom"


class PhoneMissing(DomainError):
    code, field = "phone_missing", "telephone"


class PhoneIncomplete(DomainError):
    code, field = "phone_incomplete", "telephone"


class PhoneTooLong(DomainError):
    code, field = "phone_too_long", "telephone"


class PhoneUnreadable(DomainError):
    """Letters, or digits that no network uses."""

    code, field = "phone_unreadable", "telephone"


class PhonePremium(DomainError):
    """A special-rate number (08…): nobody is called back there."""

    code, field = "phone_premium", "telephone"


class SmsToLandline(DomainError):
    code, field = "sms_to_landline", "message"


class SmsAbroad(DomainError):
    code, field = "sms_abroad", "message"


class MessageChannelMissing(DomainError):
    code, field = "message_channel_missing", "message"


class EmailMissing(DomainError):
    code, field = "email_missing", "email"


class EmailMalformed(DomainError):
    code, field = "email_malformed", "email"


class HelperNameMissing(DomainError):
    code, field = "helper_name_missing", "aidant_nom"


class HelperPhoneMissing(DomainError):
    code, field = "helper_phone_missing", "aidant_telephone"


class HelperRelationMissing(DomainError):
    code, field = "helper_relation_missing", "aidant_lien"


class RecipientMissing(DomainError):
    code, field = "recipient_missing", "destinataire"


class ConsentMissing(DomainError):
    code, field = "consent_missing", "accord"


class AddressMissing(DomainError):
    code, field = "address_missing", "adresse"


class AddressTooLong(DomainError):
    code, field = "address_too_long", "adresse"


class AddressUnreadable(DomainError):
    """Symbols or control characters: no address has them."""

    code, field = "address_unreadable", "adresse"


class CallTimeMissing(DomainError):
    code, field = "call_time_missing", "rappel"


class AskedAgain(DomainError):
    """The form came back sooner than anybody types or a day later, or a trap was filled."""

    code = "asked_again"


# ---- limits


class LimitReached(DomainError):
    """This phone has its share of upcoming appointments: no date, no name is told."""

    code, field, status = "limit_reached", "telephone", 409


class AddresseeLimitReached(DomainError):
    """Whoever is told of these bookings is told often enough for one day."""

    code, status = "addressee_limit_reached", 429


class TooManyTries(DomainError):
    code, status = "too_many_tries", 429


class TooManyBookings(DomainError):
    code, status = "too_many_bookings", 429


class FormAlreadyUsed(DomainError):
    """The same form was sent twice with different answers."""

    code, status = "form_already_used", 409


# ---- an appointment that exists


class ReferenceMissing(DomainError):
    code, field = "reference_missing", "numero"


class ReferenceIncomplete(DomainError):
    code, field = "reference_incomplete", "numero"


class ReferenceTooLong(DomainError):
    code, field = "reference_too_long", "numero"


class AppointmentNotFound(DomainError):
    code, field, status = "appointment_not_found", "numero", 404


class LinkUnknown(DomainError):
    code, status = "link_unknown", 404


class LinkExpired(DomainError):
    code, status = "link_expired", 410


class TooManyChanges(DomainError):
    """The date of one appointment was changed again and again."""

    code, status = "too_many_changes", 429


class TooManyChangesToday(DomainError):
    code, status = "too_many_changes_today", 429


class AppointmentPast(DomainError):
    """It has begun or is over: nothing can be changed any more."""

    code, status = "appointment_past", 409


class TooLateToChange(DomainError):
    code, status = "too_late_to_change", 409


class TooLateToCancel(DomainError):
    code, status = "too_late_to_cancel", 409


class AppointmentCancelled(DomainError):
    """It was cancelled already: book again."""

    code, status = "appointment_cancelled", 409


class OutcomeUnknown(DomainError):
    """The database went silent while saving: the same form settles it, once."""

    code, status = "outcome_unknown", 503


class CancelUnknown(DomainError):
    """The database went silent while cancelling: pressing again settles it."""

    code, status = "cancel_unknown", 503


class DatabaseUnavailable(DomainError):
    """The database did not answer, and nothing was saved."""

    code, status = "database_unavailable", 503
