"""The two questions of the waiting list: when somebody can come, and how far they would go."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from app.domain import waiting_errors
from app.domain.waiting import HalfDay
from app.web.forms import offered, required
from app.web.waiting_words import HALF_DAYS, REACHES


class WhenFields:
    """Morning, afternoon, or both."""

    quand = RadioField(
        _l("Quand pouvez-vous venir ?"),
        [required(waiting_errors.HalfDayMissing)],
        choices=offered(HALF_DAYS),
        default=HalfDay.ANY,
        validate_choice=False,
    )

    @property
    def half_day(self) -> HalfDay:
        """The answer; to be asked of a valid form only."""
        form: Any = self
        return HalfDay(form.quand.data)


class HowFarFields:
    """Somebody who comes to a permanence may go to another commune."""

    trajet = RadioField(
        _l("Jusqu’où pouvez-vous aller ?"),
        choices=offered(REACHES),
        default="0",
        validate_choice=False,
    )

    @property
    def reach_minutes(self) -> int:
        """The minutes chosen; anything else than what is offered is one's own commune."""
        form: Any = self
        return int(form.trajet.data) if form.trajet.data in REACHES else 0
