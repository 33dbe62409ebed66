"""The form of a consent: an address, and a box that nobody ticked before."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField

from app.domain.errors import DomainError
from app.domain.workshop_errors import NewsConsentMissing, NewsEmailMissing
from app.gateways.contacts import parse_email
from app.services.catalogue import Catalogue
from app.services.workshop_news import Wanted
from app.web.clock import utc_now
from app.web.contact_form import TrapFields
from app.web.forms import BaseForm, offered, refuse_field, required
from app.web.language import current_language

ALL_COMMUNES = ""


class NewsForm(TrapFields):
    """Where to write, which commune first, and the consent."""

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

    def validate_email(self, field: StringField) -> None:
        """Only a whole address can be written to."""
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
        email = parse_email(self.email.data or "")
        return Wanted(email or "", home.id if home else None, current_language())


class StopForm(BaseForm):
    """One button. The address alone is the right to stop: its token is like that of any form."""
