"""The Message-ID: the same at each try, recognised, and not to be made by a stranger."""

import pytest

from app.services.links import Links
from app.services.message_stamps import stamp_of, stamped

LINKS, URL = Links("a key of the tests"), "https://rdv.example.fr:8443"


def test_it_is_the_same_at_each_try_and_its_own() -> None:
    stamp = stamp_of(42, LINKS, URL)
    assert stamp == stamp_of(42, LINKS, URL)
    assert stamp.startswith("<coclico.42.")
    assert stamp.endswith("@rdv.example.fr>")
    others = {stamp_of(43, LINKS, URL), stamp_of(42, Links("another key"), URL)}
    assert stamp not in others


def test_it_is_recognised() -> None:
    stamp = stamp_of(42, LINKS, URL)
    assert stamped(f"  {stamp}\r\n", LINKS) == 42
    assert stamped(stamp.strip("<>"), LINKS) == 42


@pytest.mark.parametrize(
    "text",
    ["", "<a@b.fr>", "<coclico.42.0000000000000000@rdv.example.fr>", "<coclico.x.0@h>", "coclico."],
)
def test_a_stranger_makes_none(text: str) -> None:
    assert stamped(text, LINKS) is None


def test_the_mark_of_one_message_is_not_that_of_another() -> None:
    assert stamped(stamp_of(42, LINKS, URL).replace(".42.", ".43."), LINKS) is None
