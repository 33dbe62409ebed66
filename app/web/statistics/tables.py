"""The lines of a board, ready to be written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from markupsafe import Markup

from app.domain.hours import Hours
from app.domain.statistics import (
    Change,
    Figures,
    Outcomes,
    mean_delay_days,
    presence_rate,
)
from app.services.figures import Board, Told
from app.services.figures_unmet import Unmet
from app.web.filters import first_upper
from app.web.filters import month as month_words
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
        *_unmet(board),
    ]


def _unmet(board: Board) -> Iterator[Line]:
    if board.now.unmet is not None:
        yield from _lines(board, "Recherches sans heure libre", lambda each: _none(each).permanence)
        yield from _lines(board, "Recherches de visite sans heure", lambda each: _none(each).visit)


def _none(told: Told) -> Unmet:
    return told.unmet or Unmet()


@dataclass(frozen=True, slots=True)
class Extras:
    """What a convention may add to the hours held: distant communes cost travel."""

    with_travel: bool = False
    with_preparation: bool = False

    @property
    def name(self) -> str:
        """« Tenues avec trajet »; empty where nothing is added."""
        added = ["trajet"] * self.with_travel + ["préparation"] * self.with_preparation
        return f"Tenues avec {' et '.join(added)}" if added else ""

    def of(self, hours: Hours) -> int:
        """The minutes held, with what is added."""
        return hours.given(with_travel=self.with_travel, with_preparation=self.with_preparation)


def hour_figures(board: Board, extras: Extras) -> list[Line]:
    """Planned, lost, held, used and unused hours, and those held with what is added to them."""
    told: list[tuple[str, Callable[[Told], int]]] = [
        ("Heures prévues", lambda each: each.hours.planned),
        ("Heures perdues", lambda each: each.hours.lost),
        ("Heures tenues", lambda each: each.hours.held),
        ("Heures utilisées", lambda each: each.hours.used),
        ("Heures libres", lambda each: each.unused),
    ]
    if extras.name:
        told.insert(3, (extras.name, lambda each: extras.of(each.hours)))
    return [line for name, of in told for line in _lines(board, name, of, words.hours_words)]


def _mean_minutes(figures: Figures) -> str:
    return words.mean_words(figures.mean_minutes, "minute")


def _presence(outcomes: Outcomes) -> str:
    return words.rate_words(presence_rate(outcomes))


def _delay(outcomes: Outcomes) -> str:
    return words.mean_words(mean_delay_days(outcomes), "jour")


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
        Bar(first_upper(month_words(month)), count, words.hours_words(count))
        for month, count in board.now.by_month.items()
    ]
    drawing = bars(lines, "Temps des activités par mois")
    return [(each.label, each.text) for each in lines], drawing


def is_cut(until: date, board: Board) -> bool:
    """Whether last year is counted up to that day only, as the period itself goes on."""
    then = board.scope.year_before
    return board.before is not None and then[0].first <= until < then[-1].last


def before_title(until: date, board: Board) -> str:
    """The heading of last year's column: of a period that goes on, up to which month it counts."""
    if not is_cut(until, board):
        return "Un an avant"
    return f"Un an avant, jusqu’à fin {format_date(until, 'LLLL', locale='fr')}"


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


def in_order(codes: Mapping[str, object], names: Names) -> list[str]:
    """Communes in the order of the territory, then the lines that are no commune."""
    return [
        *(each for each in names if each in codes),
        *(each for each in codes if each not in names),
    ]
