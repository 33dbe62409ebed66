"""What a program reads: who, how much, until when; and whether anything has changed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine, event, select, update

from app.domain.access import Role
from app.domain.feeds import FeedLevel
from app.domain.staff_errors import FeedUnknown
from app.models.accounts import Counsellor, User, UserCommune
from app.models.appointment import Resident
from app.models.calendars import CalendarFeed
from app.models.places import Venue
from app.services.feeds import Feed, create_feed, feed_owners, feeds_in_force, revoke_feed
from app.services.feeds_content import (
    Scope,
    feed_content,
    feed_version,
    note_fetch,
    open_feed,
    week_content,
)
from app.services.team import AccountRequest, create_user, disable_user
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at

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


def test_an_appointment_is_told_as_busy(stage: Stage, reader: Reader) -> None:
    token = stage.book()
    appointment = stage.appointment(token)
    (told,) = reader.events(reader.feed())
    assert told["UID"] == f"rdv-{appointment.uid}@rendez-vous.example.fr"
    assert told["SUMMARY"] == "Occupé"
    assert told["LOCATION"].startswith("mairie-amont, ")
    assert told.start == at("2026-11-24T09:00")
    assert appointment.updated_at.replace(microsecond=0) == told.DTSTAMP


def test_a_busy_feed_holds_nothing_of_anybody(stage: Stage, reader: Reader) -> None:
    stage.book()
    stage.book(choice(WEDNESDAY_VISIT, None), phone=phone())
    content = reader.content(reader.feed(with_travel=True)).replace(b"\r\n ", b"").decode()
    for secret in ("Rose", "Serin", "0001", "impasse", "email", "DESCRIPTION", "URL:", "e-mail"):
        assert secret not in content
    at_home = reader.events(reader.feed())[-1]
    assert at_home["LOCATION"] == "Amont"


def test_details_never_tell_the_need(stage: Stage, reader: Reader) -> None:
    stage.book()
    visit = stage.book(choice(WEDNESDAY_VISIT, None), phone=phone())
    token = reader.feed(level=FeedLevel.DETAIL)
    at_venue, at_home = reader.events(token)
    assert at_venue["SUMMARY"] == "Rose S."
    assert at_home["LOCATION"] == "12 impasse du Moulin, 17000 Amont"
    assert "Visite à domicile, arrivée entre" in at_home["DESCRIPTION"]
    identity = stage.appointment(visit).id
    assert at_home["URL"] == f"{HERE}/agents/rendez-vous/{identity}"
    content = reader.content(token).replace(b"\r\n ", b"").decode()
    topic = next(each for each in stage.catalogue.topics if each.code == "email")
    assert topic.bring["fr"].replace(",", "\\,") in content
    for secret in ("Serin", "+336", topic.label["fr"], f":{topic.code}"):
        assert secret not in content


def test_a_feed_is_of_its_owner_alone(stage: Stage, reader: Reader) -> None:
    stage.book()
    stage.book(choice("2026-11-25T09:00", "mairie-butte"), phone=phone())
    assert len(reader.events(reader.feed("Jeanne"))) == 1
    assert len(reader.events(reader.feed("Karim"))) == 1
    assert len(reader.events(reader.feed("mairie-butte"))) == 1
    assert reader.events(reader.feed("mairie-aval")) == []


def test_a_venue_says_who_receives(stage: Stage, reader: Reader) -> None:
    for _ in range(2):
        stage.book(phone=phone())
    told = reader.events(reader.feed("mairie-amont", level=FeedLevel.DETAIL))
    assert {each["SUMMARY"] for each in told} == {"Rose S. (Jeanne)", "Rose S. (Karim)"}


def test_roads_are_told_where_asked(stage: Stage, reader: Reader) -> None:
    stage.book(choice("2026-11-27T09:00"))
    stage.book(choice("2026-11-27T13:00", "mairie-aval"), phone=phone())
    assert len(reader.events(reader.feed())) == 2
    *_, road = reader.events(reader.feed(with_travel=True))
    assert (road["SUMMARY"], road.end) == ("Route 25 min", at("2026-11-27T13:00"))


def test_a_cancelled_one_says_so_for_a_week(stage: Stage, reader: Reader) -> None:
    booked = stage.book(choice("2026-11-27T09:00"))
    stage.book(choice("2026-11-27T13:00", "mairie-aval"), phone=phone())
    token = reader.feed(with_travel=True)
    before, cancelled_at = reader.etag(token), NOW + MINUTE
    stage.cancel(booked, now=cancelled_at)
    gone, kept = reader.events(token, cancelled_at)
    assert (gone["SUMMARY"], gone["STATUS"], gone["SEQUENCE"]) == (
        "ANNULÉ – Occupé",
        "CANCELLED",
        1,
    )
    assert kept["STATUS"] == "CONFIRMED"
    assert len({before, reader.etag(token, cancelled_at)}) == 2
    last_moment = cancelled_at + 7 * DAY - timedelta(seconds=1)
    assert len(reader.events(token, last_moment)) == 2
    assert len(reader.events(token, cancelled_at + 7 * DAY)) == 1
    assert reader.etag(token, last_moment) != reader.etag(token, cancelled_at + 7 * DAY)


def test_a_move_keeps_the_uid_and_counts_up(stage: Stage, reader: Reader) -> None:
    booked, token = stage.book(), reader.feed()
    (before,), known = reader.events(token), reader.etag(token)
    stage.move(booked, choice("2026-11-24T10:00"), now=NOW + MINUTE)
    (after,) = reader.events(token)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.start == at("2026-11-24T10:00")
    assert reader.etag(token) != known


def test_it_goes_from_a_week_ago_to_six_months(stage: Stage, reader: Reader) -> None:
    stage.book()
    token, start = reader.feed(), at("2026-11-24T00:00")
    for days, is_told in ((7, True), (8, False), (-182, True), (-190, False)):
        assert bool(reader.events(token, start + days * DAY)) is is_told, days


def test_two_readings_are_the_same_to_the_byte(stage: Stage, reader: Reader) -> None:
    stage.book()
    token = reader.feed(level=FeedLevel.DETAIL, with_travel=True)
    assert reader.content(token) == reader.content(token, NOW + 60 * MINUTE)
    assert reader.etag(token) == reader.etag(token, NOW + 60 * MINUTE)


def test_whatever_changes_the_file_changes_its_tag(stage: Stage, reader: Reader) -> None:
    stage.book()
    token = reader.feed(level=FeedLevel.DETAIL)
    seen = {reader.content(token): reader.etag(token)}

    def look() -> None:
        seen[reader.content(token)] = reader.etag(token)

    stage.session.execute(update(Resident).values(first_name="Rosa", updated_at=NOW + MINUTE))
    stage.session.commit()
    look()
    stage.book(phone=phone())
    look()
    stage.change_timetable()
    stage.session.execute(update(Counsellor).values(first_name="Jeannette"))
    stage.session.commit()
    look()
    assert len(seen) == len(set(seen.values())) >= 3
    assert reader.etag(token, NOW + DAY) not in seen.values()


def test_the_levels_have_tags_of_their_own(stage: Stage, reader: Reader) -> None:
    stage.book()
    tokens = [reader.feed(), reader.feed(), reader.feed(level=FeedLevel.DETAIL)]
    assert len({reader.etag(token) for token in tokens}) == 3


def test_its_date_is_that_of_the_last_change(stage: Stage, reader: Reader) -> None:
    token = reader.feed()
    session, catalogue = stage.session, stage.catalogue
    empty = feed_version(session, catalogue, reader.open(token), HERE, now=NOW)
    assert empty.modified_at == NOW
    stage.book(now=NOW + MINUTE)
    later = feed_version(session, stage.catalogue, reader.open(token), HERE, now=NOW)
    assert later.modified_at == NOW + MINUTE


def test_the_tag_costs_one_question(stage: Stage, reader: Reader, engine: Engine) -> None:
    opened, asked = reader.open(reader.feed(level=FeedLevel.DETAIL)), []
    catalogue = stage.catalogue
    note = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    feed_version(stage.session, catalogue, opened, HERE, now=NOW)
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


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


def test_a_week_for_once(stage: Stage, reader: Reader) -> None:
    stage.book()
    stage.cancel(stage.book(choice("2026-11-24T10:00"), phone=phone()))
    stage.book(choice("2026-11-25T09:00", "mairie-butte"), phone=phone())
    amont = stage.catalogue.venue("mairie-amont").id

    def summaries(**which: Any) -> list[str]:
        scope = replace(Scope(TODAY, TODAY + 7 * DAY), **which)
        content = week_content(stage.session, stage.catalogue, scope, "Semaine", HERE)
        calendar = Calendar.from_ical(content)
        assert calendar["X-WR-CALNAME"].endswith(" – Semaine")
        return [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")]

    assert summaries() == ["Rose S. (Jeanne)", "Rose S. (Karim)"]
    assert summaries(counsellor_id=stage.counsellor("karim")) == ["Rose S."]
    assert summaries(venue_ids=frozenset({amont})) == ["Rose S. (Jeanne)"]
    assert summaries(venue_ids=frozenset()) == []
    assert summaries(first=TODAY + 7 * DAY, until=TODAY + 14 * DAY) == []
