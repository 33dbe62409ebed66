"""Tables for a spreadsheet: French settings, and never a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.spreadsheets import csv_text


def read_back(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_the_table_as_a_french_spreadsheet_wants_it() -> None:
    text = csv_text(("Qui", "Quoi"), [("Anne", "a dit « oui ; non »"), (None, 3)])
    assert text == '\ufeffQui;Quoi\r\nAnne;"a dit « oui ; non »"\r\n;3\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_never_starts_a_formula(start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    assert read_back(csv_text(("x",), [(cell,)]))[1] == [f"'{cell}"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_whatever_is_written_stays_in_its_cell(cells: list[str]) -> None:
    [_, row] = read_back(csv_text(("x",), [cells]))
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
