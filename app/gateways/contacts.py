"""Telephone numbers and e-mail addresses as people type them (phonenumbers, email-validator)."""

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from app.domain.booking import Phone
from app.domain.errors import (
    DomainError,
    EmailMalformed,
    PhoneIncomplete,
    PhoneMissing,
    PhonePremium,
    PhoneTooLong,
    PhoneUnreadable,
)

# Only the form of an address is checked: the demo and its guide write to « .invalid ».
SPECIAL_USE_DOMAIN_NAMES.remove("invalid")

HOME_REGION = "FR"
HOME_CODE = 33
NATIONAL_DIGITS = 9
MAX_TYPED = 40
MAX_EMAIL = 200
PREMIUM_PREFIX = "8"
MOBILE_PREFIXES = ("6", "7")
UNPARSED: dict[int, type[DomainError]] = {
    NumberParseException.TOO_SHORT_NSN: PhoneIncomplete,
    NumberParseException.TOO_LONG: PhoneTooLong,
}


def parse_phone(typed: str) -> Phone:
    """The number behind what somebody typed, in any usual format, French or foreign.

    « Possible » is the hard check: the plan of fictional and of very new numbers is unknown to
    any list. Raises PhoneMissing, PhoneUnreadable, PhoneIncomplete, PhoneTooLong, PhonePremium.
    """
    typed = typed.strip()
    if not typed:
        raise PhoneMissing
    if len(typed) > MAX_TYPED:
        raise PhoneTooLong
    if any(character.isalpha() for character in typed):
        raise PhoneUnreadable
    try:
        number = phonenumbers.parse(typed, HOME_REGION)
    except NumberParseException as refusal:
        raise UNPARSED.get(refusal.error_type, PhoneUnreadable) from None
    _check_length(number)
    return _phone(number)


def _check_length(number: phonenumbers.PhoneNumber) -> None:
    if number.country_code == HOME_CODE:
        digits = len(str(number.national_number))
        if digits < NATIONAL_DIGITS:
            raise PhoneIncomplete
        if digits > NATIONAL_DIGITS:
            raise PhoneTooLong
        return
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict == ValidationResult.TOO_LONG:
        raise PhoneTooLong
    if verdict != ValidationResult.IS_POSSIBLE:
        raise PhoneIncomplete if verdict == ValidationResult.TOO_SHORT else PhoneUnreadable


def _phone(number: phonenumbers.PhoneNumber) -> Phone:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code == HOME_CODE:
        national = str(number.national_number)
        if national.startswith(PREMIUM_PREFIX):
            raise PhonePremium
        return Phone(e164, is_mobile=national.startswith(MOBILE_PREFIXES), is_foreign=False)
    kind = phonenumbers.number_type(number)
    is_mobile = kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return Phone(e164, is_mobile=is_mobile, is_foreign=True)


def parse_email(typed: str) -> str | None:
    """The address as it can be written to, or None when nothing was typed.

    Only the form is checked: nobody is asked whether the mailbox exists. Raises EmailMalformed.
    """
    typed = typed.strip()
    if not typed:
        return None
    if len(typed) > MAX_EMAIL:
        raise EmailMalformed
    try:
        return validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise EmailMalformed from None
