"""What a coordinator wrote goes first, where it can be sent; what the day and the hour change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.gateways.message_words import asked_words
from app.gateways.messages import Occasion, render_email, render_sms
from tests.support.appointment_sample import (
    AT_HOME,
    AT_VENUE,
    LETTERHEAD,
    OFFER_AT_VENUE,
    changed,
)

DAY_AFTER = AT_VENUE.starts_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "language", "told"),
    [
        (DAY_AFTER, "fr", "l'aide d'hier vous"),
        (DAY_AFTER, "en", "the help yesterday useful"),
        (DAY_AFTER + timedelta(days=1), "fr", "l'aide du mardi 8 décembre vous"),
        (DAY_AFTER + timedelta(days=1), "en", "the help on Tuesday 8 December useful"),
    ],
)
def test_yesterday_is_said_on_the_day_after_only(at: datetime, language: str, told: str) -> None:
    facts = changed(language=language)
    assert told in render_sms(Occasion(MessageKind.SATISFACTION, facts, LETTERHEAD, at=at))
    text = render_email(Occasion(MessageKind.SATISFACTION, facts, LETTERHEAD, at=at)).text
    assert told.replace("'", "’") in text


def test_yesterday_is_a_day_of_the_territory_not_24_hours() -> None:
    late_evening = datetime(2026, 12, 8, 23, 30, tzinfo=UTC)
    text = render_sms(Occasion(MessageKind.SATISFACTION, AT_VENUE, LETTERHEAD, at=late_evening))
    assert "d'hier" in text


OWN = "{service} : à {hour} le {day}, {place}. {url} {phone}"


def own(channel: MessageChannel, part: str, text: str) -> dict[Any, str]:
    return {("fr", channel, MessageKind.REMINDER, part): text}


def test_a_text_of_the_coordinator_goes_first() -> None:
    texts = own(MessageChannel.SMS, "venue", OWN)
    text = render_sms(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD), texts)
    assert text.startswith("Coclic'O : à 10h le 8 décembre à 10h, mairie d'Amont. https://")
    assert render_sms(Occasion(MessageKind.REMINDER, AT_HOME, LETTERHEAD), texts) == render_sms(
        Occasion(MessageKind.REMINDER, AT_HOME, LETTERHEAD)
    )


@pytest.mark.parametrize(
    "text",
    ["trop long : " + "a" * 160 + "{phone}", "{nom}", "{phone", "{phone.__class__}", "{phone:>9}"],
)
def test_a_text_that_cannot_be_sent_gives_way_to_the_shipped_one(text: str) -> None:
    texts = own(MessageChannel.SMS, "venue", text)
    sent = render_sms(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD), texts)
    assert sent == render_sms(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD))


def test_own_words_of_a_text_message_are_made_gsm7() -> None:
    texts = own(MessageChannel.SMS, "venue", "{service} : l’été, le cœur à l’aise. {phone}")
    sent = render_sms(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD), texts)
    assert sent == "Coclic'O : l'été, le coeur à l'aise. 05 36 49 00 00"


def test_own_subject_and_text_of_an_email() -> None:
    texts = own(MessageChannel.EMAIL, "subject", "À bientôt : {start}")
    texts |= own(MessageChannel.EMAIL, "venue", "{service} : {when}\n{minutes}\n{url}")
    email = render_email(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD), texts)
    assert email.subject == "À bientôt : mardi 8 décembre à 10 h"
    assert email.text.splitlines()[1:] == ["https://rendez-vous.example.fr/r/AbCdEfGhIj12"]
    assert [each.name for each in email.attachments] == ["rendez-vous.ics"]


@pytest.mark.parametrize("text", ["{phone", "{phone!r}", "{phone:>99}", "{}", "{0}", "{a.b}"])
def test_only_plain_words_stand_between_braces(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|expected|Single|format"):
        asked_words(text)


def test_an_offer_says_until_when_in_few_letters() -> None:
    text = render_sms(Occasion(MessageKind.OFFER, OFFER_AT_VENUE, LETTERHEAD))
    assert "Répondez avant lundi 12h30 : https://rendez-vous.example.fr/offre/OfFeRtOkEn12" in text
    noon = replace(OFFER_AT_VENUE, answer_by=datetime(2026, 12, 7, 11, tzinfo=UTC))
    assert "avant lundi midi :" in render_sms(Occasion(MessageKind.OFFER, noon, LETTERHEAD))
