"""From what is typed to the beginning of a search key."""

import pytest

from app.domain.desk_search import Sought, sought


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("00 01", "1000"),
        ("06 39 98 00 01", "100089936"),
        ("+33 6 39 98 00 01", "10008993633"),
        ("0033639980001", "10008993633"),
    ],
)
def test_digits_look_for_the_end_of_a_phone(typed: str, end: str) -> None:
    assert sought(typed, "Jean", "Dupont") == Sought(phone_end=end)


@pytest.mark.parametrize("typed", ["", "123", "12 d", "Bé"])
def test_too_little_looks_for_nothing(typed: str) -> None:
    assert sought(typed) is None


def test_letters_look_for_either_name_without_accents() -> None:
    assert sought("Hélè") == sought("", "hele") == sought("", "", "HÉLÈ")
    assert sought("Hélè") == Sought(first_name="hele", last_name="hele")


def test_both_names_look_for_the_first_then_the_beginning_of_the_last() -> None:
    assert sought("12", "Jean", "du") == Sought(first_name="jean du")
