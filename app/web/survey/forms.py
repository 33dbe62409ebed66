"""The forms of the three questions."""

from wtforms import RadioField, SelectField, StringField

from app.domain.appointment import PlaceKind
from app.domain.message_errors import PlaceKindMissing
from app.domain.staff_errors import AnswerMissing
from app.domain.survey import Answer, Answers
from app.web.forms import BaseForm, offered, required
from app.web.site import current_catalogue

CHOICES = offered({each: each for each in Answer})
PLACES = {PlaceKind.VENUE: "À la permanence", PlaceKind.HOME: "À domicile"}


def _asked() -> RadioField:
    return RadioField("", choices=CHOICES, validate_choice=False)


class AnswersForm(BaseForm):
    """Three answers; each may be missing, and what is no answer counts as missing."""

    aide = _asked()
    seul = _asked()
    conseil = _asked()

    @property
    def answers(self) -> Answers:
        return Answers(
            helped=_answer(self.aide.data),
            alone=_answer(self.seul.data),
            recommends=_answer(self.conseil.data),
        )


def _answer(given: str | None) -> Answer | None:
    return Answer(given) if given in set(Answer) else None


class WhereForm(BaseForm):
    """Where the person was helped: all that an answer keeps of them."""

    commune = SelectField("Commune", [required(AnswerMissing)], validate_choice=False)
    lieu = RadioField(
        "Où ?", [required(PlaceKindMissing)], choices=offered(PLACES), validate_choice=False
    )

    def __init__(self, own: frozenset[int] = frozenset()) -> None:
        super().__init__()
        communes = current_catalogue().communes
        known = [each for each in communes if not own or each.id in own]
        self.commune.choices = offered({each.slug: each.name for each in known})
        if not self.is_submitted():
            self.lieu.data = PlaceKind.VENUE.value

    @property
    def commune_id(self) -> int:
        return current_catalogue().commune(self.commune.data).id

    @property
    def place_kind(self) -> PlaceKind:
        return PlaceKind(self.lieu.data)


class SlipsForm(WhereForm):
    """How many paper slips to print."""

    nombre = StringField("Combien de feuilles ?")


class TypedForm(WhereForm, AnswersForm):
    """What a paper slip says."""
