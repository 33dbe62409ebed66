"""Names and phones as the desk searches for them."""

import pytest

from app.domain.search_keys import phone_end, plain, search_keys


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("D’Aubigné-Le Gœff", "d aubigne le goeff"),
        ("ÉLOÏSE", "eloise"),
        ("  O'Neill ", "o neill"),
        ("Łukasz", "lukasz"),
        ("Иван", "иван"),
        ("—", ""),
    ],
)
def test_a_name_without_accents_capitals_nor_marks(name: str, found_by: str) -> None:
    assert plain(name) == found_by


def test_both_names_in_both_orders_and_the_phone_from_its_end() -> None:
    assert search_keys("Zoé", "Le Goff", "+33639981234") == {
        "by_last_name": "le goff zoe",
        "by_first_name": "zoe le goff",
        "by_phone_end": "43218993633+",
    }
    assert search_keys("Zoé", "Goff", None)["by_phone_end"] is None


def test_digits_typed_are_the_end_of_a_phone() -> None:
    assert phone_end("12 34") == "4321"
    assert "43218993633+".startswith(phone_end("98 12 34"))
