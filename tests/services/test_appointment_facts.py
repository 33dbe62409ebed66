"""Reading one appointment: by its id, by its link, by its number with a telephone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallTime, CancelledBy, Recipient
from app.domain.errors import AppointmentNotFound, LinkExpired, LinkUnknown
from app.models.appointment import Appointment
from app.services.appointment_facts import (
    facts_by_token,
    facts_of,
    letterhead,
    renew_link,
    token_by_reference,
)
from app.services.catalogue import Catalogue, read_catalogue
from app.services.links import Links
from app.services.transaction import write_transaction
from tests.support.appointment_rows import (
    HELPER_MOBILE,
    LINKS,
    MOBILE,
    NOW,
    Town,
    helped,
    make_town,
)

THIRTY_DAYS = timedelta(days=30)
IN_A_WEEK = NOW + timedelta(days=7)
OVER = IN_A_WEEK + timedelta(minutes=45)


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


@pytest.fixture
def catalogue(town: Town) -> Catalogue:
    return read_catalogue(town.session)


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The queries that the block sends."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_an_appointment_at_a_venue(town: Town, catalogue: Catalogue) -> None:
    facts = facts_of(town.session, catalogue, town.book(starts_at=IN_A_WEEK), LINKS)
    row = town.appointment(facts.id)
    assert (facts.uid, facts.engagement_id, facts.reference) == (
        row.uid,
        row.engagement_id,
        100_000,
    )
    assert facts.status is AppointmentStatus.BOOKED
    assert not facts.is_cancelled
    assert not facts.is_visit
    assert (facts.starts_at, facts.window_ends_at) == (IN_A_WEEK, IN_A_WEEK)
    assert facts.ends_at == OVER
    assert facts.place_name == "Mairie d’Amont"
    assert facts.place_address == "1 rue Haute, 17000 Amont"
    assert facts.access_notes == {"fr": "Plain-pied", "en": "Step-free"}
    assert facts.sms_name == "mairie d'Amont"
    assert facts.commune == catalogue.commune("amont")
    assert facts.place_commune == catalogue.commune("amont")
    assert (facts.topic_code, facts.topic_minutes) == ("autre", 45)
    assert facts.topic_label["fr"] == "Autre chose"
    assert facts.bring["en"] == "The device"
    assert (facts.address_line1, facts.call_time) == (None, None)


def test_a_visit(town: Town, catalogue: Catalogue) -> None:
    appointment_id = town.book(
        starts_at=IN_A_WEEK, minutes=90, at_home=True, commune_id=None,
        address_line1="12 impasse du Moulin", call_time=CallTime.MORNING,
        status=AppointmentStatus.CANCELLED, cancelled_by=CancelledBy.SERVICE,
    )  # fmt: skip
    facts = facts_of(town.session, catalogue, appointment_id, LINKS)
    assert facts.is_visit
    assert facts.is_cancelled
    assert facts.cancelled_by is CancelledBy.SERVICE
    assert facts.window_ends_at == IN_A_WEEK + timedelta(minutes=30)
    assert facts.ends_at == IN_A_WEEK + timedelta(minutes=90)
    assert (facts.place_name, facts.place_address) == ("Amont", "17000 Amont")
    assert (facts.sms_name, facts.access_notes) == ("", {})
    assert facts.commune is None
    assert facts.address_line1 == "12 impasse du Moulin"
    assert facts.call_time is CallTime.MORNING


def test_facts_hold_no_name_and_no_number(town: Town, catalogue: Catalogue) -> None:
    facts = facts_of(town.session, catalogue, town.book(**helped()), LINKS)
    for secret in ("Rose", "Serin", "Marc", "3998", "rose@"):
        assert secret not in repr(facts)


def test_one_query_whatever_the_appointment(town: Town, catalogue: Catalogue) -> None:
    for at_home in (False, True):
        days = timedelta(days=8 + at_home)
        appointment_id = town.book(starts_at=NOW + days, at_home=at_home)
        town.session.expire_all()
        with counting(town.session) as statements:
            facts_of(town.session, catalogue, appointment_id, LINKS)
        assert len(statements) == 1


def test_nothing_of_an_appointment_that_is_not(town: Town, catalogue: Catalogue) -> None:
    with pytest.raises(NoResultFound):
        facts_of(town.session, catalogue, 404, LINKS)


def test_the_link_opens_it_until_thirty_days_after_the_end(
    town: Town, catalogue: Catalogue
) -> None:
    facts = facts_of(town.session, catalogue, town.book(starts_at=IN_A_WEEK), LINKS)
    last = OVER + THIRTY_DAYS - timedelta(seconds=1)
    assert facts_by_token(town.session, catalogue, facts.token, now=last, links=LINKS) == facts
    with pytest.raises(LinkExpired):
        facts_by_token(town.session, catalogue, facts.token, now=OVER + THIRTY_DAYS, links=LINKS)


@pytest.mark.parametrize(
    "token", ["", "short", "AbCdEfGhIj12", "AbCdEfGhIj1é", "AbCdEfGhIj\x00a", "A" * 10_000]
)
def test_another_token_opens_nothing(town: Town, catalogue: Catalogue, token: str) -> None:
    town.book()
    with pytest.raises(LinkUnknown):
        facts_by_token(town.session, catalogue, token, now=NOW, links=LINKS)


def test_a_new_version_kills_the_old_link(town: Town, catalogue: Catalogue) -> None:
    facts = facts_of(town.session, catalogue, town.book(), LINKS)
    with write_transaction(town.session):
        town.session.get_one(Appointment, facts.id).link_token_hash = None
    with pytest.raises(LinkUnknown):
        facts_by_token(town.session, catalogue, facts.token, now=NOW, links=LINKS)


@pytest.mark.parametrize("phone", [MOBILE, HELPER_MOBILE])
def test_number_and_telephone_give_the_link(town: Town, catalogue: Catalogue, phone: str) -> None:
    facts = facts_of(
        town.session, catalogue, town.book(message_to=Recipient.HELPER, **helped()), LINKS
    )
    assert token_by_reference(town.session, 100_000, phone, now=NOW, links=LINKS) == facts.token


def test_a_couple_shares_a_telephone(town: Town, catalogue: Catalogue) -> None:
    for days in (7, 8):
        town.book(starts_at=NOW + timedelta(days=days))
    tokens = {
        token_by_reference(town.session, reference, MOBILE, now=NOW, links=LINKS)
        for reference in (100_000, 100_001)
    }
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("reference", "phone"),
    [(100_000, "+33639980009"), (999_999, MOBILE), (999_999, "+33639980009"), (0, "")],
)
def test_nothing_is_found_with_less_than_both(town: Town, reference: int, phone: str) -> None:
    town.book()
    with pytest.raises(AppointmentNotFound):
        token_by_reference(town.session, reference, phone, now=NOW, links=LINKS)


def test_a_number_dies_with_its_link(town: Town) -> None:
    town.book(starts_at=IN_A_WEEK)
    with pytest.raises(AppointmentNotFound):
        token_by_reference(town.session, 100_000, MOBILE, now=OVER + THIRTY_DAYS, links=LINKS)


def test_the_letterhead_is_the_territorys(catalogue: Catalogue) -> None:
    head = letterhead(catalogue, "https://rdv.example.fr")
    assert (head.name, head.service_sms, head.phone) == ("Aide", "Aide", "05 36 49 00 00")
    assert head.public_url == "https://rdv.example.fr"
    assert head.timezone == ZoneInfo("Europe/Paris")


def test_a_link_made_with_an_earlier_key_still_opens_and_is_replaced_when_asked(
    town: Town, catalogue: Catalogue
) -> None:
    appointment_id = town.book()
    old = facts_of(town.session, catalogue, appointment_id, LINKS).token
    changed = Links("another key, since the first one was changed")
    opened = facts_by_token(town.session, catalogue, old, now=NOW, links=changed)
    assert (opened.id, opened.token) == (appointment_id, old)
    renew_link(town.session, opened, changed)
    new = facts_of(town.session, catalogue, appointment_id, changed).token
    assert facts_by_token(town.session, catalogue, new, now=NOW, links=changed).token == new
