"""Who has which feed: made once, told never again, stopped at once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from app.domain.access import Role, Subject
from app.domain.feeds import FeedLevel
from app.domain.journal import JournalAction
from app.domain.staff_errors import SubjectUnknown
from app.models.accounts import Counsellor
from app.models.calendars import CalendarFeed
from app.models.journal import JournalEntry
from app.models.places import Venue
from app.services.feeds import (
    FeedOwner,
    create_feed,
    feed_owner,
    feed_owners,
    feeds_in_force,
    revoke_feed,
)
from app.services.links import hash_token
from app.services.team import AccountRequest, create_user
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

Make = Callable[..., str]


@pytest.fixture
def coordinator(stage: Stage) -> int:
    request = AccountRequest("c@equipe.invalid", "Camille", "Essai", Role.COORDINATOR)
    return create_user(stage.session, request, by=None, now=NOW)


@pytest.fixture
def make(stage: Stage, coordinator: int) -> Make:
    def create(name: str = "Jeanne", level: FeedLevel = FeedLevel.BUSY, **how: bool) -> str:
        owner = next(each for each in feed_owners(stage.session) if each.name == name)
        how = {"with_travel": False} | how
        return create_feed(stage.session, owner, level, by=coordinator, now=NOW, **how)

    return create


def test_counsellors_then_venues_may_have_one(stage: Stage) -> None:
    owners = feed_owners(stage.session)
    assert [each.name for each in owners][:3] == ["Jeanne", "Karim", "mairie-amont"]
    jeanne, amont = owners[0], owners[2]
    person = stage.counsellor("jeanne")
    assert (jeanne.key, amont.key) == (f"conseiller-{person}", f"lieu-{amont.venue_id}")
    assert jeanne.subject == Subject(counsellor_ids=frozenset({person}))
    assert amont.subject == Subject(place_commune_id=stage.catalogue.commune("amont").id)


def test_who_left_and_what_closed_may_not(stage: Stage) -> None:
    stage.session.execute(
        update(Counsellor).where(Counsellor.code == "jeanne").values(active=False)
    )
    stage.session.execute(update(Venue).where(Venue.slug == "mairie-aval").values(active=False))
    stage.session.commit()
    names = {each.name for each in feed_owners(stage.session)}
    assert "Karim" in names
    assert not {"Jeanne", "mairie-aval"} & names


def test_only_the_hash_of_the_address_is_kept(stage: Stage, make: Make, coordinator: int) -> None:
    token = make()
    assert len(token) == 22
    assert make() != token
    row = stage.session.scalars(select(CalendarFeed)).first()
    assert row is not None
    assert row.token_hash == hash_token(token)
    values = {column.name: getattr(row, column.name) for column in CalendarFeed.__table__.c}
    assert token not in map(str, values.values())
    assert (row.created_by_id, row.revoked_at, row.fetched_at) == (coordinator, None, None)


def test_roads_are_for_counsellors(stage: Stage, make: Make) -> None:
    make("Jeanne", with_travel=True)
    make("mairie-amont", with_travel=True)
    assert [feed.with_travel for feed in feeds_in_force(stage.session)] == [True, False]


def test_the_list_has_those_in_force(stage: Stage, make: Make, coordinator: int) -> None:
    make("mairie-amont")
    make("Karim", FeedLevel.DETAIL)
    make("Jeanne")
    first, second, third = feeds_in_force(stage.session)
    names = [first.owner.name, second.owner.name, third.owner.name]
    assert names == ["Jeanne", "Karim", "mairie-amont"]
    assert second.level is FeedLevel.DETAIL
    revoke_feed(stage.session, second.id, by=coordinator, now=NOW)
    assert [each.id for each in feeds_in_force(stage.session)] == [first.id, third.id]
    assert feed_owner(stage.session, first.id) == FeedOwner(
        "Jeanne", counsellor_id=stage.counsellor("jeanne")
    )
    with pytest.raises(SubjectUnknown):
        feed_owner(stage.session, second.id)


def test_the_journal_tells_it_once(stage: Stage, make: Make, coordinator: int) -> None:
    make("Jeanne", FeedLevel.DETAIL)
    (feed,) = feeds_in_force(stage.session)
    for _ in range(2):
        revoke_feed(stage.session, feed.id, by=coordinator, now=NOW)
    acts = (JournalAction.FEED_CREATED, JournalAction.FEED_REVOKED)
    told = stage.session.scalars(select(JournalEntry).where(JournalEntry.action.in_(acts))).all()
    assert [(line.action, line.subject_id, line.user_id) for line in told] == [
        (act, feed.id, coordinator) for act in acts
    ]
    assert told[0].facts == {"level": "DETAIL"}


def test_what_was_never_made_is_not_stopped(stage: Stage, coordinator: int) -> None:
    with pytest.raises(SubjectUnknown):
        revoke_feed(stage.session, 999_999, by=coordinator, now=NOW)
