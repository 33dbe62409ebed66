"""`flask worker`: one turn, or turn after turn until asked to stop."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.cli import jobs
from app.domain.messages import OutboxState
from app.services.jobs import Worker
from config import BadConfiguration
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.site import MakeApp


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """The command takes the signals of its process, which is ours here."""
    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in wanted}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def town(session: Session) -> Town:
    town = make_town(session)
    town.book()
    session.rollback()
    return town


@pytest.fixture
def site(make_app: MakeApp, tmp_path: Path) -> Flask:
    """The site of the day after the booking, whose messages go to a folder."""
    tomorrow = NOW.date() + timedelta(days=1)
    return make_app(is_demo=True, today=tomorrow, sms_url=f"file:{tmp_path}/messages")


def test_once_sends_and_ends(town: Town, site: Flask, tmp_path: Path) -> None:
    result = site.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert [message.state for message in town.messages()] == [OutboxState.SENT]
    assert len(list((tmp_path / "messages").iterdir())) == 1


def test_without_carriers_it_says_so_and_keeps_what_waits(town: Town, make_app: MakeApp) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    site = make_app(is_demo=True, today=tomorrow, smtp_url=None, sms_url=None)
    result = site.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0
    assert "SMTP_URL et SMS_URL ne sont pas réglés" in result.output
    assert [message.state for message in town.messages()] == [OutboxState.PENDING]


def test_once_runs_every_job_each_time(town: Town, site: Flask) -> None:
    for days in (40, 41):
        old = town.book(starts_at=NOW - timedelta(days=days), announced=False)
        town.session.rollback()
        assert site.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
        assert town.appointment(old).reference is None
        town.session.rollback()


def test_once_says_that_something_failed(site: Flask, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE job_run"))
    result = site.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 1
    assert "une tâche a échoué" in result.output


def test_it_goes_on_until_asked_to_stop(
    town: Town, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = []

    def turn(session: Session, worker: Worker, *, all_jobs: bool) -> bool:
        turns.append(all_jobs)
        if len(turns) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return True

    monkeypatch.setattr(jobs, "run_turn", turn)
    monkeypatch.setattr(jobs, "POLL_S", 0)
    assert site.test_cli_runner().invoke(args=["worker"]).exit_code == 0
    assert turns == [False, False, False]


def test_a_sender_that_cannot_be_stops_the_start(make_app: MakeApp) -> None:
    with pytest.raises(BadConfiguration, match="MAIL_FROM: say which address"):
        make_app(smtp_url="smtp://mail.example.fr")
