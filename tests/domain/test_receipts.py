"""The words of carriers: what arrived, what was lost, and what says nothing yet."""

import pytest

from app.domain.messages import Receipt
from app.domain.receipts import read_ptt, read_state

LOST, DELIVERED = Receipt.LOST, Receipt.DELIVERED


@pytest.mark.parametrize(
    ("word", "receipt"),
    [
        ("delivered", DELIVERED),
        (" DELIVRD ", DELIVERED),
        ("UNDELIV", LOST),
        ("Expired", LOST),
        ("failed", LOST),
        ("accepted", None),
        ("sent", None),
        ("", None),
    ],
)
def test_words(word: str, receipt: Receipt | None) -> None:
    assert read_state(word) is receipt


@pytest.mark.parametrize(
    ("code", "receipt"),
    [
        ("4", DELIVERED),
        ("3", None),
        ("1", None),
        ("6", None),
        ("5", LOST),
        ("23", LOST),
        ("-4", None),
        ("4.0", None),
        ("999999999999", None),
        ("", None),
        ("٤", None),
    ],
)
def test_codes_of_ovhcloud(code: str, receipt: Receipt | None) -> None:
    assert read_ptt(code) is receipt
