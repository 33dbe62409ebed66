"""Which passwords are strong enough (law B24)."""

import pytest

from app.domain.passwords import check_new_password
from app.domain.staff_errors import PasswordMissing, PasswordsDiffer, PasswordTooLong, PasswordWeak


@pytest.mark.parametrize(
    "typed",
    ["Mouette-2026", "mouette-marine-26", "la marée monte sur le sable fin"],
)
def test_long_or_varied_enough(typed: str) -> None:
    assert check_new_password(typed, typed) == typed


@pytest.mark.parametrize(
    "typed",
    ["Mouette2026", "mouettemarine26", "aaaa aaaa aaaa aaaa aaaa aaaa aaaa", "a b c d e f"],
)
def test_too_easy(typed: str) -> None:
    with pytest.raises(PasswordWeak):
        check_new_password(typed, typed)


def test_nothing_too_much_or_not_twice_the_same() -> None:
    with pytest.raises(PasswordMissing):
        check_new_password("", "")
    with pytest.raises(PasswordTooLong):
        check_new_password("Ab1-" * 51, "Ab1-" * 51)
    with pytest.raises(PasswordsDiffer):
        check_new_password("Mouette-2026", "Mouette-2027")
