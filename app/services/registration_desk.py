"""The end of a call that registers somebody for a workshop."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.workshops import Registration
from app.services.links import hash_token


def registration_of_link(session: Session, token: str) -> int:
    """The id of the registration that this link opens; the link was made just before."""
    found = select(Registration.id).where(Registration.link_token_hash == hash_token(token))
    return session.scalars(found).one()
