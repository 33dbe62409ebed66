"""What leaves about workshops, one golden file each; one SMS however long the title and the day."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from app.domain.appointment_facts import Letterhead
from app.domain.gsm7 import SINGLE_SEPTETS, is_gsm7, septets
from app.domain.messages import MessageKind
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.gateways.message_words import PAGES
from app.gateways.messages import Occasion, render_email, render_sms
from app.gateways.workshop_words import short_title
from tests.support.appointment_sample import LETTERHEAD
from tests.support.golden import assert_golden
from tests.support.sources import ROOT
from tests.support.workshop_sample import ONE_DATE, letter_for, session_of

LANGUAGES = ("fr", "en")
OF_A_WORKSHOP = (
    MessageKind.CONFIRMATION,
    MessageKind.WAITING,
    MessageKind.CHANGED,
    MessageKind.CANCELLED_BY_PERSON,
    MessageKind.CANCELLED_BY_SERVICE,
    MessageKind.REMINDER,
    MessageKind.LAST_REMINDER,
    MessageKind.LOST_NUMBER,
    MessageKind.OFFER,
    MessageKind.SATISFACTION,
)
NEWS = (MessageKind.CONFIRMATION, MessageKind.DIGEST)
LINKLESS = {MessageKind.CANCELLED_BY_PERSON, MessageKind.CANCELLED_BY_SERVICE}
"""They lead to the other workshops."""
TERRITORIES = ("territories/presquile-arvert.toml", "territories/ile-oleron.toml")
LONGEST_TITLE = "Renouveler une demande de logement social sur Internet"
LONGEST_DAYS = {
    "fr": datetime(2027, 9, 1, 8, 30, tzinfo=UTC),
    "en": datetime(2026, 9, 23, 8, 30, tzinfo=UTC),
}
EVERY_TEXT = [
    *product(OF_A_WORKSHOP, ("workshop", "cycle"), LANGUAGES),
    *product((MessageKind.CHANGED,), ONE_DATE, LANGUAGES),
    *product((MessageKind.CANCELLED_BY_SERVICE,), ("rest",), LANGUAGES),
]
every_text = pytest.mark.parametrize(("kind", "of", "language"), EVERY_TEXT)
WITH_STOP = replace(LETTERHEAD, sms_stop="36180")
FAR_AWAY = replace(
    LETTERHEAD, public_url=f"https://{'a' * 63}.{'b' * 60}.fr", service_sms="Conseiller"
)
every_news = pytest.mark.parametrize(("kind", "language"), list(product(NEWS, LANGUAGES)))
every_email = pytest.mark.parametrize(
    ("kind", "of", "language"),
    [
        *EVERY_TEXT,
        *product(NEWS, ("news",), LANGUAGES),
    ],
)


def stem(kind: MessageKind, of: str, language: str) -> str:
    return f"{kind.value.lower().replace('_', '-')}.{of}.{language}"


@every_text
def test_sms(kind: MessageKind, of: str, language: str) -> None:
    text = render_sms(Occasion(kind, letter_for(kind, of, language=language), LETTERHEAD))
    assert_golden(f"sms/{stem(kind, of, language)}.txt", f"{text}\n".encode())


@every_news
def test_news_by_sms(kind: MessageKind, language: str) -> None:
    text = render_sms(Occasion(kind, letter_for(kind, "news", language=language), WITH_STOP))
    assert_golden(f"sms/{stem(kind, 'news', language)}.txt", f"{text}\n".encode())


@every_email
def test_email(kind: MessageKind, of: str, language: str) -> None:
    facts = letter_for(kind, of, language=language)
    email = render_email(Occasion(kind, facts, LETTERHEAD))
    content = f"Subject: {email.subject}\n\n{email.text}"
    assert_golden(f"email/{stem(kind, of, language)}.txt", content.encode())
    assert_golden(f"email/{stem(kind, of, language)}.html", email.html.encode())
    comes = {MessageKind.CONFIRMATION, MessageKind.CHANGED}
    comes |= {MessageKind.REMINDER, MessageKind.LAST_REMINDER}
    expected = ["atelier.ics"] if of != "news" and kind in comes else []
    assert [each.name for each in email.attachments] == expected
    root = LETTERHEAD.public_url + ("" if language == "fr" else "/en")
    assert email.way_out == (f"{root}/nouvelles/{facts.token}/arret" if of == "news" else "")


def territory(path: str) -> tuple[Letterhead, str]:
    """Its letterhead, with a real link, and the longest name of a place or a commune."""
    raw = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))
    head = replace(
        LETTERHEAD,
        name=raw["service"]["name"],
        service_sms=raw["service"]["service_sms"],
        public_url=f"https://rendez-vous.{raw['territory']['slug']}.fr",
    )
    names = [venue["sms_name"] for venue in raw["venues"]]
    return head, max([*names, *(each["name"] for each in raw["communes"])], key=len)


def longest(kind: MessageKind, of: str, language: str, sms_name: str) -> WorkshopLetter:
    """The longest title, day and place there are."""
    day = LONGEST_DAYS[language]
    letter = letter_for(kind, of, language=language)
    assert isinstance(letter, WorkshopLetter)
    dates = tuple(
        session_of(rank, starts_at=day.replace(month=9 + rank), sms_name=sms_name)
        for rank in range(len(letter.workshop.sessions))
    )
    title = {"fr": LONGEST_TITLE, "en": LONGEST_TITLE}
    workshop = replace(letter.workshop, sessions=dates, title=title)
    told = replace(
        letter.registration, workshop=workshop, position=88 if letter.registration.waits else None
    )
    offer = letter.offer and replace(letter.offer, answer_by=day, places=2, registration=told)
    date = replace(dates[0], is_cancelled=letter.session.is_cancelled)
    return replace(
        letter, registration=told, session=date, offer=offer, was_at=letter.was_at and day
    )


@every_text
@pytest.mark.parametrize("path", TERRITORIES)
def test_the_longest_sms_of_each_territory_is_one_sms_with_link_and_phone(
    path: str, kind: MessageKind, of: str, language: str
) -> None:
    head, sms_name = territory(path)
    facts = longest(kind, of, language, sms_name)
    text = render_sms(Occasion(kind, facts, head))
    assert is_gsm7(text)
    assert septets(text) <= SINGLE_SEPTETS
    assert text.startswith(head.service_sms)
    assert head.phone in text
    root = head.public_url + ("" if language == "fr" else "/en")
    page = PAGES.get(kind, "r")
    assert (
        f"{root}/ateliers" in text if kind in LINKLESS else f"{root}/{page}/{facts.token}" in text
    )


@every_text
@pytest.mark.parametrize("address", ["https://rdv.example.fr", f"https://{'a' * 63}.{'b' * 60}.fr"])
@pytest.mark.parametrize("phone", ["", "05 36 49 00 00"])
def test_any_address_and_no_phone_still_make_one_sms(
    kind: MessageKind, of: str, language: str, address: str, phone: str
) -> None:
    head = replace(LETTERHEAD, public_url=address, phone=phone, service_sms="Conseiller")
    text = render_sms(Occasion(kind, longest(kind, of, language, "mairie de la Tremblad"), head))
    assert septets(text) <= SINGLE_SEPTETS
    assert phone in text


@every_news
@pytest.mark.parametrize("phone", ["", "05 36 49 00 00"])
@pytest.mark.parametrize("path", [*TERRITORIES, ""])
def test_news_by_sms_are_one_sms_that_says_where_stop_goes(
    path: str, phone: str, kind: MessageKind, language: str
) -> None:
    head, sms_name = territory(path) if path else (FAR_AWAY, "mairie de la Tremblad")
    head = replace(head, phone=phone, sms_stop="36180")
    told = letter_for(kind, "news", language=language)
    assert isinstance(told, DigestLetter)
    workshops = tuple(
        replace(each, sessions=(session_of(0, starts_at=day, sms_name=sms_name),))
        for each, day in product(told.workshops * 6, [LONGEST_DAYS[language]])
    )
    text = render_sms(Occasion(kind, replace(told, workshops=workshops), head))
    assert is_gsm7(text)
    assert septets(text) <= SINGLE_SEPTETS
    assert text.endswith("36180")


def test_a_title_that_is_too_long_is_cut_between_two_words() -> None:
    assert short_title("Photos et vidéos") == "Photos et vidéos"
    assert short_title(LONGEST_TITLE) == "Renouveler..."
    assert short_title("Anticonstitutionnellement") == "Anticonstitutionnel..."
