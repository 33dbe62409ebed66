"""The address that opens the national form: packed as that form unpacks it."""

import base64
import json
import zlib
from urllib.parse import parse_qs, urlsplit

from app.gateways.national_form import prefilled

BASE = "https://outil.example/cra"


def test_the_fields_travel_deflated_in_the_address() -> None:
    facts = {"type": "individuel", "date": "2026-11-24", "thematiques": ["email"], "duree": {}}
    address = prefilled(BASE, facts)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{BASE}/individuel"
    (packed,) = parse_qs(parts.query)["v"]
    assert "=" not in packed
    state = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    fields = {name: value for name, value in facts.items() if name != "type"}
    assert json.loads(state) == {"json": fields}
    assert prefilled(BASE, facts | {"type": "collectif"}).startswith(f"{BASE}/collectif?v=")
