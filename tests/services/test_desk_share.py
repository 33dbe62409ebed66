"""The half-days of a commune, counted for the desk: told only once they have all been held."""

from datetime import datetime

from app.domain.sharing import KeyKind, Part, SharingKey
from app.services.desk_share import half_days_spent
from app.services.sharing_keys import add_key
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, TODAY, at, territory

THURSDAY, FRIDAY = at("2026-11-26T08:00"), at("2026-11-27T08:00")


def spent(stage: Stage, slug: str, now: datetime) -> int | None:
    stage.session.rollback()
    commune = stage.catalogue.commune(slug)
    return half_days_spent(stage.session, stage.catalogue, commune, now=now)


def test_a_commune_that_had_its_half_days_is_told_from_the_next_day_on(stage: Stage) -> None:
    """The week of the stage begins on Tuesday 24 November and is planned to the end of the year."""
    parts = (Part("17001", 700), Part("17002", 9_300))
    key = SharingKey(KeyKind.TIME, TODAY, parts)
    add_key(stage.session, key, by=coordinator(stage.session), now=NOW)
    half_days = spent(stage, "amont", FRIDAY)
    assert half_days == 4, "7 % of all the half-days; 12 hours were held on Tuesday and Thursday"
    assert spent(stage, "amont", THURSDAY) is None, "8 hours of 12"
    assert spent(stage, "aval", FRIDAY) is None, "nearly everything is due to it"
    assert spent(stage, "butte", FRIDAY) is None, "due nothing: nothing is used up"
    stage.change_territory(territory(half_day_minutes=90))
    assert spent(stage, "amont", FRIDAY) == 8, "shorter half-days are more of them"


def test_without_a_key_in_force_nothing_is_said(stage: Stage) -> None:
    stage.change_territory({**territory(), "payers": []})
    assert spent(stage, "amont", FRIDAY) is None
    assert spent(stage, "amont", NOW) is None
