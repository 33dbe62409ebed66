"""People made for one run of the tests: their names and numbers are found wherever they leak."""

import random
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass(frozen=True)
class Canary:
    """A fictional person whom no text can contain by chance."""

    first_name: str
    last_name: str
    phone: str
    """In the block kept for fiction, 06 39 98 xx xx, written as people write it."""
    email: str
    address: str

    def leaks(self, text: str) -> list[str]:
        """What of this person can be read in a text, however the phone is written."""
        digits = self.phone.replace(" ", "")
        written = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        written |= {"phone digits": digits, "phone abroad": digits[1:]}
        return [name for name, value in written.items() if value.casefold() in text.casefold()]


def make_canary(chance: random.Random) -> Canary:
    """Somebody new."""

    def word() -> str:
        return "".join(chance.choices(LETTERS, k=8)).capitalize()

    number = f"{chance.randrange(10_000):04}"
    first_name, last_name = f"Canari{word()}", f"Serin{word()}"
    return Canary(
        first_name=first_name,
        last_name=last_name,
        phone=f"06 39 98 {number[:2]} {number[2:]}",
        email=f"{first_name}.{last_name}@exemple.invalid".lower(),
        address=f"{chance.randint(1, 99)} rue {word()}",
    )


@pytest.fixture
def canary() -> Canary:
    """A person to book for; assert that no log holds them with `canary.leaks`."""
    return make_canary(random.SystemRandom())


def files_that_hold(canary: Canary, folder: Path) -> list[str]:
    """The files under a folder in which the person can be read."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path) for path in files if canary.leaks(path.read_text(errors="replace"))]
