"""What one message about workshops says: of a registration, of places offered, of those to come."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.workshop_facts import (
    PlacesOfferFacts,
    RegistrationFacts,
    SessionFacts,
    WorkshopFacts,
)


@dataclass(frozen=True, slots=True)
class WorkshopLetter:
    """A registration, told by its next date or by one of them; and what is offered, if anything."""

    registration: RegistrationFacts
    session: SessionFacts
    """The date that the message is about."""
    offer: PlacesOfferFacts | None = None
    names_one_date: bool = False
    """That date of a cycle, and no other, is what the message is about."""
    was_at: datetime | None = None
    """Its start (UTC) as they knew it; None: it did not move."""

    @property
    def workshop(self) -> WorkshopFacts:
        return self.registration.workshop

    @property
    def language(self) -> str:
        return self.registration.language

    @property
    def starts_at(self) -> datetime:
        return self.session.starts_at

    @property
    def sms_name(self) -> str:
        return self.session.sms_name

    @property
    def token(self) -> str:
        """Of the page where one answers: the offer's, else the registration's."""
        return self.offer.token if self.offer else self.registration.token


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """For who asked to be told of the workshops to come; none: it confirms their consent."""

    token: str
    """Of the page that ends it."""
    language: str
    workshops: tuple[WorkshopFacts, ...]
    """Those of their commune first."""


def told_session(
    facts: RegistrationFacts, now: datetime, session_id: int | None = None
) -> SessionFacts:
    """The date that a message names: that one, else the next one to come, else the last one.

    Dates that are off or excused are passed over as long as there is another.
    """
    dates = facts.workshop.sessions
    if session_id is not None:
        return next((each for each in dates if each.id == session_id), dates[-1])
    if facts.workshop.is_cancelled:  # the dates that were held are no news
        return next(
            (each for each in dates if each.is_cancelled and each.starts_at > now), dates[-1]
        )
    expected = [each for each in dates if not (each.is_cancelled or each.is_excused)] or dates
    return next((each for each in expected if each.starts_at > now), expected[-1])
