"""« Quels messages ? »: three boxes, for the person's own page and for the desk."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field

from app.domain.sending import Wishes
from app.web.forms import BaseForm


class WishesForm(BaseForm):
    """Ticked: wanted. A box left empty is a refusal, and ticking it again lifts it."""

    sms = BooleanField(_l("Les SMS (messages sur le téléphone)"))
    email = BooleanField(_l("Les e-mails"))
    rappels = BooleanField(_l("Les rappels avant un rendez-vous"))

    def shows(self, wishes: Wishes) -> None:
        """Tick what is wanted now."""
        self.sms.data = not wishes.no_sms
        self.email.data = not wishes.no_mail
        self.rappels.data = not wishes.no_reminders

    @property
    def boxes(self) -> list[Field]:
        return [self.sms, self.email, self.rappels]

    @property
    def wishes(self) -> Wishes:
        """What the boxes say."""
        return Wishes(
            no_sms=not self.sms.data,
            no_mail=not self.email.data,
            no_reminders=not self.rappels.data,
        )
