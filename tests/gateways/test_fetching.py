"""Fetching a stranger's address: never ours, never too much, never too long (T13)."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from app.domain.busy_calendars import CalendarFailure
from app.gateways.fetching import (
    Fetched,
    FetchFailed,
    Limits,
    Network,
    dial,
    fetch,
    is_public,
    resolve,
)
from tests.support.agenda_server import HOST, PUBLIC, AgendaServer, agenda_server

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
PATIENT = Limits()
HURRY = Limits(seconds=0.3, read_seconds=0.3)


@pytest.fixture(scope="module")
def running() -> Iterator[AgendaServer]:
    with agenda_server() as site:
        yield site


@pytest.fixture
def site(running: AgendaServer) -> AgendaServer:
    running.answers.clear()
    running.asked.clear()
    running.dialled.clear()
    running.names = {HOST: [PUBLIC]}
    return running


def failure(site: AgendaServer, url: str, limits: Limits = PATIENT) -> CalendarFailure:
    with pytest.raises(FetchFailed) as failed:
        fetch(url, network=site.network, limits=limits)
    return failed.value.failure


def test_what_is_there_comes_with_its_tag(site: AgendaServer) -> None:
    url = site.says("/a.ics", BODY, ETag='"abc"')
    assert fetch(f"{url}?b=é", network=site.network) == Fetched(BODY, '"abc"')
    assert site.asked == [("/a.ics?b=%C3%A9", None)]
    assert site.dialled == [(PUBLIC, 443)]


def test_what_has_not_changed_is_not_read_again(site: AgendaServer) -> None:
    url = site.says("/a.ics", b"", status=304)
    assert fetch(url, '"abc"', network=site.network) == Fetched(None, '"abc"')
    assert site.asked == [("/a.ics", '"abc"')]
    assert failure(site, url) is CalendarFailure.REFUSED


@pytest.mark.parametrize("tag", ["x" * 201, "é"])
def test_a_strange_tag_is_not_kept(site: AgendaServer, tag: str) -> None:
    assert fetch(site.says("/", BODY, ETag=tag), network=site.network) == Fetched(BODY, None)


def test_a_port_may_be_named(site: AgendaServer) -> None:
    site.says("/", BODY)
    assert fetch(f"https://{HOST}:8443", network=site.network).body == BODY
    assert site.dialled == [(PUBLIC, 8443)]


PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "ff0e::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::1", "fe80::1%eth0",
    "192.88.99.1", "3fff::1", "3fff:fff::1", "rien",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_never_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2001:4860:4860::8888", "2a01:e00::1"])
def test_an_address_of_the_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE[:-1])
def test_a_name_that_leads_inside_is_never_called(site: AgendaServer, address: str) -> None:
    site.names[HOST] = [address]
    assert failure(site, f"https://{HOST}/") is CalendarFailure.PRIVATE_ADDRESS
    assert site.dialled == []


def test_the_public_one_of_several_is_called(site: AgendaServer) -> None:
    site.names[HOST] = ["10.0.0.1", "::1", PUBLIC]
    fetch(site.says("/", BODY), network=site.network)
    assert site.dialled == [(PUBLIC, 443)]


def test_the_address_that_was_checked_is_the_one_called(site: AgendaServer) -> None:
    """A name that answers otherwise the second time (rebinding) is asked once a connection."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    network = replace(site.network, resolve=lambda *_: next(answers))
    assert fetch(site.says("/", BODY), network=network).body == BODY
    with pytest.raises(FetchFailed) as failed:
        fetch(site.says("/", BODY), network=network)
    assert failed.value.failure is CalendarFailure.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "literal", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "[::1]", "10.0.0.1"]
)
def test_however_an_address_is_written(site: AgendaServer, literal: str) -> None:
    assert failure(site, f"https://{literal}/") is CalendarFailure.PRIVATE_ADDRESS
    assert site.dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "http://agenda.example/", "ftp://agenda.example/", "file:///etc/passwd", "", "https:///x",
        "https://user@agenda.example/", "https://[::1", "https://agenda.example:99999/",
    ],
)  # fmt: skip
def test_https_only(site: AgendaServer, url: str) -> None:
    assert failure(site, url) is CalendarFailure.NOT_HTTPS
    assert site.dialled == []


def test_three_redirects_are_followed(site: AgendaServer) -> None:
    for number, status in enumerate((301, 302, 307)):
        site.says(f"/{number}", b"", status=status, Location=f"/{number + 1}")
    site.says("/3", BODY)
    assert fetch(f"https://{HOST}/0", network=site.network).body == BODY
    assert len(site.dialled) == 4


