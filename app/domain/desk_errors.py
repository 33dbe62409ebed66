"""Refusals of the phone desk about what was typed beside a card: a booking corrects no card."""

from app.domain.errors import DomainError


class ContactDiffers(DomainError):
    """The card says otherwise: it is corrected first, or the typed answer is taken away."""


class EmailNotOfCard(ContactDiffers):
    """Another address than the one to which the message would go."""

    code, field = "email_not_of_card", "email"


class EmailNotOnCard(ContactDiffers):
    """An address for a card that has none."""

    code, field = "email_not_on_card", "email"


class PhoneNotOfCard(ContactDiffers):
    """Another whole number than the one that would be called."""

    code, field = "phone_not_of_card", "telephone"


class PhoneNotOnCard(ContactDiffers):
    """A whole number for a card that has none."""

    code, field = "phone_not_on_card", "telephone"
