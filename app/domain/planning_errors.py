"""The refusals of the timetable pages. Their French words live in `app/web/staff_wording.py`."""

from app.domain.errors import DomainError


class DateMissing(DomainError):
    code, field = "date_missing", "du"


class DateUnreadable(DomainError):
    code, field = "date_unreadable", "du"


class EndUnreadable(DomainError):
    code, field = "end_unreadable", "au"


class StartPast(DomainError):
    """The past is told by figures: it is never changed."""

    code, field = "start_past", "du"


class EndMissing(DomainError):
    """« Chaque semaine » goes on until a date."""

    code, field = "end_missing", "au"


class EndBeforeStart(DomainError):
    code, field = "end_before_start", "au"


class PeriodTooLong(DomainError):
    code, field = "period_too_long", "au"


class AgendaMissing(DomainError):
    """Whose timetable it is."""

    code, field = "agenda_missing", "conseiller"


class AgendaClosed(DomainError):
    """The counsellor has left meanwhile."""

    code, field, status = "agenda_closed", "conseiller", 409


class ColleagueMissing(DomainError):
    """To whom an appointment goes: nobody was chosen, or who was has left meanwhile."""

    code, field = "colleague_missing", "conseiller"


class SubstituteUnfit(DomainError):
    """Nobody replaces themselves; who has left replaces nobody."""

    code, field = "substitute_unfit", "remplacant"


class AlreadyAway(DomainError):
    """The same absence is declared already, or a part of it; `by`: a first name, or None."""

    code, field, status = "already_away", "du", 409


class AlreadyReplaced(DomainError):
    code, field, status = "already_replaced", "remplacant", 409


class VenueMissing(DomainError):
    code, field = "venue_missing", "lieu"


class AlreadyClosed(DomainError):
    code, field, status = "already_closed", "du", 409


class AlreadyWithdrawn(DomainError):
    """A colleague took it back since the page was opened; `by` and `at` say who, when (UTC)."""

    code, status = "already_withdrawn", 409


class ClosureReasonTooLong(DomainError):
    code, field = "closure_reason_too_long", "raison"


class UndoTooLate(DomainError):
    """Ten minutes have passed."""

    code, status = "undo_too_late", 409


class UndoTold(DomainError):
    """Somebody was told already."""

    code, status = "undo_told", 409


class UndoChangedSince(DomainError):
    """An appointment, or the timetable, was changed again: nothing fits where it was."""

    code, status = "undo_changed_since", 409


class UndoTaken(DomainError):
    """Somebody has an hour that would come back: `at` says it in words."""

    code, status = "undo_taken", 409


class UndoNewerFirst(DomainError):
    """A later change of the same person or venue stands: it is undone first."""

    code, status = "undo_newer_first", 409


class HoursMissing(DomainError):
    code, field = "hours_missing", "de"


class HoursUnreadable(DomainError):
    code, field = "hours_unreadable", "de"


class HoursInOrder(DomainError):
    """The end comes after the beginning."""

    code, field = "hours_in_order", "a"


class HoursTooShort(DomainError):
    """No appointment fits; the least is `minutes`."""

    code, field = "hours_too_short", "a"


class RuleOverlaps(DomainError):
    """The same person is at `place` on `day` already, at an hour in common."""

    code, field, status = "rule_overlaps", "de", 409


class OutsideAgreement(DomainError):
    """The convention of `town` does not cover all those dates; `dates` says which it covers."""

    code, field = "outside_agreement", "au"


class PlacesMissing(DomainError):
    """Home visits go to at least one commune that is served."""

    code, field = "places_missing", "communes"


class NumberUnreadable(DomainError):
    """`low` to `high`, in figures."""

    code, field = "number_unreadable", "accueil"


class DateUnfit(DomainError):
    """Skipped: no session that day; added: there is one already, or the rule is not in force."""

    code, field, status = "date_unfit", "jour", 409


class HoursOfColleague(DomainError):
    """From that day on, or on it, somebody else holds those hours: the coordination decides."""

    code, field, status = "hours_of_colleague", "du", 409


class DayMissing(DomainError):
    code, field = "day_missing", "jour"
