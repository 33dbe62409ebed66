"""The address where an SMS gateway says what became of a message: for who knows its secret."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState, Receipt
from app.models.outbox import OutboxMessage
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.site import MakeApp

TOKEN = "receiptsreceiptsreceipts"
PATH = f"/sms/recus/{TOKEN}"


@pytest.fixture
def town(session: Session) -> Town:
    """One text message that left as « gw-1 »."""
    town = make_town(session)
    town.book()
    with write_transaction(session):
        message = session.scalars(select(OutboxMessage)).one()
        message.state, message.closed_at, message.provider_id = OutboxState.SENT, NOW, "gw-1"
    return town


@pytest.fixture
def gateway(town: Town, make_app: MakeApp) -> FlaskClient:
    return make_app(sms_receipt_token=TOKEN).test_client()


def receipt(town: Town) -> Receipt | None:
    (message,) = town.messages()
    return message.receipt


@pytest.mark.parametrize(
    "said",
    [
        {"json": {"id": "gw-1", "state": "delivered"}},
        {"json": [{"id": "other", "state": "failed"}, {"messageId": "gw-1", "status": "DELIVRD"}]},
        {"data": {"id": "gw-1", "status": "delivered"}},
        {"data": {"id": "gw-1", "ptt": "4"}},
    ],
)
def test_a_receipt_in_each_form(gateway: FlaskClient, town: Town, said: dict[str, Any]) -> None:
    for _ in range(2):
        answer = gateway.post(PATH, **said)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    assert receipt(town) is Receipt.DELIVERED


OF_OVH = {"id": "gw-1", "ptt": "5", "date": "20261123", "descriptionDlr": "Failed"}


def test_ovhcloud_says_it_in_the_address(town: Town, make_app: MakeApp) -> None:
    sms_url = "ovh://key:secret@sms-ab12345-1?consumer_key=c"
    ovh = make_app(sms_receipt_token=TOKEN, sms_url=sms_url, sms_sender="Coclico")
    client = ovh.test_client()
    assert client.head(PATH, query_string=OF_OVH).status_code == 405
    assert receipt(town) is None
    assert client.get(PATH, query_string=OF_OVH).status_code == 204
    assert receipt(town) is Receipt.LOST


def test_no_other_gateway_says_it_in_the_address(gateway: FlaskClient, town: Town) -> None:
    assert gateway.get(PATH, query_string=OF_OVH).status_code == 405
    assert gateway.head(PATH, query_string=OF_OVH).status_code == 405
    assert receipt(town) is None


@pytest.mark.parametrize(
    "said",
    [
        {"json": {"id": "gw-1", "state": "sent"}},
        {"json": {"id": "gw-1"}},
        {"json": {"id": ["gw-1"], "state": {"a": 1}}},
        {"json": ["gw-1", 3, None]},
        {"json": "delivered"},
        {"json": None},
        {"data": {"state": "delivered"}},
        {"data": b"\xff\x00garbage", "content_type": "text/plain"},
    ],
)
def test_what_says_nothing_changes_nothing(
    gateway: FlaskClient, town: Town, said: dict[str, Any]
) -> None:
    assert gateway.post(PATH, **said).status_code == 204
    assert receipt(town) is None


@pytest.mark.parametrize("body", [b"{nonsense", b"[" * 60_000, b'{"id":' * 10_000, b"9" * 5_000])
def test_what_is_no_json_is_a_bad_request(gateway: FlaskClient, town: Town, body: bytes) -> None:
    answer = gateway.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 400


def test_too_much_is_refused(gateway: FlaskClient, town: Town) -> None:
    said = [{"id": "gw-1", "state": "delivered"}]
    many = json.dumps(said + [{"id": "x" * 100, "state": "failed"}] * 2000)
    answer = gateway.post(PATH, data=many, content_type="application/json")
    assert answer.status_code == 413
    assert receipt(town) is None


@pytest.mark.parametrize("token", ["wrong", TOKEN[:-1], f"{TOKEN}s", "é" * 24])
def test_another_secret_finds_nothing(gateway: FlaskClient, town: Town, token: str) -> None:
    said = {"id": "gw-1", "state": "delivered"}
    assert gateway.post(f"/sms/recus/{token}", json=said).status_code == 404
    assert gateway.get(f"/sms/recus/{token}", query_string=said).status_code == 404
    assert receipt(town) is None


def test_without_a_secret_there_is_no_such_page(town: Town, make_app: MakeApp) -> None:
    client = make_app().test_client()
    assert client.post(PATH, json={"id": "gw-1", "state": "delivered"}).status_code == 404
    assert client.post("/sms/recus/None", json={}).status_code == 404