def test_four_are_not(site: AgendaServer) -> None:
    url = site.says("/", b"", status=302, Location="/")
    assert failure(site, url) is CalendarFailure.TOO_MANY_REDIRECTS
    assert len(site.dialled) == 4


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://127.0.0.1/", CalendarFailure.PRIVATE_ADDRESS),
        ("https://[::ffff:10.0.0.1]/", CalendarFailure.PRIVATE_ADDRESS),
        ("https://intern.example/", CalendarFailure.PRIVATE_ADDRESS),
        ("//169.254.169.254/latest/meta-data", CalendarFailure.PRIVATE_ADDRESS),
        ("http://agenda.example/", CalendarFailure.NOT_HTTPS),
        ("file:///etc/passwd", CalendarFailure.NOT_HTTPS),
        ("https://[", CalendarFailure.REFUSED),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(
    site: AgendaServer, location: str, why: CalendarFailure
) -> None:
    site.names["intern.example"] = ["192.168.0.10"]
    url = site.says("/", b"", status=302, Location=location)
    assert failure(site, url) is why
    assert len(site.dialled) == 1


def test_two_megabytes_and_no_more(site: AgendaServer) -> None:
    whole = b"x" * Limits().size
    assert fetch(site.says("/fits", whole), network=site.network).body == whole
    assert failure(site, site.says("/big", whole + b"x")) is CalendarFailure.TOO_BIG


def test_an_endless_answer_ends(site: AgendaServer) -> None:
    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not site.over.is_set():
            handler.wfile.write(b"x" * 65_536)

    assert failure(site, site.does("/", pour)) is CalendarFailure.TOO_BIG


def drip(site: AgendaServer, handler: BaseHTTPRequestHandler, first: bytes) -> None:
    """A byte now and then: no reading ever waits long."""
    handler.wfile.write(first)
    while not site.over.wait(0.02):
        handler.wfile.write(b"x")


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"",
    ],
    ids=["body", "promised", "chunked", "headers", "status"],
)
def test_a_byte_now_and_then_is_too_slow(site: AgendaServer, first: bytes) -> None:
    url = site.does("/", lambda handler: drip(site, handler, first))
    assert failure(site, url, replace(HURRY, read_seconds=5)) is CalendarFailure.TOO_SLOW


def test_nothing_at_all_is_too_slow(site: AgendaServer) -> None:
    url = site.does("/", lambda _handler: site.over.wait(2) and None)
    assert failure(site, url, Limits(read_seconds=0.1)) is CalendarFailure.TOO_SLOW


def test_no_handshake_is_too_slow(site: AgendaServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        network = replace(
            site.network, dial=lambda _address, _port, wait: dial("127.0.0.1", port, wait)
        )
        with pytest.raises(FetchFailed) as failed:
            fetch(f"https://{HOST}/", network=network, limits=replace(HURRY, read_seconds=5))
        assert failed.value.failure is CalendarFailure.TOO_SLOW


def test_no_time_left_for_another_redirect(site: AgendaServer) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        site.over.wait(0.25)
        handler.send_response(302)
        handler.send_header("Location", "/")
        handler.end_headers()

    assert failure(site, site.does("/", slowly), HURRY) is CalendarFailure.TOO_SLOW


def test_half_an_answer_is_none(site: AgendaServer) -> None:
    def stop(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(BODY)

    assert failure(site, site.does("/", stop)) is CalendarFailure.UNREACHABLE


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 500])
def test_another_answer_is_a_refusal(site: AgendaServer, status: int) -> None:
    assert failure(site, site.says("/", b"", status=status)) is CalendarFailure.REFUSED


def test_what_is_no_http_is_a_refusal(site: AgendaServer) -> None:
    url = site.does("/", lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n") and None)
    assert failure(site, url) is CalendarFailure.REFUSED


def test_a_certificate_of_another_name_is_not_trusted(site: AgendaServer) -> None:
    site.names["autre.example"] = [PUBLIC]
    assert failure(site, "https://autre.example/") is CalendarFailure.NOT_TRUSTED


def test_a_certificate_of_nobody_is_not_trusted(site: AgendaServer) -> None:
    strict = replace(site.network, trust=ssl.create_default_context())
    with pytest.raises(FetchFailed) as failed:
        fetch(site.says("/", BODY), network=strict)
    assert failed.value.failure is CalendarFailure.NOT_TRUSTED


@pytest.mark.parametrize("error", [socket.gaierror(), UnicodeError()])
def test_a_name_that_nobody_knows(site: AgendaServer, error: Exception) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise error

    with pytest.raises(FetchFailed) as failed:
        fetch(f"https://{HOST}/", network=replace(site.network, resolve=unknown))
    assert failed.value.failure is CalendarFailure.NO_SUCH_HOST


def test_nobody_answers(site: AgendaServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    network = replace(
        site.network, dial=lambda _address, _port, wait: dial("127.0.0.1", port, wait)
    )
    with pytest.raises(FetchFailed) as failed:
        fetch(f"https://{HOST}/", network=network)
    assert failed.value.failure is CalendarFailure.UNREACHABLE


def test_the_real_network_never_leads_to_this_machine() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 443)
    for url in ("https://localhost/", "https://127.0.0.1:8443/"):
        with pytest.raises(FetchFailed) as failed:
            fetch(url)
        assert failed.value.failure is CalendarFailure.PRIVATE_ADDRESS
    assert Network().trust.verify_mode is ssl.CERT_REQUIRED
