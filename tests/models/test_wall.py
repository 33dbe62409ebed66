"""The wall alone, without any lock in front of it: no counsellor is ever at two places at once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.places import Commune
from tests.support.databases import Database, impatient
from tests.support.stage import Stage

pytestmark = pytest.mark.both_databases

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)


def values(session: Session, start: int, end: int, who: str = "jeanne", **changes: object) -> dict:
    """An engagement from one minute to another, counted from nine o'clock."""
    one = session.scalars(select(Counsellor.id).where(Counsellor.code == who)).one()
    commune_id = session.scalars(select(Commune.id).order_by(Commune.id).limit(1)).one()
    return {
        "counsellor_id": one,
        "starts_at": NINE + start * MINUTE,
        "ends_at": NINE + end * MINUTE,
        "kind": EngagementKind.WORKSHOP,
        "commune_id": commune_id,
        "occupies": True,
        **changes,
    }


def hold(session: Session, *span: int, who: str = "jeanne", **changes: object) -> None:
    session.execute(insert(Engagement).values(values(session, *span, who=who, **changes)))
    session.commit()


def test_overlapping_engagements_are_refused(stage: Stage, subtests: pytest.Subtests) -> None:
    hold(stage.session, 0, 45)
    for span in [(0, 45), (10, 30), (-30, 1), (44, 90), (-60, 120), (-24 * 60 + 45, 1)]:
        with subtests.test(msg=str(span)), pytest.raises(IntegrityError, match="no_overlap"):
            hold(stage.session, *span)
        stage.session.rollback()


def test_engagements_that_only_touch_are_let_through(stage: Stage) -> None:
    for span in [(0, 45), (45, 90), (-45, 0), (24 * 60, 24 * 60 + 45)]:
        hold(stage.session, *span)
    assert stage.count(Engagement) == 4


def test_two_people_work_at_the_same_time(stage: Stage) -> None:
    hold(stage.session, 0, 45)
    hold(stage.session, 0, 45, who="karim")
    assert stage.count(Engagement) == 2


def test_whatever_owns_it_an_engagement_takes_the_time(stage: Stage) -> None:
    hold(stage.session, 0, 45, kind=EngagementKind.OFFER)
    for kind in EngagementKind:
        with pytest.raises(IntegrityError, match="no_overlap"):
            hold(stage.session, 30, 60, kind=kind)
        stage.session.rollback()


def test_what_does_not_occupy_is_in_nobodys_way(stage: Stage) -> None:
    hold(stage.session, 0, 45, occupies=False)
    hold(stage.session, 0, 45)
    hold(stage.session, 0, 45, occupies=False)
    assert stage.count(Engagement) == 3


def test_what_is_cancelled_does_not_come_back_over_what_took_its_time(stage: Stage) -> None:
    hold(stage.session, 0, 45, occupies=False)
    hold(stage.session, 30, 60)
    with pytest.raises(IntegrityError, match="no_overlap"):
        stage.session.execute(update(Engagement).values(occupies=True))


def test_an_engagement_is_not_moved_onto_another(stage: Stage) -> None:
    hold(stage.session, 0, 45)
    hold(stage.session, 60, 105)
    second = update(Engagement).where(Engagement.starts_at == NINE + 60 * MINUTE)
    with pytest.raises(IntegrityError, match="no_overlap"):
        stage.session.execute(second.values(starts_at=NINE + 44 * MINUTE))
    stage.session.rollback()
    stage.session.execute(second.values(starts_at=NINE + 45 * MINUTE))
    stage.session.commit()


def test_an_engagement_is_moved_over_its_own_time(stage: Stage) -> None:
    hold(stage.session, 0, 45)
    later = {"starts_at": NINE + 15 * MINUTE, "ends_at": NINE + 60 * MINUTE}
    stage.session.execute(update(Engagement).values(later))
    stage.session.commit()


def test_an_engagement_changes_hands_only_where_there_is_room(stage: Stage) -> None:
    hold(stage.session, 0, 45)
    hold(stage.session, 0, 45, who="karim")
    to_karim = update(Engagement).values(counsellor_id=stage.counsellor("karim"))
    with pytest.raises(IntegrityError, match="no_overlap"):
        stage.session.execute(to_karim)


def test_an_engagement_begins_before_it_ends(stage: Stage) -> None:
    for span in [(0, 0), (45, 0)]:
        with pytest.raises(IntegrityError):
            hold(stage.session, *span)
        stage.session.rollback()


def test_nothing_lasts_more_than_a_day(stage: Stage) -> None:
    """The search for an overlap looks one day back only."""
    hold(stage.session, 0, 24 * 60)
    stage.session.execute(delete(Engagement))
    stage.session.commit()
    with pytest.raises(IntegrityError, match="one_day"):
        hold(stage.session, 0, 24 * 60 + 1)


def test_of_two_connections_one_holds_the_time(stage: Stage, database: Database) -> None:
    """The second does not see the first's row, which is not saved yet: the wall makes it wait."""
    with impatient(database) as other:
        first, second = values(stage.session, 0, 45), values(other, 30, 60)
        stage.session.execute(insert(Engagement).values(first))
        with pytest.raises(OperationalError):
            other.execute(insert(Engagement).values(second))
        other.rollback()
        stage.session.commit()
        with pytest.raises(IntegrityError, match="no_overlap"):
            other.execute(insert(Engagement).values(second))
    assert stage.count(Engagement) == 1


def test_who_waits_at_the_wall_is_refused_when_the_other_saves(
    stage: Stage, engine: Engine
) -> None:
    refusals: list[str] = []

    def insert_too(wanted: dict) -> None:
        with Session(engine) as other:
            try:
                other.execute(insert(Engagement).values(wanted))
                other.commit()
            except IntegrityError as refusal:
                refusals.append(str(refusal.orig))

    stage.session.execute(insert(Engagement).values(values(stage.session, 0, 45)))
    waiting = Thread(target=insert_too, args=(values(stage.session, 30, 60),))
    waiting.start()
    stage.session.commit()
    waiting.join()
    assert len(refusals) == 1
    assert "no_overlap" in refusals[0]
    assert stage.count(Engagement) == 1


spans = st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(["jeanne", "karim"]))


@given(wanted=st.lists(spans, min_size=2, max_size=10))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_wall_lets_through_exactly_what_does_not_overlap(
    stage: Stage, wanted: list[tuple[int, int, str]]
) -> None:
    like = {who: values(stage.session, 0, 1, who=who) for who in ("jeanne", "karim")}
    held: list[dict] = []
    for start, length, who in wanted:
        hours = {"starts_at": NINE + start * QUARTER, "ends_at": NINE + (start + length) * QUARTER}
        row = like[who] | hours
        with stage.session.begin_nested() as savepoint:
            try:
                stage.session.execute(insert(Engagement).values(row))
            except IntegrityError:
                savepoint.rollback()
                assert any(map(partial(overlap, row), held))
            else:
                assert not any(map(partial(overlap, row), held))
                held.append(row)
    stage.session.rollback()


def overlap(one: dict, other: dict) -> bool:
    is_same = one["counsellor_id"] == other["counsellor_id"]
    return is_same and one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]
