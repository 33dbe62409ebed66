"""Six months later, messages are only counted: none twice, none lost, nobody in the counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.models.outbox import MessageCount, OutboxMessage
from app.services import message_counts
from app.services.message_counts import count_old_messages
from app.services.retention import MESSAGE
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.outbox_messages import add_sent

OLD = NOW - MESSAGE.period
MAY = date(2026, 5, 1)


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def counts(town: Town) -> list[tuple[object, ...]]:
    town.session.rollback()
    rows = town.session.scalars(
        select(MessageCount).order_by(MessageCount.month, MessageCount.state, MessageCount.kind)
    )
    return [
        (
            *(row.month, row.kind, row.channel, row.state, row.commune_id),
            *(row.count, row.segments, row.cost),
        )
        for row in rows
    ]


def left(town: Town) -> int:
    town.session.rollback()
    return town.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_what_is_six_months_old_is_counted_and_removed(town: Town) -> None:
    for hours in range(3):
        add_sent(town, OLD - timedelta(hours=hours))
    add_sent(town, OLD, state=OutboxState.SKIPPED, commune_id=None, segments=None, cost=None)
    add_sent(town, OLD + timedelta(seconds=1))
    town.book()
    assert count_old_messages(town.session, NOW, 200) == 4
    sms, sent = MessageChannel.SMS, MessageKind.CONFIRMATION
    assert counts(town) == [
        (MAY, sent, sms, OutboxState.SENT, town.commune_id, 3, 3, 1500),
        (MAY, sent, sms, OutboxState.SKIPPED, 0, 1, 0, 0),
    ]
    assert left(town) == 2


def test_counts_grow_and_the_work_is_done_part_by_part(town: Town) -> None:
    for hours in range(5):
        add_sent(town, OLD - timedelta(hours=hours))
    assert [count_old_messages(town.session, NOW, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert [row[5] for row in counts(town)] == [5]


def test_the_month_is_that_of_the_wall(town: Town) -> None:
    add_sent(town, datetime(2026, 4, 30, 22, tzinfo=UTC))
    add_sent(town, datetime(2026, 4, 30, 21, 59, tzinfo=UTC))
    count_old_messages(town.session, NOW, 200)
    assert [row[0] for row in counts(town)] == [date(2026, 4, 1), MAY]


def test_a_failure_in_the_middle_loses_and_counts_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sent(town, OLD)

    def fail(*_: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(message_counts, "_add", fail)
    with pytest.raises(RuntimeError):
        count_old_messages(town.session, NOW, 200)
    assert (left(town), counts(town)) == (1, [])


def test_two_workers_that_saw_the_same_count_it_once(town: Town, engine: Engine) -> None:
    """The first one ends between the look and the write of the second."""
    for hours in range(3):
        add_sent(town, OLD - timedelta(hours=hours))
    with Session(engine) as other:
        real = message_counts.write_transaction
        others = []

        def after_the_other(session: Session) -> object:
            if session is town.session and not others:
                others.append(count_old_messages(other, NOW, 200))
            return real(session)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(message_counts, "write_transaction", after_the_other)
            count_old_messages(town.session, NOW, 200)
    assert others == [3]
    assert [row[5] for row in counts(town)] == [3]
    assert left(town) == 0


def test_counts_and_messages_of_the_same_month_add_up(town: Town) -> None:
    with write_transaction(town.session):
        town.session.add(
            MessageCount(
                month=MAY, kind=MessageKind.CONFIRMATION, channel=MessageChannel.SMS,
                state=OutboxState.SENT, commune_id=town.commune_id, count=7, segments=8, cost=9,
            )
        )  # fmt: skip
    add_sent(town, OLD)
    count_old_messages(town.session, NOW, 200)
    assert [row[5:] for row in counts(town)] == [(8, 9, 509)]
