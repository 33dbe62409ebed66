"""Which passwords are strong enough to sign in with (law B24: CNIL, 80 bits without other help)."""

import unicodedata

from app.domain.staff_errors import PasswordMissing, PasswordsDiffer, PasswordTooLong, PasswordWeak

LONGEST = 200
"""Hashing takes a time that grows with the length."""
ALL_CLASSES_LENGTH, THREE_CLASSES_LENGTH, PHRASE_WORDS = 12, 14, 7


def check_new_password(typed: str, again: str) -> str:
    """The password, if it is strong enough: 12 characters of four classes, 14 of three, or 7 words.

    Raises PasswordMissing, PasswordTooLong, PasswordWeak, PasswordsDiffer.
    """
    if not typed:
        raise PasswordMissing
    if len(typed) > LONGEST:
        raise PasswordTooLong
    if not _is_strong(typed):
        raise PasswordWeak
    if typed != again:
        raise PasswordsDiffer
    return typed


def _is_strong(typed: str) -> bool:
    classes = len({_class_of(letter) for letter in typed})
    return (
        (len(typed) >= ALL_CLASSES_LENGTH and classes == 4)
        or (len(typed) >= THREE_CLASSES_LENGTH and classes >= 3)
        or len({word.lower() for word in typed.split()}) >= PHRASE_WORDS
    )


def _class_of(letter: str) -> str:
    """Capital, small letter, digit, or anything else."""
    category = unicodedata.category(letter)
    return category if category in ("Lu", "Ll", "Nd") else "other"
