"""What a page says of each touched appointment, and the answers that it offers."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.impact import Proposal, Way, default_of
from app.services.handover import engaged, place_name
from app.services.impact_draft import Draft, neighbours, touched_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal, with the names that a page says."""

    key: str
    way: Way
    colleague: str | None = None
    """First name of who would hold it."""
    starts_at: datetime | None = None
    window_ends_at: datetime | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment that the plan touches, and what can be done about it, best first."""

    appointment_id: int
    reference: int | None
    person: str
    """First name and initial."""
    starts_at: datetime
    counsellor_id: int
    counsellor: str
    place: str
    choices: tuple[Choice, ...]
    chosen: str
    """The key of the choice that holds unless another is chosen."""
    is_visit: bool = False
    gives_way: bool = False
    """Of who replaces a colleague: they will not be there any more."""

    @property
    def way(self) -> Way:
        """Of that choice."""
        return Way(self.chosen.partition(".")[0])


def lines_of(draft: Draft) -> list[Line]:
    """One line after the other: what one is given, the next ones cannot have.

    Who replaces a colleague takes over first; their own appointments then give way. One that has
    nowhere to go keeps its hour until somebody calls: all is worked out again around it.
    """
    staying: set[int] = set()
    while True:
        lines = _lines(draft, staying)
        stuck = {each.appointment_id for each in lines if each.gives_way and each.way is Way.CALL}
        if stuck <= staying:
            return lines
        staying |= stuck


def _lines(draft: Draft, staying: Set[int]) -> list[Line]:
    leaving = [
        engaged(row.Engagement)
        for row in draft.rows
        if draft.gives_way(row) and row.Appointment.id not in staying
    ]
    board, lines = draft.board.without(leaving), []
    for row in sorted(draft.rows, key=draft.gives_way):
        touched = touched_of(draft.catalogue, row)
        proposals = board.proposals(touched, neighbours(draft, touched))
        chosen = default_of(proposals)
        board.write(touched, chosen)
        choices = tuple(_choice(draft, each) for each in proposals)
        lines.append(_line(draft, row, choices, chosen.key))
    return lines


def _line(draft: Draft, row: Any, choices: tuple[Choice, ...], chosen: str) -> Line:
    resident = row.Appointment.resident
    return Line(
        appointment_id=row.Appointment.id,
        reference=row.Appointment.reference,
        person=f"{resident.first_name} {resident.last_name[:1]}.",
        starts_at=row.Engagement.starts_at,
        counsellor_id=row.Engagement.counsellor_id,
        counsellor=row.first_name,
        place=place_name(draft.catalogue, row.Engagement.place),
        choices=choices,
        chosen=chosen,
        is_visit=row.Engagement.place is not None and row.Engagement.place.venue_id is None,
        gives_way=draft.gives_way(row),
    )


def _choice(draft: Draft, proposal: Proposal) -> Choice:
    slot = proposal.slot
    holder = slot.counsellor_id if slot else proposal.counsellor_id
    return Choice(
        key=proposal.key,
        way=proposal.way,
        colleague=next((each.first_name for each in draft.counsellors if each.id == holder), None),
        starts_at=slot.starts_at if slot else None,
        window_ends_at=slot.window_ends_at if slot else None,
        place=place_name(draft.catalogue, slot.place) if slot else None,
    )
