"""Attacks that were tried by hand against the running site, and did not get through."""

import re
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from app.models.outbox import ThrottleCount
from tests.support.booking_walk import (
    DETAILS,
    FOR_ANOTHER,
    HELPER,
    PERSON,
    booked,
    confirm,
    count,
    dump,
    press,
    said,
    to_check,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.site import MakeApp

FIND = "/mon-rendez-vous"
PRESSED = "Confirmer le rendez-vous"
LIMIT = "Nous ne pouvons pas prendre un autre rendez-vous avec ce téléphone."
FREE = ("2026-11-26T09:00", "2026-11-26T10:00")
"""Free times of Breuillet beside the one of DETAILS."""
ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example/",
    "/en//evil.example",
    "/en/%2fevil.example",
    "/en/\\evil.example",
    "//evil.example/rendez-vous",
    "/rendez-vous?commune=//evil.example",
    "/rendez-vous/verifier?commune=https://evil.example&lieu=//evil.example",
    "/visite-a-domicile?deplacement=oui&commune=//evil.example",
    "/visite-a-domicile?deplacement=non&commune=javascript:alert(1)",
    "/rendez-vous/besoin?commune=%5c%5cevil.example",
)
SPLIT = "x%0d%0aSet-Cookie:%20stolen=1%0d%0aLocation:%20//evil.example"
PAYLOADS = (
    "\"><script>alert('a')</script>",
    "'><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "' OR 1=1--",
    "'; DROP TABLE appointment;--",
    "\u202eabc",
    "9999-12-31T23:59",
    "0001-01-01T00:10",
    "9999-12-31",
    "0001-01-01",
    "2027-03-28T02:30",
    "2026-W50-1",
    "1e999",
)
PARAMETERS = ("commune", "besoin", "moment", "voisines", "des", "debut", "lieu", "pour", "etape")


def another_browser(visitor: PageClient) -> PageClient:
    """Somebody else on the same site, with a session of their own."""
    client = visitor.application.test_client()
    assert isinstance(client, PageClient)
    return client


def key_of_session(client: PageClient) -> str:
    """A CSRF token that is right for that browser."""
    return typed(client.get(FIND))["csrf_token"]


# ---- addresses


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_address_leads_away_from_the_site(visitor: PageClient, address: str) -> None:
    response = visitor.open(path=address.partition("?")[0], query_string=address.partition("?")[2])
    location = response.headers.get("Location", "/")
    assert urlsplit(location).netloc in {"", "localhost"}
    assert not location.startswith(("//", "/\\"))
    links = re.findall(r'(?:href|action|src)="([^"]*)"', response.text)
    assert not [link for link in links if link.startswith(("//", "/\\", "http://evil", "javasc"))]


@pytest.mark.parametrize(
    "address",
    [
        f"/rendez-vous?commune={SPLIT}",
        f"/rendez-vous/heure?commune=breuillet&besoin={SPLIT}",
        f"/rendez-vous/verifier?lieu={SPLIT}",
        f"/communes/{SPLIT}",
        f"/r/{SPLIT}",
        f"/theme.css?v={SPLIT}",
    ],
)
def test_an_address_cannot_write_a_header(visitor: PageClient, address: str) -> None:
    response = visitor.get(address)
    assert "stolen" not in response.headers.get("Set-Cookie", "")
    location = response.headers.get("Location", "")
    assert not re.search(r"[\r\n]", location)
    assert not location.startswith("//")


@pytest.mark.parametrize("page", ["heure", "coordonnees"])
@pytest.mark.parametrize("flow", ["rendez-vous", "visite-a-domicile"])
def test_no_parameter_breaks_a_page_or_writes_into_it(
    visitor: PageClient, flow: str, page: str
) -> None:
    usual = {"commune": "breuillet", "besoin": "motdepasse", "debut": "2026-11-24T09:00"}
    visitor.checks_pages = False  # hundreds of pages that others check
    for name in PARAMETERS:
        for payload in PAYLOADS:
            response = visitor.get(f"/{flow}/{page}", query_string=usual | {name: payload})
            assert response.status_code < 500, (name, payload)
            assert "<script>alert" not in response.text
            assert "<img src=x" not in response.text


