"""The refusals of attendance records and of the closing of a half-year.

`facts["family"]` names the question (a `Family`), so that the page marks the right field. Their
French words live in `app/web/attendance_wording.py`.
"""

from app.domain.errors import DomainError


class RecordInFuture(DomainError):
    """What has not happened yet has no figures."""

    code, field = "record_in_future", "jour"


class MinutesWrong(DomainError):
    """Not a whole number of minutes within one day (`low`, `high`)."""

    code, field = "minutes_wrong", "duree"


class ParticipantsWrong(DomainError):
    """Nobody, or more people than anybody receives at once (`low`, `high`)."""

    code, field = "participants_wrong", "participants"


class IndividualIsOne(DomainError):
    """An individual record with more than one participant: it is a workshop."""

    code, field = "individual_is_one", "participants"


class CountsDisagree(DomainError):
    """The counts of one question do not add up to the participants (`told`, `participants`)."""

    code, field = "counts_disagree", "participants"


class CountNegative(DomainError):
    code, field = "count_negative", "participants"


class AlreadyHelpedWrong(DomainError):
    """More people already helped than people who came."""

    code, field = "already_helped_wrong", "deja_accompagnes"


class ThemeMissing(DomainError):
    code, field = "theme_missing", "themes"


class ProcedureAlone(DomainError):
    """A sub-theme without « Aide aux démarches administratives »."""

    code, field = "procedure_alone", "themes"


class LabelUnknown(DomainError):
    """A code that the table of labels never had."""

    code, field = "label_unknown", "themes"


class LabelRetired(DomainError):
    """A label that was not in force on the day of the activity."""

    code, field = "label_retired", "themes"


class ResidenceUnknown(DomainError):
    """People counted in a commune that the territory does not know (`insee_code`)."""

    code, field = "residence_unknown", "residence"


class RecordPlaceMissing(DomainError):
    """An activity held somewhere says in which commune; one at a distance has none."""

    code, field = "record_place_missing", "lieu"


class RedirectionUnwanted(DomainError):
    """Where somebody was sent to, without the result « orienté »."""

    code, field = "redirection_unwanted", "orientation"


class NotForThisType(DomainError):
    """An answer of individual records in a workshop, or the other way round (`family`)."""

    code, field = "not_for_this_type", "type"


class LeadersWrong(DomainError):
    """An activity has a counsellor, and not a crowd of them (`low`, `high`)."""

    code, field = "leaders_wrong", "animateurs"


class HalfYearOpenYet(DomainError):
    """Too early to close: `closable_on` is the first day."""

    code, status = "half_year_open_yet", 409


class HalfYearClosedAlready(DomainError):
    code, status = "half_year_closed_already", 409


class EarlierHalfYearOpen(DomainError):
    """An earlier half-year is to be closed first (`half_year`)."""

    code, status = "earlier_half_year_open", 409


class RecordsMissing(DomainError):
    """Some appointments have no record yet (`missing`): listed, and asked once more."""

    code, field = "records_missing", "confirmation"


class AlreadyRecorded(DomainError):
    """Somebody closed the same appointment or workshop before: nothing is counted twice."""

    code, status = "already_recorded", 409


class RecordExists(DomainError):
    """A record counts the person as present: it is withdrawn before that can change."""

    code, status = "record_exists", 409


class SomebodyCame(DomainError):
    """« Personne n’est venu » of a workshop whose sheet counts somebody (`came`)."""

    code, status = "somebody_came", 409


class LineOfAppointment(DomainError):
    """Each line of that day tells of an appointment: from there it is withdrawn, not from here."""

    code, status = "line_of_appointment", 409


class LineOfWorkshop(DomainError):
    """Which workshop of its day the line tells of must be said: it is to be closed again."""

    code, status = "line_of_workshop", 409


class WorkshopNotHeld(DomainError):
    """A workshop that is cancelled, or has not begun, has no figures yet."""

    code, status = "workshop_not_held", 409


class OutcomeUntold(DomainError):
    """A half-day is closed by saying of each person: present, absent or later (`person`)."""

    code = "outcome_untold"


class NumberWrong(DomainError):
    """What was typed is no whole number (`low`, `high`)."""

    code, field = "number_wrong", "participants"
