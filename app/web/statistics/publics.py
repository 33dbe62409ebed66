"""The tables about people, each beside its drawing; what is masked is said to be."""

from dataclasses import dataclass

from markupsafe import Markup

from app.domain.publication import SEVERAL_EACH
from app.domain.statistics import percentages
from app.domain.statistics import portion as portion_of
from app.services.figures import Board
from app.services.figures_publics import Publics
from app.web.statistics import words
from app.web.statistics.charts import Bar, bars
from app.web.statistics.definitions import DEFINITIONS, PUBLICS
from app.web.statistics.tables import Names, in_order


@dataclass(frozen=True, slots=True)
class Table:
    """A table about people, beside its drawing."""

    title: str
    definition: str
    lines: list[tuple[str, str, str]]
    """(answer, how many, percent)."""
    chart: Markup
    is_masked: bool
    note: str


def residence_table(board: Board, names: Names) -> Table | None:
    """Where people live."""
    found = board.now.by_residence
    people = sum(found.values())
    if not people:
        return None
    percents = percentages(found) or {}
    lines = [
        (words.place_name(code, names), str(found[code]), f"{percents[code]}{words.NBSP}%")
        for code in in_order(found, names)
    ]
    drawn = [Bar(name, int(count), count) for name, count, _percent in lines]
    title = "Commune de résidence"
    return Table(title, DEFINITIONS[title], lines, bars(drawn, title), is_masked=False, note="")


def public_tables(board: Board) -> list[Table]:
    """The tables about people in which anything is counted."""
    return [
        _public(each)
        for each in board.publics
        if each.base and any(count != 0 for count in each.counts.values())
    ]


def _public(public: Publics) -> Table:
    counts = public.counts
    told = {code: count for code, count in counts.items() if count is not None}
    is_whole = len(told) == len(counts) and public.family not in SEVERAL_EACH
    percents = percentages(told) if is_whole else None

    def percent(code: str) -> str:
        if code not in told:
            return words.MASKED
        if percents is not None:
            return f"{percents[code]}{words.NBSP}%"
        return words.rate_words(portion_of(told[code], public.base))

    title = words.FAMILIES[public.family]
    lines = [
        (
            words.label_of(public.family, code),
            words.MASKED if count is None else str(count),
            percent(code),
        )
        for code, count in counts.items()
        if count != 0
    ]
    drawn = [
        Bar(words.label_of(public.family, code), count, str(count))
        for code, count in told.items()
        if count
    ]
    several = "Une personne peut compter plusieurs fois." if public.family in SEVERAL_EACH else ""
    is_masked = len(told) < len(counts)
    return Table(title, PUBLICS[public.family], lines, bars(drawn, title), is_masked, several)
