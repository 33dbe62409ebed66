"""The texts that leave the house, one golden file each, and how long the longest one is."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from app.domain.appointment import MessageChannel
from app.domain.appointment_facts import Letterhead
from app.domain.gsm7 import SINGLE_SEPTETS, is_gsm7, septets
from app.domain.messages import MessageKind
from app.gateways import dates
from app.gateways.message_words import WORDS, asked_words, table
from app.gateways.messages import Email, Occasion, render_email, render_sms, to_gsm7
from tests.support.appointment_sample import (
    AT_HOME,
    AT_VENUE,
    LETTERHEAD,
    changed,
    sample_for,
)
from tests.support.golden import assert_golden
from tests.support.sources import ROOT

LANGUAGES = ("fr", "en")
PLACES = ("venue", "visit")
LONGEST_DAYS = {
    "fr": datetime(2027, 9, 1, 8, 30, tzinfo=UTC),
    "en": datetime(2026, 9, 23, 8, 30, tzinfo=UTC),
}
"""« mercredi 1er septembre à 10h30 », "Wednesday 23 September at 10.30 am"."""
LATE_MINUTES = 45
KIND = MessageKind.CONFIRMATION
KINDS = [each for each in MessageKind if each not in {MessageKind.WAITING, MessageKind.DIGEST}]
"""The other two are about workshops only."""
every_text = pytest.mark.parametrize(
    ("kind", "place", "language"), list(product(KINDS, PLACES, LANGUAGES))
)
TERRITORIES = ("territories/presquile-arvert.toml", "territories/ile-oleron.toml")


def stem(kind: MessageKind, place: str, language: str) -> str:
    return f"{kind.value.lower().replace('_', '-')}.{place}.{language}"


def sms(kind: MessageKind, place: str, language: str) -> str:
    facts = sample_for(kind, place, language=language)
    return render_sms(Occasion(kind, facts, LETTERHEAD, minutes=LATE_MINUTES))


def email_of(kind: MessageKind, place: str, language: str) -> Email:
    facts = sample_for(kind, place, language=language)
    return render_email(Occasion(kind, facts, LETTERHEAD, minutes=LATE_MINUTES))


@every_text
def test_sms(kind: MessageKind, place: str, language: str) -> None:
    text = sms(kind, place, language)
    assert_golden(f"sms/{stem(kind, place, language)}.txt", f"{text}\n".encode())


@every_text
def test_email(kind: MessageKind, place: str, language: str) -> None:
    email = email_of(kind, place, language)
    content = f"Subject: {email.subject}\n\n{email.text}"
    assert_golden(f"email/{stem(kind, place, language)}.txt", content.encode())


@every_text
def test_email_as_html(kind: MessageKind, place: str, language: str) -> None:
    email = email_of(kind, place, language)
    assert_golden(f"email/{stem(kind, place, language)}.html", email.html.encode())


@every_text
def test_no_message_tells_a_name_a_topic_or_an_address(
    kind: MessageKind, place: str, language: str
) -> None:
    email = email_of(kind, place, language)
    attached = "".join(attachment.content.decode() for attachment in email.attachments)
    told = sms(kind, place, language) + email.subject + email.text + email.html + attached
    kept_back = (*AT_HOME.topic_label.values(), *AT_HOME.bring.values(), AT_HOME.topic_code)
    for word in (AT_HOME.address_line1, AT_HOME.address_line2, *kept_back):
        assert str(word) not in told
    assert not {"domicile", "home", "chez"} & set(email.subject.lower().split())


def test_a_time_to_come_carries_the_calendar_file_and_nothing_else_does() -> None:
    for kind in KINDS:
        names = [each.name for each in email_of(kind, "venue", "fr").attachments]
        is_to_come = kind.value in {"CONFIRMATION", "CHANGED", "REMINDER", "LAST_REMINDER"}
        assert names == (["rendez-vous.ics"] if is_to_come else [])


def territory(path: str) -> tuple[Letterhead, str]:
    """Its letterhead, with a real link, and the longest of its places."""
    raw = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))
    service = raw["service"]
    head = replace(
        LETTERHEAD,
        name=service["name"],
        service_sms=service["service_sms"],
        public_url=f"https://rendez-vous.{raw['territory']['slug']}.fr",
    )
    return head, max((venue["sms_name"] for venue in raw["venues"]), key=septets)


def longest(kind: MessageKind, place: str, sms_name: str, language: str) -> Any:
    name = sms_name if place == "venue" else ""
    day = LONGEST_DAYS[language]
    facts = sample_for(kind, place, starts_at=day, sms_name=name, language=language)
    if kind is MessageKind.OFFER:
        return replace(facts, answer_by=day)
    return facts


def page_of(kind: MessageKind) -> str:
    return {"OFFER": "offre", "SATISFACTION": "avis"}.get(kind.value, "r")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_of_these_tests_are_the_longest_there_are(language: str) -> None:
    zone, longest_day = LETTERHEAD.timezone, LONGEST_DAYS[language]
    days = (longest_day + timedelta(days=n) for n in range(6 * 366))
    lengths = {len(dates.date_time(day, language, zone)) for day in days}
    assert len(dates.date_time(longest_day, language, zone)) == max(lengths)


@every_text
@pytest.mark.parametrize("path", TERRITORIES)
def test_the_longest_sms_of_each_territory_is_one_sms_with_link_and_phone(
    path: str, kind: MessageKind, place: str, language: str
) -> None:
    head, sms_name = territory(path)
    facts = longest(kind, place, sms_name, language)
    later = facts.starts_at + timedelta(days=3)
    text = render_sms(Occasion(kind, facts, head, minutes=LATE_MINUTES, at=later))
    assert septets(text) <= SINGLE_SEPTETS
    assert head.phone in text
    assert text.startswith(head.service_sms)
    if kind is not MessageKind.CANCELLED_BY_SERVICE:
        prefix = "" if language == "fr" else "/en"
        assert f"{head.public_url}{prefix}/{page_of(kind)}/{facts.token}" in text


@every_text
@pytest.mark.parametrize("address", ["https://rdv.example.fr", f"https://{'a' * 63}.{'b' * 60}.fr"])
@pytest.mark.parametrize("phone", ["", "05 36 49 00 00"])
def test_any_address_and_no_phone_still_make_one_sms(
    kind: MessageKind, place: str, language: str, address: str, phone: str
) -> None:
    head = replace(LETTERHEAD, public_url=address, phone=phone, service_sms="Conseiller")
    facts = longest(kind, place, "mairie de la Tremblad", language)
    text = render_sms(Occasion(kind, facts, head, minutes=LATE_MINUTES))
    assert septets(text) <= SINGLE_SEPTETS
    assert phone in text
    assert not {" ou .", " or ."} & {text[-5:]}


def test_every_day_of_a_year_makes_one_gsm7_sms() -> None:
    for n, language in product(range(366), LANGUAGES):
        text = render_sms(
            Occasion(
                MessageKind.CONFIRMATION,
                changed(
                    AT_HOME, starts_at=LONGEST_DAYS["fr"] + timedelta(days=n), language=language
                ),
                LETTERHEAD,
            )
        )
        assert septets(text) <= SINGLE_SEPTETS


def test_a_visit_without_a_window_has_an_hour() -> None:
    text = render_sms(
        Occasion(MessageKind.CONFIRMATION, changed(AT_HOME, window_minutes=0), LETTERHEAD)
    )
    assert "visite chez vous jeudi 10 décembre à 14h." in text
    facts = changed(AT_HOME, window_minutes=0)
    late = Occasion(MessageKind.LATE, facts, LETTERHEAD, minutes=15)
    assert "la visite prévue à 14h" in render_sms(late)


def test_hours_are_written_close_in_french_sms() -> None:
    noon = changed(starts_at=datetime(2026, 12, 8, 11, tzinfo=UTC))
    half = changed(starts_at=datetime(2026, 8, 4, 12, 30, tzinfo=UTC))
    assert "mardi 8 décembre à midi" in render_sms(
        Occasion(MessageKind.CONFIRMATION, noon, LETTERHEAD)
    )
    assert "mardi 4 aout à 14h30" in render_sms(
        Occasion(MessageKind.CONFIRMATION, half, LETTERHEAD)
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("août", "aout"),
        ("l’île – « là »", 'l\'ile - " là "'),
        ("10\u00a0h\u202f30", "10 h 30"),
        ("cœur €5 😀 字", "coeur €5 ? ?"),
        ("À l’Été", "A l'Été"),
    ],
)
def test_to_gsm7(text: str, plain: str) -> None:
    assert to_gsm7(text) == plain
    assert is_gsm7(to_gsm7(text))


def texts_of(name: str) -> list[str]:
    """Every text of a table, however deep."""

    def walk(part: object) -> list[str]:
        if isinstance(part, str):
            return [part]
        children = part.values() if isinstance(part, dict) else part
        assert isinstance(children, list) or hasattr(children, "__iter__")
        return [text for child in children for text in walk(child)]

    return walk(dict(table(name)))


def test_every_sms_text_is_gsm7_and_names_the_service() -> None:
    for text in texts_of("sms"):
        assert is_gsm7(text), text
        assert text.startswith("{service}")


def test_no_text_asks_for_a_word_that_nobody_gives() -> None:
    for name in ("sms", "email", "calendar"):
        for text in texts_of(name):
            assert asked_words(text) <= WORDS, text


@pytest.mark.parametrize(
    ("part", "own", "is_sent"),
    [
        ("venue", "{service}, {phone}\nAccès : {access}\n{url}", True),
        ("venue", "{service}, {phone} : {url}. Accès : {access}", False),
        ("venue", "Accès : {access}", False),
        ("subject", "Votre rendez-vous, {access}", False),
        ("subject", "Votre rendez-vous, {place}", True),
    ],
)
def test_a_text_of_ones_own_is_left_where_it_would_lose_its_link_or_all_its_words(
    part: str, own: str, is_sent: bool
) -> None:
    """That place says nothing of its access."""
    told = Occasion(KIND, replace(sample_for(KIND, "venue"), access_notes={}), LETTERHEAD)
    email = render_email(told, {("fr", MessageChannel.EMAIL, KIND, part): own})
    assert (email != render_email(told)) is is_sent
    assert LETTERHEAD.phone in email.text
    assert email.subject


def test_an_email_leaves_out_what_the_service_has_not() -> None:
    bare = changed(access_notes={"fr": "", "en": ""})
    text = render_email(
        Occasion(MessageKind.CONFIRMATION, bare, replace(LETTERHEAD, phone=""))
    ).text
    assert "Accès" not in text
    assert "téléphone" not in text


def test_french_double_signs_stay_with_their_word() -> None:
    text = render_email(Occasion(MessageKind.CONFIRMATION, AT_VENUE, LETTERHEAD)).text
    assert "Lieu\u00a0: Mairie" in text
    assert "venir\u00a0?" in text
