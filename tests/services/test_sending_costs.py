"""What the text messages of a month cost, who is charged, and the ceiling that stops them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.gateways.senders import FileSender
from app.models.appointment import CallTask
from app.models.outbox import MessageCount
from app.models.places import Territory
from app.services.catalogue import read_catalogue
from app.services.letters import PostRoom
from app.services.outbox_claims import claim_due
from app.services.sending_costs import CommuneCost, ceiling_state, month_cost, next_month
from app.services.transaction import write_transaction
from tests.support.appointment_rows import LINKS, NOW, Town, make_town
from tests.support.delivered import deliver
from tests.support.outbox_messages import add_sent

SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
SOON = NOW + timedelta(seconds=5)
SetUp = Callable[..., Town]


@pytest.fixture
def set_up(session: Session) -> SetUp:
    """The town with these settings."""

    def make(**settings: object) -> Town:
        town = make_town(session)
        with write_transaction(session):
            territory = session.scalars(select(Territory)).one()
            territory.settings = territory.settings | settings
            territory.revision += 1
        return town

    return make


@pytest.fixture
def room(tmp_path: Path) -> PostRoom:
    sender = FileSender(tmp_path, "Aide")
    return PostRoom({SMS: sender, EMAIL: sender}, LINKS, "https://rdv.example.fr", lambda: 0.0)


def send_all(town: Town, room: PostRoom) -> list[OutboxState | None]:
    claims = claim_due(town.session, SOON, [SMS, EMAIL], limit=20)
    return [deliver(town.session, claim, SOON, room) for claim in claims]


def calls(town: Town) -> list[CallReason]:
    town.session.rollback()
    return list(town.session.scalars(select(CallTask.reason)))


def test_the_price_of_the_day_is_written_with_the_message(set_up: SetUp, room: PostRoom) -> None:
    town = set_up(sms_price_hundredths=550)
    town.book()
    town.book(at_home=True, commune_id=None, starts_at=NOW + timedelta(days=8))
    town.book(message_channel=EMAIL, starts_at=NOW + timedelta(days=9))
    assert send_all(town, room) == [OutboxState.SENT] * 3
    figures = [(each.segments, each.cost, each.commune_id) for each in town.messages()]
    assert figures == [(1, 550, town.commune_id)] * 2 + [(None, None, town.commune_id)]
    found = month_cost(town.session, NOVEMBER)
    assert found.lines == (CommuneCost(town.commune_id, 2, 2, 1100),)
    assert (found.messages, found.segments, found.cost) == (2, 2, 1100)


def test_a_visit_is_charged_to_the_home(set_up: SetUp, room: PostRoom) -> None:
    town = set_up(sms_price_hundredths=550)
    other = next(each for each in read_catalogue(town.session).communes if each.slug != "amont")
    town.book(at_home=True, commune_id=other.id)
    town.book(commune_id=other.id, starts_at=NOW + timedelta(days=8))
    send_all(town, room)
    assert [each.commune_id for each in town.messages()] == [other.id, town.commune_id]


def test_a_month_is_local_and_of_what_left_by_sms(set_up: SetUp) -> None:
    town = set_up()
    first_second = datetime(2026, 10, 31, 23, tzinfo=UTC)
    add_sent(town, first_second)
    add_sent(town, first_second - timedelta(seconds=1), cost=7)
    add_sent(town, datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), commune_id=None, cost=100)
    add_sent(town, datetime(2026, 11, 30, 23, tzinfo=UTC), cost=9)
    add_sent(town, NOW, channel=EMAIL, cost=None, segments=None)
    add_sent(town, NOW, state=OutboxState.DEAD, cost=None, segments=None)
    assert month_cost(town.session, NOVEMBER).lines == (
        CommuneCost(town.commune_id, 1, 1, 500),
        CommuneCost(None, 1, 1, 100),
    )
    assert month_cost(town.session, date(2026, 10, 14)).cost == 7
    assert month_cost(town.session, date(2027, 1, 1)).lines == ()


def test_what_is_only_counted_counts_as_well(set_up: SetUp) -> None:
    town = set_up()
    add_sent(town, datetime(2026, 10, 20, 9, tzinfo=UTC))
    with write_transaction(town.session):
        for state, channel in ((OutboxState.SENT, SMS), (OutboxState.DEAD, SMS),
                               (OutboxState.SENT, EMAIL)):  # fmt: skip
            town.session.add(
                MessageCount(
                    month=OCTOBER, kind=MessageKind.REMINDER, channel=channel, state=state,
                    commune_id=town.commune_id, count=10, segments=11, cost=5500,
                )
            )  # fmt: skip
    assert month_cost(town.session, OCTOBER).lines == (CommuneCost(town.commune_id, 11, 12, 6000),)


def test_months_follow_each_other() -> None:
    assert next_month(NOVEMBER) == date(2026, 12, 1)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def test_a_ceiling_warns_then_stops(set_up: SetUp) -> None:
    town = set_up(sms_monthly_ceiling_euros=1)
    states = []
    for cost in (7_999, 1, 2_000):
        add_sent(town, NOW, cost=cost)
        states.append(ceiling_state(town.session, read_catalogue(town.session), NOW))
    assert [(each.spent, each.is_near, each.is_reached) for each in states] == [
        (7_999, False, False),
        (8_000, True, False),
        (10_000, True, True),
    ]
    in_december = datetime(2026, 12, 2, tzinfo=UTC)
    assert not ceiling_state(town.session, read_catalogue(town.session), in_december).is_near


def test_without_a_ceiling_nothing_stops(set_up: SetUp, room: PostRoom) -> None:
    town = set_up()
    add_sent(town, NOW, cost=10**9)
    state = ceiling_state(town.session, read_catalogue(town.session), NOW)
    assert (state.ceiling, state.is_near, state.is_reached) == (None, False, False)
    town.book()
    assert send_all(town, room) == [OutboxState.SENT]


def test_past_the_ceiling_somebody_calls_and_emails_still_leave(
    set_up: SetUp, room: PostRoom
) -> None:
    town = set_up(sms_monthly_ceiling_euros=1)
    add_sent(town, NOW, cost=10_000)
    town.book()
    town.book(message_channel=EMAIL, starts_at=NOW + timedelta(days=9))
    assert send_all(town, room) == [OutboxState.SKIPPED, OutboxState.SENT]
    assert town.messages()[1].outcome == "ceiling"
    assert calls(town) == [CallReason.UNDELIVERED]
