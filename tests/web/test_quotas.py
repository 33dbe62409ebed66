"""What one telephone, one mailbox and one appointment may cause in a day, whoever writes them."""

from datetime import timedelta

import pytest
import time_machine

from app.models.waiting import WaitingEntry
from app.web import quotas
from tests.support.booking_walk import (
    DETAILS,
    FOR_ANOTHER,
    booked,
    confirm,
    count,
    errors,
    press,
    rows,
    said,
    set_settings,
    to_check,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.waiting_walk import CONFIRM, WAIT, checked, joined

FULL = (
    "Ce téléphone ou cette adresse e-mail reçoit déjà beaucoup de messages aujourd’hui. "
    "Attendez demain ou appelez le 05 36 49 00 00."
)
CHANGED = (
    "Vous avez changé la date plusieurs fois aujourd’hui. "
    "Attendez demain ou appelez le 05 36 49 00 00."
)
TO_HELPER = {"destinataire": "HELPER"}
TO_MAILBOX = {"message": "EMAIL", "email": "Zoe@exemple.test"}
ROSE, PAUL = {"telephone": "06 39 98 00 01"}, {"telephone": "06 39 98 00 09"}


@pytest.fixture
def one_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "BOOKINGS_A_DAY", 1)


def later(address: str) -> str:
    return address.replace("T09:00", "T09:45")


@pytest.mark.usefixtures("one_a_day", "presquile")
@pytest.mark.parametrize(
    ("address", "first", "second"),
    [
        (FOR_ANOTHER, TO_HELPER, TO_HELPER),
        (DETAILS, TO_MAILBOX, {**TO_MAILBOX, "email": "zoe@Exemple.test"}),
    ],
)
def test_whoever_is_told_is_told_so_often_a_day(
    visitor: PageClient,
    monday: time_machine.Traveller,
    address: str,
    first: dict[str, str],
    second: dict[str, str],
) -> None:
    booked(visitor, monday, address, **ROSE, **first)
    check = to_check(visitor, monday, later(address), **PAUL, **second)
    response = press(visitor, check, "Confirmer le rendez-vous")
    assert (response.status_code, errors(response)) == (429, [FULL])
    assert response.headers["Retry-After"] == str(24 * 60 * 60)
    assert rows(response) == rows(check)


@pytest.mark.usefixtures("one_a_day", "presquile")
def test_a_helper_whom_nobody_writes_to_books_for_many(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday, FOR_ANOTHER, **ROSE)
    assert (
        confirm(visitor, to_check(visitor, monday, later(FOR_ANOTHER), **PAUL)).status_code == 200
    )


@pytest.mark.usefixtures("one_a_day")
@pytest.mark.parametrize(("url", "told"), [(f"{WAIT}&pour=autre", TO_HELPER), (WAIT, TO_MAILBOX)])
def test_the_waiting_list_counts_whoever_is_told_too(
    presquile: Database,
    visitor: PageClient,
    monday: time_machine.Traveller,
    url: str,
    told: dict[str, str],
) -> None:
    joined(visitor, monday, url, **ROSE, **told)
    response = press(visitor, checked(visitor, monday, url, **PAUL, **told), CONFIRM)
    assert (response.status_code, errors(response)) == (429, [FULL])
    assert count(presquile, WaitingEntry) == 1


@pytest.mark.usefixtures("presquile")
def test_a_date_is_changed_so_often_a_day(
    visitor: PageClient, monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "MOVES_A_DAY", 1)
    token = booked(visitor, monday)
    answers = []
    for hour in ("T09:00", "T09:45"):
        monday.shift(timedelta(hours=1))
        query = f"debut=2026-11-26{hour}&lieu=mairie-breuillet"
        check = visitor.get(f"/r/{token}/date/verifier?{query}")
        answers.append(press(visitor, check, "Confirmer le changement"))
    assert [each.status_code for each in answers] == [303, 429]
    assert errors(answers[1]) == [CHANGED]
    assert answers[1].headers["Retry-After"] == str(24 * 60 * 60)


def test_whoever_had_their_messages_of_the_day_reads_the_new_date(
    visitor: PageClient, monday: time_machine.Traveller, presquile: Database
) -> None:
    set_settings(presquile, sms_per_number_per_day=1)
    token = booked(visitor, monday)
    query = "debut=2026-11-26T09:00&lieu=mairie-breuillet"
    check = visitor.get(f"/r/{token}/date/verifier?{query}")
    done = visitor.get(press(visitor, check, "Confirmer le changement").location)
    assert page_of(done).h1 == "La date est changée"
    assert "Vous ne recevez pas de message pour ce changement. Notez la date." in said(done)
    assert "Jeudi 26 novembre" in said(done)
