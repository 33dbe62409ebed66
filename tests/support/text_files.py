"""Spoiling a text file by one replacement that must happen."""

from pathlib import Path


def replace_in(file: Path, old: str, new: str, count: int = -1) -> None:
    """Replace `old` wherever it stands (or `count` times). Fails where it is not in the file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")
