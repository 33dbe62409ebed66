"""What a message and a page say of an offered place; where the message goes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.appointment import MessageChannel, Recipient
from app.domain.errors import LinkExpired
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferUnknown
from app.models.appointment import Resident
from app.models.waiting import Offer
from app.services import waiting
from app.services.links import Links
from app.services.offer_facts import OfferSeen, offer_address, offer_facts_of, read_offer
from tests.support.stage import HELPER, LINKS, Stage, phone
from tests.support.stage_plan import NOW, at
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def token_of(waiters: Waiters, links: Links = LINKS, number: int = 0) -> str:
    offer_id = waiters.offers()[number].id
    facts = offer_facts_of(waiters.session, waiters.stage.catalogue, offer_id, links)
    assert facts is not None
    return facts.token


def seen(waiters: Waiters, token: str, now: object = NOW) -> OfferSeen:
    waiters.session.rollback()
    catalogue = waiters.stage.catalogue
    return read_offer(waiters.session, catalogue, token, now=now, links=LINKS)  # type: ignore[arg-type]


def test_the_facts_name_nobody(waiters: Waiters) -> None:
    waiters.join()
    offer_id = waiters.offers()[0].id
    facts = offer_facts_of(waiters.session, waiters.stage.catalogue, offer_id, LINKS)
    assert facts is not None
    assert (facts.starts_at, facts.answer_by) == (at("2026-11-24T09:00"), at("2026-11-23T12:00"))
    assert facts.place_name == facts.sms_name.replace(" ", "-") == "mairie-amont"
    assert facts.is_open
    assert not facts.wants_earlier
    assert "Rose" not in repr(facts)


def test_a_visit_says_the_commune_only(waiters: Waiters) -> None:
    waiters.join(is_visit=True)
    facts = seen(waiters, token_of(waiters)).facts
    assert (facts.is_visit, facts.place_name) == (True, "Amont")
    assert facts.place_address == "17000 Amont"
    assert seen(waiters, token_of(waiters)).time.venue_slug is None


def test_an_earlier_key_is_replaced_when_the_message_leaves(waiters: Waiters) -> None:
    waiters.join()
    old = token_of(waiters, Links("an earlier key"))
    assert seen(waiters, old).facts.token == old
    new = token_of(waiters)
    assert token_of(waiters) == new
    assert seen(waiters, new).outcome is None
    with pytest.raises(OfferUnknown):
        seen(waiters, old)


def test_nobody_waits_any_more(waiters: Waiters) -> None:
    waiters.join()
    token = token_of(waiters)
    offer_id = waiters.offers()[0].id
    waiting.leave(waiters.session, waiters.entries()[0].id, now=NOW)
    session, catalogue = waiters.session, waiters.stage.catalogue
    assert offer_facts_of(session, catalogue, offer_id, LINKS) is None
    assert offer_facts_of(session, catalogue, 999, LINKS) is None
    assert offer_address(session, offer_id, MessageChannel.SMS) is None
    shown = seen(waiters, token)
    assert (shown.outcome, shown.still_waits, shown.again) == (OfferOutcome.WITHDRAWN, False, None)
    assert shown.time.starts_at == at("2026-11-24T09:00")


def test_what_the_link_shows_as_time_passes(waiters: Waiters) -> None:
    waiters.join()
    token = token_of(waiters)
    assert seen(waiters, token).outcome is None
    late = seen(waiters, token, at("2026-11-23T12:00"))
    assert (late.outcome, late.facts.is_open) == (OfferOutcome.EXPIRED, False)
    end = at("2026-11-24T09:45") + timedelta(days=30)
    assert seen(waiters, token, end - timedelta(seconds=1)).outcome is OfferOutcome.EXPIRED
    with pytest.raises(LinkExpired):
        seen(waiters, token, end)


def test_what_became_of_an_accepted_place(waiters: Waiters) -> None:
    waiters.join()
    token = token_of(waiters)
    taken = waiters.accept(waiters.offers()[0].id)
    shown = seen(waiters, token)
    assert (shown.outcome, shown.appointment_token) == (OfferOutcome.ACCEPTED, taken)
    waiters.session.execute(update(Offer).values(engagement_id=None))
    waiters.session.commit()
    assert seen(waiters, token).appointment_token is None


@pytest.mark.parametrize("token", ["", "x", "abcdefghijkl", "é" * 12])
def test_a_link_that_was_never_made(waiters: Waiters, token: str) -> None:
    with pytest.raises(OfferUnknown):
        seen(waiters, token)


def test_where_the_message_goes(waiters: Waiters) -> None:
    mine, helps = phone(), replace(HELPER, phone=phone())
    waiters.join(phone=mine)
    waiters.join(helper=helps, message_to=Recipient.HELPER)
    first, second = (each.id for each in waiters.offers())
    session = waiters.session
    assert offer_address(session, first, MessageChannel.SMS) == mine.number
    assert offer_address(session, second, MessageChannel.SMS) == helps.phone.number
    assert offer_address(session, first, MessageChannel.EMAIL) is None
    session.execute(update(Resident).values(email="rose@exemple.invalid"))
    assert offer_address(session, first, MessageChannel.EMAIL) == "rose@exemple.invalid"
    session.execute(update(Resident).values(refuses_sms=True, refuses_mail=True))
    assert offer_address(session, first, MessageChannel.SMS) is None
    assert offer_address(session, first, MessageChannel.EMAIL) is None
    assert offer_address(session, second, MessageChannel.SMS) is None, "STOP of a helper"
