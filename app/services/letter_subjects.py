"""What a message is about, whatever it tells: see `letters`."""

from dataclasses import dataclass

from app.domain.sending import Wishes
from app.gateways.message_words import Facts


@dataclass(frozen=True, slots=True)
class About:
    """What a message tells, where it goes today, what that person asked of us, and who pays."""

    facts: Facts
    address: str | None
    wishes: Wishes
    commune_id: int | None
    """None: charged to nobody, as news for who has chosen no commune."""
