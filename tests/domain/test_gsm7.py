"""The alphabet of text messages."""

import pytest

from app.domain.gsm7 import foreign_characters, is_gsm7, segments, septets


@pytest.mark.parametrize("text", ["", "é è à ù ì ò ñ Ç É Ä Ö Ü ä ö ü", "Coclic'O", "10 € [a]"])
def test_these_texts_are_gsm7(text: str) -> None:
    assert is_gsm7(text)


@pytest.mark.parametrize("character", "êâîôûëïçœÀÈÙ’«»\u00a0`\t😀")
def test_these_characters_are_not(character: str) -> None:
    assert not is_gsm7(f"a{character}b")


def test_foreign_characters_are_told_once_and_in_order() -> None:
    assert foreign_characters("août, fête, août") == ("û", "ê")


def test_an_extension_character_takes_two_places() -> None:
    assert septets("10 €") == 5
    assert septets("mairie de Breuillet") == 19


def test_the_length_of_another_alphabet_is_not_counted_in_septets() -> None:
    with pytest.raises(ValueError, match="û"):
        septets("août")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        # 153 places hold 76 signs of two places: the 77th goes whole into the next part.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("û" * 70, 1),
        ("û" * 71, 2),
        ("û" * 134, 2),
        ("û" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_how_many_messages_the_operator_bills(text: str, expected: int) -> None:
    assert segments(text) == expected
