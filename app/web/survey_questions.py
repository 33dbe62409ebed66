"""The three questions and their answers: a face and a word each, never a colour alone.

The committee agrees the questions: the coordinator may write others among the texts of messages.
The answers stay, so that figures of several years compare.
"""

from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.survey import Answer
from app.extensions import db
from app.services.message_texts import read_questions
from app.web.language import current_language
from app.web.site import current_catalogue

FACES = {Answer.YES: "smile", Answer.PARTLY: "meh", Answer.NO: "frown"}
"""Each answer's icon."""
QUESTIONS = {
    "helped": _l("Avez-vous obtenu l’aide que vous vouliez ?"),
    "alone": _l("Vous sentez-vous capable de le refaire sans aide ?"),
    "recommends": _l("Conseilleriez-vous %(service)s ?"),
}
_PARTLY = {
    "helped": _l("En partie"),
    "alone": _l("Avec un peu d’aide"),
    "recommends": _l("Peut-être"),
}
FIELDS = {"helped": "aide", "alone": "seul", "recommends": "conseil"}
"""The names of the questions in the form."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, ready to be shown."""

    name: str
    """Of its field."""
    text: str
    answers: list[tuple[str, str, str]]
    """(value, word, icon)."""


def shipped_question(code: str) -> str:
    """The question of that code as it ships, in the language of the moment."""
    return str(QUESTIONS[code]) % {"service": current_catalogue().service["name"]}


def questions() -> list[Question]:
    """The three, in the language of the page."""
    own = read_questions(db.session(), current_language())
    return [
        Question(
            name=FIELDS[code],
            text=own.get(code) or shipped_question(code),
            answers=[
                (Answer.YES.value, str(gettext("Oui")), FACES[Answer.YES]),
                (Answer.PARTLY.value, str(_PARTLY[code]), FACES[Answer.PARTLY]),
                (Answer.NO.value, str(gettext("Non")), FACES[Answer.NO]),
            ],
        )
        for code in QUESTIONS
    ]
