"""What a territory may set, with the defaults that ship (product §20) and the bounds of each."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any

from app.domain.access import Role

ONE_DAY_MINUTES = 24 * 60
TWELVE_HOURS_MINUTES = 12 * 60


class OtherCommune(StrEnum):
    """What becomes of a resident of a commune that is no member."""

    REFUSE = "refuse"
    ALLOW = "allow"


class InvalidSetting(ValueError):
    """`key` names the setting, `reason` says in French what is wrong with it."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key} : {reason}")
        self.key, self.reason = key, reason


def _whole(default: int | None, low: int, high: int, *, may_be_off: bool = False) -> Any:
    """A whole number from `low` to `high`; None, where it is the default or may be, is « off »."""
    off = may_be_off or default is None
    return field(default=default, metadata={"low": low, "high": high, "off": off})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every figure that a pilot may choose; days are calendar days unless the name says working."""

    notice_working_days: int = _whole(1, 0, 20)
    visit_notice_working_days: int = _whole(2, 0, 20)
    booking_window_days: int = _whole(60, 1, 365)
    change_until_minutes: int = _whole(120, 0, 7 * ONE_DAY_MINUTES)
    cancel_until_minutes: int = _whole(0, 0, 7 * ONE_DAY_MINUTES)
    upcoming_limit: int = _whole(2, 1, 50)
    neighbours_from_days: int | None = _whole(None, 0, 365)
    """Days before which a commune's places are kept for its own residents; None: never kept."""
    other_commune: OtherCommune = OtherCommune.REFUSE

    travel_buffer_minutes: int = _whole(0, 0, TWELVE_HOURS_MINUTES)
    same_commune_minutes: int = _whole(10, 0, TWELVE_HOURS_MINUTES)
    candidate_step_minutes: int = _whole(15, 5, 240)
    visit_window_minutes: int = _whole(30, 0, 240)
    visit_minimum_minutes: int = _whole(60, 5, 480)
    half_day_minutes: int = _whole(180, 30, TWELVE_HOURS_MINUTES)
    times_per_day: int = _whole(3, 1, 50)
    days_shown: int = _whole(2, 2, 30)

    foreign_sms: bool = False
    reminder_hours_before: int = _whole(48, 1, 240)
    reminder_at_hour: int = _whole(10, 8, 19)
    quiet_from_hour: int = _whole(20, 12, 23)
    quiet_until_hour: int = _whole(8, 0, 11)

    sms_per_number_per_day: int = _whole(12, 1, 100_000)
    """Text messages to one number about what is booked, moved or cancelled online; then none."""
    sms_price_hundredths: int = _whole(0, 0, 10_000)
    """What one text message costs, in hundredths of a cent; 0: not counted."""
    sms_monthly_ceiling_euros: int | None = _whole(None, 0, 100_000)
    """Past it, no text message leaves until next month; None: no ceiling."""

    waiting_answer_hours: int = _whole(24, 1, 240)
    waiting_short_answer_hours: int = _whole(4, 1, 240)
    waiting_short_from_hours: int = _whole(48, 1, 240)

    workshop_capacity: int = _whole(6, 1, 100)
    """Places of a new workshop, until somebody writes another number."""
    workshop_minimum: int = _whole(3, 0, 100)
    workshop_minimum_days: int = _whole(2, 0, 30)
    """Days before its first date when the coordinator is asked about a workshop with fewer."""
    workshop_setup_minutes: int = _whole(30, 0, 240)
    workshop_tidy_minutes: int = _whole(30, 0, 240)
    workshop_places_per_phone: int = _whole(4, 1, 100)

    annual_cost_cents: int | None = _whole(None, 0, 1_000_000_000)
    """What the service costs in a year, in cents, shared by the cost key; None: not told."""

    gap_tolerance_points: int = _whole(5, 0, 100)
    """A gap of so many points between a commune's part and its key is no matter of discussion
    (statistics §4.3)."""

    missed_before_call: int = _whole(2, 1, 50)
    late_arrival_minutes: int = _whole(15, 0, 120)

    bookings_per_hour_per_address: int = _whole(60, 1, 10_000)
    lookup_failures_per_phone: int = _whole(5, 1, 100)
    lookup_failures_per_address: int = _whole(30, 1, 10_000)
    lookup_block_minutes: int = _whole(15, 1, ONE_DAY_MINUTES)

    published_people: int = _whole(11, 11, 1_000)
    """People about whom a commune's tables are told outside the team, at least (statistics §4.4).
    A territory may hide more, never less."""
    published_cell: int = _whole(5, 5, 100)
    """The smallest number of such a table, but 0."""
    masked_width: int = _whole(5, 5, 100)
    """How wide the interval stays in which a hidden number may lie."""

    busy_calendar_stale_hours: int = _whole(24, 1, 30 * 24)
    """A counsellor's own agenda that nobody could read for so long closes their times."""

    account_idle_days: int | None = _whole(90, 7, 730, may_be_off=True)
    """An account without a sign-in for so long is closed; None: never."""
    visit_alert_minutes: int | None = _whole(30, 5, 240, may_be_off=True)
    """So long after a visit was to end, the team is told that nobody said it was; None: never."""
    second_step_roles: tuple[Role, ...] = ()
    """Who must have the second step of signing in."""

    @classmethod
    def from_mapping(cls, chosen: Mapping[str, object]) -> "Settings":
        """The defaults with what the territory's file chose instead.

        Raises InvalidSetting (a ValueError) naming the first bad key, in the file's order: unknown,
        of the wrong type, or out of its bounds.
        """
        known = {each.name: each for each in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in chosen.items():
            if key not in known:
                raise InvalidSetting(key, "réglage inconnu")
            values[key] = _checked(known[key], value)
        return cls(**values)


def _checked(setting: Field[Any], value: object) -> object:
    if isinstance(setting.default, OtherCommune):
        return _one_of(setting.name, value)
    if isinstance(setting.default, tuple):
        return _roles(setting.name, value)
    if isinstance(setting.default, bool):
        if not isinstance(value, bool):
            raise InvalidSetting(setting.name, "doit être true ou false")
        return value
    return _within(setting, value)


def _one_of(key: str, value: object) -> OtherCommune:
    if not isinstance(value, str) or value not in tuple(OtherCommune):
        raise InvalidSetting(
            key, "doit être " + " ou ".join(f"« {each} »" for each in OtherCommune)
        )
    return OtherCommune(value)


def _roles(key: str, value: object) -> tuple[Role, ...]:
    chosen = value if isinstance(value, list | tuple) else [None]
    if not all(isinstance(each, str) and each in tuple(Role) for each in chosen):
        raise InvalidSetting(
            key, "doit être une liste parmi " + ", ".join(f"« {each} »" for each in Role)
        )
    return tuple(role for role in Role if role in chosen)


def _within(setting: Field[Any], value: object) -> int | None:
    low, high = setting.metadata["low"], setting.metadata["high"]
    if setting.metadata["off"] and (value is None or value is False):  # a file has no « null »
        return None
    # A bool is an int in Python; « true » days would read as 1.
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidSetting(setting.name, "doit être un nombre entier")
    if not low <= value <= high:
        raise InvalidSetting(setting.name, f"doit être entre {low} et {high}")
    return value
