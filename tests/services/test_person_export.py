"""All that is held on a person, and nothing that opens a door."""

import json
from datetime import timedelta

import pytest

from app.domain.appointment import CallReason
from app.domain.journal import JournalAction
from app.domain.staff_errors import SubjectUnknown
from app.services.appointment_rows import open_call_task
from app.services.export_requests import ask_export, asked_exports
from app.services.export_rows import OUR_KEYS
from app.services.people import note_seen
from app.services.person_doubles import merge_cards
from app.services.person_export import export_person
from app.services.retention import PERSON, THIRTY_DAYS, columns_under
from tests.support.people_cards import acts_on, book_card, clerk
from tests.support.stage import HELPER, LINKS, WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW


def export(stage: Stage, resident_id: int, by: int) -> dict[str, object]:
    return export_person(stage.session, stage.catalogue, resident_id, by=by, now=NOW)


def test_everything_is_there(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin", email="rose@exemple.invalid", helper=HELPER)
    booked.note = "apporter le chargeur"
    open_call_task(stage.session, booked.id, CallReason.TO_MOVE, starts_at=NOW, now=NOW)
    stage.session.commit()
    by, card, number = clerk(stage), booked.resident_id, booked.reference
    note_seen(stage.session, card, by=by, now=NOW)
    held = export(stage, card, by)
    person, [appointment], looks = held["person"], held["appointments"], held["looks"]
    assert (person["first_name"], person["commune"]) == ("Rose", "Amont")
    assert person["email"] == "rose@exemple.invalid"
    assert appointment["reference"] == number
    assert appointment["note"] == "apporter le chargeur"
    assert (appointment["counsellor"], appointment["helper_name"]) == ("Jeanne", HELPER.name)
    assert appointment["starts_at"] == "2026-11-24T08:00:00+00:00"
    assert [each["kind"] for each in appointment["history"]] == ["BOOKED"]
    assert [each["reason"] for each in appointment["calls"]] == ["TO_MOVE"]
    assert [each["kind"] for each in appointment["messages"]] == ["CONFIRMATION"]
    assert [each["action"] for each in looks] == ["PERSON_SEEN", "PERSON_EXPORTED"]
    assert acts_on(stage, card)[-1] == (JournalAction.PERSON_EXPORTED, {})


def test_looks_at_a_card_that_was_merged_are_told_and_not_those_at_who_has_its_number_since(
    stage: Stage,
) -> None:
    by, number = clerk(stage), phone()
    kept = book_card(stage, "Rose", "Serin", number).resident_id
    other = book_card(stage, "Rose", "Serin", number, "2026-11-24T09:45").resident_id
    note_seen(stage.session, other, by=by, now=NOW)
    merge_cards(stage.session, kept, other, by=by, now=NOW, links=LINKS)
    note_seen(stage.session, other, by=by, now=NOW)  # somebody else, by the same number
    looks = export(stage, kept, by)["looks"]
    told = ["PERSON_SEEN", "PERSON_MERGED", "PERSON_EXPORTED"]
    assert [each["action"] for each in looks] == told


def test_what_the_journal_tells_of_a_card_that_had_this_number_before_is_not_theirs(
    stage: Stage,
) -> None:
    """After a restore a number may be given again."""
    by, card = clerk(stage), book_card(stage, "Rose", "Serin").resident_id
    before = NOW - timedelta(days=1)
    note_seen(stage.session, card, by=by, now=before)
    ask_export(stage.session, card, by=by, now=before)
    assert asked_exports(stage.session, now=NOW) == []
    ask_export(stage.session, card, by=by, now=NOW)
    assert [each.asked_at for each in asked_exports(stage.session, now=NOW)] == [NOW]
    looks = export(stage, card, by)["looks"]
    assert [each["action"] for each in looks] == ["EXPORT_ASKED", "PERSON_EXPORTED"]


def test_no_column_of_a_person_is_left_out(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin")
    held = export(stage, booked.resident_id, clerk(stage))
    for table, told in (("resident", held["person"]), ("appointment", held["appointments"][0])):
        personal = {*columns_under(PERSON, table), *columns_under(THIRTY_DAYS, table)}
        assert personal - OUR_KEYS <= set(told)


def test_the_file_opens_no_door(stage: Stage) -> None:
    booked = book_card(stage, "Rose", "Serin")
    secrets = (booked.link_token_hash, booked.form_key, LINKS.token(booked.id, booked.link_version))
    written = json.dumps(export(stage, booked.resident_id, clerk(stage)))
    assert not [secret for secret in secrets if str(secret) in written]


def test_a_visit_and_another_commune_have_words_too(stage: Stage) -> None:
    visit = stage.appointment(stage.book(choice(WEDNESDAY_VISIT, None, commune_slug="butte")))
    visit.commune_id = visit.resident.commune_id = None
    stage.session.commit()
    held = export(stage, visit.resident_id, clerk(stage))
    assert held["person"]["commune"] is None
    assert held["appointments"][0]["place"].startswith("à domicile, ")


def test_nothing_is_held_on_nobody(stage: Stage) -> None:
    with pytest.raises(SubjectUnknown):
        export(stage, 999, clerk(stage))
