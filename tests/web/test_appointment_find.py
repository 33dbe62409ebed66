"""Find an appointment again: with its number and its telephone, never with one of them."""

import pytest
import time_machine

from app.models.outbox import ThrottleCount
from tests.support.booking_walk import (
    FOR_ANOTHER,
    HELPER,
    PERSON,
    booked,
    count,
    errors,
    number_of,
    said,
    set_settings,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.site import MakeApp

FIND = "/mon-rendez-vous"
UNKNOWN = (
    "Nous ne trouvons pas de rendez-vous avec ce numéro et ce téléphone. "
    "Vérifiez les chiffres ou appelez le 05 36 49 00 00."
)
BLOCKED = "Trop d’essais. Attendez 15 minutes ou appelez le 05 36 49 00 00."
QUARTER_S = 15 * 60


@pytest.fixture
def number(visitor: PageClient, monday: time_machine.Traveller) -> str:
    """Somebody's appointment."""
    return number_of(visitor.get(f"/r/{booked(visitor, monday)}"))


def another(number: str) -> str:
    """A number that nobody has."""
    return str(int(number) + 1) if number != "999999" else "100000"


def test_the_number_and_the_phone_open_the_appointment(visitor: PageClient, number: str) -> None:
    page = visitor.get(FIND)
    for wanted in (
        "Numéro de rendez-vous",
        "6 chiffres, dans votre message ou sur votre papier",
        "Téléphone donné pour le rendez-vous",
        "Vous n’avez plus votre numéro ? Appelez le 05 36 49 00 00.",
    ):
        assert wanted in said(page)
    for written in (number, f"{number[:3]} {number[3:]}", f" {number[:3]}-{number[3:]}."):
        found = visitor.submit(page, numero=written, telephone="+33 6 39 98 00 01")
        assert found.status_code == 303
        shown = visitor.get(found.location)
        assert page_of(shown).h1 == "Votre rendez-vous"
        assert number_of(shown) == number


@pytest.mark.both_databases
def test_the_phone_of_who_helped_opens_it_too(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    number = number_of(visitor.get(f"/r/{booked(visitor, monday, FOR_ANOTHER)}"))
    for phone in (PERSON["telephone"], HELPER["aidant_telephone"]):
        assert visitor.submit(visitor.get(FIND), numero=number, telephone=phone).status_code == 303


def test_a_wrong_number_and_a_wrong_phone_are_told_alike(visitor: PageClient, number: str) -> None:
    page = visitor.get(FIND)
    phone = PERSON["telephone"]
    tries = [(another(number), phone), (number, "06 39 98 00 77"), ("100000", "06 39 98 00 78")]
    answers = set()
    for written, given in tries:
        response = visitor.submit(page, numero=written, telephone=given)
        assert (response.status_code, errors(response)) == (404, [UNKNOWN])
        assert (typed(response)["numero"], typed(response)["telephone"]) == (written, given)
        text = response.text.replace(written, "").replace(given, "")
        answers.add(text.replace(typed(response)["csrf_token"], ""))
    assert len(answers) == 1


def test_what_cannot_be_a_number_or_a_phone_is_said_before_looking(
    presquile: Database, visitor: PageClient, number: str
) -> None:
    before = count(presquile, ThrottleCount)
    for written, sentence in (
        ("", "Écrivez votre numéro de rendez-vous."),
        ("48291", "Le numéro a 6 chiffres. Il en manque."),
        ("48291A", "Le numéro a 6 chiffres. Il en manque."),
        ("0639980001", "Le numéro a 6 chiffres. Il y en a trop."),
        ("1" * 10_000, "Le numéro a 6 chiffres. Il y en a trop."),
    ):
        response = visitor.submit(visitor.get(FIND), numero=written, telephone="06 39 98 00 01")
        assert (response.status_code, errors(response)) == (422, [sentence])
        assert typed(response)["numero"] == written
    response = visitor.submit(visitor.get(FIND), numero=number, telephone="")
    assert errors(response) == ["Écrivez votre numéro de téléphone."]
    assert count(presquile, ThrottleCount) == before


@pytest.mark.both_databases
def test_five_failures_close_a_phone_for_a_quarter_of_an_hour(
    visitor: PageClient, monday: time_machine.Traveller, number: str
) -> None:
    page, phone = visitor.get(FIND), PERSON["telephone"]
    for _ in range(5):
        wrong = visitor.submit(page, numero=another(number), telephone=phone)
        assert wrong.status_code == 404
    blocked = visitor.submit(page, numero=number, telephone=phone)
    assert (blocked.status_code, errors(blocked)) == (429, [BLOCKED])
    assert blocked.headers["Retry-After"] == str(15 * 60)
    assert typed(blocked)["numero"] == number
    other = visitor.submit(page, numero=number, telephone="06 39 98 00 55")
    assert other.status_code == 404, "another phone is not closed"
    monday.shift(QUARTER_S - 30)
    assert visitor.submit(page, numero=number, telephone=phone).status_code == 429
    monday.shift(60)
    assert visitor.submit(page, numero=number, telephone=phone).status_code == 303


def test_being_right_does_not_count(visitor: PageClient, number: str) -> None:
    page = visitor.get(FIND)
    for _ in range(7):
        found = visitor.submit(page, numero=number, telephone=PERSON["telephone"])
        assert found.status_code == 303


def test_thirty_failures_close_a_network_address(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, number: str
) -> None:
    visitor.checks_pages = False  # the same page thirty times
    page = visitor.get(FIND)
    for rank in range(30):
        phone = f"06 39 98 01 {rank:02}"
        assert visitor.submit(page, numero=number, telephone=phone).status_code == 404
    mine = {"numero": number, "telephone": PERSON["telephone"]}
    visitor.checks_pages = True
    assert errors(visitor.submit(page, **mine)) == [BLOCKED]
    form = typed(page) | mine
    elsewhere = visitor.post(FIND, data=form, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 303
    monday.shift(QUARTER_S + 1)
    assert visitor.submit(page, **mine).status_code == 303


def test_one_subscriber_of_ipv6_is_one_address_and_a_socket_has_none(
    presquile: Database, visitor: PageClient, number: str
) -> None:
    set_settings(presquile, lookup_failures_per_address=1)
    form = typed(visitor.get(FIND)) | {"numero": another(number)}
    asked = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "unix", "unix")
    answers = [
        visitor.post(
            FIND,
            data=form | {"telephone": f"06 39 98 02 {rank:02}"},
            environ_base={"REMOTE_ADDR": address},
        ).status_code
        for rank, address in enumerate(asked)
    ]
    assert answers == [404, 429, 404, 404, 429]


def test_a_second_process_counts_the_same_failures(
    visitor: PageClient, number: str, make_app: MakeApp
) -> None:
    secret = visitor.application.config["COCLICO"]
    other = make_app(secret_key=secret.secret_key, link_key=secret.link_key).test_client()
    assert isinstance(other, PageClient)
    wrong = {"numero": another(number), "telephone": PERSON["telephone"]}
    for client in (visitor, other, visitor, other, visitor):
        assert client.submit(client.get(FIND), **wrong).status_code == 404
    assert other.submit(other.get(FIND), **wrong).status_code == 429


def test_thirty_days_after_it_the_number_opens_nothing(
    visitor: PageClient, monday: time_machine.Traveller, number: str
) -> None:
    monday.shift(33 * 24 * 60 * 60)
    late = visitor.submit(visitor.get(FIND), numero=number, telephone=PERSON["telephone"])
    assert (late.status_code, errors(late)) == (404, [UNKNOWN])


def test_in_english_too(visitor: PageClient, number: str) -> None:
    page = visitor.get(f"/en{FIND}")
    wrong = visitor.submit(page, numero=another(number), telephone=PERSON["telephone"])
    assert wrong.status_code == 404
    assert "trouvons" not in said(wrong)
    right = visitor.submit(page, numero=number, telephone=PERSON["telephone"])
    assert right.location.startswith("/en/r/")
