"""The rules that a booking meets before any place is taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.appointment import (
    AppointmentStatus,
    CallTime,
    Channel,
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.availability import AvailabilityKind
from app.domain.booking import (
    BookingRequest,
    Choice,
    Helper,
    Home,
    Person,
    Phone,
    check_can_cancel,
    check_can_change,
    check_contact,
    check_limit,
    check_sms,
    is_link_alive,
)
from app.domain.settings import Settings

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOBILE = Phone("+33639980001", is_mobile=True, is_foreign=False)
OTHER = Phone("+33639980002", is_mobile=True, is_foreign=False)
LANDLINE = Phone("+33546000000", is_mobile=False, is_foreign=False)
ABROAD = Phone("+447400123456", is_mobile=True, is_foreign=True)
LANDLINE_ABROAD = Phone("+442071838750", is_mobile=False, is_foreign=True)
SETTINGS = Settings()
HELPER = Helper("Marc Serin", OTHER, HelperRelation.RELATIVE)
HOME = Home("12 impasse du Moulin", None, CallTime.ANY)
PERMANENCE = BookingRequest(
    choice=Choice(AvailabilityKind.PERMANENCE, "amont", "email", NINE, "mairie-amont"),
    person=Person("Rose", "Serin", MOBILE, None),
    helper=None,
    home=None,
    message_channel=MessageChannel.SMS,
    message_to=Recipient.PERSON,
    language="fr",
    channel=Channel.WEB,
    form_key="0" * 32,
)
VISIT = replace(
    PERMANENCE,
    choice=Choice(AvailabilityKind.HOME_VISITS, "amont", "email", NINE, None),
    home=HOME,
)


def reached_at(request: BookingRequest, phone: Phone | None, **changes: object) -> BookingRequest:
    return replace(request, person=replace(request.person, phone=phone), **changes)


# -- how the person is reached


@pytest.mark.parametrize(
    "request_",
    [
        PERMANENCE,
        VISIT,
        reached_at(PERMANENCE, LANDLINE, message_channel=MessageChannel.NONE),
        reached_at(PERMANENCE, None, helper=HELPER, message_to=Recipient.HELPER),
        reached_at(PERMANENCE, LANDLINE, helper=HELPER, message_to=Recipient.HELPER),
        reached_at(VISIT, LANDLINE, helper=HELPER, message_to=Recipient.HELPER),
        replace(
            PERMANENCE,
            message_channel=MessageChannel.EMAIL,
            person=Person("Rose", "Serin", LANDLINE, "rose@exemple.fr"),
        ),
        reached_at(PERMANENCE, LANDLINE, message_channel=MessageChannel.PAPER),
    ],
)
def test_who_can_be_told_may_book(request_: BookingRequest) -> None:
    check_contact(request_, SETTINGS)


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (reached_at(PERMANENCE, None), errors.PhoneMissing),
        (reached_at(PERMANENCE, None, helper=HELPER), errors.PhoneMissing),
        (reached_at(VISIT, None, helper=HELPER), errors.PhoneMissing),
        (replace(VISIT, home=None), errors.AddressMissing),
        (reached_at(PERMANENCE, LANDLINE), errors.SmsToLandline),
        (reached_at(PERMANENCE, LANDLINE, helper=HELPER), errors.SmsToLandline),
        (reached_at(PERMANENCE, ABROAD), errors.SmsAbroad),
        (replace(PERMANENCE, message_channel=MessageChannel.EMAIL), errors.EmailMissing),
        (
            replace(
                PERMANENCE,
                message_channel=MessageChannel.EMAIL,
                person=Person("Rose", "Serin", MOBILE, ""),
            ),
            errors.EmailMissing,
        ),
    ],
)
def test_who_cannot_be_told_or_called_is_asked_again(
    request_: BookingRequest, refusal: type[errors.DomainError]
) -> None:
    with pytest.raises(refusal):
        check_contact(request_, SETTINGS)


def test_an_sms_abroad_is_a_setting_and_still_needs_a_mobile() -> None:
    allowed = Settings(foreign_sms=True)
    check_sms(ABROAD, allowed)
    with pytest.raises(errors.SmsToLandline):
        check_sms(LANDLINE_ABROAD, allowed)
    with pytest.raises(errors.PhoneMissing):
        check_sms(None, allowed)


def test_messages_go_to_the_helper_only_where_there_is_one() -> None:
    assert PERMANENCE.messages_phone == MOBILE
    assert replace(PERMANENCE, message_to=Recipient.HELPER).messages_phone == MOBILE
    helped = replace(PERMANENCE, helper=HELPER)
    assert helped.messages_phone == MOBILE
    assert replace(helped, message_to=Recipient.HELPER).messages_phone == OTHER


def test_the_limit_counts_the_persons_phone_or_else_the_helpers() -> None:
    assert PERMANENCE.limit_phone == replace(PERMANENCE, helper=HELPER).limit_phone == MOBILE.number
    assert reached_at(PERMANENCE, None, helper=HELPER).limit_phone == OTHER.number
    with pytest.raises(errors.PhoneMissing):
        _ = reached_at(PERMANENCE, None).limit_phone


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, MOBILE.number),
        ({"helper": HELPER, "message_to": Recipient.HELPER}, OTHER.number),
        ({"person": Person("Rose", "Serin", None, None)}, None),
        ({"message_channel": MessageChannel.NONE}, None),
        ({"message_channel": MessageChannel.EMAIL}, None),
        (
            {
                "message_channel": MessageChannel.EMAIL,
                "person": Person("Rose", "Serin", MOBILE, "Rose@exemple.test"),
            },
            "rose@exemple.test",
        ),
    ],
)
def test_messages_arrive_at_one_address_or_nowhere(
    changes: dict[str, Any], told: str | None
) -> None:
    assert replace(PERMANENCE, **changes).told_address == told


@pytest.mark.parametrize(("upcoming", "limit"), [(0, 1), (1, 2), (4, 5)])
def test_one_more_is_allowed_under_the_limit(upcoming: int, limit: int) -> None:
    check_limit(upcoming, Settings(upcoming_limit=limit))


@pytest.mark.parametrize(("upcoming", "limit"), [(1, 1), (2, 2), (9, 2)])
def test_at_the_limit_nothing_is_told_of_what_there_is(upcoming: int, limit: int) -> None:
    with pytest.raises(errors.LimitReached) as refusal:
        check_limit(upcoming, Settings(upcoming_limit=limit))
    assert refusal.value.facts == {}


# -- until when it is changed


@pytest.mark.parametrize(
    ("minutes_before", "refusal"),
    [
        (121, None),
        (120, errors.TooLateToChange),
        (1, errors.TooLateToChange),
        (0, errors.AppointmentPast),
        (-1, errors.AppointmentPast),
    ],
)
def test_it_is_moved_until_two_hours_before(
    minutes_before: int, refusal: type[errors.DomainError] | None
) -> None:
    now = NINE - minutes_before * MINUTE
    if refusal is None:
        check_can_change(AppointmentStatus.BOOKED, NINE, now, SETTINGS)
        return
    with pytest.raises(refusal):
        check_can_change(AppointmentStatus.BOOKED, NINE, now, SETTINGS)


@pytest.mark.parametrize(
    ("minutes_before", "until", "refusal"),
    [
        (1, 0, None),
        (0, 0, errors.AppointmentPast),
        (-1, 0, errors.AppointmentPast),
        (241, 240, None),
        (240, 240, errors.TooLateToCancel),
        (0, 240, errors.AppointmentPast),
    ],
)
def test_it_is_cancelled_until_it_begins_or_as_the_setting_says(
    minutes_before: int, until: int, refusal: type[errors.DomainError] | None
) -> None:
    now, settings = NINE - minutes_before * MINUTE, Settings(cancel_until_minutes=until)
    if refusal is None:
        check_can_cancel(AppointmentStatus.BOOKED, NINE, now, settings)
        return
    with pytest.raises(refusal):
        check_can_cancel(AppointmentStatus.BOOKED, NINE, now, settings)


@pytest.mark.parametrize("status", [AppointmentStatus.ATTENDED, AppointmentStatus.NO_SHOW])
def test_what_is_over_is_neither_moved_nor_cancelled(status: AppointmentStatus) -> None:
    early = NINE - timedelta(days=7)
    for check in (check_can_change, check_can_cancel):
        with pytest.raises(errors.AppointmentPast):
            check(status, NINE, early, SETTINGS)


@pytest.mark.parametrize("check", [check_can_cancel, check_can_change])
def test_what_is_cancelled_says_so_whatever_the_hour(check: object) -> None:
    for now in (NINE - timedelta(days=7), NINE + timedelta(days=7)):
        with pytest.raises(errors.AppointmentCancelled):
            check(AppointmentStatus.CANCELLED, NINE, now, SETTINGS)


def test_a_link_lives_thirty_days_after_the_appointment() -> None:
    last = NINE + timedelta(days=30)
    assert is_link_alive(NINE, NINE - timedelta(days=60))
    assert is_link_alive(NINE, last - MINUTE)
    assert not is_link_alive(NINE, last)
