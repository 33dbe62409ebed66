"""The lines of the shares: hours held beside the key, and who pays what."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.domain.cubes import TERRITORY
from app.domain.fair_share import Share
from app.services.figures import Board
from app.services.figures_shares import Shares
from app.web.filters import half_words
from app.web.statistics import words
from app.web.statistics.charts import Bar, bars
from app.web.statistics.tables import Names, in_order


def shares_shown(board: Board, names: Names, only: str | None) -> dict[str, Any]:
    """What the page is given of them; `only`: the INSEE code of who answers for that one alone,
    who is not told what the others pay.
    """
    shares = board.shares
    lines = share_lines(shares, names, only) if shares else []
    return {
        "shares": lines,
        "share_drawing": share_chart(lines),
        "share_title": half_words(board.share_half),
        "spread": spread_words(shares, names, only) if shares else "",
        "payers": payer_lines(shares, names) if shares and only is None else [],
    }


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One commune beside its key."""

    name: str
    share: Share
    held: str
    held_percent: str
    due_percent: str
    gap_points: str
    gap_hours: str
    is_within: bool
    cumulated: str
    """Gap in hours since January."""
    cumulated_points: str
    projected: str
    """Percents at the end of the half-year."""
    projected_gap: str
    due_euros: str
    received_euros: str


def share_lines(shares: Shares, names: Names, only: str | None) -> list[ShareLine]:
    """The communes in order; `only` keeps one of them, for who answers for that one."""
    told = {code: 1 for code in (*shares.to_date, *(shares.at_the_end or ())) if code != TERRITORY}
    codes = in_order(told, names)
    return [_share(shares, code, names) for code in codes if only in (None, code)]


NOTHING = Share(0, 0, 0, 0, 0)
"""Of a commune whose part has not begun: nothing is held, nothing is due."""


def _share(shares: Shares, code: str, names: Names) -> ShareLine:
    share, since = shares.to_date.get(code, NOTHING), shares.since_january.get(code)
    is_begun = bool(shares.to_date)
    ends = shares.at_the_end.get(code) if shares.at_the_end is not None else None
    cost = shares.cost
    return ShareLine(
        name=words.place_name(code, names),
        share=share,
        held=words.hours_words(share.held),
        held_percent=words.percent_words(share.held_hundredths) if is_begun else words.MASKED,
        due_percent=words.percent_words(share.due_hundredths) if is_begun else words.MASKED,
        gap_points=words.points_words(share.gap_hundredths) if is_begun else words.MASKED,
        gap_hours=words.signed_hours(share.gap),
        is_within=share.is_within(shares.tolerance),
        cumulated=words.signed_hours(since.gap) if since else words.MASKED,
        projected=words.percent_words(ends.held_hundredths) if ends else words.MASKED,
        projected_gap=words.points_words(ends.gap_hundredths) if ends else words.MASKED,
        cumulated_points=words.points_words(since.gap_hundredths) if since else words.MASKED,
        due_euros=words.euros_words(cost.due.get(code, 0)) if cost else "",
        received_euros=words.euros_words(cost.received.get(code, 0)) if cost else "",
    )


def payer_lines(shares: Shares, names: Names) -> list[tuple[str, str]]:
    """Who pays what of the period, bodies that are no commune included, and the total at the end;
    empty while nobody has set what the service costs.
    """
    if shares.cost is None:
        return []
    due = shares.cost.due
    lines = [(words.place_name(code, names), due[code]) for code in in_order(due, names)]
    told = [(name, words.euros_words(cents)) for name, cents in lines if cents]
    return [*told, ("Total", words.euros_words(sum(due.values())))]


def share_chart(lines: list[ShareLine]) -> Markup:
    """Held as a bar, due as a mark."""
    drawn = [
        Bar(
            line.name,
            line.share.held_hundredths,
            f"{line.held_percent} (clé : {line.due_percent})",
            mark=line.share.due_hundredths,
        )
        for line in lines
    ]
    return bars(drawn, "Part des heures tenues ; le trait montre la part de la clé")


def spread_words(shares: Shares, names: Names, only: str | None) -> str:
    """The hours held that are no commune's, as the key shares them: told beside, in no gap.

    Empty where there are none; `only` as in `share_lines`.
    """
    told = {code: share.spread for code, share in shares.to_date.items() if share.spread}
    parts = [
        f"{words.place_name(code, names)}{words.NBSP}: {words.hours_words(told[code])}"
        for code in in_order(told, names)
        if only in (None, code)
    ]
    return f"{words.NBSP}; ".join(parts)
