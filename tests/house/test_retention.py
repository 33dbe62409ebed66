"""Every column of every table says how long it is kept."""

from app.models import Base
from app.services.retention import MANIFEST, Fate

COLUMNS = {
    f"{table.name}.{column.name}": column
    for table in Base.metadata.sorted_tables
    for column in table.columns
}


def test_every_column_is_in_the_manifest_and_nothing_else() -> None:
    assert len(COLUMNS) > 100
    assert COLUMNS.keys() - MANIFEST.keys() == set(), "say in app/services/retention.py how long"
    assert MANIFEST.keys() - COLUMNS.keys() == set(), "these columns are no more"


def test_what_goes_away_has_a_period_and_an_event_to_count_from() -> None:
    for name, policy in MANIFEST.items():
        goes_away = policy.fate in {Fate.ERASED, Fate.REMOVED}
        assert goes_away == (policy.days is not None) == bool(policy.since), name


def test_a_row_is_removed_whole() -> None:
    removed = {name.split(".")[0] for name, each in MANIFEST.items() if each.fate is Fate.REMOVED}
    partly = {
        name
        for name, policy in MANIFEST.items()
        if name.split(".")[0] in removed and policy.fate is not Fate.REMOVED
    }
    assert partly == set()


def test_what_may_be_emptied_soon_can_be_empty() -> None:
    soon = [name for name, each in MANIFEST.items() if each.fate is Fate.ERASED and each.days == 30]
    assert soon
    assert [name for name in soon if not COLUMNS[name].nullable] == []


def test_nothing_that_people_type_is_kept() -> None:
    typed = ("name", "phone", "email", "address", "note")
    tables = {"resident", "appointment", "appointment_event", "call_task", "outbox_message"}
    kept = {
        name
        for name, policy in MANIFEST.items()
        if name.split(".")[0] in tables
        and any(word in name.split(".")[1] for word in typed)
        and policy.fate not in {Fate.ERASED, Fate.REMOVED}
    }
    assert kept == set()