@pytest.mark.parametrize("path", ["/static/../../config.py", "/static/..%2f..%2fconfig.py"])
def test_only_built_files_are_served(visitor: PageClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_links_do_not_follow_the_host_that_was_asked(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday)
    lies = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/", "/accessibilite", f"/r/{token}", f"/r/{token}.ics", f"/r/{token}/imprimer"):
        for base in ("http://localhost", "http://evil.example"):
            response = visitor.get(path, base_url=base, headers=lies)
            assert response.status_code == 200
            assert "evil.example" not in response.text


@pytest.mark.parametrize(
    "wrong", ["{}%00", "{}%0a", "{}%20", "{};x=1", "..%2f{}", "%2e%2e/{}", "{}.ics.ics", "{}%c3"]
)
def test_a_link_opens_only_as_it_was_written(
    visitor: PageClient, monday: time_machine.Traveller, wrong: str
) -> None:
    token = booked(visitor, monday)
    assert visitor.get(f"/r/{wrong.format(token)}").status_code == 404
    assert visitor.get(f"/r/{token.swapcase()}").status_code == 404


# ---- methods and sessions


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_no_header_turns_reading_into_changing(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, header: str
) -> None:
    token = booked(visitor, monday)
    before = dump(presquile)
    for path in (f"/r/{token}", f"/r/{token}/annuler", f"/r/{token}/annulation"):
        visitor.get(path, headers={header: "POST"}, query_string={"_method": "POST"})
    assert dump(presquile) == before


def test_the_token_of_another_session_changes_nothing(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday)
    thief = another_browser(visitor)
    stolen = key_of_session(thief)
    before = dump(presquile)
    for sent in ({"data": {"csrf_token": stolen}}, {"headers": {"X-CSRFToken": stolen}}):
        assert visitor.post(f"/r/{token}/annulation", **sent).status_code == 422
    own = key_of_session(visitor)
    path = f"/r/{token}/annulation?csrf_token={quote(own)}"
    assert visitor.post(path).status_code == 422, "a token in the address is no token"
    assert dump(presquile) == before


# ---- keys of forms


def test_a_key_used_by_another_session_tells_nothing_of_its_booking(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    answers = typed(check)
    token = press(visitor, check, PRESSED).location.rsplit("/", 1)[1]
    thief = another_browser(visitor)
    answers |= {"csrf_token": key_of_session(thief)}
    confirming = DETAILS.replace("coordonnees", "confirmer")
    for changed in ({"prenom": "Paul"}, {"telephone": "06 39 98 00 77"}, {"message": "NONE"}):
        refused = thief.post(confirming, data=answers | changed)
        assert refused.status_code == 409
        assert token not in refused.text
        assert typed(refused)["cle"] != answers["cle"]
    assert thief.post(f"/en{confirming}", data=answers).status_code == 409
    assert count(presquile) == 1


# ---- limits


def test_a_phone_has_one_limit_however_it_is_written(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday)
    booked(visitor, monday, DETAILS.replace("2026-11-24T09:00", FREE[0]))
    address = DETAILS.replace("2026-11-24T09:00", FREE[1])
    for written in ("+33639980001", "0033 6 39 98 00 01", "(0)6-39-98-00-01", "06.39.98.00.01",
                    "٠٦٣٩٩٨٠٠٠١", "06\u200b39980001", "0639980001#3"):  # fmt: skip
        response = confirm(visitor, to_check(visitor, monday, address, telephone=written))
        assert LIMIT in said(response), written
    answers = {"telephone": "", "aidant_telephone": "+33 6 39 98 00 01"}
    other = FOR_ANOTHER.replace("2026-11-24T09:00", FREE[1])
    sent = HELPER | answers | {"destinataire": "HELPER"}
    assert LIMIT in said(confirm(visitor, to_check(visitor, monday, other, **sent)))
    mine = to_check(visitor, monday, address, telephone="06 39 98 00 03")
    assert confirm(visitor, mine).status_code == 200, "the time itself was free"
    assert count(presquile) == 3


def test_no_header_changes_who_is_asking(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = key_of_session(visitor)
    visitor.checks_pages = False  # the same page thirty times
    statuses = []
    for rank in range(32):
        lies = {"X-Forwarded-For": f"192.0.2.{rank}", "X-Real-IP": f"192.0.2.{rank}"}
        form = {"csrf_token": token, "numero": "100000", "telephone": f"06 39 98 02 {rank:02}"}
        statuses.append(visitor.post(FIND, data=form, headers=lies).status_code)
    assert statuses == [404] * 30 + [429] * 2


def test_behind_a_proxy_only_what_the_proxy_added_counts(
    presquile: Database, monday: time_machine.Traveller, make_app: MakeApp
) -> None:
    client = make_app(trusted_proxies=1).test_client()
    assert isinstance(client, PageClient)
    token = key_of_session(client)
    client.checks_pages = False  # the same page thirty times
    statuses = []
    for rank in range(32):
        lies = {"X-Forwarded-For": f"192.0.2.{rank}, 198.51.100.7"}
        form = {"csrf_token": token, "numero": "100000", "telephone": f"06 39 98 02 {rank:02}"}
        statuses.append(client.post(FIND, data=form, headers=lies).status_code)
    assert statuses == [404] * 30 + [429] * 2


def test_what_counts_tries_names_nobody(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday)
    before = without_counts(dump(presquile))
    visitor.submit(visitor.get(FIND), numero="100000", telephone=PERSON["telephone"])
    engine = presquile.engine()
    with engine.connect() as connection:
        keys = connection.scalars(select(ThrottleCount.key)).all()
    engine.dispose()
    assert len(keys) >= 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    assert without_counts(dump(presquile)) == before
