"""Names and addresses as people type them, and what no name or address can hold."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import errors
from app.domain.names import (
    MAX_ADDRESS,
    MAX_NAME,
    address_line,
    first_name,
    helper_name,
    last_name,
    of_name,
)

RTL_OVERRIDE, ZERO_WIDTH = "\u202e", "\u200b"
PAYLOADS = [
    "Rose\x00", "Rose\x1b[31m", f"Rose{RTL_OVERRIDE}", f"Ro{ZERO_WIDTH}se", "Rose\nBcc: tous",
    "Rose 😀", "<b>Rose</b>", "Rose & Jean", '=HYPERLINK("x")', "+33", "@SUM(A1)", "{{7*7}}",
    "Rose;DROP", "Rose/../", "Rose2", "Ro\u2028se", "Ro\ud800se", "${x}", "ros%65",
]  # fmt: skip
"""Control characters, hidden ones, markup, formulas, templates and digits."""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Rose", "Rose"),
        ("  Marie   Rose\u00a0", "Marie Rose"),
        ("Jean-Loïc", "Jean-Loïc"),
        ("O’Neill", "O’Neill"),
        ("d'Aubigné", "d'Aubigné"),
        ("Léo".encode().decode(), "Léo"),
        (unicodedata.normalize("NFD", "Éloïse"), "Éloïse"),
        ("M. Serin", "M. Serin"),
        ("Ngọc", "Ngọc"),
        ("محمد", "محمد"),
        ("Ольга", "Ольга"),
        ("李", "李"),
        ("X" * MAX_NAME, "X" * MAX_NAME),
    ],
)
def test_a_name_is_kept_as_it_is_written(typed: str, kept: str) -> None:
    assert first_name(typed) == last_name(typed) == helper_name(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "\t", "\u00a0\u202f", "\n"])
@pytest.mark.parametrize(
    ("read", "refusal"),
    [
        (first_name, errors.FirstNameMissing),
        (last_name, errors.LastNameMissing),
        (helper_name, errors.HelperNameMissing),
    ],
)
def test_an_empty_name_is_asked_for(
    read: Callable[[str], str], refusal: type[errors.DomainError], typed: str
) -> None:
    with pytest.raises(refusal):
        read(typed)


@pytest.mark.parametrize("typed", ["X" * (MAX_NAME + 1), "X" * 10_000, "é" * 10_000])
def test_a_name_that_is_too_long_is_refused_and_never_cut(typed: str) -> None:
    with pytest.raises(errors.NameTooLong):
        last_name(typed)


@pytest.mark.parametrize("typed", [*PAYLOADS, "-", "’", "...", "'-. "])
def test_what_no_name_can_be_is_refused(typed: str) -> None:
    with pytest.raises(errors.NameUnreadable):
        last_name(typed)


@given(st.text(max_size=120))
def test_a_name_is_read_or_refused_and_then_read_the_same(typed: str) -> None:
    try:
        name = last_name(typed)
    except (errors.LastNameMissing, errors.NameTooLong, errors.NameUnreadable):
        return
    assert last_name(name) == name
    assert 0 < len(name) <= MAX_NAME
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12 bis, rue de l’Église", "12 bis, rue de l’Église"),
        ("  Les  Brandes ", "Les Brandes"),
        ("Bât. B, 2e étage, n° 4", "Bât. B, 2e étage, n° 4"),
        ("Appt #3 (fond de cour) / allée", "Appt #3 (fond de cour) / allée"),
        ("Résidence « Les Pins »", "Résidence « Les Pins »"),
        ("X" * MAX_ADDRESS, "X" * MAX_ADDRESS),
    ],
)
def test_an_address_is_kept_as_it_is_written(typed: str, kept: str) -> None:
    assert address_line(typed) == kept


def test_a_required_address_is_asked_for_and_another_may_be_empty() -> None:
    with pytest.raises(errors.AddressMissing):
        address_line(" ")
    assert address_line(" ", required=False) is None


@pytest.mark.parametrize(
    "typed", ["12 rue\x00", f"12 {RTL_OVERRIDE}rue", "12 rue <b>", "=1+1", "12 rue 🏠", "1\n2"]
)
@pytest.mark.parametrize("required", [True, False])
def test_what_no_address_can_be_is_refused(typed: str, required: bool) -> None:
    with pytest.raises(errors.AddressUnreadable):
        address_line(typed, required=required)


def test_an_address_that_is_too_long_is_refused_and_never_cut() -> None:
    for length in (MAX_ADDRESS + 1, 10_000):
        with pytest.raises(errors.AddressTooLong):
            address_line("X" * length)


@given(st.text(max_size=200))
def test_an_address_is_read_or_refused_and_then_read_the_same(typed: str) -> None:
    try:
        line = address_line(typed)
    except (errors.AddressMissing, errors.AddressTooLong, errors.AddressUnreadable):
        return
    assert line is not None
    assert address_line(line) == line
    assert len(line) <= MAX_ADDRESS


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Karim", "de Karim"),
        ("Anaïs", "d’Anaïs"),
        ("Élodie", "d’Élodie"),
        ("Hélène", "d’Hélène"),
        ("Yves", "d’Yves"),
        ("Yann", "de Yann"),
        ("Œdipe", "d’Œdipe"),
        ("", "de "),
    ],
)
def test_de_before_a_name_is_elided_as_one_says_it(name: str, said: str) -> None:
    assert of_name(name) == said
