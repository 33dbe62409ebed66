"""The three questions: which links may still answer, and how often each answer was given."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.appointment import PlaceKind
from app.domain.survey import Answer, Question
from app.models.base import Base, named


class SurveyInvitation(Base):
    """A link that may still answer: the row goes with the answer, or after 30 days."""

    __tablename__ = "survey_invitation"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    made_on: Mapped[date] = mapped_column(index=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    """Of the place, or of the home for a visit."""
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind))


class SurveyAnswer(Base):
    """How often one answer was given: no row is anybody's, on no database (PostgreSQL's xmin)."""

    __tablename__ = "survey_answer"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way

    half_year: Mapped[str] = mapped_column(primary_key=True)
    """« 2026-2 »."""
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), primary_key=True)
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind), primary_key=True)
    question: Mapped[Question] = mapped_column(named(Question), primary_key=True)
    answer: Mapped[Answer] = mapped_column(named(Answer), primary_key=True)
    count: Mapped[int]
