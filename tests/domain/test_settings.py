"""The settings that a territory may choose, and those it may not."""

from dataclasses import FrozenInstanceError, fields

import pytest

from app.domain.access import Role
from app.domain.settings import InvalidSetting, OtherCommune, Settings


def test_the_defaults_are_those_that_ship() -> None:
    settings = Settings()
    assert (settings.notice_working_days, settings.visit_notice_working_days) == (1, 2)
    assert settings.booking_window_days == 60
    assert (settings.change_until_minutes, settings.cancel_until_minutes) == (120, 0)
    assert settings.upcoming_limit == 2
    assert settings.neighbours_from_days is None
    assert settings.other_commune is OtherCommune.REFUSE
    assert (settings.times_per_day, settings.days_shown) == (3, 2)
    assert settings.foreign_sms is False


def test_a_territory_changes_what_it_names_and_nothing_else() -> None:
    chosen = {"upcoming_limit": 3, "other_commune": "allow", "foreign_sms": True}
    settings = Settings.from_mapping(chosen | {"neighbours_from_days": 7})
    assert settings == Settings(
        upcoming_limit=3,
        other_commune=OtherCommune.ALLOW,
        foreign_sms=True,
        neighbours_from_days=7,
    )


def test_roles_that_must_have_the_second_step_are_told_once_in_order() -> None:
    given = ["CCAS_AGENT", "COORDINATOR", "CCAS_AGENT"]
    settings = Settings.from_mapping({"second_step_roles": given})
    assert settings.second_step_roles == (Role.COORDINATOR, Role.CCAS_AGENT)


def test_off_may_be_said() -> None:
    assert Settings.from_mapping({"neighbours_from_days": None}) == Settings()
    for off in (None, False):  # a file of the territory has no « null »
        assert Settings.from_mapping({"account_idle_days": off}).account_idle_days is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("horizon", 3, "inconnu"),
        ("upcoming_limit", 0, "entre 1 et 50"),
        ("published_people", 10, "entre 11 et 1000"),
        ("published_cell", 4, "entre 5 et 100"),
        ("upcoming_limit", 51, "entre 1 et 50"),
        ("upcoming_limit", "2", "nombre entier"),
        ("upcoming_limit", 2.0, "nombre entier"),
        ("upcoming_limit", True, "nombre entier"),
        ("upcoming_limit", None, "nombre entier"),
        ("neighbours_from_days", -1, "entre 0 et 365"),
        ("foreign_sms", "oui", "true ou false"),
        ("foreign_sms", 1, "true ou false"),
        ("other_commune", "maybe", "« refuse » ou « allow »"),
        ("other_commune", 3, "« refuse » ou « allow »"),
        ("second_step_roles", "COORDINATOR", "liste parmi « COORDINATOR », "),
        ("second_step_roles", ["ADMIN"], "liste parmi « COORDINATOR », "),
        ("second_step_roles", [1], "liste parmi « COORDINATOR », "),
    ],
)
def test_a_bad_setting_is_named_with_its_reason(key: str, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=f"{key} : .*{reason}") as refused:
        Settings.from_mapping({"booking_window_days": 30, key: value})
    assert isinstance(refused.value, InvalidSetting)
    assert refused.value.key == key
    assert reason in refused.value.reason


def test_every_default_may_be_said_aloud() -> None:
    defaults = {each.name: getattr(Settings(), each.name) for each in fields(Settings)}
    assert Settings.from_mapping(defaults) == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().upcoming_limit = 5  # type: ignore[misc]
