"""The forms of the calendars."""

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice

from app.domain.feeds import FeedLevel
from app.domain.staff_errors import FeedLevelMissing, FeedOwnerMissing
from app.services.feeds import FeedOwner
from app.web.forms import BaseForm, required

LEVELS = {FeedLevel.BUSY: "Occupé", FeedLevel.DETAIL: "Détail"}
LEVEL_HINTS = {
    FeedLevel.BUSY.value: "Les heures et les lieux seulement. Aucun nom.",
    FeedLevel.DETAIL.value: "Le prénom et l’initiale, ce qu’il faut apporter, la rue d’une visite.",
}


class FeedForm(BaseForm):
    """Whose appointments, and how much of them."""

    agenda = RadioField("Quel agenda ?", [required(FeedOwnerMissing)], validate_choice=False)
    niveau = RadioField(
        "Que montre-t-il ?",
        [required(FeedLevelMissing)],
        choices=[SelectChoice(level.value, label) for level, label in LEVELS.items()],
        default=FeedLevel.BUSY.value,
        validate_choice=False,
    )
    trajets = BooleanField("Ajouter les trajets en voiture")

    def offer(self, owners: Sequence[FeedOwner]) -> None:
        """The agendas to choose from; a single one is chosen already."""
        self.agenda.choices = [SelectChoice(owner.key, owner.name) for owner in owners]
        if len(owners) == 1 and not self.agenda.data:
            self.agenda.data = owners[0].key


class CalendarForm(BaseForm):
    """Where a counsellor's own agenda is read."""

    adresse = StringField("Adresse ICS de votre agenda")
