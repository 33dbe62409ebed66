"""The lines of a board, ready to be written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from babel.dates import format_date
from markupsafe import Markup

from app.domain.cubes import TERRITORY
from app.domain.fair_share import Share
from app.domain.hours import Hours
from app.domain.publication import SEVERAL_EACH
from app.domain.statistics import (
    Change,
    Figures,
    Outcomes,
    mean_delay_days,
    percentages,
    presence_rate,
)
from app.domain.statistics import portion as portion_of
from app.services.figures import Board, Publics, Told
from app.services.figures_shares import Shares
from app.web.statistics import words
from app.web.statistics.charts import Bar, bars
from app.web.statistics.definitions import DEFINITIONS

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its definition, and the same one a year before."""

    name: str
    definition: str
    now: str
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table about people, beside its drawing."""

    title: str
    lines: list[tuple[str, str, str]]
    """(answer, how many, percent)."""
    chart: Markup
    is_masked: bool
    note: str


def key_figures(board: Board) -> list[Line]:
    """Activities, people and appointments."""
    return [
        *_lines(board, "Activités", lambda each: each.figures.activities),
        *_lines(board, "Accompagnements", lambda each: each.figures.helped),
        *_lines(board, "Ateliers", lambda each: each.figures.workshops),
        *_lines(board, "Participations", lambda each: each.figures.participations),
        *_lines(board, "Déjà accompagnés", lambda each: each.figures.already_helped),
        *_lines(board, "Temps des activités", lambda each: each.figures.minutes, words.hours_words),
        _mean(board, "Durée moyenne", lambda each: _mean_minutes(each.figures)),
        *_lines(board, "Rattrapage", lambda each: each.late),
    ]


def appointment_figures(board: Board) -> list[Line]:
    """What became of appointments and of places in workshops, and how soon one is received."""
    return [
        *_lines(board, "Rendez-vous honorés", lambda each: each.outcomes.attended),
        *_lines(board, "Absences", lambda each: each.outcomes.absent),
        _mean(board, "Taux de présence", lambda each: _presence(each.outcomes)),
        *_lines(board, "Annulés par la personne", lambda each: each.outcomes.cancelled_by_person),
        *_lines(board, "Annulés par le service", lambda each: each.outcomes.cancelled_by_service),
        _mean(board, "Délai moyen", lambda each: _delay(each.outcomes)),
        *_lines(board, "Inscrits venus en atelier", lambda each: each.workshop_outcomes.attended),
        *_lines(board, "Inscrits absents en atelier", lambda each: each.workshop_outcomes.absent),
        _mean(board, "Taux de présence en atelier", lambda each: _presence(each.workshop_outcomes)),
        *_lines(
            board, "Inscriptions annulées", lambda each: each.workshop_outcomes.cancelled_by_person
        ),
        *_lines(
            board,
            "Places d’ateliers annulés",
            lambda each: each.workshop_outcomes.cancelled_by_service,
        ),
    ]


def hour_figures(board: Board) -> list[Line]:
    """Planned, lost, held, used and unused hours."""
    return [
        line
        for name, of in (
            ("Heures prévues", lambda each: each.hours.planned),
            ("Heures perdues", lambda each: each.hours.lost),
            ("Heures tenues", lambda each: each.hours.held),
            ("Heures utilisées", lambda each: each.hours.used),
            ("Heures libres", lambda each: each.hours.unused),
        )
        for line in _lines(board, name, of, words.hours_words)
    ]


def _mean_minutes(figures: Figures) -> str:
    return words.mean_words(figures.mean_minutes, "minutes")


def _presence(outcomes: Outcomes) -> str:
    return words.rate_words(presence_rate(outcomes))


def _delay(outcomes: Outcomes) -> str:
    return words.mean_words(mean_delay_days(outcomes), "jours")


def _lines(
    board: Board,
    name: str,
    of: Callable[[Told], int],
    written: Callable[[int], str] = str,
) -> Iterator[Line]:
    change = Change(of(board.now), of(board.before) if board.before else None)
    before = words.MASKED if change.before is None else written(change.before)
    percent = words.MASKED if change.percent is None else f"{change.percent:+}{words.NBSP}%"
    yield Line(name, DEFINITIONS[name], written(change.now), before, percent.replace("-", "−"))


def _mean(board: Board, name: str, of: Callable[[Told], str]) -> Line:
    before = of(board.before) if board.before else words.MASKED
    return Line(name, DEFINITIONS[name], of(board.now), before, "")


def month_chart(board: Board) -> tuple[list[tuple[str, str]], Markup]:
    """The minutes of activities by month: the lines of the table, and their drawing."""
    lines = [
        Bar(format_date(month, "LLLL y", locale="fr"), count, words.hours_words(count))
        for month, count in board.now.by_month.items()
    ]
    drawing = bars(lines, "Temps des activités par mois")
    return [(each.label, each.text) for each in lines], drawing


def commune_lines(board: Board, names: Names) -> list[tuple[str, Figures]]:
    """Activities by commune of the place, in the order of the names."""
    found = board.now.by_commune
    return [(words.place_name(code, names), found[code]) for code in in_order(found, names)]


def hours_lines(board: Board, names: Names) -> list[tuple[str, Hours, str]]:
    """Hours by commune, with why those that were lost were."""
    found = board.now.hours_by_commune
    return [
        (words.place_name(code, names), found[code], lost_words(found[code]))
        for code in in_order(found, names)
    ]


def lost_words(hours: Hours) -> str:
    """« Jour férié : 3 h ; Lieu fermé : 1 h »."""
    return " ; ".join(
        f"{words.CAUSES[cause]} : {words.hours_words(count)}"
        for cause, count in hours.lost_by_cause.items()
        if count
    )


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
    return Table(title, lines, bars(drawn, title), is_masked=False, note="")


def in_order(codes: Mapping[str, object], names: Names) -> list[str]:
    """Communes in the order of the territory, then the lines that are no commune."""
    return [
        *(each for each in names if each in codes),
        *(each for each in codes if each not in names),
    ]


def public_tables(board: Board) -> list[Table]:
    """The tables about people in which anything is counted."""
    return [
        _public(each)
        for each in board.publics
        if each.people and any(count != 0 for count in each.counts.values())
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
        return words.rate_words(portion_of(told[code], public.people))

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
    return Table(title, lines, bars(drawn, title), len(told) < len(counts), several)


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
    projected: str
    """Percents at the end of the half-year."""
    projected_gap: str
    due_euros: str
    received_euros: str


def share_lines(shares: Shares, names: Names, only: str | None) -> list[ShareLine]:
    """The communes in order; `only` keeps one of them, for who answers for that one."""
    codes = in_order({code: 1 for code in shares.to_date if code != TERRITORY}, names)
    return [_share(shares, code, names) for code in codes if only in (None, code)]


def _share(shares: Shares, code: str, names: Names) -> ShareLine:
    share, since = shares.to_date[code], shares.since_january.get(code)
    ends = shares.at_the_end.get(code) if shares.at_the_end is not None else None
    cost = shares.cost
    return ShareLine(
        name=words.place_name(code, names),
        share=share,
        held=words.hours_words(share.held),
        held_percent=words.percent_words(share.held_hundredths),
        due_percent=words.percent_words(share.due_hundredths),
        gap_points=words.points_words(share.gap_hundredths),
        gap_hours=words.signed_hours(share.gap),
        is_within=share.is_within(shares.tolerance),
        cumulated=words.signed_hours(since.gap) if since else words.MASKED,
        projected=words.percent_words(ends.held_hundredths) if ends else words.MASKED,
        projected_gap=words.points_words(ends.gap_hundredths) if ends else words.MASKED,
        due_euros=words.euros_words(cost.due.get(code, 0)) if cost else "",
        received_euros=words.euros_words(cost.received.get(code, 0)) if cost else "",
    )


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
