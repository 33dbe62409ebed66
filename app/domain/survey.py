"""Three questions after an appointment: the answers are nobody's from the first second."""

from enum import StrEnum


class Answer(StrEnum):
    """The same three steps for each question; their words are the page's matter."""

    YES = "YES"
    PARTLY = "PARTLY"
    NO = "NO"
