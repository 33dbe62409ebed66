"""What the address of a board asks: a period, and a commune, a counsellor or the territory."""

from dataclasses import dataclass

from flask import request

from app.domain.access import Action, Role, Subject
from app.domain.half_year import HalfYear
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services.agenda import counsellor_names
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.figures_scope import Scope
from app.services.figures_time import read_insee
from app.services.half_years import closed_half_years
from app.web.access import allow, current_actor, may
from app.web.clock import utc_now
from app.web.filters import half_words
from app.web.numbers import small_number
from app.web.statistics.tables import Extras

TEAM = {Role.COORDINATOR, Role.COUNSELLOR}
"""Who reads figures about people as they are; everybody else reads them as published."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A board that may be shown to whoever asks, and what may be asked instead."""

    period: str
    scope: Scope
    commune: CommuneEntry | None
    counsellor_id: int | None
    periods: list[tuple[str, str]]
    communes: list[CommuneEntry]
    counsellors: list[tuple[int, str]]
    """To choose from; empty for who has no choice."""
    has_territory: bool
    extras: Extras


def asked(catalogue: Catalogue) -> Asked:
    """What this address asks. Raises SubjectUnknown for what does not exist, or is not theirs."""
    actor = current_actor()
    periods = _periods(catalogue)
    period = request.args.get("periode") or periods[0][0]
    communes = _communes(catalogue)
    commune, counsellor_id = _commune(catalogue, communes), _counsellor_id()
    names = counsellor_names(db.session())
    if counsellor_id is not None and (commune or counsellor_id not in names):
        raise SubjectUnknown  # nor one counsellor in one commune: too few people
    allow(Action.SEE_STATISTICS, _subject(commune, counsellor_id))
    scope = Scope(
        halves=_halves(period, periods),
        commune=read_insee(db.session())[commune.id] if commune else None,
        counsellor=(counsellor_id, names[counsellor_id][0]) if counsellor_id else None,
        is_masked=actor.role not in TEAM,
        with_shares=counsellor_id is None and may(Action.SEE_SHARES, _subject(commune, None)),
    )
    is_free = actor.role is Role.COORDINATOR
    return Asked(
        period=period,
        scope=scope,
        commune=commune,
        counsellor_id=counsellor_id,
        periods=periods,
        communes=communes if actor.role is not Role.COUNSELLOR else [],
        counsellors=[(each, name) for each, (_code, name) in names.items()] if is_free else [],
        has_territory=may(Action.SEE_STATISTICS, Subject()),
        extras=Extras(_is_ticked("trajet"), _is_ticked("preparation")),
    )


def _is_ticked(name: str) -> bool:
    """Raises SubjectUnknown for an address that no form of ours writes."""
    typed = request.args.get(name)
    if typed not in (None, "oui"):
        raise SubjectUnknown
    return typed is not None


def _subject(commune: CommuneEntry | None, counsellor_id: int | None) -> Subject:
    return Subject(
        commune_ids=frozenset({commune.id} if commune else ()),
        counsellor_ids=frozenset({counsellor_id} if counsellor_id else ()),
    )


def _communes(catalogue: Catalogue) -> list[CommuneEntry]:
    """Those whose board may be read."""
    return [each for each in catalogue.communes if may(Action.SEE_STATISTICS, _subject(each, None))]


def _commune(catalogue: Catalogue, own: list[CommuneEntry]) -> CommuneEntry | None:
    """The one asked for; else the first own one of who answers for communes."""
    slug = request.args.get("commune")
    if not slug:
        return own[0] if current_actor().commune_ids and own else None
    for commune in catalogue.communes:
        if commune.slug == slug:
            return commune
    raise SubjectUnknown


def _counsellor_id() -> int | None:
    """The counsellor asked for; a counsellor's board is their own."""
    typed = request.args.get("conseiller")
    if not typed:
        actor = current_actor()
        return actor.counsellor_id if actor.role is Role.COUNSELLOR else None
    number = small_number(typed)
    if number is None:
        raise SubjectUnknown
    return number


def _halves(period: str, offered: list[tuple[str, str]]) -> tuple[HalfYear, ...]:
    """« 2026-1 », or « 2026 » for its two halves. Raises SubjectUnknown for any other."""
    if period not in dict(offered):
        raise SubjectUnknown
    if "-" in period:
        return (HalfYear.parse(period),)
    return HalfYear(int(period), 1), HalfYear(int(period), 2)


def _periods(catalogue: Catalogue) -> list[tuple[str, str]]:
    """The half-year of today first, then back to the first closed one; each year after its own."""
    half = HalfYear.of(catalogue.today(utc_now()))
    oldest = min([half.year - 1, *(each.year for each in closed_half_years(db.session()))])
    found: list[tuple[str, str]] = []
    for year in range(half.year, oldest - 1, -1):
        halves = [each for each in (HalfYear(year, 2), HalfYear(year, 1)) if each <= half]
        found += [(each.code, half_words(each)) for each in halves]
        found.append((str(year), f"Année {year}"))
    return found
