"""Somebody's card changes, and with it what they wait for: corrected, merged, exported, erased."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.domain.booking import Phone
from app.domain.errors import LinkUnknown
from app.domain.waiting import HalfDay, OfferOutcome
from app.domain.waiting_errors import OfferUnknown, WaitingUnknown
from app.models.appointment import Resident
from app.services.appointment_facts import facts_by_token
from app.services.erasure_register import ErasureRegister
from app.services.links import first_version
from app.services.offer_facts import offer_facts_of, read_offer
from app.services.people import version_of
from app.services.person_changes import Correction, correct_person
from app.services.person_doubles import merge_cards
from app.services.person_erasure import erase_person
from app.services.person_export import export_person
from app.services.waiting import join_for_earlier
from app.services.waiting_reading import waiter_by_token
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, PERSON, Stage, choice, phone
from tests.support.stage_plan import NOW
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def correct(waiters: Waiters, **changes: object) -> None:
    row = waiters.session.get_one(Resident, waiters.entries()[0].resident_id)
    given = Phone(row.phone or "", is_mobile=True, is_foreign=False)
    said = {
        "first_name": row.first_name, "last_name": row.last_name, "phone": given,
        "email": row.email, "commune_id": row.commune_id, "language": row.language,
    }  # fmt: skip
    wanted, version = Correction(**(said | changes)), version_of(row)  # type: ignore[arg-type]
    by = clerk(waiters.stage, f"Anne{len(version)}")
    correct_person(waiters.session, row.id, wanted, version, by=by, now=NOW, links=LINKS)


def test_another_telephone_kills_the_link_and_the_offer(waiters: Waiters) -> None:
    token = waiters.join()
    correct(waiters, phone=phone())
    with pytest.raises(WaitingUnknown):
        waiter_by_token(waiters.session, waiters.stage.catalogue, token, NOW)
    assert [each.outcome for each in waiters.offers()] == [OfferOutcome.WITHDRAWN]
    assert waiters.offer() == 1
    again = LINKS.purpose_token("waiting", waiters.entries()[0].id, first_version(NOW) + 1)
    assert waiter_by_token(waiters.session, waiters.stage.catalogue, again, NOW).offered


def offer_token(waiters: Waiters) -> str:
    """What the message of the last offer carries."""
    offer_id = waiters.offers()[-1].id
    facts = offer_facts_of(waiters.session, waiters.stage.catalogue, offer_id, LINKS)
    assert facts is not None
    return facts.token


def opens(waiters: Waiters, token: str) -> bool:
    try:
        read_offer(waiters.session, waiters.stage.catalogue, token, now=NOW, links=LINKS)
    except OfferUnknown:
        return False
    return True


def test_another_telephone_kills_the_link_of_an_accepted_offer(waiters: Waiters) -> None:
    """Its page leads to the appointment: it would revive the dead link (T8)."""
    waiters.join()
    old = offer_token(waiters)
    booked = waiters.accept(waiters.offers()[0].id)
    assert opens(waiters, old)
    by, row = clerk(waiters.stage), waiters.session.scalars(select(Resident)).one()
    wanted = Correction(
        row.first_name, row.last_name, phone(4321), row.email, row.commune_id, row.language
    )
    correct_person(waiters.session, row.id, wanted, version_of(row), by=by, now=NOW, links=LINKS)
    assert not opens(waiters, old)
    with pytest.raises(LinkUnknown):
        facts_by_token(waiters.session, waiters.stage.catalogue, booked, now=NOW, links=LINKS)


@pytest.mark.parametrize("is_answered", [False, True])
def test_another_telephone_kills_the_link_of_an_earlier_place(
    waiters: Waiters, is_answered: bool
) -> None:
    """Open or declined: its page leads to another time of the appointment (T8)."""
    stage = waiters.stage
    held = stage.appointment(stage.book(choice("2026-11-24T09:45"))).id
    join_for_earlier(stage.session, held, (HalfDay.ANY, 0), now=NOW, links=LINKS)
    old = offer_token(waiters)
    if is_answered:
        waiters.decline(waiters.offers()[0].id)
    assert opens(waiters, old)
    correct(waiters, phone=phone(4321))
    assert not opens(waiters, old)
    offer_facts_of(stage.session, stage.catalogue, waiters.offers()[0].id, LINKS)
    assert not opens(waiters, old)


def test_the_language_follows_and_a_lost_channel_is_a_voice(waiters: Waiters) -> None:
    token = waiters.join()
    correct(waiters, language="en")
    assert waiters.entries()[0].language == "en"
    assert waiters.entries()[0].message_channel is MessageChannel.SMS
    assert waiter_by_token(waiters.session, waiters.stage.catalogue, token, NOW)
    correct(waiters, phone=None)
    assert waiters.entries()[0].message_channel is MessageChannel.VOICE


def test_two_cards_of_one_person_wait_as_one(waiters: Waiters) -> None:
    waiters.join(phone=PERSON)
    waiters.join(phone=PERSON)
    first, second = (each.resident_id for each in waiters.entries())
    by = clerk(waiters.stage)
    merge_cards(waiters.session, first, second, by=by, now=NOW, links=LINKS)
    assert [each.resident_id for each in waiters.entries()] == [first, first]
    assert len(waiters.open_offers()) == 2


def test_cards_with_other_telephones_have_new_links(waiters: Waiters) -> None:
    waiters.join()
    token = waiters.join()
    first, second = (each.resident_id for each in waiters.entries())
    by = clerk(waiters.stage)
    merge_cards(waiters.session, first, second, by=by, now=NOW, links=LINKS)
    with pytest.raises(WaitingUnknown):
        waiter_by_token(waiters.session, waiters.stage.catalogue, token, NOW)


def test_erasing_takes_somebody_off_the_list(waiters: Waiters, tmp_path: Path) -> None:
    waiters.join()
    card = waiters.entries()[0].resident_id
    register = ErasureRegister(tmp_path / "erasures.txt")
    erase_person(waiters.session, card, by=clerk(waiters.stage), now=NOW, register=register)
    assert (waiters.entries(), waiters.holds()) == ([], [])
    assert waiters.session.get_one(Resident, card).last_name == ""


def test_what_is_awaited_is_exported(waiters: Waiters) -> None:
    waiters.join(reach=15)
    card = waiters.entries()[0].resident_id
    by = clerk(waiters.stage)
    held = export_person(waiters.session, waiters.stage.catalogue, card, by=by, now=NOW)
    [waits] = held["waiting"]
    assert (waits["commune"], waits["half_day"], waits["reach_minutes"]) == ("Amont", "ANY", 15)
    assert "link_token_hash" not in waits
    [offer] = waits["offers"]
    assert offer["starts_at"] == "2026-11-24T08:00:00+00:00"
    assert "link_token_hash" not in offer
