"""What a process of the storm was told by the site, to be held against the database afterwards."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Promise:
    """What the site said last of one appointment: where and when, or that it is cancelled."""

    form_key: str
    starts_at: str
    """ISO, UTC."""
    venue: str | None
    is_cancelled: bool = False


@dataclass(slots=True)
class Ledger:
    """One process's account. `promises` holds only appointments that nobody else touches."""

    promises: dict[str, Promise] = field(default_factory=dict)
    """By token."""
    twins: dict[str, list[str]] = field(default_factory=dict)
    """Form key → the tokens answered for it, where several processes send the same form."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """How often each act ended in each way."""
    complaints: list[str] = field(default_factory=list)
    """What was wrong at once: an answer that is no refusal of the rules, a token that changed."""

    def note(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Ledger":
        given = json.loads(text)
        promises = {token: Promise(**told) for token, told in given.pop("promises").items()}
        return cls(promises=promises, **given)
