"""flask purge: the proof, and what it asks for after a restore."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.domain.journal import JournalAction
from app.extensions import db
from app.models.journal import JournalEntry
from app.services.erasure_register import ErasedCard, ErasureRegister
from config import BadConfiguration, Config
from tests.cli.conftest import Run
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.site import MakeApp

NEEDED = {"SECRET_KEY": "k" * 40, "DATABASE_URL": "sqlite:////srv/coclico/coclico.sqlite"}


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "erasures.txt")


@pytest.fixture
def run(make_app: MakeApp, register: ErasureRegister) -> Run:
    """A command of the service; its register is this test's."""
    runner = make_app(erasure_register=register.file).test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def test_it_erases_and_proves_it(town: Town, run: Run, register: ErasureRegister) -> None:
    """On the real clock: the appointment and its card are of years ago."""
    booked = town.book(
        starts_at=NOW - timedelta(days=4000), resident={"created_at": NOW - timedelta(days=4007)}
    )
    result = run("purge")
    assert result.exit_code == 0, result.output
    assert "1  rendez-vous dont le numéro, l’adresse et la note sont effacés" in result.output
    assert "1  fiches de personnes effacées" in result.output
    row = town.appointment(booked)
    assert (row.resident.last_name, row.reference) == ("", None)
    [[written], _unreadable] = register.read()
    assert written.resident_id == row.resident_id
    entry = town.session.scalars(
        select(JournalEntry).where(JournalEntry.action == JournalAction.PURGED)
    ).one()
    assert (entry.user_id, entry.facts) == (None, {"numbers": 1, "cards": 1})
    assert "Rien n’était à effacer." in run("purge").output


def test_after_a_restore_it_wants_the_register(
    town: Town, run: Run, register: ErasureRegister
) -> None:
    refused = run("purge", "--after-restore")
    assert (refused.exit_code, "introuvable" in refused.output) == (1, True)
    booked = town.appointment(town.book(starts_at=NOW - timedelta(days=300)))
    card = ErasedCard(booked.resident_id, booked.resident.created_at, NOW.date())
    town.session.rollback()
    register.add([card])
    result = run("purge", "--after-restore")
    assert result.exit_code == 0, result.output
    assert "1  fiches déjà effacées, revenues par une restauration" in result.output
    assert town.appointment(booked.id).resident.last_name == ""


def test_a_spoiled_line_is_told(town: Town, run: Run, register: ErasureRegister) -> None:
    register.file.write_text("12 2026-\n")
    assert "ATTENTION 1 ligne est illisible" in run("purge").output


def test_a_part_that_fails_is_named_and_the_command_fails(
    town: Town, run: Run, register: ErasureRegister
) -> None:
    town.book(
        starts_at=NOW - timedelta(days=4000), resident={"created_at": NOW - timedelta(days=4007)}
    )
    register.file.mkdir()
    result = run("purge")
    assert result.exit_code == 1
    assert "Registre des effacements illisible" in result.output


def test_the_register_is_beside_the_database_or_where_one_says() -> None:
    told = Config.from_environment(NEEDED | {"ERASURE_REGISTER": "/var/backups/erasures.txt"})
    assert told.register_file == Path("/var/backups/erasures.txt")
    assert Config.from_environment(NEEDED).register_file == Path("/srv/coclico/erasures.txt")
    relative = Config.from_environment(NEEDED | {"DATABASE_URL": "sqlite:///a/rdv.sqlite"})
    with create_app(relative).app_context():
        base = Path(db.engine.url.database or "")
    assert base.is_absolute()
    assert relative.register_file == base.parent / "erasures.txt"
    with pytest.raises(BadConfiguration, match="ERASURE_REGISTER: give a whole path"):
        Config.from_environment(NEEDED | {"ERASURE_REGISTER": "erasures.txt"})
    demo = NEEDED | {"COCLICO_DEMO": "1", "ERASURE_REGISTER": "/var/backups/erasures.txt"}
    assert Config.from_environment(demo).register_file == Path("/srv/coclico/erasures-demo.txt")
