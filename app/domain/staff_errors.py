"""The refusals of the staff pages. Their French words live in `app/web/staff_wording.py`."""

from app.domain.errors import DomainError

# ---- signing in


class SignInNeeded(DomainError):
    """Nobody is signed in, or not any more."""

    code, status = "sign_in_needed", 401


class SignInRefused(DomainError):
    """Unknown, disabled, or another password: never told apart (T10)."""

    code, field, status = "sign_in_refused", "mot_de_passe", 401


class TooManySignIns(DomainError):
    """Too many failures from here; a colleague elsewhere is not locked out."""

    code, status = "too_many_sign_ins", 429


class CodeWrong(DomainError):
    """The second step: wrong, too old, or used before."""

    code, field, status = "code_wrong", "code", 401


class PageForbidden(DomainError):
    """Signed in, but this page is not for that role."""

    code, status = "page_forbidden", 403


class SubjectUnknown(DomainError):
    """It does not exist, or is none of the actor's business: never told apart (T1)."""

    code, status = "subject_unknown", 404


class EditedMeanwhile(DomainError):
    """Somebody else changed the same thing since the page was opened; `by` and `at` say who, when.

    A first name and an instant (UTC); None: unknown. What was typed stays in the form.
    """

    code, status = "edited_meanwhile", 409


class EditedByPerson(EditedMeanwhile):
    """The same, by the person whose appointment it is; `at` says when."""

    code = "edited_by_person"


class SecondStepActive(DomainError):
    """It was started before, perhaps by the press of a moment ago: its codes stay good."""

    code, status = "second_step_active", 409


# ---- passwords and accounts


class PasswordMissing(DomainError):
    code, field = "password_missing", "mot_de_passe"


class PasswordTooLong(DomainError):
    code, field = "password_too_long", "mot_de_passe"


class PasswordWeak(DomainError):
    code, field = "password_weak", "mot_de_passe"


class PasswordsDiffer(DomainError):
    code, field = "passwords_differ", "encore"


class CurrentPasswordWrong(DomainError):
    code, field = "current_password_wrong", "actuel"


class AccountLinkDead(DomainError):
    """Used, expired, replaced, or never issued."""

    code, status = "account_link_dead", 410


class EmailTaken(DomainError):
    code, field, status = "email_taken", "email", 409


class RoleMissing(DomainError):
    code, field = "role_missing", "role"


class CommunesMissing(DomainError):
    """A desk or a referent answers for at least one commune."""

    code, field = "communes_missing", "communes"


class CounsellorMissing(DomainError):
    """A counsellor's account has an agenda of its own, which no other account has."""

    code, field = "counsellor_missing", "conseiller"


class AgendaLost(DomainError):
    """The change takes the agenda from the account: `person` and `agenda` (first names), `count`.

    Said once, before it is saved; the same answers sent again save it.
    """

    code, field, status = "agenda_lost", "role", 409


class LastCoordinator(DomainError):
    """Somebody must be able to open accounts."""

    code, field, status = "last_coordinator", "role", 409


# ---- the desk and the agenda


class NoteTooLong(DomainError):
    code, field = "note_too_long", "note"


class DeadlineMissing(DomainError):
    """A place that is kept for the desk is given for a near deadline only."""

    code, field = "deadline_missing", "delai"


class CallerMissing(DomainError):
    code, field = "caller_missing", "appel"


class ReasonMissing(DomainError):
    """Who moves, cancels or hands over says why."""

    code, field = "reason_missing", "motif"


class ColleagueBusy(DomainError):
    """The colleague has something at that hour; `place` names where."""

    code, field, status = "colleague_busy", "conseiller", 409


class ColleagueTooFar(DomainError):
    """The road takes too long: `minutes` from `place`, at the earliest at `first_at`."""

    code, field, status = "colleague_too_far", "conseiller", 409


class ColleagueAway(DomainError):
    """Absent, or the account of an agenda that is closed."""

    code, field, status = "colleague_away", "conseiller", 409


class StateRefused(DomainError):
    """The appointment is not in a state from which that may be said of it."""

    code, status = "state_refused", 409


class OutcomeTooEarly(DomainError):
    """Present or absent is said from the hour of the appointment on, never before."""

    code, status = "outcome_too_early", 409


# ---- people and administration


class SecondStepNeeded(DomainError):
    """The role must have the second step, and this account has none yet."""

    code, status = "second_step_needed", 403


class AnswerMissing(DomainError):
    """One of the answers of a list must be chosen."""

    code = "answer_missing"


class SearchTooShort(DomainError):
    """Less than four digits or three letters: it would list half of a commune."""

    code, field = "search_too_short", "recherche"


class CardsDiffer(DomainError):
    """Neither the same phone nor the same names: nobody takes them for one person."""

    code, status = "cards_differ", 409


class SettingsRefused(DomainError):
    """A setting against the rules of the territory file: `problems` says which, and why."""

    code = "settings_refused"


class ExportTooLong(DomainError):
    """More lines than a spreadsheet of one sitting: a shorter period is asked for."""

    code, field = "export_too_long", "du"


class StillExpected(DomainError):
    """An appointment is to come: whoever waits for the person must know first."""

    code, status = "still_expected", 409


class RegisterUnwritable(DomainError):
    """What says to erase the person again after a restore cannot be written: nothing is erased."""

    code, status = "register_unwritable", 503


# ---- today and the calls


class NoSessionToday(DomainError):
    """« Venu sans rendez-vous » on a day without any permanence."""

    code, status = "no_session_today", 409


class DelayMissing(DomainError):
    """« J’ai du retard » says how much: one of the lengths of the list."""

    code, field = "delay_missing", "minutes"


# ---- calendars


class FeedUnknown(DomainError):
    """The secret address of a feed opens nothing: never made, stopped, or no longer allowed."""

    code, status = "feed_unknown", 404


class FeedOwnerMissing(DomainError):
    """Whose appointments the feed shows."""

    code, field = "feed_owner_missing", "agenda"


class FeedLevelMissing(DomainError):
    code, field = "feed_level_missing", "niveau"


class CalendarAddressMissing(DomainError):
    code, field = "calendar_address_missing", "adresse"


class CalendarAddressTooLong(DomainError):
    code, field = "calendar_address_too_long", "adresse"


class CalendarAddressWrong(DomainError):
    """Not the https address of an agenda."""

    code, field = "calendar_address_wrong", "adresse"


# ---- the phone desk


class TooManySearches(DomainError):
    """More people looked for in an hour than anybody has on the line (T10)."""

    code, status = "too_many_searches", 429


class CardDiffers(DomainError):
    """A card was chosen, and other names were typed: a booking corrects no card."""

    code, field = "card_differs", "personne"
