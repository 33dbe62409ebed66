"""The address that opens the form of the national tool already filled in.

Its state is base64url (no padding) of deflated JSON under the key « json ». Nobody promises that it
stays so: it is optional, carries anonymous answers only, and the copy sheet says the same.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

KINDS = {"individuel": "individuel", "collectif": "collectif"}


def prefilled(base: str, facts: Mapping[str, Any]) -> str:
    """The address for the fields of one record; `facts["type"]` chooses the form."""
    fields = {name: value for name, value in facts.items() if name != "type"}
    state = json.dumps({"json": fields}, ensure_ascii=False, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(state.encode(), 9)).decode().rstrip("=")
    return f"{base}/{KINDS[facts['type']]}?v={packed}"
