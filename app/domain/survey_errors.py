"""The refusals of the three questions. Their words live in `app/web/wording.py`."""

from app.domain.errors import DomainError


class SurveyLinkUnknown(DomainError):
    """The link of the three questions was never made, is too old, or has answered already."""

    code, status = "survey_link_unknown", 410


class SurveyEmpty(DomainError):
    """None of the three questions has an answer."""

    code, field = "survey_empty", "aide"
