"""A database that is locked, gone, full or silent: a plain word, and it works again."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.errors import DatabaseUnavailable, DomainError, OutcomeUnknown, SlotTaken
from app.domain.workshop_errors import AlreadyAlone, ChangeUnknown
from app.models.accounts import Counsellor
from app.models.workshops import Registration
from app.services.appointment_rows import Act
from app.services.links import hash_token
from app.services.registrations import give_up_one, register
from app.services.transaction import Locks, answering, changing, write_transaction
from tests.support.databases import Database, impatient
from tests.support.postgresql import connection_to
from tests.support.silence import no_answer
from tests.support.silent_line import silent_line
from tests.support.stage import LINKS, Stage, phone, request
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop

CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def away(engine: Engine) -> Iterator[None]:
    """The database is not there: its folder has gone, or its server turns everybody out."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        folder = Path(engine.url.database or "").parent
        elsewhere = folder.rename(folder.with_name("elsewhere"))
        yield
        elsewhere.rename(folder)
        return
    name = engine.url.database
    with connection_to(engine.url.set(database="postgres")) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute(CONNECTIONS, [name])
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def cut(session: Session) -> None:
    """Take the connection of a transaction away while it works."""
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        raw = session.connection().connection.driver_connection
        raw.set_progress_handler(lambda: 1, 1)
        return
    with connection_to(engine.url.set(database="postgres")) as server:
        server.execute(CONNECTIONS, [engine.url.database])


def mend(session: Session) -> None:
    """SQLite only: the handle was not closed, so the next transaction has it again."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().connection.driver_connection.set_progress_handler(None, 0)


# -- before the commit: nothing is saved


def test_a_database_locked_by_somebody_else_says_so_and_works_again(
    stage: Stage, database: Database
) -> None:
    wanted = request()
    locks = Locks.of({stage.counsellor("jeanne"), stage.counsellor("karim")})
    with impatient(database) as session:
        hurried = Stage(session)
        with write_transaction(stage.session, locks), pytest.raises(DatabaseUnavailable):
            hurried.book(wanted)
        token = hurried.book(wanted)
    assert stage.where(token)[0] == "jeanne"
    assert stage.count() == 1


def test_a_database_that_is_away_says_so_and_works_again(stage: Stage, engine: Engine) -> None:
    wanted = request()
    stage.session.close()
    with away(engine), pytest.raises(DatabaseUnavailable) as refusal:
        stage.book(wanted)
    assert isinstance(refusal.value.__cause__, OperationalError)
    stage.book(wanted)
    assert stage.count() == 1


def test_a_transaction_that_is_cut_saves_nothing(stage: Stage) -> None:
    def write_and_be_cut() -> None:
        with write_transaction(stage.session):
            stage.session.add(Counsellor(code="zoe", first_name="Zoé"))
            stage.session.flush()
            cut(stage.session)
            stage.session.scalars(select(Counsellor)).all()

    with pytest.raises(DatabaseUnavailable):
        write_and_be_cut()
    mend(stage.session)
    assert stage.count(Counsellor) == 2
    assert stage.book()


def test_a_refusal_on_a_line_that_is_cut_is_still_that_refusal(stage: Stage) -> None:
    """Rolling back fails too: the connection is forgotten, and the next one is new."""

    def be_cut_and_refuse() -> None:
        with write_transaction(stage.session):
            stage.session.scalars(select(Counsellor)).all()
            cut(stage.session)
            raise SlotTaken

    with pytest.raises(SlotTaken):
        be_cut_and_refuse()
    mend(stage.session)
    assert stage.book()


def test_reading_is_refused_in_the_same_word(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/empty.sqlite")
    with Session(engine) as session:
        with pytest.raises(DatabaseUnavailable), answering(session):
            session.scalars(select(Counsellor.id)).all()
        assert session.scalar(text("SELECT 1")) == 1
    engine.dispose()


# -- during the commit: nobody knows


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """From the next COMMIT on, no file of this process may grow."""
    file = Path(make_url(database.url).database or "")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    grown = file.with_name(f"{file.name}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


Attempt = Callable[[Stage], object]


def try_on_a_failing_line(database: Database, is_saved: bool, attempt: Attempt) -> None:
    """Run the attempt where its COMMIT gets no answer."""
    if database.dialect == "postgresql":
        with silent_line(database.url) as line:
            engine = create_engine(line.url)
            with Session(engine) as session:
                session.connection()
                line.lets_through, line.breaks = is_saved, True
                attempt(Stage(session))
            engine.dispose()
        return
    engine = create_engine(database.url)
    with Session(engine) as session:
        session.connection()
        with no_answer(engine) if is_saved else full_disk(database):
            attempt(Stage(session))
    engine.dispose()


@pytest.mark.parametrize("is_saved", [True, False])
def test_the_same_form_settles_a_commit_that_got_no_answer(
    stage: Stage, database: Database, is_saved: bool
) -> None:
    wanted = request()

    def attempt(on_the_line: Stage) -> None:
        with pytest.raises(OutcomeUnknown):
            on_the_line.book(wanted)

    try_on_a_failing_line(database, is_saved, attempt)
    assert stage.count() == (1 if is_saved else 0)
    token = stage.book(wanted)
    assert stage.book(wanted) == token
    assert stage.count() == stage.occupied() == 1


@pytest.mark.parametrize("is_saved", [True, False])
def test_after_a_silence_the_session_works_again(
    stage: Stage, database: Database, is_saved: bool
) -> None:
    stage.session.rollback()

    def attempt(on_the_line: Stage) -> None:
        with pytest.raises(OutcomeUnknown), write_transaction(on_the_line.session):
            on_the_line.session.add(Counsellor(code="zoe", first_name="Zoé"))
        assert on_the_line.session.scalar(text("SELECT 1")) == 1

    try_on_a_failing_line(database, is_saved, attempt)
    assert stage.count(Counsellor) == (3 if is_saved else 2)


def test_the_form_of_a_person_over_the_limit_settles_too(stage: Stage, database: Database) -> None:
    """The silence hid the second of two appointments: the limit does not refuse to show it."""
    stage.book(phone=(rose := phone()))
    wanted = request(phone=rose)
    outcomes: list[type[DomainError]] = []

    def attempt(on_the_line: Stage) -> None:
        with pytest.raises(DomainError) as refusal:
            on_the_line.book(wanted)
        outcomes.append(refusal.type)

    try_on_a_failing_line(database, is_saved=True, attempt=attempt)
    assert outcomes == [OutcomeUnknown]
    assert stage.where(stage.book(wanted))[0] == "karim"


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_change_that_got_no_answer_may_be_pressed_again(
    stage: Stage, database: Database, is_saved: bool
) -> None:
    """« Une personne », pressed once more after the silence: one place, whatever was saved."""
    workshop = plan_workshop(stage.session, NOW + timedelta(days=9), recorded_at=NOW)
    done = register(stage.session, couple(workshop), now=NOW, links=LINKS)
    opened = Registration.link_token_hash == hash_token(done.token)
    number = stage.session.scalars(select(Registration.id).where(opened)).one()
    stage.session.rollback()

    def attempt(on_the_line: Stage) -> None:
        with pytest.raises(ChangeUnknown), changing(on_the_line.session):
            give_up_one(on_the_line.session, number, Act(NOW))

    try_on_a_failing_line(database, is_saved, attempt)
    with suppress(AlreadyAlone), changing(stage.session):
        give_up_one(stage.session, number, Act(NOW))
    stage.session.rollback()
    assert stage.session.get_one(Registration, number).places == 1
