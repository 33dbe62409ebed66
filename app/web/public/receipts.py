"""Where an SMS gateway says what became of a message; its address holds a secret of both."""

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from app.domain.receipts import read_ptt, read_state
from app.extensions import db
from app.services.receipts import Told, note_receipts
from app.web.access import public
from app.web.clock import utc_now
from app.web.security import for_machines

blueprint = Blueprint("receipts", __name__)

LARGEST_BODY = 65_536
MOST_RECEIPTS = 100
"""In one call; a gateway that has more says them in several."""
NAMES = ("id", "message_id", "messageId", "ref")
STATES = ("state", "status")


@blueprint.post("/sms/recus/<token>")
@public
@for_machines
def receive(token: str) -> Response:
    """Receipts as a form, as a JSON object, or as a list of them. 204, whatever was known."""
    _check(token)
    request.max_content_length = LARGEST_BODY
    try:
        said = request.get_json() if request.is_json else request.form.to_dict()
    except RecursionError:  # brackets in brackets, a thousand deep
        abort(400)
    return _note(said if isinstance(said, list) else [said])


@blueprint.get("/sms/recus/<token>")
@public
def receive_by_address(token: str) -> Response:
    """The same in the address: only OVHcloud calls so. Looking without reading is no call (405)."""
    _check(token)
    if request.method == "HEAD" or not _is_ovh():
        abort(405)
    return _note([request.args.to_dict()])


def _check(token: str) -> None:
    """404 for another secret, and where none is set: nothing tells that there is such a page."""
    expected = current_app.config["COCLICO"].sms_receipt_token
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        abort(404)


def _is_ovh() -> bool:
    return (current_app.config["COCLICO"].sms_url or "").startswith("ovh:")


def _note(said: list[Any]) -> Response:
    told = [_told(each) for each in said[:MOST_RECEIPTS] if isinstance(each, Mapping)]
    note_receipts(db.session(), [each for each in told if each], utc_now())
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _told(said: Mapping[str, Any]) -> Told | None:
    """What one of them says; None where it ends nothing, or says nothing that we understand."""
    name = _first(said, NAMES)
    receipt = (
        read_ptt(_first(said, ("ptt",))) if "ptt" in said else read_state(_first(said, STATES))
    )
    return Told(name, receipt) if name and receipt else None


def _first(said: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these that says something: a word or a number, never a list or an object."""
    found = (said[name] for name in names if said.get(name) is not None)
    return next((str(each) for each in found if isinstance(each, (str, int))), "")
