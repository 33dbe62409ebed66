"""The contract with any SMS gateway, against one on this machine: yes, no, later, nonsense."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from app.gateways.messages import Email
from app.gateways.parcels import (
    AddressRefused,
    CarrierFailed,
    Handed,
    Parcel,
    SenderUnavailable,
    TryLater,
)
from app.gateways.sms_http import FORM, HttpGateway, HttpSms, read_gateway
from tests.support.gateway_server import GatewayServer, gateway_server

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = 'Aide : "10 h", mairie d\'Amont & Aval.\nÀ bientôt.'.replace("À", "A").replace("ô", "o")
PARCEL = Parcel("000042-confirmation", "+33639980000", TEXT, AT)


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with gateway_server() as running:
        yield running


def gateway(server: GatewayServer, **variables: str) -> HttpGateway:
    known = {"body": None, "headers": None, "secret": None, "id_path": None}
    return read_gateway(f"{server.address}/send?v=1", "CoclicO", **(known | variables))


def send(server: GatewayServer, **variables: str) -> Handed:
    return HttpSms(gateway(server, **variables)).send(PARCEL)


def test_a_text_is_posted_as_json(server: GatewayServer) -> None:
    assert send(server) == Handed("msg-1", 1)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/send?v=1")
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Idempotency-Key"] == "000042-confirmation"
    assert "X-Signature" not in asked.headers
    assert asked.json == {
        "to": "+33639980000",
        "from": "CoclicO",
        "text": TEXT,
        "id": "000042-confirmation",
    }


def test_the_body_is_what_the_gateway_wants(server: GatewayServer) -> None:
    send(server, body='{"messages": [{"dest": "$to", "body": "$text", "price": "$$"}]}')
    assert server.asked[0].json == {
        "messages": [{"dest": "+33639980000", "body": TEXT, "price": "$"}]
    }


def test_a_form_is_a_form(server: GatewayServer) -> None:
    send(
        server,
        body="to=$to&text=$text&key=a+b",
        headers=json.dumps({"Content-Type": FORM, "Authorization": "Bearer x"}),
    )
    (asked,) = server.asked
    assert asked.headers["Authorization"] == "Bearer x"
    assert parse_qs(asked.body.decode()) == {
        "to": ["+33639980000"],
        "text": [TEXT],
        "key": ["a b"],
    }


def test_the_body_may_be_signed(server: GatewayServer) -> None:
    send(server, secret="a secret of both")
    (asked,) = server.asked
    digest = hmac.new(b"a secret of both", asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["X-Signature"] == f"sha256={digest}"


@pytest.mark.parametrize(
    ("body", "path", "provider_id"),
    [
        (b'{"id": 12}', "id", "12"),
        (b'{"messages": [{"ref": "a"}]}', "messages.0.ref", "a"),
        (b'{"messages": []}', "messages.0.ref", None),
        (b'{"id": {"a": 1}}', "id", None),
        (b'{"id": true}', "id", None),
        (b'{"id": "a\\u0000b"}', "id", None),
        (b'{"id": "' + b"9" * 101 + b'"}', "id", None),
        (b'["a"]', "id", None),
        (b"[]", "none", None),
        (b"OK 12", "none", None),
        (b"", "id", None),
    ],
)
def test_its_number_for_the_message_is_kept(
    server: GatewayServer, body: bytes, path: str, provider_id: str | None
) -> None:
    server.body = body
    assert send(server, id_path=path).provider_id == provider_id


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"<!doctype html><title>Maintenance</title>", "id"),
        (b"  <html>", "none"),
        (b"OK", "id"),
        (b"\xff\xfe\x00garbage", "id"),
        (b'{"id": ', "id"),
    ],
)
def test_what_is_no_answer_of_a_gateway_is_no_yes(
    server: GatewayServer, body: bytes, path: str
) -> None:
    server.body = body
    with pytest.raises(CarrierFailed):
        send(server, id_path=path)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_number_that_it_will_never_take(server: GatewayServer, status: int) -> None:
    server.status = status
    with pytest.raises(AddressRefused):
        send(server)


@pytest.mark.parametrize("status", [302, 401, 402, 403, 409, 500, 503])
def test_what_may_change_is_tried_again(server: GatewayServer, status: int) -> None:
    server.status, server.body = status, b"<html>sorry</html>"
    with pytest.raises(CarrierFailed):
        send(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 23 Nov 2026 09:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 23 Nov 2026 09:10:00 -0000", timedelta(minutes=10)),
        ("Mon, 23 Nov 2026 08:00:00 GMT", timedelta()),
        ("999999999999", timedelta(hours=12)),
        ("soon", timedelta()),
        ("", timedelta()),
    ],
)
def test_it_may_ask_to_wait(server: GatewayServer, asked: str, wait: timedelta) -> None:
    server.status, server.headers = 429, {"Retry-After": asked}
    with pytest.raises(TryLater) as later:
        send(server)
    assert later.value.wait == wait


def test_a_gateway_that_takes_its_time_is_left(server: GatewayServer) -> None:
    server.waits_s = 30
    with pytest.raises(CarrierFailed, match="TimeoutError"):
        HttpSms(replace(gateway(server), answer_seconds=0.2)).send(PARCEL)


def test_a_gateway_that_never_ends_is_cut(server: GatewayServer) -> None:
    server.drips = True
    with pytest.raises(CarrierFailed, match="took too long"):
        HttpSms(replace(gateway(server), whole_seconds=0.3)).send(PARCEL)


def test_nobody_at_that_address(server: GatewayServer) -> None:
    nowhere = read_gateway(
        "http://127.0.0.1:9/", "", body=None, headers=None, secret=None, id_path=None
    )
    sender = HttpSms(nowhere)
    with pytest.raises(CarrierFailed):
        sender.send(PARCEL)
    sender.hang_up()


def test_a_gateway_over_https_must_prove_its_name(server: GatewayServer) -> None:
    """The server of the test speaks no TLS at all: nothing is said to it."""
    secured = gateway(server).address._replace(scheme="https")
    with pytest.raises(CarrierFailed):
        HttpSms(replace(gateway(server), address=secured)).send(PARCEL)
    assert server.asked == []


def test_an_email_is_no_sms(server: GatewayServer) -> None:
    with pytest.raises(TypeError):
        HttpSms(gateway(server)).send(replace(PARCEL, content=Email("", "")))


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"body": '{"to": "$to"}'}, "SMS_HTTP_BODY: must hold"),
        ({"body": '{"to": "$to", "text": "$text", "who": "$name"}'}, "SMS_HTTP_BODY: must hold"),
        ({"body": '{"to": "$to", "text": "$text", "price": "5 $"}'}, "SMS_HTTP_BODY: must hold"),
        ({"body": "to=$to&text=$text"}, "SMS_HTTP_BODY: is no JSON"),
        ({"headers": "Authorization: secret"}, "SMS_HTTP_HEADERS: must be a JSON object"),
        ({"headers": '["secret"]'}, "SMS_HTTP_HEADERS: must be a JSON object"),
        ({"headers": '{"Authorization": "secret\\r\\nX: y"}'}, "SMS_HTTP_HEADERS: must be"),
    ],
)
def test_a_variable_that_cannot_serve(
    server: GatewayServer, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(SenderUnavailable) as refusal:
        gateway(server, **variables)
    assert str(refusal.value).startswith(words)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["https://", "https://u:secret@sms.example.fr", "http://a:b:c/"])
def test_an_address_that_cannot_serve(url: str) -> None:
    with pytest.raises(SenderUnavailable, match=r"^SMS_URL: ") as refusal:
        read_gateway(url, "", body=None, headers=None, secret=None, id_path=None)
    assert "secret" not in str(refusal.value)
