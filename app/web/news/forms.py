"""The form of a consent: an address or a number, and a box that nobody ticked before.

A number is asked only where the gateway takes « STOP »: each message of news must say where.
"""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField

from app.domain.appointment import MessageChannel
from app.domain.booking import Phone, check_sms
from app.domain.errors import DomainError, MessageChannelMissing
from app.domain.workshop_errors import NewsConsentMissing, NewsEmailMissing
from app.gateways.contacts import parse_email, parse_phone
from app.gateways.senders import is_configured
from app.services.catalogue import Catalogue
from app.services.workshop_news import Wanted
from app.web.clock import utc_now
from app.web.contact_form import TrapFields
from app.web.forms import BaseForm, offered, refuse_field, required
from app.web.language import current_language
from app.web.site import current_catalogue

ALL_COMMUNES = ""
EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
WAYS = {EMAIL: _l("Par e-mail"), SMS: _l("Par SMS (message sur votre téléphone portable)")}


def news_channels() -> list[MessageChannel]:
    """The ways by which news can leave: no page promises another."""
    config = current_app.config["COCLICO"]
    ways = [EMAIL] if is_configured(EMAIL, config) else []
    can_stop = is_configured(SMS, config) and config.sms_stop_number
    return [*ways, SMS] if can_stop else ways


class NewsForm(TrapFields):
    """Where to write, which commune first, and the consent."""

    moyen = RadioField(_l("Comment voulez-vous être prévenu ?"), choices=[], validate_choice=False)
    telephone = StringField(_l("Téléphone portable"))
    email = StringField(_l("Adresse e-mail"))
    commune = SelectField(
        _l("Quelle commune voulez-vous voir en premier ?"),
        default=ALL_COMMUNES,
        validate_choice=False,
    )
    accord = BooleanField(
        _l("Je veux recevoir un e-mail par mois avec les prochains ateliers."),
        [required(NewsConsentMissing)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = news_channels()
        self.moyen.choices = offered({way: WAYS[way] for way in ways})
        if not self.is_submitted() or len(ways) == 1:
            self.moyen.data = next(iter(ways), None)
        if SMS in ways:
            self.accord.label.text = _l("Je veux recevoir un message par mois sur les ateliers.")

    @property
    def by_sms(self) -> bool:
        return bool(self.moyen.data == SMS)

    def validate_moyen(self, field: RadioField) -> None:
        """One of the ways on the page."""
        if field.data not in {choice.value for choice in field.choices}:
            refuse_field(self, MessageChannelMissing())

    def validate_telephone(self, field: StringField) -> None:
        """Only a mobile gets text messages."""
        if not self.by_sms:
            return
        try:
            self._phone(field.data)
        except DomainError as refusal:
            refuse_field(self, refusal)

    def _phone(self, typed: str | None) -> Phone:
        phone = parse_phone(typed or "")
        check_sms(phone, current_catalogue().settings)
        return phone

    def validate_email(self, field: StringField) -> None:
        """Only a whole address can be written to."""
        if self.by_sms:
            return
        try:
            if parse_email(field.data or "") is None:
                raise NewsEmailMissing
        except DomainError as refusal:
            refuse_field(self, refusal)

    def offer(self, catalogue: Catalogue) -> None:
        """The communes of today, after « all of them »."""
        communes = catalogue.served_communes(catalogue.today(utc_now()))
        slugs = {each.slug: each.name for each in communes}
        self.commune.choices = offered({ALL_COMMUNES: _l("Toutes les communes"), **slugs})

    def to_wanted(self, catalogue: Catalogue) -> Wanted:
        """What they ask for, once every field is fine. Raises CommuneUnknown, CommuneDeparted."""
        slug = self.commune.data or None
        home = catalogue.served_commune(slug, catalogue.today(utc_now())) if slug else None
        home_id, language = home.id if home else None, current_language()
        if self.by_sms:
            return Wanted(None, home_id, language, phone=self._phone(self.telephone.data).number)
        return Wanted(parse_email(self.email.data or ""), home_id, language)


class StopForm(BaseForm):
    """One button. The address alone is the right to stop: its token is like that of any form."""
