"""What a carrier says of a message that it took, in the words of several carriers."""

from app.domain.messages import Receipt

DELIVERED_WORDS = frozenset({"delivered", "delivrd", "received", "success", "ok"})
LOST_WORDS = frozenset(
    {
        "bounced",
        "deleted",
        "error",
        "expired",
        "failed",
        "failure",
        "lost",
        "rejected",
        "rejectd",
        "undeliv",
        "undeliverable",
        "undelivered",
    }
)
"""Those of SMPP (DELIVRD, UNDELIV, EXPIRED, REJECTD…) and the usual English ones."""

OVH_DELIVERED = 4
OVH_ON_ITS_WAY = frozenset({0, 1, 2, 3, 6})
"""Codes « ptt » of OVHcloud that end nothing: waiting, tried again, taken by the operator, unknown.
"""


def read_state(word: str) -> Receipt | None:
    """The receipt that a word tells; None: the message is still on its way, or nobody knows."""
    known = word.strip().lower()
    if known in DELIVERED_WORDS:
        return Receipt.DELIVERED
    return Receipt.LOST if known in LOST_WORDS else None


def read_ptt(code: str) -> Receipt | None:
    """The receipt of OVHcloud's code « ptt »; None for those that end nothing, or for nonsense."""
    if not (code.isascii() and code.isdecimal() and len(code) < 6):
        return None
    number = int(code)
    if number == OVH_DELIVERED:
        return Receipt.DELIVERED
    return None if number in OVH_ON_ITS_WAY else Receipt.LOST
