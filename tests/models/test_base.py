"""How an instant and a word are stored: the same on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, insert, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from app.domain.appointment import CallOutcome
from app.models import Base
from app.models.base import NAMING_CONVENTION
from app.models.outbox import JobRun, OutboxMessage, ThrottleCount
from app.models.places import Territory
from tests.support.stage import Stage

pytestmark = pytest.mark.both_databases

PARIS = ZoneInfo("Europe/Paris")
instants = st.datetimes(
    datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.sampled_from([UTC, PARIS])
)


def kept(session: Session, instant: datetime | None) -> datetime | None:
    session.execute(insert(JobRun).values(name="essai", started_at=instant))
    return session.scalars(select(JobRun.started_at)).one()


@given(instants)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    session: Session, instant: datetime
) -> None:
    found = kept(session, instant)
    session.rollback()
    assert found is not None
    assert found.tzinfo is UTC
    assert found == instant.astimezone(UTC)


def test_the_hour_that_exists_twice_is_two_instants(session: Session) -> None:
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    assert kept(session, twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    session.rollback()
    assert kept(session, twice.replace(fold=1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_wall_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive datetime refused") as refusal:
        kept(session, datetime(2026, 11, 24, 9))
    assert isinstance(refusal.value.orig, ValueError)


def test_no_instant_stays_none(stage: Stage) -> None:
    token = stage.book()
    stage.session.execute(update(OutboxMessage).values(leased_until=None))
    assert stage.messages(token)[0].leased_until is None


def test_instants_are_compared_as_instants(session: Session) -> None:
    """SQLite compares texts: they must be written in one zone and one form."""
    now = datetime(2026, 11, 24, 9, tzinfo=PARIS)
    for rank, shift in enumerate((-timedelta(microseconds=1), timedelta(), timedelta(hours=1))):
        session.execute(
            insert(ThrottleCount).values(key=str(rank), window_ends_at=now + shift, count=1)
        )
    over = select(ThrottleCount.key).where(ThrottleCount.window_ends_at <= now)
    assert sorted(session.scalars(over)) == ["0", "1"]


def test_a_word_is_stored_as_its_value(stage: Stage) -> None:
    stage.book()
    stored = stage.session.scalar(select(cast(OutboxMessage.state, String)))
    assert stored == "PENDING"
    assert stage.session.scalar(text("SELECT kind FROM outbox_message")) == "CONFIRMATION"


def test_another_word_is_refused(stage: Stage) -> None:
    stage.book()
    with pytest.raises(StatementError):
        stage.session.execute(update(OutboxMessage).values(state="ENVOYÉ"))
    assert CallOutcome("REACHED") is CallOutcome.REACHED


def test_a_text_in_two_languages_comes_back_as_it_was(stage: Stage) -> None:
    service = stage.session.scalars(select(Territory.service)).one()
    assert service["slogan"] == {"fr": "Près de vous", "en": "Near you"}


def test_every_constraint_has_a_name() -> None:
    """Without one, the next migration could not change it on PostgreSQL."""
    assert Base.metadata.naming_convention == NAMING_CONVENTION
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if not constraint.name
    ]
    assert unnamed == []
