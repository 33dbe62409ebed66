"""The calendar file of one appointment: golden bytes, parsed back, and fed with nasty words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.domain.appointment import AppointmentStatus, CancelledBy
from app.domain.appointment_facts import AppointmentFacts
from app.gateways.ical import calendar_uid, render_appointment
from tests.support.appointment_sample import AT_HOME, AT_VENUE, LETTERHEAD, changed
from tests.support.golden import assert_golden

CANCELLED = {"status": AppointmentStatus.CANCELLED, "cancelled_by": CancelledBy.PERSON}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("venue.fr", AT_VENUE),
        ("visit.en", changed(AT_HOME, language="en")),
        ("cancelled.fr", changed(sequence=3, **CANCELLED)),
        ("cancelled-visit.en", changed(AT_HOME, language="en", sequence=3, **CANCELLED)),
    ],
)
def test_golden(name: str, facts: AppointmentFacts) -> None:
    assert_golden(f"ics/{name}.ics", render_appointment(facts, LETTERHEAD))


def test_it_is_read_back_as_it_was_meant() -> None:
    calendar = Calendar.from_ical(render_appointment(AT_VENUE, LETTERHEAD))
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == f"rdv-{AT_VENUE.uid}@rendez-vous.example.fr"
    assert event["SEQUENCE"] == 2
    assert event.start == AT_VENUE.starts_at
    assert event.end == AT_VENUE.ends_at
    assert event.DTSTAMP == event.LAST_MODIFIED == AT_VENUE.updated_at.replace(microsecond=0)
    assert event["SUMMARY"] == "Rendez-vous Coclic’O"
    assert event["LOCATION"] == "Mairie d’Amont, 1 rue Haute, 17000 Amont"
    assert event["STATUS"] == "CONFIRMED"
    assert "METHOD" not in calendar
    assert "ORGANIZER" not in event
    assert len(calendar.walk()) == 2


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_appointment(AT_VENUE, LETTERHEAD) == render_appointment(AT_VENUE, LETTERHEAD)


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    content = render_appointment(AT_VENUE, LETTERHEAD)
    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert b"DTSTART:20261208T090000Z" in lines


def test_the_uid_survives_a_move_and_knows_no_port() -> None:
    moved = changed(starts_at=AT_VENUE.starts_at + timedelta(days=7), sequence=3)
    local = replace(LETTERHEAD, public_url="http://127.0.0.1:8000")
    assert calendar_uid(moved, LETTERHEAD) == calendar_uid(AT_VENUE, LETTERHEAD)
    assert calendar_uid(AT_VENUE, local) == f"rdv-{AT_VENUE.uid}@127.0.0.1"


def test_a_cancelled_one_says_so_and_frees_the_time() -> None:
    facts = changed(sequence=3, **CANCELLED)
    (event,) = Calendar.from_ical(render_appointment(facts, LETTERHEAD)).walk("VEVENT")
    assert event["SUMMARY"] == "ANNULÉ – Rendez-vous Coclic’O"
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("CANCELLED", "TRANSPARENT", 3)


def test_a_visit_tells_no_address_and_no_token() -> None:
    content = render_appointment(AT_HOME, LETTERHEAD)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["LOCATION"] == "Chez vous"
    for secret in ("impasse", "Étage", "17000", AT_HOME.token, "Vitale", "Ameli"):
        assert secret.encode() not in content.replace(b"\r\n ", b"")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        render_appointment(changed(updated_at=datetime(2026, 12, 8, 9)), LETTERHEAD)


def test_summer_and_winter_are_the_same_instants() -> None:
    summer = datetime(2026, 10, 24, 8, tzinfo=UTC)
    winter = datetime(2026, 10, 26, 9, tzinfo=UTC)
    for starts_at in (summer, winter):
        content = render_appointment(changed(starts_at=starts_at), LETTERHEAD)
        (event,) = Calendar.from_ical(content).walk("VEVENT")
        assert event.start.astimezone(LETTERHEAD.timezone).hour == 10


NASTY = st.text(
    st.sampled_from("\r\n\x00\x0b\x1b\x85\u2028\u2029\t;,\\\":'é😀{}=BEGINEND:V") | st.characters(
        exclude_categories=["Cs"]
    ),
    max_size=120,
)  # fmt: skip


@given(NASTY, NASTY, NASTY)
def test_no_word_can_add_a_component_or_a_property(name: str, address: str, service: str) -> None:
    nasty = f"{name}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nX-EVIL:1"
    facts = changed(place_name=nasty, place_address=address, access_notes={"fr": name})
    content = render_appointment(facts, replace(LETTERHEAD, name=service, phone=name))
    calendar = Calendar.from_ical(content)
    plain = Calendar.from_ical(render_appointment(AT_VENUE, LETTERHEAD))
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    assert set(calendar.walk("VEVENT")[0]) == set(plain.walk("VEVENT")[0])
    assert len(content.decode().splitlines()) == content.count(b"\r\n")
