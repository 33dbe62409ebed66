"""The forms of a booking. Field names are the words of the address, in French."""

from typing import Any

from flask_babel import gettext
from wtforms import HiddenField

from app.domain.appointment import Channel, MessageChannel
from app.domain.booking import BookingRequest, Choice, Home, check_contact
from app.domain.settings import Settings
from app.web.booking.flow import Flow
from app.web.contact_form import ContactFields, HelperFields, VisitFields
from app.web.language import current_language


class ContactForm(ContactFields):
    """Screen 4: who comes, and how to tell them. The same fields travel hidden on the next ones.

    What was said to the waiting list comes along, for who goes back to it from the free times.
    """

    quand = HiddenField()
    trajet = HiddenField()
    unwritten = MessageChannel.NONE
    """Who wants no message: the list has them called, a booking tells them nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.message.data in (MessageChannel.NONE, MessageChannel.VOICE):
            self.message.data = self.unwritten
        for each in [self.quand, self.trajet]:
            if isinstance(each, HiddenField) and not each.data:
                del self[each.name]

    def to_request(self, choice: Choice, settings: Settings) -> BookingRequest:
        """The frozen request that the use case takes. Raises the refusals of `check_contact`."""
        request = BookingRequest(
            choice=choice,
            person=self.to_person(),
            helper=self._helper(),
            home=self._home(),
            message_channel=MessageChannel(self.message.data),
            message_to=self._recipient(),
            language=current_language(),
            channel=Channel.WEB,
            form_key=self.form_key,
        )
        check_contact(request, settings)
        return request

    def _home(self) -> Home | None:
        return None


class HelperForm(HelperFields, ContactForm):
    """A permanence, booked for another person."""


class VisitForm(VisitFields, ContactForm):
    """A home visit."""


class VisitHelperForm(VisitFields, HelperFields, ContactForm):
    """A home visit, booked for another person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rappel.label.text = gettext("Quand peut-on appeler cette personne ?")


def contact_form(flow: Flow) -> ContactForm:
    """The form of screen 4 for this flow."""
    forms: dict[tuple[bool, bool], type[ContactForm]] = {
        (False, False): ContactForm,
        (False, True): HelperForm,
        (True, False): VisitForm,
        (True, True): VisitHelperForm,
    }
    return forms[flow.is_visit, flow.is_for_another]()
