"""Two cards of one person: proposed, attached by a clerk alone, in one commit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.journal import JournalAction
from app.domain.staff_errors import CardsDiffer, SubjectUnknown
from app.models.appointment import Appointment, Resident
from app.services.erasure_requests import ask_erasure, asked_erasures
from app.services.export_requests import ask_export, asked_exports
from app.services.links import first_version
from app.services.person_doubles import (
    find_doubles,
    find_to_reconcile,
    keep_apart,
    merge_cards,
)
from tests.support.people_cards import acts_on, book_card, card_of, clerk
from tests.support.stage import LINKS, Stage, phone
from tests.support.stage_plan import NOW

NUMBER = phone(4321)


@pytest.fixture
def twice(stage: Stage) -> tuple[int, int]:
    """Rose booked twice online, the second time without accent and with her e-mail."""
    first = book_card(stage, "Rosé", "Serin", NUMBER)
    second = book_card(
        stage, "Rose", "Serin", NUMBER, "2026-11-24T09:45", email="rose@exemple.invalid"
    )
    return first.resident_id, second.resident_id


def doubles(stage: Stage, resident_id: int) -> list[str]:
    cards = find_doubles(stage.session, stage.catalogue, resident_id, now=NOW)
    return [card.first_name for card in cards]


def merge(stage: Stage, kept: int, other: int, by: int) -> None:
    merge_cards(stage.session, kept, other, by=by, now=NOW, links=LINKS)


def test_the_same_phone_or_names_are_proposed(stage: Stage, twice: tuple[int, int]) -> None:
    book_card(stage, "Paul", "Autre", start="2026-11-24T10:30")
    swapped = book_card(stage, "Serin", "Rose", start="2026-11-24T11:15").resident_id
    assert doubles(stage, twice[0]) == ["Rose", "Serin"]
    assert doubles(stage, swapped) == ["Rosé", "Rose"]


def test_people_without_phone_are_not_all_alike(stage: Stage, twice: tuple[int, int]) -> None:
    other = book_card(stage, "Paul", "Autre", start="2026-11-24T10:30").resident_id
    for resident_id in (twice[0], other):
        card_of(stage, resident_id).phone = None
        stage.session.commit()
    assert doubles(stage, other) == []


def test_the_latest_cards_that_look_like_an_older_one_wait(
    stage: Stage, twice: tuple[int, int]
) -> None:
    book_card(stage, "Paul", "Autre", start="2026-11-24T10:30")
    waiting = find_to_reconcile(stage.session, stage.catalogue, now=NOW)
    assert [card.id for card in waiting] == [twice[1]]
    by = clerk(stage)
    for _ in range(2):
        keep_apart(stage.session, twice[1], by=by, now=NOW)
    assert find_to_reconcile(stage.session, stage.catalogue, now=NOW) == []
    assert acts_on(stage, twice[1]) == [
        (JournalAction.PERSON_CORRECTED, {"fields": ["to_reconcile"]})
    ]


def test_attached_cards_are_one_with_all_their_appointments(
    stage: Stage, twice: tuple[int, int]
) -> None:
    kept, other = twice
    made_at = card_of(stage, other).created_at.isoformat()
    merge(stage, kept, other, clerk(stage))
    row = card_of(stage, kept)
    assert (row.first_name, row.email) == ("Rosé", "rose@exemple.invalid")
    assert not row.to_reconcile
    assert list(stage.session.scalars(select(Resident.id))) == [kept]
    held = stage.session.scalars(select(Appointment).order_by(Appointment.id)).all()
    assert {each.resident_id for each in held} == {kept}
    assert {each.link_version for each in held} == {
        first_version(NOW)
    }  # the same phone: their links still work
    assert acts_on(stage, kept) == [
        (JournalAction.PERSON_MERGED, {"from": other, "made_at": made_at})
    ]
    assert acts_on(stage, other) == [
        (JournalAction.PERSON_MERGED, {"into": kept, "appointments": 1})
    ]


def test_another_phone_ends_the_links_of_what_is_moved(
    stage: Stage, twice: tuple[int, int]
) -> None:
    moved = book_card(stage, "Rose", "Serin", phone(777), "2026-11-24T10:30")
    merge(stage, twice[0], moved.resident_id, clerk(stage))
    stage.session.rollback()
    assert stage.session.get_one(Appointment, moved.id).link_version == first_version(NOW) + 1
    assert card_of(stage, twice[0]).phone == NUMBER.number


def test_what_is_missing_is_taken_over_and_a_refusal_holds(
    stage: Stage, twice: tuple[int, int]
) -> None:
    kept, other = card_of(stage, twice[0]), card_of(stage, twice[1])
    kept.phone, kept.commune_id, kept.refuses_mail = None, None, True
    other.refuses_reminders, other.refuses_sms = True, True
    stage.session.commit()
    merge(stage, twice[0], twice[1], clerk(stage))
    row = card_of(stage, twice[0])
    assert row.phone == NUMBER.number
    assert (row.refuses_sms, row.refuses_mail, row.refuses_reminders) == (True, True, True)
    assert row.commune_id == stage.catalogue.commune("amont").id
    assert (row.by_phone_end or "").startswith("1234")


def test_cards_that_share_nothing_stay_two(stage: Stage, twice: tuple[int, int]) -> None:
    other = book_card(stage, "Paul", "Autre", start="2026-11-24T10:30").resident_id
    by = clerk(stage)
    for one in (other, twice[0]):
        with pytest.raises(CardsDiffer):
            merge(stage, twice[0], one, by)
    with pytest.raises(SubjectUnknown):
        merge(stage, twice[0], 999, by)
    assert stage.count(Resident) == 3
    assert acts_on(stage, twice[0]) == []


def test_what_was_asked_for_one_card_is_asked_for_both(
    stage: Stage, twice: tuple[int, int]
) -> None:
    kept, other = twice
    by = clerk(stage)
    for each in (other, other):
        ask_erasure(stage.session, each, by=by, now=NOW)
        ask_export(stage.session, each, by=by, now=NOW)
    merge(stage, kept, other, by)
    assert [each.resident_id for each in asked_exports(stage.session, now=NOW)] == [kept]
    assert [each.resident_id for each in asked_erasures(stage.session)] == [kept]
    third = book_card(stage, "Rose", "Serin", start="2026-11-24T10:30").resident_id
    ask_erasure(stage.session, third, by=by, now=NOW)
    merge(stage, kept, third, by)
    assert [each.resident_id for each in asked_erasures(stage.session)] == [kept]
    last = book_card(stage, "Rose", "Serin", start="2026-11-24T11:15").resident_id
    card_of(stage, last).created_at = NOW + timedelta(hours=1)  # after what was asked
    stage.session.commit()
    merge(stage, last, kept, by)
    [asked] = asked_exports(stage.session, now=NOW)
    assert (asked.resident_id, asked.asked_at) == (last, NOW)
