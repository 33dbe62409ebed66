"""The contract with OVHcloud, by its official client, against its API played on this machine."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace

import ovh
import pytest

from app.gateways.messages import Email
from app.gateways.parcels import AddressRefused, CarrierFailed, Handed, SenderUnavailable
from app.gateways.sms_ovh import OvhAccount, OvhSms, read_ovh_url
from app.services.outbox_claims import LEASE
from tests.gateways.test_sms_http import PARCEL, TEXT
from tests.support.gateway_server import GatewayServer, gateway_server

URL = "ovh://key:secret@sms-ab12345-1?consumer_key=ck"
JOBS = "/1.0/sms/sms-ab12345-1/jobs"
TAKEN = {
    "ids": [123456789],
    "validReceivers": ["+33639980000"],
    "invalidReceivers": [],
    "totalCreditsRemoved": 1,
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GatewayServer]:
    with gateway_server() as running:
        running.by_path["/1.0/auth/time"] = b"1795424400"
        running.body = json.dumps(TAKEN).encode()
        monkeypatch.setitem(ovh.client.ENDPOINTS, "here", f"{running.address}/1.0")
        yield running


def sender(answer_seconds: float = 5.0) -> OvhSms:
    account = OvhAccount("sms-ab12345-1", "key", "app-secret", "consumer", "here", answer_seconds)
    return OvhSms(account, "CoclicO")


def test_a_text_becomes_a_job(server: GatewayServer) -> None:
    ours = sender()
    assert ours.send(PARCEL) == Handed("123456789", 1)
    ours.hang_up()
    (asked,) = [each for each in server.asked if each.path == JOBS]
    assert asked.method == "POST"
    assert asked.headers["X-Ovh-Application"] == "key"
    assert asked.headers["X-Ovh-Consumer"] == "consumer"
    assert asked.headers["X-Ovh-Signature"].startswith("$1$")
    assert b"app-secret" not in asked.body
    assert asked.json == {
        "receivers": ["+33639980000"],
        "message": TEXT,
        "sender": "CoclicO",
        "noStopClause": True,
        "coding": "7bit",
        "charset": "UTF-8",
        "priority": "high",
        "tag": "000042-confirmation",
    }


def test_a_name_that_no_database_keeps_is_none(server: GatewayServer) -> None:
    server.body = json.dumps(TAKEN | {"ids": ["12\0"]}).encode()
    assert sender().send(PARCEL) == Handed(None, 1)


def test_a_number_that_it_finds_invalid(server: GatewayServer) -> None:
    server.body = json.dumps(TAKEN | {"ids": [], "invalidReceivers": ["+33639980000"]}).encode()
    with pytest.raises(AddressRefused):
        sender().send(PARCEL)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"message": "Internal"}'),
        (429, b'{"message": "Too many"}'),
        (403, b'{"errorCode": "INVALID_CREDENTIAL", "message": "no"}'),
        (400, b'{"message": "sender CoclicO does not exist"}'),
        (200, b"<!doctype html>"),
        (502, b"<html>Bad gateway</html>"),
        (500, b"[]"),
        (200, b"[]"),
        (200, b'{"ids": []}'),
    ],
)
def test_what_may_change_is_tried_again(server: GatewayServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(CarrierFailed) as failed:
        sender().send(PARCEL)
    assert "+336" not in str(failed.value)


def test_an_api_that_takes_its_time_is_left(server: GatewayServer) -> None:
    server.waits_s = 30
    with pytest.raises(CarrierFailed):
        sender(answer_seconds=0.2).send(PARCEL)


def test_an_api_that_never_ends_is_cut_and_the_next_message_leaves(server: GatewayServer) -> None:
    """A byte now and then would outlast the lease, and another worker would send it again."""
    account = replace(sender().account, whole_seconds=0.4)
    ours = OvhSms(account, "CoclicO")
    server.drips = True
    with pytest.raises(CarrierFailed):
        ours.send(PARCEL)
    server.drips = False
    assert ours.send(PARCEL) == Handed("123456789", 1)
    assert read_ovh_url(URL).whole_seconds * 2 < LEASE.total_seconds()


@pytest.mark.usefixtures("server")
def test_an_email_is_no_sms() -> None:
    with pytest.raises(TypeError):
        sender().send(PARCEL.__class__("x", "a@b.fr", Email("", ""), PARCEL.at))


def test_what_sms_url_may_say() -> None:
    url = "ovh://key:s%2Fecret@sms-AB12345-1?consumer_key=ck"
    assert read_ovh_url(url) == OvhAccount("sms-AB12345-1", "key", "s/ecret", "ck")
    assert read_ovh_url(f"{url}&endpoint=ovh-ca").endpoint == "ovh-ca"


@pytest.mark.parametrize(
    "url",
    [
        "ovh://sms-ab12345-1",
        "ovh://key:secret@sms-ab12345-1",
        "ovh://key:secret@?consumer_key=ck",
        "ovh://key:secret@sms-ab12345-1?consumer_key=ck&sender=x",
    ],
)
def test_what_sms_url_may_not_say(url: str) -> None:
    with pytest.raises(SenderUnavailable, match="must look like ovh://") as refusal:
        read_ovh_url(url)
    assert "secret" not in str(refusal.value)


def test_an_endpoint_that_does_not_exist() -> None:
    with pytest.raises(SenderUnavailable, match="no such endpoint"):
        OvhSms(OvhAccount("sms-ab12345-1", "k", "s", "c", "moon"), "CoclicO")


def test_the_client_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ovh", None)
    with pytest.raises(SenderUnavailable, match="pip install ovh"):
        OvhSms(OvhAccount("sms-ab12345-1", "k", "s", "c"), "CoclicO")
