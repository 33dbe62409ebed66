"""What is on the agendas of a period, and what took a session away."""

from datetime import date, datetime

import pytest

from app.domain.appointment import Actor, ChangeReason
from app.domain.availability import Cause
from app.domain.staff_errors import SubjectUnknown
from app.models.calendars import BusyCalendar
from app.services.agenda import Entry, Period, counsellor_names, find_entries, find_openings
from app.services.agenda_attention import find_attention, find_unfinished
from app.services.agenda_card import note_seen, read_card, subject_of, write_note
from app.services.agenda_week import Week, read_week
from app.services.appointment_rows import Act
from app.services.attendance import record_outcome
from tests.support.agenda_day import DAY, HOUR, TUESDAY, card_of, colleague, journalled
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, at
from tests.support.waiting import Waiters

ON = date(2026, 11, 24)
WEEK = Period(date(2026, 11, 23), date(2026, 11, 29))


def span(first: str, last: str) -> dict[str, datetime]:
    """As the file of a timetable writes two hours."""
    return {"from": datetime.fromisoformat(first), "to": datetime.fromisoformat(last)}


def entries(stage: Stage, period: Period = WEEK, **how: bool) -> list[Entry]:
    stage.session.rollback()
    return find_entries(stage.session, stage.catalogue, period, **how)


def week(stage: Stage, period: Period = WEEK) -> Week:
    stage.session.rollback()
    names = counsellor_names(stage.session)
    return read_week(stage.session, stage.catalogue, period, names, NOW)


def test_a_period_holds_its_local_days_only(stage: Stage) -> None:
    stage.book()
    assert len(entries(stage, Period(ON, ON))) == 1
    assert entries(stage, Period(ON - DAY, ON - DAY)) == []
    assert entries(stage, Period(ON + DAY, ON + DAY)) == []


def test_what_is_cancelled_is_shown_on_demand(stage: Stage) -> None:
    token = stage.book()
    stage.cancel(token)
    assert entries(stage) == []
    (entry,) = entries(stage, with_cancelled=True)
    assert entry.is_cancelled


def test_a_period_narrows_to_a_counsellor_to_places_and_to_residents(stage: Stage) -> None:
    stage.book(choice("2026-11-26T09:00", "mairie-aval"))
    (entry,) = entries(stage)
    amont, aval = (stage.catalogue.commune(slug).id for slug in ("amont", "aval"))
    first, last = WEEK.first, WEEK.last
    own, other = stage.counsellor("karim"), stage.counsellor("jeanne")
    assert entry.counsellor_id == own
    assert entries(stage, Period(first, last, own))
    assert not entries(stage, Period(first, last, other))
    assert entries(stage, Period(first, last, commune_ids=frozenset({aval})))
    here = frozenset({amont})
    assert not entries(stage, Period(first, last, commune_ids=here))
    assert entries(stage, Period(first, last, commune_ids=here, with_residents_of=True))
    openings = find_openings(stage.catalogue, Period(first, last, own, frozenset({aval})))
    assert {each.counsellor_id for each in openings} == {own}
    assert all(
        each.place.commune_id == aval if each.place else aval in each.commune_ids
        for each in openings
    )


def test_the_week_has_its_roads_its_absences_and_what_was_lost(stage: Stage) -> None:
    stage.book(choice(WEDNESDAY_VISIT, None))
    butte = frozenset({stage.catalogue.commune("butte").id})
    there = week(stage, Period(WEEK.first, WEEK.last, commune_ids=butte))
    assert {each.end.commune_id for each in there.roads} == butte
    stage.change_timetable(
        absences=[{"counsellor": "karim", **span("2026-11-24T12:00", "2026-11-26T10:00")}],
        closures=[
            {"venue": "mairie-butte", **span("2026-11-25T08:00", "2026-11-25T18:00"),
             "reason": "Travaux"},
        ],
    )  # fmt: skip
    found = week(stage)
    assert [part.starts_at for part in found.absences] == [
        at("2026-11-24T12:00"), at("2026-11-25T00:00"), at("2026-11-26T00:00"),
    ]  # fmt: skip
    assert {each.cause for each in found.lost} == {Cause.CLOSURE}
    assert found.roads
    own = week(stage, Period(WEEK.first, WEEK.last, stage.counsellor("jeanne")))
    assert own.absences == ()
    assert {each.counsellor_id for each in own.roads} == {stage.counsellor("jeanne")}


