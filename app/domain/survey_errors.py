"""The refusals of the three questions. Their words live in `app/web/wording.py`."""

from app.domain.errors import DomainError


class SurveyLinkUnknown(DomainError):
    """The link of the three questions was never made, or is too old."""

    code, status = "survey_link_unknown", 410


class SurveyAnswered(DomainError):
    """This link of the three questions has answered already."""

    code, status = "survey_answered", 410


class SurveyEmpty(DomainError):
    """None of the three questions has an answer."""

    code, field = "survey_empty", "aide"
