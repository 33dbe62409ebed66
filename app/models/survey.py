"""The three questions: who may answer, and what was answered. Nothing joins the two."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.appointment import PlaceKind
from app.domain.survey import Answer
from app.models.base import Base, named


class SurveyInvitation(Base):
    """A link that may answer once; the row goes after 30 days."""

    __tablename__ = "survey_invitation"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    made_on: Mapped[date] = mapped_column(index=True)
    used_on: Mapped[date | None]
    """A day and no hour: nothing tells which answer it was."""
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    """Of the place, or of the home for a visit."""
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind))


class SurveyAnswer(Base):
    """Under a random key, without hour, in no order: on SQLite the rows are sorted by the key."""

    __tablename__ = "survey_answer"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way

    key: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    half_year: Mapped[str]
    """« 2026-2 »."""
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"))
    place_kind: Mapped[PlaceKind] = mapped_column(named(PlaceKind))
    helped: Mapped[Answer | None] = mapped_column(named(Answer))
    alone: Mapped[Answer | None] = mapped_column(named(Answer))
    recommends: Mapped[Answer | None] = mapped_column(named(Answer))
