"""Every refusal is a type with its own code, the field to correct and an HTTP answer."""

import inspect
import re
from http import HTTPStatus

import pytest

from app.domain import errors
from app.domain.errors import DomainError

REFUSALS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, DomainError) and not kind.__subclasses__()
]
SILENCES = {errors.OutcomeUnknown, errors.CancelUnknown, errors.DatabaseUnavailable}


def in_words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_code_is_the_name(refusal: type[DomainError]) -> None:
    assert refusal.code == in_words(refusal.__name__)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_an_answer_to_the_client_and_a_silence_is_ours(
    refusal: type[DomainError],
) -> None:
    assert refusal.status in set(HTTPStatus)
    expected = range(500, 600) if refusal in SILENCES else range(400, 500)
    assert refusal.status in expected


@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_field_is_one_of_a_form(refusal: type[DomainError]) -> None:
    assert refusal.field is None or re.fullmatch("[a-z_]+", refusal.field)


def test_no_two_refusals_share_a_code() -> None:
    assert len({refusal.code for refusal in REFUSALS}) == len(REFUSALS) > 40


def test_a_refusal_says_its_code_and_nothing_of_its_facts() -> None:
    """It ends in logs: what somebody typed must not."""
    refusal = errors.CommuneDeparted(commune="Amont")
    assert str(refusal) == "commune_departed"
    assert refusal.facts == {"commune": "Amont"}
    assert errors.SlotTaken().facts == {}
