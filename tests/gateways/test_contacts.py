"""Telephone numbers and e-mail addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import errors
from app.domain.booking import Phone
from app.gateways.contacts import parse_email, parse_phone

PHONE_REFUSALS = (
    errors.PhoneMissing,
    errors.PhoneIncomplete,
    errors.PhoneTooLong,
    errors.PhoneUnreadable,
    errors.PhonePremium,
)
ROSE = Phone("+33639981234", is_mobile=True, is_foreign=False)


@pytest.mark.parametrize(
    "typed",
    [
        "06 39 98 12 34", "0639981234", "06.39.98.12.34", "06-39-98-12-34", " 06 39981234\u00a0",
        "+33 6 39 98 12 34", "+33 (0)6 39 98 12 34", "0033 6 39 98 12 34", "(06) 39 98 12 34",
        "06/39/98/12/34", "\u202a06 39 98 12 34\u202c", "٠٦٣٩٩٨١٢٣٤",
    ],
)  # fmt: skip
def test_one_number_is_read_however_it_is_written(typed: str) -> None:
    assert parse_phone(typed) == ROSE


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("07 00 00 00 00", Phone("+33700000000", is_mobile=True, is_foreign=False)),
        ("05 46 00 00 00", Phone("+33546000000", is_mobile=False, is_foreign=False)),
        ("09 39 98 12 34", Phone("+33939981234", is_mobile=False, is_foreign=False)),
        ("+44 7400 123456", Phone("+447400123456", is_mobile=True, is_foreign=True)),
        ("+44 20 7183 8750", Phone("+442071838750", is_mobile=False, is_foreign=True)),
        ("+262 692 12 34 56", Phone("+262692123456", is_mobile=True, is_foreign=True)),
        ("+1 202 555 0143", Phone("+12025550143", is_mobile=True, is_foreign=True)),
    ],
)
def test_the_plan_says_what_may_take_a_message(typed: str, expected: Phone) -> None:
    assert parse_phone(typed) == expected


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", errors.PhoneMissing),
        (" \t ", errors.PhoneMissing),
        ("06", errors.PhoneIncomplete),
        ("06 39 98 12", errors.PhoneIncomplete),
        ("36 31", errors.PhoneIncomplete),
        ("112", errors.PhoneIncomplete),
        ("+1 202 55", errors.PhoneIncomplete),
        ("+44 7", errors.PhoneIncomplete),
        ("06 39 98 12 34 5", errors.PhoneTooLong),
        ("0639981234 0546000000", errors.PhoneTooLong),
        ("1" * 23, errors.PhoneTooLong),
        ("1" * 10_000, errors.PhoneTooLong),
        ("+44 7400 123456 789", errors.PhoneTooLong),
        ("zéro six", errors.PhoneUnreadable),
        ("06 39 98 12 34 poste 5", errors.PhoneUnreadable),
        ("-- --", errors.PhoneUnreadable),
        ("+", errors.PhoneUnreadable),
        ("+999 123456", errors.PhoneUnreadable),
        ("<script>", errors.PhoneUnreadable),
        ("+44 7400", errors.PhoneUnreadable),
        ("08 99 12 34 56", errors.PhonePremium),
        ("+33 8 20 12 34 56", errors.PhonePremium),
        ("0800 123 456", errors.PhonePremium),
    ],
)
def test_what_nobody_can_be_called_at_is_refused(
    typed: str, refusal: type[errors.DomainError]
) -> None:
    with pytest.raises(refusal):
        parse_phone(typed)


@given(st.text(max_size=45) | st.from_regex(r"\+?[0-9 ().-]{1,25}", fullmatch=True))
def test_any_text_is_a_number_or_a_refusal(typed: str) -> None:
    try:
        phone = parse_phone(typed)
    except PHONE_REFUSALS:
        return
    assert phone.number.startswith("+")
    assert phone.number[1:].isascii()
    assert phone.number[1:].isdigit()
    assert parse_phone(phone.number) == phone


@given(st.integers(1, 9).filter(lambda first: first != 8), st.integers(0, 99_999_999))
def test_every_number_of_ten_digits_is_french_and_mobile_by_its_beginning(
    first: int, rest: int
) -> None:
    phone = parse_phone(f"0{first}{rest:08}")
    assert phone == Phone(f"+33{first}{rest:08}", is_mobile=first in {6, 7}, is_foreign=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("rose@exemple.fr", "rose@exemple.fr"),
        (" Rose.Serin@Exemple.FR\n", "Rose.Serin@exemple.fr"),
        ("rose+rdv@sous.exemple.fr", "rose+rdv@sous.exemple.fr"),
        ("rose@bücher.fr", "rose@bücher.fr"),
        ("", None),
        ("  ", None),
    ],
)
def test_an_address_is_tidied_or_absent(typed: str, kept: str | None) -> None:
    assert parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "rose", "rose@", "@exemple.fr", "rose@exemple", "rose@exemple..fr", "rose@localhost",
        "rose serin@exemple.fr", "rose@exemple.fr, marc@exemple.fr", "<rose@exemple.fr>",
        "rose@exemple.fr\x00", "rose@exemple.fr\r\nBcc: tous@exemple.fr", "rose@[127.0.0.1]",
        "\u202erose@exemple.fr", '"rose"@exemple.fr', "x" * 190 + "@exemple.fr",
    ],
)  # fmt: skip
def test_what_cannot_be_written_to_is_refused(typed: str) -> None:
    with pytest.raises(errors.EmailMalformed):
        parse_email(typed)


@given(st.text(max_size=60) | st.emails())
def test_any_text_is_an_address_or_a_refusal(typed: str) -> None:
    try:
        address = parse_email(typed)
    except errors.EmailMalformed:
        return
    if address is None:
        assert not typed.strip()
    else:
        assert parse_email(address) == address
        assert not any(each.isspace() for each in address)
