"""What happens around the demo's day: from when to when, who is away, what is closed."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar import ONE_DAY, at_wall_time, is_working_day, start_of_day

WEEKS_BACK, WEEKS_AHEAD = 4, 8
FULL_VENUE = "mairie-chaillevette"
"""Nothing is ever free there before the horizon."""
CLOSED_VENUE = "mairie-les-mathes"
ONE_WEEK = timedelta(weeks=1)
PREPARED_DAYS = 61
"""The timetable is known before the first booking: nobody books further ahead than 60 days."""


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """The dates of a demo made for one local day."""

    today: date
    timezone: ZoneInfo
    holidays: Container[date]

    @property
    def first_day(self) -> date:
        return self.today - WEEKS_BACK * ONE_WEEK

    @property
    def end_day(self) -> date:
        """The first day without fictional appointments."""
        return self.today + WEEKS_AHEAD * ONE_WEEK

    @property
    def now(self) -> datetime:
        """Local midnight: whatever the demo tells has happened by then."""
        return start_of_day(self.today, self.timezone)

    @property
    def prepared_at(self) -> datetime:
        """When the territory and the timetable were loaded."""
        return self.at(self.first_day - timedelta(days=PREPARED_DAYS), time(9))

    @property
    def last_desk_hour(self) -> datetime:
        """Half past four on the last working day before today."""
        return self.at(self.working_day_before(self.today), time(16, 30))

    def at(self, day: date, wall_time: time) -> datetime:
        return at_wall_time(day, wall_time, self.timezone)

    def working_day_before(self, day: date) -> date:
        """The last working day before that one."""
        day -= ONE_DAY
        while not is_working_day(day, self.holidays):
            day -= ONE_DAY
        return day

    def timetable(self, weekly: Mapping[str, Any], ill_on: date | None = None) -> dict[str, Any]:
        """The timetable file with its dated facts; `ill_on`: Karim does not come that day.

        Jeanne is away two days three weeks ahead, without a substitute; Karim one morning next
        week, when Jeanne, who prepares a workshop, takes his place.
        """
        monday = self.today - timedelta(days=self.today.weekday())
        leave, training = monday + 3 * ONE_WEEK, monday + ONE_WEEK + timedelta(days=3)
        morning = {
            "from": datetime.combine(training, time(8)),
            "to": datetime.combine(training, time(13)),
        }
        absences = [
            {"counsellor": "jeanne", "from": leave, "to": leave + ONE_DAY},
            {"counsellor": "karim", **morning},
        ]
        if ill_on:
            absences.append({"counsellor": "karim", "from": ill_on, "to": ill_on})
        return {
            **weekly,
            "absences": absences,
            "replacements": [{"absent": "karim", "substitute": "jeanne", **morning}],
            "closures": self._closures(monday + 2 * ONE_WEEK),
        }

    def _closures(self, monday: date) -> list[dict[str, Any]]:
        """A few days at one town hall; at the full one, works begin where its bookings end."""
        works = self.end_day - ONE_DAY
        return [
            {
                "venue": CLOSED_VENUE,
                "from": monday + ONE_DAY,
                "to": monday + 3 * ONE_DAY,
                "reason": "Peinture de la salle",
            },
            {
                "venue": FULL_VENUE,
                "from": works,
                "to": works + 4 * ONE_WEEK,
                "reason": "Travaux de chauffage",
            },
        ]
