"""An own text is kept only if it can be sent, in the longest case of this territory."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.appointment import MessageChannel
from app.domain.gsm7 import SINGLE_SEPTETS
from app.domain.messages import MessageKind
from app.gateways.dates import date_time, date_window
from app.gateways.message_words import TextKey, table
from app.services.appointment_facts import letterhead
from app.services.text_rules import QuestionRules, TextRules
from app.services.text_samples import longest_facts
from tests.support.stage import Stage
from tests.support.stage_plan import territory

SITE = "https://rendez-vous.exemple.fr"
SMS: TextKey = ("fr", MessageChannel.SMS, MessageKind.REMINDER, "venue")
VISIT: TextKey = ("fr", MessageChannel.SMS, MessageKind.REMINDER, "visit")
MAIL: TextKey = ("fr", MessageChannel.EMAIL, MessageKind.REMINDER, "venue")
SUBJECT: TextKey = ("fr", MessageChannel.EMAIL, MessageKind.REMINDER, "subject")
GOOD = "{service} : {when}, {place}. {url} ou {phone}"


def rules(stage: Stage, key: TextKey = SMS, **service: Any) -> TextRules:
    head = letterhead(stage.catalogue, SITE)
    for name, value in service.items():
        object.__setattr__(head, name, value)
    return TextRules(stage.catalogue, head, key)


def all_keys() -> list[TextKey]:
    return [
        (language, channel, kind, part)
        for channel, name in ((MessageChannel.SMS, "sms"), (MessageChannel.EMAIL, "email"))
        for language in ("fr", "en")
        for kind in MessageKind
        for part in table(name)[language].get(kind.value, {})
    ]


def test_every_text_that_ships_may_be_kept_as_an_own_one(stage: Stage) -> None:
    keys = all_keys()
    assert len(keys) > 60
    for key in keys:
        judge = rules(stage, key)
        shipped = judge.shipped()
        assert judge.tidy(shipped) == shipped, key
        assert judge.problems(shipped) == [], key
        shown = judge.preview(shipped)
        assert shown.text, key
        assert "{" not in shown.text + shown.subject, key
        assert shown.places <= SINGLE_SEPTETS, key
        assert judge.is_sms == bool(shown.places), key


def test_the_longest_case_is_shown(stage: Stage) -> None:
    shown = rules(stage).preview(GOOD)
    assert shown.text.startswith("Aide : mercredi 1er septembre à 10h15, ")
    assert f"{SITE}/r/" in shown.text
    assert shown.places == len(shown.text)
    visit = rules(stage, VISIT).preview("{service} : {when}. {url} {phone}")
    assert "entre 10h15 et 10h45" in visit.text
    english = rules(stage, ("en", *VISIT[1:])).preview("{service}: {when}. {url} {phone}")
    assert "Wednesday 23 September" in english.text
    assert "/en/r/" in english.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("window_minutes", [30, 45, 60])
def test_no_day_and_no_start_is_longer(stage: Stage, language: str, window_minutes: int) -> None:
    """The weekdays come back on the same dates after 28 years."""
    stage.change_territory(territory(visit_window_minutes=window_minutes))
    catalogue = stage.catalogue
    zone, length = catalogue.timezone, timedelta(minutes=window_minutes)
    sample = longest_facts(catalogue, MessageKind.REMINDER, language, "visit")
    first = datetime(2026, 1, 1, 10, 15, tzinfo=zone)
    days = [first + timedelta(days=each) for each in range(28 * 366)]
    hours = [sample.starts_at + timedelta(minutes=each) for each in range(0, 24 * 60, 5)]
    told = [len(date_window(each, each + length, language, zone)) for each in [*days, *hours]]
    longest = date_window(sample.starts_at, sample.window_ends_at, language, zone)
    assert max(told) == len(longest)
    starts = (date_time(each, language, zone) for each in [*days, *hours])
    assert max(map(len, starts)) == len(date_time(sample.starts_at, language, zone))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Écrivez le texte."),
        (GOOD + " {", "Les accolades vont par deux"),
        (GOOD + " {url.x}", "Les accolades vont par deux"),
        (GOOD + " {url:>9}", "Les accolades vont par deux"),
        (GOOD + " {}", "Les accolades vont par deux"),
        (GOOD + " {nom} {sujet}", "Ce message ne connaît pas {nom}, {sujet}."),
        (GOOD + " {minutes}", "Ce message ne connaît pas {minutes}."),
        ("{service} : {when}. {phone}", "Gardez {url} : le lien."),
        ("{service} : {when}. {url}", "Gardez {phone} : le téléphone."),
        ("{when}. {url} {phone}", "Gardez {service} : le nom du service."),
        (GOOD + " août", "Le signe « û » ne passe pas dans un SMS : écrivez « u »."),
        (GOOD + " 😀", "Le signe « 😀 » ne passe pas dans un SMS : enlevez-le."),
        (GOOD + " a" * 60, "Ce texte est trop long de "),
    ],
)
def test_what_cannot_be_sent_is_told(stage: Stage, text: str, told: str) -> None:
    assert [each for each in rules(stage).problems(text) if told in each]


def test_how_much_too_long_is_told(stage: Stage) -> None:
    judge = rules(stage)
    over = SINGLE_SEPTETS + 1 - judge.places(GOOD)
    assert judge.problems(GOOD + "a" * (over - 1)) == []
    [told] = judge.problems(GOOD + "a" * over)
    assert told == "Ce texte est trop long de 1 signes : 161 au lieu de 160 au plus."


def test_without_a_telephone_none_is_asked_and_none_may_be_named(stage: Stage) -> None:
    silent = rules(stage, phone="")
    assert silent.problems("{service} : {when}. {url}") == []
    assert silent.problems(GOOD) == [
        "Ce message ne connaît pas {phone}. Voyez la liste sous le texte."
    ]
    assert "{phone}" not in silent.shipped()
    mail = rules(stage, MAIL, phone="")
    assert "{phone}" in mail.shipped()
    assert mail.problems("{service} : {when} {url}") == []


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        (SMS, "  l’été\r\n« ici »  … œuf ", 'l\'été " ici " ... oeuf'),
        (SUBJECT, " À  bientôt\n{start} ", "À bientôt {start}"),
        (MAIL, "Une ligne\r\n\r\nl’autre\r", "Une ligne\n\nl’autre"),
    ],
)
def test_what_was_typed_is_tidied(stage: Stage, key: TextKey, typed: str, kept: str) -> None:
    assert rules(stage, key).tidy(typed) == kept


def test_a_mail_has_its_own_length(stage: Stage) -> None:
    subject = rules(stage, SUBJECT)
    assert subject.problems("{service} " + "a" * 50) == []
    [told] = subject.problems("{service} " + "a" * 120)
    assert "signes au lieu de 120 au plus." in told
    body = rules(stage, MAIL)
    [told] = body.problems("{service} {url} {phone} " + "a" * 2000)
    assert "signes au lieu de 2000 au plus." in told


def test_a_mail_shows_its_subject_and_keeps_words_that_may_be_empty(stage: Stage) -> None:
    judge = rules(stage, MAIL)
    text = "{service} : {when}\n{access}\n{url} {phone}"
    assert judge.problems(text) == []
    shown = judge.preview(text)
    assert "mercredi 1er septembre à 10" in shown.subject + shown.text


def test_the_words_have_examples(stage: Stage) -> None:
    late = rules(stage, ("fr", MessageChannel.SMS, MessageKind.LATE, "venue")).examples()
    assert late["minutes"] == "45 minutes"
    assert "answer_by" not in late
    offer = rules(stage, ("fr", MessageChannel.SMS, MessageKind.OFFER, "visit")).examples()
    assert offer["answer_by"] == "mercredi 10h15"
    assert "number" not in offer
    asked = rules(stage, ("fr", MessageChannel.SMS, MessageKind.SATISFACTION, "both")).examples()
    assert asked["help_day"] == "du mercredi 1er septembre"
    assert "/avis/" in asked["url"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Écrivez la question."),
        ("Et {url} ?", "Une question n’a pas d’accolades."),
        ("a" * 121, "Cette question est trop longue : 120 signes au plus."),
    ],
)
def test_a_question_of_the_page_is_plain_and_short(text: str, told: str) -> None:
    assert QuestionRules("Content ?").problems(text) == [told]


def test_a_question_that_can_be_asked() -> None:
    judge = QuestionRules("Content ?")
    assert (judge.shipped(), judge.examples(), judge.is_sms) == ("Content ?", {}, False)
    assert judge.tidy(" Êtes-vous\n content ? ") == "Êtes-vous content ?"
    assert judge.problems("Êtes-vous content ?") == []
    assert judge.preview("Êtes-vous content ?").text == "Êtes-vous content ?"
