"""The form of the waiting list: the contact page, and when and how far somebody would come."""

from typing import Any, cast

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain import errors, names
from app.domain.appointment import CallTime, MessageChannel
from app.domain.booking import Home
from app.domain.waiting import HalfDay
from app.services.waiting import JoinRequest
from app.web.booking.flow import Flow
from app.web.booking.forms import ContactForm
from app.web.contact_form import HelperFields, VisitFields
from app.web.contact_words import MESSAGES, message_channels
from app.web.forms import BaseForm, offered
from app.web.waiting_questions import HowFarFields, WhenFields

BY_VOICE = _l("Par téléphone : la mairie m’appelle")
HALF_DAY_OF = {"matin": HalfDay.MORNING, "apres-midi": HalfDay.AFTERNOON}
"""The filter of the page of times is an answer already given."""


FOR_LIST: dict[type[errors.DomainError], Any] = {
    errors.FormAlreadyUsed: _l(
        "Cette page a déjà servi pour une autre demande. Vérifiez, puis confirmez encore."
    ),
    errors.OutcomeUnknown: _l(
        "Nous ne savons pas si votre demande est enregistrée. "
        "Appuyez encore sur « Confirmer » : elle ne sera pas prise deux fois."
    ),
}
"""Refusals that a booking has too, to somebody who asks for no hour."""


class WaitFields(WhenFields):
    """When, and the channels that can offer a place."""

    unwritten = MessageChannel.VOICE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        form.message.choices = offered(wait_channels())
        if not form.is_submitted():
            form.message.data = next(iter(wait_channels()))
        form.message.label.text = gettext("Comment voulez-vous être prévenu ?")

    def told(self, refusal: errors.DomainError) -> str:
        """In the words of the list, where it has its own."""
        words, contact = FOR_LIST.get(type(refusal)), cast(BaseForm, super())
        return str(words) if words else contact.told(refusal)

    def to_join(self, flow: Flow, catalogue: Any, now: Any) -> JoinRequest:
        """What the use case takes. Raises the refusals of `check_contact`."""
        form: Any = self
        booking = form.to_request(flow.wish(catalogue, now), catalogue.settings)
        return JoinRequest(booking, form.half_day, form.reach_minutes)

    @property
    def reach_minutes(self) -> int:
        return 0


class ReachFields(HowFarFields, WaitFields):
    """When and how far, for a permanence."""


class AtHomeFields(WaitFields):
    """A visit is prepared by telephone once it has an hour."""

    rappel = trajet = None

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
    if not form.quand.raw_data and flow.moment in HALF_DAY_OF:
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
