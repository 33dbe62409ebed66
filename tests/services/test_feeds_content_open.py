"""Which addresses open a feed, as long as who made it may have it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.access import Role
from app.domain.staff_errors import FeedUnknown
from app.models.accounts import Counsellor, User, UserCommune
from app.models.calendars import CalendarFeed
from app.models.places import Venue
from app.services.feeds import closed_feeds, feeds_in_force, revoke_feed
from app.services.feeds_content import (
    note_fetch,
)
from app.services.team import disable_user
from tests.support.feed_reader import MINUTE, Reader, reader
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

__all__ = ["reader"]


def test_what_was_stopped_or_never_made_is_unknown(stage: Stage, reader: Reader) -> None:
    token = reader.feed()
    reader.open(token)
    (feed,) = feeds_in_force(stage.session)
    revoke_feed(stage.session, feed.id, by=reader.users[Role.COORDINATOR], now=NOW)
    for wrong in (token, "", "x", token[:-1], "é" * 300):
        with pytest.raises(FeedUnknown):
            reader.open(wrong)


def test_it_lasts_as_long_as_its_maker_may_have_it(stage: Stage, reader: Reader) -> None:
    at_venue = reader.feed("mairie-amont", by=Role.CCAS_AGENT)
    own = reader.feed("Jeanne", by=Role.COUNSELLOR)
    by_coordination = reader.feed("Jeanne")
    elsewhere = stage.catalogue.commune("aval").id
    moved = update(UserCommune).where(UserCommune.user_id == reader.users[Role.CCAS_AGENT])
    stage.session.execute(moved.values(commune_id=elsewhere))
    stage.session.commit()
    disable_user(stage.session, reader.users[Role.COUNSELLOR], by=None, now=NOW)
    for token in (at_venue, own):
        with pytest.raises(FeedUnknown):
            reader.open(token)
    assert reader.open(by_coordination).owner.name == "Jeanne"
    listed = {each.id: each.owner.name for each in feeds_in_force(stage.session)}
    closed = closed_feeds(stage.session, now=NOW)
    assert len(listed) == 3
    assert sorted(listed[each] for each in closed) == ["Jeanne", "mairie-amont"]


def test_it_ends_with_its_counsellor_or_its_venue(stage: Stage, reader: Reader) -> None:
    person, venue = reader.feed("Jeanne"), reader.feed("mairie-amont")
    stage.session.execute(update(Counsellor).values(active=False))
    stage.session.execute(update(Venue).values(active=False))
    stage.session.commit()
    for token in (person, venue):
        with pytest.raises(FeedUnknown):
            reader.open(token)


def test_one_made_by_a_command_needs_nobody(stage: Stage, reader: Reader) -> None:
    token = reader.feed()
    stage.session.execute(update(CalendarFeed).values(created_by_id=None))
    stage.session.commit()
    assert reader.open(token).owner.name == "Jeanne"
    assert stage.count(User) == 3


def test_the_last_reading_is_noted_now_and_then(stage: Stage, reader: Reader) -> None:
    token = reader.feed()

    def fetch(agent: str, after: timedelta) -> tuple[datetime | None, str | None]:
        now = NOW + after
        note_fetch(stage.session, reader.open(token), agent, now=now)
        row = stage.session.execute(select(CalendarFeed.fetched_at, CalendarFeed.fetched_by)).one()
        return row.fetched_at, row.fetched_by

    assert fetch("Google-Calendar-Importer", 0 * MINUTE) == (NOW, "Google Agenda")
    assert fetch("Thunderbird/1", 14 * MINUTE) == (NOW, "Google Agenda")
    assert fetch("Thunderbird/1", 15 * MINUTE) == (NOW + 15 * MINUTE, "Thunderbird")
    assert fetch("curl/8", -60 * MINUTE) == (NOW - 60 * MINUTE, "curl")
