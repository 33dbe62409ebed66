"""The form of the waiting list: the contact page, and when and how far somebody would come."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from app.domain import names, waiting_errors
from app.domain.appointment import CallTime, MessageChannel
from app.domain.booking import Home
from app.domain.waiting import HalfDay
from app.services.waiting import JoinRequest
from app.web.booking.flow import Flow
from app.web.booking.forms import ContactForm
from app.web.contact_form import HelperFields, VisitFields
from app.web.contact_words import MESSAGES, message_channels
from app.web.forms import offered, required
from app.web.waiting_words import HALF_DAYS, REACHES

BY_VOICE = _l("Par téléphone : la mairie m’appelle")
HALF_DAY_OF = {"matin": HalfDay.MORNING, "apres-midi": HalfDay.AFTERNOON}
"""The filter of the page of times is an answer already given."""


class WaitFields:
    """When, and how far; the channels that can offer a place."""

    quand = RadioField(
        _l("Quand pouvez-vous venir ?"),
        [required(waiting_errors.HalfDayMissing)],
        choices=offered(HALF_DAYS),
        default=HalfDay.ANY,
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        form.message.choices = offered(wait_channels())
        if not form.is_submitted():
            form.message.data = next(iter(wait_channels()))
        form.message.label.text = gettext("Comment voulez-vous être prévenu ?")

    def to_join(self, flow: Flow, catalogue: Any, now: Any) -> JoinRequest:
        """What the use case takes. Raises the refusals of `check_contact`."""
        form: Any = self
        booking = form.to_request(flow.wish(catalogue, now), catalogue.settings)
        return JoinRequest(booking, HalfDay(form.quand.data), form.reach_minutes)

    @property
    def reach_minutes(self) -> int:
        return 0


class ReachFields(WaitFields):
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


class AtHomeFields(WaitFields):
    """A visit is prepared by telephone once it has an hour."""

    rappel = None

    def _home(self) -> Home | None:
        form: Any = self
        line1 = names.address_line(form.adresse.data or "")
        line2 = names.address_line(form.complement.data or "", required=False)
        return Home(line1 or "", line2, CallTime.ANY)


class WaitForm(ReachFields, ContactForm):
    """A permanence."""


class WaitHelperForm(ReachFields, HelperFields, ContactForm):
    """A permanence, for another person."""


class WaitVisitForm(AtHomeFields, VisitFields, ContactForm):
    """A visit."""


class WaitVisitHelperForm(AtHomeFields, VisitFields, HelperFields, ContactForm):
    """A visit, for another person."""


def wait_form(flow: Flow) -> Any:
    """The form for this flow; the half-day that was looked for is chosen already."""
    forms: dict[tuple[bool, bool], Any] = {
        (False, False): WaitForm,
        (False, True): WaitHelperForm,
        (True, False): WaitVisitForm,
        (True, True): WaitVisitHelperForm,
    }
    form = forms[flow.is_visit, flow.is_for_another]()
    if not form.is_submitted() and flow.moment in HALF_DAY_OF:
        form.quand.data = HALF_DAY_OF[flow.moment]
    return form


def wait_channels() -> dict[MessageChannel, Any]:
    """The ways to be told of a free place; whoever wants no message is called by the town hall."""
    written: dict[MessageChannel, Any] = {
        channel: MESSAGES[channel]
        for channel in message_channels()
        if channel is not MessageChannel.NONE
    }
    return {**written, MessageChannel.VOICE: BY_VOICE}
