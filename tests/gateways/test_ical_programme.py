"""The public feed of the programme: golden bytes, an event a date, and no figure about people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import WorkshopStatus
from app.gateways.ical_programme import render_programme
from tests.support.appointment_sample import LETTERHEAD
from tests.support.golden import assert_golden
from tests.support.workshop_sample import CYCLE, WORKSHOP

OFF = replace(
    WORKSHOP,
    status=WorkshopStatus.CANCELLED,
    sessions=tuple(replace(each, is_cancelled=True) for each in WORKSHOP.sessions),
    sequence=4,
)


def rendered(*workshops: WorkshopFacts, language: str = "fr") -> bytes:
    return render_programme(workshops, LETTERHEAD, language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_golden(language: str) -> None:
    assert_golden(f"ics/programme.{language}.ics", rendered(CYCLE, OFF, language=language))


def events(*workshops: WorkshopFacts) -> list[Any]:
    return list(Calendar.from_ical(rendered(*workshops)).walk("VEVENT"))


def test_a_date_keeps_its_entry_and_says_that_it_is_off() -> None:
    before, after = events(WORKSHOP)[0], events(OFF)[0]
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert {each["TRANSP"] for each in events(CYCLE)} == {"TRANSPARENT"}
    assert len({each["UID"] for each in events(CYCLE)}) == len(CYCLE.sessions)


def test_other_texts_are_a_change_and_what_took_place_is_not_called_off() -> None:
    was_at = WORKSHOP.sessions[0].updated_at.replace(microsecond=0)
    later = was_at + timedelta(days=2)
    (reworded,) = events(replace(WORKSHOP, reworded_at=later))
    assert reworded["LAST-MODIFIED"].dt == reworded["DTSTAMP"].dt == later
    took_place, dropped = (CYCLE.sessions[0], replace(CYCLE.sessions[1], is_cancelled=True))
    ended = replace(CYCLE, status=WorkshopStatus.CANCELLED, sessions=(took_place, dropped))
    assert [each["STATUS"] for each in events(ended)] == ["CONFIRMED", "CANCELLED"]


def test_who_registers_changes_no_byte() -> None:
    fuller = replace(WORKSHOP, free=0, free_for_host=0, waiting=7)
    assert rendered(fuller) == rendered(WORKSHOP)


def test_nasty_words_stay_one_line_of_text() -> None:
    nasty = replace(WORKSHOP, title={"fr": "Un\r\nEND:VEVENT;,\\ \u2028deux"}, bring={})
    (event,) = events(nasty)
    assert "deux" in event["SUMMARY"]
