"""Tables that a spreadsheet opens as they are meant: CSV for French settings, without formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it the spreadsheet takes UTF-8 for something else."""
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV: semicolons, CRLF, a BOM; a cell never starts a formula (T12)."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BOM + written.getvalue()


def _cell(value: object) -> str:
    """The text of a cell; a phone such as « +33… » stays a text too."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
