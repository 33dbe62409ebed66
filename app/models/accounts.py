"""The people who hold sessions. Sign-in accounts come with the staff pages."""

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Counsellor(Base):
    """A digital counsellor, whose row is the lock that every booking of theirs takes first."""

    __tablename__ = "counsellor"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
