"""The refusals of the programme's pages; their words are in `app/web/staff_wording.py`."""

from app.domain.errors import DomainError


class TitleMissing(DomainError):
    code, field = "title_missing", "titre"


class ProgrammeTextTooLong(DomainError):
    """`most` letters at most."""

    code = "programme_text_too_long"


class TemplateMissing(DomainError):
    """None is chosen, or it was retired."""

    code, field = "template_missing", "modele"


class ThemesMissing(DomainError):
    code, field = "themes_missing", "themes"


class TooManyThemes(DomainError):
    code, field = "too_many_themes", "themes"


class CapacityWrong(DomainError):
    """`low` to `high`, in figures."""

    code, field = "capacity_wrong", "capacite"


class DevicesWrong(DomainError):
    """`low` to `high`, in figures."""

    code, field = "devices_wrong", "appareils"


class KeptDaysWrong(DomainError):
    """`low` to `high`, in figures."""

    code, field = "kept_days_wrong", "gardees_jours"


class MinimumAboveCapacity(DomainError):
    code, field = "minimum_above_capacity", "minimum"


class KeptAboveCapacity(DomainError):
    code, field = "kept_above_capacity", "gardees"


class KeptUntilMissing(DomainError):
    """Places are kept until so many days before."""

    code, field = "kept_until_missing", "gardees_jours"


class PlaceMissing(DomainError):
    """A venue, or a place with its name, address and commune."""

    code, field = "place_missing", "lieu"


class PlaceNameMissing(DomainError):
    code, field = "place_name_missing", "endroit"


class PlaceAddressMissing(DomainError):
    code, field = "place_address_missing", "adresse"


class PlaceCommuneMissing(DomainError):
    code, field = "place_commune_missing", "commune"


class HolderMissing(DomainError):
    """One or two counsellors."""

    code, field = "holder_missing", "conseillers"


class TooManyHolders(DomainError):
    code, field = "too_many_holders", "conseillers"


class NotAmongHolders(DomainError):
    """A counsellor plans what they hold themselves, alone or with a colleague."""

    code, field = "not_among_holders", "conseillers"


class LengthWrong(DomainError):
    """`low` to `high` minutes."""

    code, field = "length_wrong", "duree"


class DatesUnreadable(DomainError):
    """`typed` is no date."""

    code, field = "dates_unreadable", "ajouts"


class NoDates(DomainError):
    """The rule gives none, or none is kept."""

    code, field = "no_dates", "du"


class TooManyDates(DomainError):
    """`most` in one go."""

    code, field = "too_many_dates", "au"


class DatesRefused(DomainError):
    """What stands in the way of a date that was kept: the page shows it beside the date."""

    code, status = "dates_refused", 409


class ConflictsChanged(DomainError):
    """Something else is to be known of the dates than what the page showed."""

    code, status = "conflicts_changed", 409


class CapacityTaken(DomainError):
    """So many people come already: `names` says whom to call first."""

    code, field, status = "capacity_taken", "capacite", 409


class DevicesLent(DomainError):
    """So many devices are promised already: `lent`."""

    code, field, status = "devices_lent", "appareils", 409


class DateOver(DomainError):
    """It has begun, or was cancelled: it is not changed any more."""

    code, status = "date_over", 409


class NewStartPast(DomainError):
    """The new term begins today or later."""

    code, field = "new_start_past", "reprise"


class NothingToRepeat(DomainError):
    """No workshop lies in that period."""

    code, field = "nothing_to_repeat", "du"


class WorkshopNotChosen(DomainError):
    """None of the workshops that the desk is offered."""

    code, field = "workshop_not_chosen", "atelier"


class FilterUnknown(DomainError):
    """The list is asked for a commune or a theme that there is not."""

    code = "filter_unknown"
