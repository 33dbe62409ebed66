"""The e-mail that carries an invitation or a reset: plain text, no name that somebody typed.

It is handed over at once and never waits in the outbox: its link opens an account (law B24).
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.domain.access import LinkPurpose
from app.gateways.message_words import filled, table
from app.gateways.messages import Email
from app.gateways.parcels import Parcel, Sender


@dataclass(frozen=True, slots=True)
class AccountLetter:
    """Whose link it is, where it leads, and who writes."""

    to: str
    purpose: LinkPurpose
    link: str
    service: str
    phone: str = ""
    """As one reads it; "" where the service has none."""
    reply_to: str = ""


def render_account_letter(letter: AccountLetter) -> Email:
    """Subject and text, in French: only colleagues receive it."""
    words = {"service": letter.service, "link": letter.link, "phone": letter.phone}
    shipped = table("account")[letter.purpose.value]
    return Email(filled(shipped["subject"], words), filled(shipped["text"], words))


def mail_account_letter(sender: Sender, letter: AccountLetter, *, at: datetime) -> None:
    """Hand it to the mail server, and hang up. Raises AddressRefused or OSError."""
    name = f"compte-{sha256(letter.link.encode()).hexdigest()[:16]}"
    content = render_account_letter(letter)
    try:
        sender.send(Parcel(name, letter.to, content, at, reply_to=letter.reply_to))
    finally:
        sender.hang_up()
