"""What a program reads: who, how much, until when; and whether anything has changed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar
from sqlalchemy import Engine, event, update

from app.domain.access import Actor, Role
from app.domain.feeds import FeedLevel
from app.models.accounts import Counsellor
from app.models.appointment import Resident
from app.services.feeds_content import (
    Scope,
    feed_version,
    week_content,
)
from tests.support.feed_reader import DAY, HERE, MINUTE, Reader, reader
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, TODAY, at
from tests.support.waiting import Waiters

__all__ = ["reader"]


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


def test_the_tag_costs_three_questions(stage: Stage, reader: Reader, engine: Engine) -> None:
    opened, asked = reader.open(reader.feed(level=FeedLevel.DETAIL)), []
    catalogue = stage.catalogue
    note = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    feed_version(stage.session, catalogue, opened, HERE, now=NOW)
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if each.startswith("SELECT")]) == 3


def week(stage: Stage, scope: Scope, reader: Actor, now: datetime = NOW) -> list[Any]:
    head = "Semaine", HERE
    content = week_content(stage.session, stage.catalogue, scope, head, reader=reader, now=now)
    calendar = Calendar.from_ical(content)
    assert calendar["X-WR-CALNAME"].endswith(" – Semaine")
    return list(calendar.walk("VEVENT"))


def test_a_week_long_past_names_nobody_at_the_desk(stage: Stage) -> None:
    booked, scope = stage.book(), Scope(TODAY, TODAY + 7 * DAY)
    amont = frozenset({stage.catalogue.commune("amont").id})
    ended_at = stage.appointment(booked).engagement.ends_at
    for role in (Role.CCAS_AGENT, Role.REFERENT):
        desk = Actor(1, role, amont)
        assert len(week(stage, scope, desk, ended_at + 30 * DAY)) == 1
        assert week(stage, scope, desk, ended_at + 31 * DAY) == []
    assert len(week(stage, scope, Actor(1, Role.COORDINATOR), ended_at + 200 * DAY)) == 1


def test_the_street_of_a_visit_is_for_whoever_may_see_it(stage: Stage) -> None:
    visit = stage.book(choice(WEDNESDAY_VISIT, None))
    held, scope = stage.appointment(visit).engagement, Scope(TODAY, TODAY + 7 * DAY)
    holder, ends_at = held.counsellor_id, held.ends_at
    street, town = "12 impasse du Moulin, 17000 Amont", "Amont"
    for actor, now, told in (
        (Actor(1, Role.COUNSELLOR, counsellor_id=holder), NOW, street),
        (Actor(1, Role.COUNSELLOR, counsellor_id=holder + 1), NOW, town),
        (Actor(1, Role.COORDINATOR), ends_at + 30 * DAY, street),
        (Actor(1, Role.COORDINATOR), ends_at + 31 * DAY, town),
    ):
        (entry,) = week(stage, scope, actor, now)
        assert (entry["SUMMARY"], entry["LOCATION"]) == (
            f"Rose S. ({held.counsellor.first_name})",
            told,
        )


def test_a_week_for_once(stage: Stage, reader: Reader) -> None:
    stage.book()
    stage.cancel(stage.book(choice("2026-11-24T10:00"), phone=phone()))
    stage.book(choice("2026-11-25T09:00", "mairie-butte"), phone=phone())
    amont = stage.catalogue.venue("mairie-amont").id

    def summaries(**which: Any) -> list[str]:
        scope = replace(Scope(TODAY, TODAY + 7 * DAY), **which)
        return [str(each["SUMMARY"]) for each in week(stage, scope, Actor(1, Role.COORDINATOR))]

    assert summaries() == ["Rose S. (Jeanne)", "Rose S. (Karim)"]
    assert summaries(counsellor_id=stage.counsellor("karim")) == ["Rose S."]
    assert summaries(venue_ids=frozenset({amont})) == ["Rose S. (Jeanne)"]
    assert summaries(venue_ids=frozenset()) == []
    assert summaries(first=TODAY + 7 * DAY, until=TODAY + 14 * DAY) == []


def test_a_place_that_waits_for_an_answer_is_busy_until_its_hour(
    stage: Stage, reader: Reader
) -> None:
    token = reader.feed()
    before = reader.etag(token)
    waiters = Waiters(stage)
    waiters.join()
    (told,) = reader.events(token)
    assert (told["SUMMARY"], told.start) == ("Occupé", at("2026-11-24T09:00"))
    assert told["LOCATION"].startswith("mairie-amont, ")
    assert reader.content(token) == reader.content(token)
    while_held = reader.etag(token)
    assert while_held != before
    after = waiters.offers()[0].answer_by
    assert reader.events(token, after) == []
    assert reader.etag(token, after) != while_held


def test_a_visit_that_waits_for_an_answer_tells_the_commune(stage: Stage, reader: Reader) -> None:
    Waiters(stage).join(is_visit=True)
    (told,) = [each for name in ("Jeanne", "Karim") for each in reader.events(reader.feed(name))]
    assert told["LOCATION"] == "Amont"
