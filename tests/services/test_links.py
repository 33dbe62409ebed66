"""The link of a message: made again from a key, recognised by its hash, dead with its version."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import errors
from app.services.appointment_facts import facts_by_token
from app.services.links import ALPHABET, LENGTH, Links, first_version, hash_token, is_token
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW

versions = st.integers(1, 1000)
numbers = st.integers(1, 10**9)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def test_the_alphabet_is_62_letters_and_digits() -> None:
    assert sorted(ALPHABET) == sorted(string.ascii_letters + string.digits)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(8999, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 10**6),
)
def test_what_is_made_at_another_second_begins_with_another_version(
    now: datetime, later_s: int
) -> None:
    """After a restore a number may be given again; the link is not."""
    assert first_version(now) != first_version(now + timedelta(seconds=later_s))
    assert 0 <= first_version(now) < 2**30


@given(numbers, versions)
def test_a_token_has_its_shape_and_is_always_the_same(number: int, version: int) -> None:
    token = LINKS.token(number, version)
    assert is_token(token)
    assert token == Links(LINKS.key).token(number, version)


@given(st.lists(st.tuples(numbers, versions), unique=True, min_size=2, max_size=20))
def test_each_version_of_each_appointment_has_its_own(subjects: list[tuple[int, int]]) -> None:
    assert len({LINKS.token(*subject) for subject in subjects}) == len(subjects)


def test_another_installation_makes_other_tokens() -> None:
    other = Links("another key")
    assert other.token(1, 1) != LINKS.token(1, 1)
    assert other.digest("x") != LINKS.digest("x")


def test_a_number_and_a_version_are_not_confused() -> None:
    assert LINKS.token(1, 11) != LINKS.token(11, 1)
    assert len({LINKS.token(12, 3), LINKS.token(1, 23)}) == 2


@given(numbers, versions)
def test_another_purpose_has_other_tokens(number: int, version: int) -> None:
    offer = LINKS.purpose_token("offer", number, version)
    assert is_token(offer)
    others = {LINKS.token(number, version), LINKS.purpose_token("waiting", number, version)}
    assert offer not in others
    assert len(others) == 2


@pytest.mark.parametrize(
    "text",
    ["", "A" * (LENGTH - 1), "A" * (LENGTH + 1), "A" * 11 + "-", "A" * 11 + "é", "A" * 11 + "١"],
)
def test_what_has_not_the_shape_is_no_token(text: str) -> None:
    assert not is_token(text)


@given(st.text(max_size=40))
def test_a_hash_is_of_one_length_and_gives_nothing_away(text: str) -> None:
    hashed = hash_token(text)
    assert len(hashed) == 64
    assert len(text) < 4 or text not in hashed


def test_a_new_version_kills_the_old_link(stage: Stage) -> None:
    old = stage.book()
    appointment = stage.appointment(old)
    appointment.link_version += 1
    new = LINKS.token(appointment.id, appointment.link_version)
    appointment.link_token_hash = hash_token(new)
    stage.session.commit()
    assert facts_by_token(stage.session, stage.catalogue, new, now=NOW, links=LINKS).token == new
    with pytest.raises(errors.LinkUnknown):
        facts_by_token(stage.session, stage.catalogue, old, now=NOW, links=LINKS)


def test_only_the_hash_is_stored(stage: Stage) -> None:
    token = stage.book()
    row = stage.appointment(token)
    stored = [getattr(row, column.key) for column in row.__table__.columns]
    assert hash_token(token) in stored
    assert token not in stored
