"""Shares and money of a half-year whose payers come and go, before its closing and ever after."""

from sqlalchemy import delete

from app.domain.half_year import HalfYear
from app.models.attendance import SharingKeyRow
from app.services.figures_shares import Shares, read_shares
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from app.services.transaction import write_transaction
from tests.domain.three_communes import SPRING, on
from tests.support.spring import AFTER, live_spring
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import territory

COST = 24_895_70
AUTUMN = HalfYear(2026, 2)


def payers(stage: Stage, *declared: dict[str, object]) -> None:
    told = territory(annual_cost_cents=COST)
    stage.change_territory({**told, "payers": list(declared)})


def shares(stage: Stage, half: HalfYear = SPRING) -> Shares | None:
    closed = closed_half_years(stage.session)
    return read_shares(stage.session, stage.catalogue, half, closed, today=AFTER.date())


def lived_without_agreed_key(stage: Stage) -> None:
    """The file of the territory implies each key."""
    live_spring(stage)
    with write_transaction(stage.session):
        stage.session.execute(delete(SharingKeyRow))


def test_payers_that_came_and_left_stay_what_they_were_once_it_is_closed(stage: Stage) -> None:
    """Amont pays from March on, Partie until June; a body pays half. Then all of it changes."""
    lived_without_agreed_key(stage)
    amont = {"code": "amont", "name": "Amont", "commune": "amont", "share_hundredths": 3_000}
    partie = {"code": "partie", "name": "Partie", "commune": "partie", "share_hundredths": 2_000}
    body = {"code": "cdc", "name": "Communauté", "share_hundredths": 5_000}
    payers(stage, {**amont, "valid_from": on(3, 1)}, partie, body)
    before = shares(stage)
    assert before is not None
    assert before.cost is not None
    due = before.cost.due
    assert sum(due.values()) == 12_345_54
    assert due["cdc"] > due["17004"] > due["17001"] > 0
    assert set(before.to_date) >= {"17001", "17004"}

    clerk = coordinator(stage.session)
    close_half_year(stage.session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    payers(stage, {**amont, "share_hundredths": 10_000})
    assert shares(stage) == before


def test_the_first_half_year_of_a_service_shows_its_hours_without_the_days_before_its_key(
    stage: Stage,
) -> None:
    """Nothing was held on 1 January, but the cost runs; in autumn, spring's hours had no key."""
    lived_without_agreed_key(stage)
    amont = {"code": "amont", "name": "Amont", "commune": "amont"}
    payers(stage, {**amont, "valid_from": on(1, 2)})
    first = shares(stage)
    assert first is not None
    assert first.to_date == first.since_january
    assert first.to_date["17001"].held > 0
    assert (first.cost, first.without_cost_key) == (None, on(1, 1))

    payers(stage, {**amont, "valid_from": on(7, 1)})
    assert shares(stage) is None, "its hours themselves were held on days without a key"
    autumn = shares(stage, AUTUMN)
    assert autumn is not None
    assert autumn.since_january == {}
    assert autumn.at_the_end is not None
    assert autumn.cost is not None
    assert (sum(autumn.cost.due.values()), autumn.without_cost_key) == (COST - 12_345_54, None)
