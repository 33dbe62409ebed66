"""Three questions after an appointment: the answers are nobody's from the first second."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.half_year import HalfYear


class Answer(StrEnum):
    """The same three steps for each question; their words are the page's matter."""

    YES = "YES"
    PARTLY = "PARTLY"
    NO = "NO"


class Question(StrEnum):
    """The three questions; each is counted by itself."""

    HELPED = "HELPED"
    ALONE = "ALONE"
    RECOMMENDS = "RECOMMENDS"


@dataclass(frozen=True, slots=True)
class Answers:
    """One slip: each question may stay without an answer."""

    helped: Answer | None = None
    """« Avez-vous obtenu l’aide que vous vouliez ? »"""
    alone: Answer | None = None
    """« Vous sentez-vous capable de le refaire sans aide ? »"""
    recommends: Answer | None = None
    """« Conseilleriez-vous ce service ? »"""

    @property
    def is_empty(self) -> bool:
        return not self.by_question

    @property
    def by_question(self) -> dict[Question, Answer]:
        """The questions that were answered, always in the same order."""
        given = {
            Question.HELPED: self.helped,
            Question.ALONE: self.alone,
            Question.RECOMMENDS: self.recommends,
        }
        return {question: answer for question, answer in given.items() if answer}


def half_year(day: date) -> str:
    """« 2026-2 »: all that an answer keeps of its date."""
    return HalfYear.of(day).code
