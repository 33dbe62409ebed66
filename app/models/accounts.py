"""Who holds sessions, and who signs in: accounts, their sessions, and the links that open them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.access import LinkPurpose, Role
from app.models.base import Base, named
from app.models.places import Commune


class Counsellor(Base):
    """A digital counsellor, whose row is the lock that every booking of theirs takes first."""

    __tablename__ = "counsellor"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class User(Base):
    """Whoever signs in. Disabled, never deleted: the history names who did what."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("(role = 'COUNSELLOR') = (counsellor_id IS NOT NULL)", name="own_agenda"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case: the name that one signs in with."""
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str | None]
    """At work, as colleagues dial it; nobody must have one."""
    role: Mapped[Role] = mapped_column(named(Role))
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    """Argon2id; NULL until the invitation is answered."""
    nonce: Mapped[str]
    """Changed with the password, on disabling and by « tout déconnecter »: all sessions end."""
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]
    """The time step of the last code accepted: a code serves once."""
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    counsellor: Mapped[Counsellor | None] = relationship()
    communes: Mapped[list["UserCommune"]] = relationship(cascade="all, delete-orphan")


class UserCommune(Base):
    """A commune that somebody answers for: at its desk, as its referent or as the deputy."""

    __tablename__ = "user_commune"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), primary_key=True)
    is_deputy: Mapped[bool] = mapped_column(default=False)

    commune: Mapped[Commune] = relationship()


class UserSession(Base):
    """One browser that is signed in. Its key is in a cookie; only the hash is here."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    """The account's nonce at sign-in: another one now ends this session."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str]
    """« Firefox, Windows »: enough to recognise one's own."""

    user: Mapped[User] = relationship()


class AccountLink(Base):
    """A link that sets a password once, within an hour: an invitation or a reset."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(named(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """Opens the second step once when the telephone is lost."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]
