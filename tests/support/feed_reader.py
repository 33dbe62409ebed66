"""Makes feeds on the stage, and reads them as a program would."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.domain.access import Role
from app.domain.feeds import FeedLevel
from app.services.feeds import Feed, create_feed, feed_owners
from app.services.feeds_content import (
    feed_content,
    feed_version,
    open_feed,
)
from app.services.team import AccountRequest, create_user
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

HERE = "https://rendez-vous.example.fr"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class Reader:
    """Makes feeds, and reads them as a program would."""

    stage: Stage
    users: dict[Role, int]

    def feed(self, name: str = "Jeanne", by: Role = Role.COORDINATOR, **how: Any) -> str:
        session, owners = self.stage.session, feed_owners(self.stage.session)
        owner = next(each for each in owners if each.name == name)
        level = how.pop("level", FeedLevel.BUSY)
        how = {"with_travel": False, "now": NOW} | how
        return create_feed(session, owner, level, by=self.users[by], **how)

    def open(self, token: str, now: datetime = NOW) -> Feed:
        self.stage.session.rollback()
        return open_feed(self.stage.session, token, now=now)

    def content(self, token: str, now: datetime = NOW) -> bytes:
        session, catalogue = self.stage.session, self.stage.catalogue
        return feed_content(session, catalogue, self.open(token, now), HERE, now=now)

    def events(self, token: str, now: datetime = NOW) -> list[Any]:
        return list(Calendar.from_ical(self.content(token, now)).walk("VEVENT"))

    def etag(self, token: str, now: datetime = NOW) -> str:
        session, catalogue = self.stage.session, self.stage.catalogue
        return feed_version(session, catalogue, self.open(token, now), HERE, now=now).etag


@pytest.fixture
def reader(stage: Stage) -> Reader:
    amont = frozenset({stage.catalogue.commune("amont").id})
    users = {}
    for role, communes, counsellor in (
        (Role.COORDINATOR, frozenset(), None),
        (Role.COUNSELLOR, frozenset(), stage.counsellor("jeanne")),
        (Role.CCAS_AGENT, amont, None),
    ):
        account = AccountRequest(
            f"{role.lower()}@equipe.invalid", "Camille", "Essai", role, communes,
            counsellor_id=counsellor,
        )  # fmt: skip
        users[role] = create_user(stage.session, account, by=None, now=NOW)
    return Reader(stage, users)
