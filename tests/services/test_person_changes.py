"""A card is corrected: what follows it, what dies with it, and two clerks at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import Actor, Role
from app.domain.appointment import CallReason, MessageChannel, Recipient
from app.domain.booking import Phone
from app.domain.errors import LinkUnknown
from app.domain.journal import JournalAction
from app.domain.staff_errors import EditedMeanwhile
from app.models.appointment import Appointment
from app.services.appointment_facts import facts_by_token
from app.services.calls import find_calls
from app.services.links import first_version
from app.services.person_changes import Correction, correct_person
from tests.support.people_cards import acts_on, book_card, card_of, clerk
from tests.support.stage import HELPER, LANDLINE, LINKS, Stage, phone
from tests.support.stage_plan import NOW

MINUTE = timedelta(minutes=1)
NUMBER = phone(4321)


@pytest.fixture
def rose(stage: Stage) -> Appointment:
    return book_card(stage, "Rose", "Serin", NUMBER, email="rose@exemple.invalid")


def as_she_is(stage: Stage, appointment: Appointment) -> Correction:
    row = card_of(stage, appointment.resident_id)
    number = Phone(row.phone, True, False) if row.phone else None
    return Correction(
        row.first_name, row.last_name, number, row.email, row.commune_id, row.language
    )


def correct(
    stage: Stage, appointment: Appointment, by: int, version: str | None = None, **changes: object
) -> None:
    wanted = replace(as_she_is(stage, appointment), **changes)  # type: ignore[arg-type]
    row = card_of(stage, appointment.resident_id)
    known = row.updated_at.isoformat() if row.updated_at else ""
    correct_person(
        stage.session,
        row.id,
        wanted,
        known if version is None else version,
        by=by,
        now=NOW + MINUTE,
        links=LINKS,
    )


def token_of(appointment: Appointment, corrections: int = 0) -> str:
    """Of its link once its card was corrected so many times."""
    return LINKS.token(appointment.id, first_version(NOW) + corrections)


def opens(stage: Stage, token: str) -> bool:
    try:
        facts_by_token(stage.session, stage.catalogue, token, now=NOW, links=LINKS)
    except LinkUnknown:
        return False
    return True


@pytest.mark.parametrize(
    "changes", [{"last_name": "Sérin"}, {"first_name": "Rosa"}, {"phone": phone(8888)}]
)
def test_another_name_or_phone_kills_the_old_link(
    stage: Stage, rose: Appointment, changes: dict[str, object]
) -> None:
    old = token_of(rose)
    assert opens(stage, old)
    correct(stage, rose, clerk(stage), **changes)
    assert not opens(stage, old)
    assert opens(stage, token_of(rose, 1))
    assert acts_on(stage, rose.resident_id) == [
        (JournalAction.PERSON_CORRECTED, {"fields": sorted(changes)})
    ]


def test_other_corrections_leave_the_link_alive(stage: Stage, rose: Appointment) -> None:
    aval = stage.catalogue.commune("aval").id
    correct(stage, rose, clerk(stage), email="r@exemple.invalid", commune_id=aval, language="en")
    assert opens(stage, token_of(rose))
    row = stage.appointment(token_of(rose))
    assert (row.commune_id, row.language, row.message_channel) == (aval, "en", MessageChannel.SMS)


def test_a_dead_link_stays_dead(stage: Stage, rose: Appointment) -> None:
    stage.appointment(token_of(rose)).link_token_hash = None
    stage.session.commit()
    correct(stage, rose, clerk(stage), last_name="Autre")
    assert not opens(stage, token_of(rose, 1))


def test_the_search_finds_the_new_name_and_phone(stage: Stage, rose: Appointment) -> None:
    correct(stage, rose, clerk(stage), first_name="Zoé", last_name="Œil", phone=phone(1234))
    row = card_of(stage, rose.resident_id)
    assert (row.by_last_name, row.by_first_name) == ("oeil zoe", "zoe oeil")
    assert (row.by_phone_end or "").startswith("4321")
    assert row.updated_at == NOW + MINUTE


def test_nothing_changed_is_no_change(stage: Stage, rose: Appointment) -> None:
    correct(stage, rose, clerk(stage), version="whatever")
    assert acts_on(stage, rose.resident_id) == []
    assert card_of(stage, rose.resident_id).updated_at is None


@pytest.mark.parametrize(
    ("booked", "changes", "channel"),
    [
        ({}, {"phone": None}, "NONE"),
        ({}, {"phone": LANDLINE}, "VOICE"),
        ({}, {"phone": phone(9)}, "SMS"),
        ({"message_channel": MessageChannel.EMAIL}, {"email": None}, "VOICE"),
        ({"helper": HELPER}, {"phone": None}, "VOICE"),
        ({"message_channel": MessageChannel.EMAIL}, {"phone": None}, "EMAIL"),
        ({"message_channel": MessageChannel.VOICE}, {"email": None}, "VOICE"),
        ({"helper": HELPER, "message_to": Recipient.HELPER}, {"phone": None}, "SMS"),
    ],
)
def test_no_message_waits_for_an_address_that_is_gone(
    stage: Stage, booked: dict[str, object], changes: dict[str, object], channel: str
) -> None:
    told = book_card(stage, "Rose", "Serin", NUMBER, email="r@exemple.invalid", **booked)
    correct(stage, told, clerk(stage), **changes)
    stage.session.rollback()
    assert stage.session.get_one(Appointment, told.id).message_channel == channel


def test_whom_no_text_message_reaches_any_more_is_reminded_by_voice(stage: Stage) -> None:
    """An e-mail on the card reminds nobody who did not choose it."""
    friday = book_card(
        stage, "Rose", "Serin", NUMBER, "2026-11-27T09:00", email="r@exemple.invalid"
    )
    correct(stage, friday, clerk(stage), phone=LANDLINE)
    catalogue, who = stage.catalogue, Actor(1, Role.COORDINATOR)
    (call,) = find_calls(stage.session, catalogue, who, now=NOW + timedelta(days=3))
    assert (call.reason, call.phone) == (CallReason.REMINDER, LANDLINE.number)


def test_a_past_appointment_keeps_its_commune(stage: Stage, rose: Appointment) -> None:
    stage.cancel(token_of(rose))
    correct(stage, rose, clerk(stage), commune_id=None)
    assert stage.appointment(token_of(rose)).commune_id == stage.catalogue.commune("amont").id
    assert card_of(stage, rose.resident_id).commune_id is None


def test_an_appointment_told_for_another_commune_keeps_it(stage: Stage, rose: Appointment) -> None:
    aval = stage.catalogue.commune("aval").id
    stage.appointment(token_of(rose)).commune_id = aval
    stage.session.commit()
    correct(stage, rose, clerk(stage), commune_id=None)
    assert stage.appointment(token_of(rose)).commune_id == aval


def test_the_second_of_two_clerks_is_told_who_was_first(stage: Stage, rose: Appointment) -> None:
    anne, bea = clerk(stage), clerk(stage, "Béa")
    correct(stage, rose, anne, version="", last_name="Sérin")
    with pytest.raises(EditedMeanwhile) as refused:
        correct(stage, rose, bea, version="", last_name="Serein")
    assert refused.value.facts == {"by": "Anne", "at": NOW + timedelta(minutes=1)}
    assert card_of(stage, rose.resident_id).last_name == "Sérin"


def test_a_change_without_a_line_in_the_journal_is_refused_too(
    stage: Stage, rose: Appointment
) -> None:
    card_of(stage, rose.resident_id).updated_at = NOW
    stage.session.commit()
    with pytest.raises(EditedMeanwhile) as refused:
        correct(stage, rose, clerk(stage), version="", last_name="Serein")
    assert refused.value.facts == {"by": None, "at": None}
