"""The refusals of an attendance sheet, as types; their words are in `app/web/staff_wording.py`."""

from app.domain.errors import DomainError


class SheetTooEarly(DomainError):
    """The workshop has not begun: nobody can have come."""

    code, status = "sheet_too_early", 409


class SheetIsClosed(DomainError):
    """It is closed: it is opened again first."""

    code, status = "sheet_is_closed", 409


class SheetTooLate(DomainError):
    """Closed, and its date is more than seven days ago: the figures stand."""

    code, status = "sheet_too_late", 409


class SheetRecorded(DomainError):
    """An attendance record was made of it: the figures stand."""

    code, status = "sheet_recorded", 409


class SheetAnswerUnknown(DomainError):
    """What was pressed is none of its buttons."""

    code, status = "sheet_answer_unknown", 422
