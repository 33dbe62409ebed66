"""Golden files: what leaves the house, byte for byte. WRITE_GOLDEN=1 writes them anew."""

import os

from tests.support.sources import ROOT

FOLDER = ROOT / "tests/golden"


def assert_golden(name: str, content: bytes) -> None:
    """The content is what `tests/golden/<name>` holds."""
    file = FOLDER / name
    if os.environ.get("WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    assert content.decode() == file.read_bytes().decode()
