"""What the text messages of a month cost, by commune, in euros; and how near the ceiling is."""

from dataclasses import dataclass
from datetime import date, datetime

from babel.numbers import format_currency
from sqlalchemy.orm import Session

from app.services.catalogue import Catalogue
from app.services.sending_costs import (
    HUNDREDTHS,
    CeilingState,
    ceiling_state,
    month_cost,
    month_of,
)
from app.web import filters

NOBODY = "Sans commune"
REACHED = "Le plafond est atteint : plus aucun SMS ne part. Les personnes sont à appeler."


@dataclass(frozen=True, slots=True)
class ShownCosts:
    """A month of text messages, ready to be written."""

    month: str
    """« novembre 2026 »."""
    lines: list[tuple[str, int, str]]
    """(commune, how many SMS, euros)."""
    segments: int
    euros: str
    has_price: bool
    """Whether the territory said what an SMS costs."""
    ceiling: str
    """What the ceiling means now; empty while nobody set one."""
    is_near: bool


def costs_of_month(
    session: Session, catalogue: Catalogue, now: datetime, month: date
) -> ShownCosts:
    """The costs of the month that begins on that day; the ceiling is that of this month."""
    found, state = month_cost(session, month), ceiling_state(session, catalogue, now)
    names = {each.id: each.name for each in catalogue.communes}
    return ShownCosts(
        month=filters.month(month),
        lines=[
            (names.get(line.commune_id or 0, NOBODY), line.segments, _euros(line.cost))
            for line in found.lines
        ],
        segments=found.segments,
        euros=_euros(found.cost),
        has_price=catalogue.settings.sms_price_hundredths > 0,
        ceiling=ceiling_words(state),
        is_near=state.is_near,
    )


def ceiling_words(state: CeilingState) -> str:
    """« 12,00 € dépensés sur 50,00 € ce mois-ci. »"""
    if state.ceiling is None:
        return ""
    told = f"{_euros(state.spent)} dépensés sur {_euros(state.ceiling)} ce mois-ci."
    if state.is_reached:
        return f"{told} {REACHED}"
    return told


def months_shown(catalogue: Catalogue, now: datetime) -> tuple[date, date]:
    """This month and the one before, by their first day."""
    this = month_of(catalogue, now)
    before = date(this.year - (this.month == 1), (this.month - 2) % 12 + 1, 1)
    return this, before


def _euros(hundredths: int) -> str:
    return format_currency(hundredths / HUNDREDTHS, "EUR", locale=filters.language())