def test_attention_goes_to_what_is_past_without_an_outcome(stage: Stage) -> None:
    who, token = colleague(stage), stage.book()
    now = TUESDAY + HOUR
    held = stage.appointment(token)
    holder, held_id = held.engagement.counsellor_id, held.id
    for wanted in (None, holder):
        found = find_unfinished(stage.session, stage.catalogue, now=now, counsellor_id=wanted)
        assert [each.appointment_id for each in found] == [held_id]
    assert not find_unfinished(stage.session, stage.catalogue, now=now, counsellor_id=holder + 1)
    assert not find_unfinished(stage.session, stage.catalogue, now=TUESDAY)
    assert not find_unfinished(stage.session, stage.catalogue, now=now + 31 * DAY)
    record_outcome(stage.session, held_id, True, by=who, now=now)
    assert find_attention(stage.session, stage.catalogue, now=now).unfinished == []


def test_attention_goes_to_an_own_agenda_that_nobody_can_read(stage: Stage) -> None:
    person = stage.counsellor("jeanne")
    stage.session.add(
        BusyCalendar(counsellor_id=person, url="https://agenda.invalid/j", added_at=NOW - DAY)
    )
    stage.session.commit()
    found = find_attention(stage.session, stage.catalogue, now=NOW)
    assert [each.name for each in found.stale] == ["Jeanne"]


def test_attention_goes_to_communes_without_a_date_or_a_referent(stage: Stage) -> None:
    found = find_attention(stage.session, stage.catalogue, now=NOW)
    assert found.without_date == []
    assert [each.commune.slug for each in found.gaps] == ["amont", "aval", "butte"]
    assert all(each.lacks_referent and each.lacks_deputy for each in found.gaps)
    stage.change_timetable(
        closures=[
            {"venue": "mairie-butte", **span("2026-11-24T00:00", "2027-11-24T00:00"),
             "reason": "Travaux"},
        ],
    )  # fmt: skip
    stage.session.rollback()
    found = find_attention(stage.session, stage.catalogue, now=NOW)
    assert [each.slug for each in found.without_date] == ["butte"]


def test_the_card_tells_its_history_the_last_change_first(stage: Stage) -> None:
    token, who = stage.book(), colleague(stage)
    act = Act(NOW, Actor.STAFF, user_id=who, reason=ChangeReason.PERSON_ASKED)
    stage.move(token, choice("2026-11-24T09:45"), by=act)
    moved, booked = card_of(stage, token).changes
    assert (moved.user, moved.reason) == ("Dominique", ChangeReason.PERSON_ASKED)
    assert (moved.old_starts_at, moved.new_counsellor) == (TUESDAY, "Jeanne")
    assert (booked.user, booked.actor) == (None, Actor.RESIDENT)


def test_an_appointment_that_does_not_exist_is_unknown(stage: Stage) -> None:
    who = colleague(stage)
    for read in (read_card, subject_of):
        with pytest.raises(SubjectUnknown):
            read(stage.session, stage.catalogue, 999)
    with pytest.raises(SubjectUnknown):
        write_note(stage.session, 999, "Vient seule", "", by=who, now=NOW)


def test_a_look_is_told_once_a_day(stage: Stage) -> None:
    held, who = stage.appointment(stage.book(phone=phone())).id, colleague(stage)
    for now in (NOW, NOW + HOUR, NOW + DAY):
        note_seen(stage.session, held, by=who, now=now)
    assert journalled(stage) == [("APPOINTMENT_SEEN", held, who)] * 2


def test_a_place_that_waits_for_an_answer_is_drawn_until_its_hour(stage: Stage) -> None:
    waiters = Waiters(stage)
    waiters.join()
    (held,) = week(stage).held
    assert held.starts_at == at("2026-11-24T09:00")
    waiters.tell()
    waiters.offer(held.answer_by)
    assert all(each.offer_id != held.offer_id for each in week(stage).held)
