"""The calendar file of a registration: golden bytes, one event a date, nobody else in it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.domain.workshop_facts import RegistrationFacts
from app.domain.workshops import RegistrationStatus
from app.gateways.ical import registration_calendar
from tests.support.appointment_sample import LETTERHEAD
from tests.support.golden import assert_golden
from tests.support.workshop_sample import (
    CHANGED_AT,
    OF_CYCLE,
    REGISTRATION,
    WAITING,
    WORKSHOP,
    called_off,
    registered,
)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("registration.fr", REGISTRATION),
        ("registration-cycle.en", registered(OF_CYCLE, language="en")),
        ("registration-cancelled.fr", registered(status=RegistrationStatus.CANCELLED)),
    ],
)
def test_golden(name: str, facts: RegistrationFacts) -> None:
    assert_golden(f"ics/{name}.ics", registration_calendar(facts, LETTERHEAD))


def events(facts: RegistrationFacts) -> list[Any]:
    return list(Calendar.from_ical(registration_calendar(facts, LETTERHEAD)).walk("VEVENT"))


def test_each_date_is_an_event_and_tells_what_became_of_it() -> None:
    told = [(each["STATUS"], each["TRANSP"], each["SEQUENCE"]) for each in events(OF_CYCLE)]
    kept, off = ("CONFIRMED", "OPAQUE", 2), ("CANCELLED", "TRANSPARENT")
    assert told == [kept, (*off, 2), (*off, 3), kept]
    (waits,) = events(WAITING)
    assert (waits["STATUS"], waits["TRANSP"]) == ("TENTATIVE", "TRANSPARENT")


def test_the_dates_that_were_held_stay_when_the_rest_is_off() -> None:
    rest = registered(OF_CYCLE, workshop=called_off(OF_CYCLE.workshop, held=1))
    assert [each["STATUS"] for each in events(rest)] == ["CONFIRMED", *["CANCELLED"] * 3]


def test_other_texts_are_a_later_version_of_the_same_entry() -> None:
    later = CHANGED_AT + timedelta(days=1)
    told = replace(WORKSHOP, bring={"fr": "Rien"}, sequence=1, reworded_at=later)
    (before,), (after,) = events(REGISTRATION), events(registered(workshop=told))
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert after["DTSTAMP"].dt == later.replace(microsecond=0)


def test_two_registrations_are_two_entries_and_a_change_keeps_its_own() -> None:
    first, second, moved = (
        events(facts)[0]["UID"]
        for facts in (REGISTRATION, registered(id=99), registered(sequence=7))
    )
    assert first == moved != second


def test_no_word_of_a_programme_adds_a_property() -> None:
    nasty = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nX-EVIL:1"
    facts = registered(workshop=replace(WORKSHOP, title={"fr": nasty}, bring={"fr": nasty}))
    content = registration_calendar(facts, LETTERHEAD)
    assert [each.name for each in Calendar.from_ical(content).walk()] == ["VCALENDAR", "VEVENT"]
    assert b"\r\nX-EVIL" not in content
    assert REGISTRATION.token.encode() not in content
