"""Each value we keep has a term: the manifest knows every column, and only columns that exist."""

from app.models import Base
from app.services.retention import MANIFEST, Fate

COLUMNS = {
    f"{table.name}.{column.name}"
    for table in Base.metadata.sorted_tables
    for column in table.columns
}
OF_PERSONS = ("first_name", "last_name", "phone", "email", "address", "helper_name")
OF_STAFF = {"counsellor.first_name"}


def test_each_column_is_classified() -> None:
    assert len(COLUMNS) > 50
    assert COLUMNS - set(MANIFEST) == set()


def test_the_manifest_speaks_of_columns_that_exist() -> None:
    assert set(MANIFEST) - COLUMNS == set()


def test_what_names_a_person_goes_away_within_a_year() -> None:
    named = {
        column
        for column in COLUMNS
        if column.split(".")[0] in {"resident", "appointment"}
        and column.split(".")[1].startswith(OF_PERSONS)
    }
    assert len(named) > 5
    for column in named:
        policy = MANIFEST[column]
        assert policy.fate in {Fate.ERASED, Fate.REMOVED}, column
        assert policy.period.days <= 366, column


def test_no_other_table_names_a_person() -> None:
    elsewhere = {
        column
        for column in COLUMNS
        if column.split(".")[0] not in {"resident", "appointment"}
        and column.split(".")[1].startswith(("first_name", "last_name", "phone", "email"))
    }
    assert elsewhere <= OF_STAFF
