"""The refusals of sharing keys. `facts["code"]` is a commune (INSEE) or another payer.

Their French words live in `app/web/attendance_wording.py`.
"""

from app.domain.errors import DomainError


class KeyEmpty(DomainError):
    """Nobody to share among; or, for time, no commune that has access."""

    code, field = "key_empty", "parts"


class KeySumWrong(DomainError):
    """The parts do not make 100 % (`hundredths`: what they make, in hundredths of a percent)."""

    code, field = "key_sum_wrong", "parts"


class KeyPartWrong(DomainError):
    """A part under 0 or above 100 % (`code`)."""

    code, field = "key_part_wrong", "parts"


class PayerTwice(DomainError):
    """Somebody has two parts in one key (`code`)."""

    code, field = "payer_twice", "parts"


class TimeWithoutAccess(DomainError):
    """Time given to who has no access to the help, or is no commune (`code`)."""

    code, field = "time_without_access", "parts"


class PopulationMissing(DomainError):
    """A commune without inhabitants cannot share by them (`code`)."""

    code, field = "population_missing", "parts"


class PeopleWrong(DomainError):
    """What was typed is no number of inhabitants (`code`)."""

    code, field = "people_wrong", "parts"


class PeopleOfABody(DomainError):
    """Inhabitants of a payer that is no commune (`code`)."""

    code, field = "people_of_a_body", "parts"


class VintageWrong(DomainError):
    """No year of a census, from `low` to `high`."""

    code, field = "vintage_wrong", "vintage"


class KeyEndsBeforeStart(DomainError):
    code, field = "key_ends_before_start", "valid_until"


class KeyStartMissing(DomainError):
    """No day from which the key holds, or none that can be read."""

    code, field = "key_start_missing", "valid_from"


class KeysOverlap(DomainError):
    """Two keys of one kind are in force on the same day (`first`: that day)."""

    code, field = "keys_overlap", "valid_from"


class KeyWithdrawn(DomainError):
    """No key of that kind begins that day: it was withdrawn already."""

    code, status = "key_withdrawn", 409


class KeyNotInForce(DomainError):
    """No key says how that day is shared (`day`)."""

    code, status = "key_not_in_force", 409


class KeyOfClosedPeriod(DomainError):
    """The shares of a closed half-year never change (`first`: the first day that is open)."""

    code, field, status = "key_of_closed_period", "valid_from", 409
