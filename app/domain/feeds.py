"""What a calendar feed shows."""

from enum import StrEnum


class FeedLevel(StrEnum):
    """How much a feed says: feeds end up at Google or Microsoft (product §13)."""

    BUSY = "BUSY"
    """« Occupé » and the venue; nothing of anybody."""
    DETAIL = "DETAIL"
    """First name and initial, device, what to bring, street of a visit. Never the need."""
