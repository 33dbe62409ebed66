"""What the processes of a storm are told."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How many processes, how many attempts by each, and for how many phones together."""

    processes: int = 8
    attempts: int = 250
    phones: int = 36


@dataclass(frozen=True, slots=True)
class Orders:
    """Where, how often, and with which luck."""

    url: str
    size: Size
    seed: int
    shared: tuple[str, ...]
    """Tokens of appointments that every process moves and cancels."""

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Orders":
        given = json.loads(text)
        size = Size(**given.pop("size"))
        return cls(size=size, shared=tuple(given.pop("shared")), **given)
