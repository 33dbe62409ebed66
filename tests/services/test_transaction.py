"""The one door for writing: locks first, commit last, and a plain word when the database fails."""

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import DatabaseUnavailable, SlotTaken
from app.models.accounts import Counsellor
from app.services.transaction import Locks, write_transaction
from tests.support.databases import Database, impatient
from tests.support.stage import Stage


def names(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Counsellor.first_name).order_by(Counsellor.id)))


def rename(session: Session, name: str) -> None:
    session.execute(update(Counsellor).where(Counsellor.code == "jeanne").values(first_name=name))


# -- commit or nothing


def test_what_the_block_writes_is_saved(stage: Stage, engine: Engine) -> None:
    with write_transaction(stage.session):
        rename(stage.session, "Zoé")
    with Session(engine) as other:
        assert names(other) == ["Zoé", "Karim"]


def test_objects_are_written_without_being_asked(stage: Stage, engine: Engine) -> None:
    with write_transaction(stage.session):
        stage.session.add(Counsellor(code="zoe", first_name="Zoé"))
    with Session(engine) as other:
        assert "Zoé" in names(other)


@pytest.mark.parametrize("raised", [SlotTaken(), KeyboardInterrupt(), ValueError()])
def test_whatever_the_block_raises_nothing_is_saved(stage: Stage, raised: BaseException) -> None:
    def write_and_stumble() -> None:
        with write_transaction(stage.session):
            rename(stage.session, "Zoé")
            raise raised

    with pytest.raises(type(raised)):
        write_and_stumble()
    assert names(stage.session) == ["Jeanne", "Karim"]


def test_a_row_that_a_constraint_refuses_saves_nothing(stage: Stage) -> None:
    def write_twice() -> None:
        with write_transaction(stage.session):
            rename(stage.session, "Zoé")
            stage.session.add(Counsellor(code="jeanne", first_name="Jeanne"))

    with pytest.raises(IntegrityError):
        write_twice()
    assert names(stage.session) == ["Jeanne", "Karim"]


def test_the_block_reads_what_others_saved_since_the_page_was_opened(
    stage: Stage, database: Database
) -> None:
    assert names(stage.session) == ["Jeanne", "Karim"]
    stage.session.scalars(select(Counsellor)).all()
    with impatient(database) as other, write_transaction(other):
        rename(other, "Zoé")
    with write_transaction(stage.session, Locks.of({stage.counsellor("jeanne")})):
        seen = stage.session.scalars(select(Counsellor).order_by(Counsellor.id)).all()
        assert [each.first_name for each in seen] == ["Zoé", "Karim"]


# -- locks


def test_locks_are_sets() -> None:
    assert Locks.of([2, 1, 2], ["b", "a", "b"]) == Locks.of({1, 2}, {"a", "b"})
    assert Locks.of() == Locks()


def takes(session: Session, lock: Locks) -> bool:
    """Whether the session gets those locks at once."""
    try:
        with write_transaction(session, lock):
            return True
    except DatabaseUnavailable:
        return False


@pytest.mark.parametrize("kind", ["counsellor", "key"])
def test_who_takes_the_same_lock_waits(stage: Stage, database: Database, kind: str) -> None:
    jeanne = stage.counsellor("jeanne")
    lock = Locks.of({jeanne}) if kind == "counsellor" else Locks.of(keys={"phone:+33639980001"})
    with impatient(database) as other:
        with write_transaction(stage.session, lock):
            assert not takes(other, lock)
        assert takes(other, lock)


def test_who_takes_other_locks_waits_on_sqlite_only(stage: Stage, database: Database) -> None:
    """SQLite has one writer at a time, whatever they write."""
    held = Locks.of({stage.counsellor("jeanne")}, {"phone:1"})
    others = Locks.of({stage.counsellor("karim")}, {"phone:2"})
    with impatient(database) as other, write_transaction(stage.session, held):
        assert takes(other, others) is (database.dialect == "postgresql")


def test_readers_never_wait(stage: Stage, database: Database) -> None:
    with impatient(database) as other:
        with write_transaction(stage.session, Locks.of({stage.counsellor("jeanne")})):
            rename(stage.session, "Zoé")
            assert names(other) == ["Jeanne", "Karim"]
        assert names(other) == ["Zoé", "Karim"]
