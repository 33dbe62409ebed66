"""A territory file as a whole: the two that ship, the demo's, and what is refused."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.domain.checks import InvalidFile
from app.domain.overlay import merge_overlay
from app.domain.territory import parse_territory
from app.domain.territory_entries import TerritoryFile
from tests.support.territory_sample import REMOVED, SAMPLE, spoiled

TERRITORIES = Path(__file__).parents[2] / "territories"
SHIPPED = ("presquile-arvert", "ile-oleron")


def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((TERRITORIES / f"{name}.toml").read_text(encoding="utf-8"))


def refusals(raw: Mapping[str, Any]) -> list[str]:
    with pytest.raises(InvalidFile) as refusal:
        parse_territory(raw)
    return [str(problem) for problem in refusal.value.problems]


def test_a_valid_file_gives_all_that_it_says() -> None:
    territory = parse_territory(SAMPLE)
    assert (territory.slug, territory.name, territory.department) == (
        "deux-rives",
        "Les Deux Rives",
        "17",
    )
    assert (territory.timezone, territory.school_zone) == ("Europe/Paris", "A")
    assert territory.population_vintage == 2023
    assert territory.settings == {"upcoming_limit": 3}
    assert [commune.slug for commune in territory.communes] == ["amont", "aval"]


def test_what_only_the_operator_knows_may_be_empty_but_is_told() -> None:
    territory = parse_territory(spoiled(service__phone="", texts__controllers=REMOVED))
    warned = {warning.key for warning in territory.warnings}
    assert {"service.phone", "texts.controllers", "texts.dpo", "texts.host_name"} <= warned
    assert "service.email" not in warned


BAD = [
    ({"territory": REMOVED}, "territory.slug : manque"),
    ({"territory__department": "170"}, "territory.department : « 170 » n'a pas la forme"),
    ({"territory__timezone": "Europe/Arvert"}, "territory.timezone : « Europe/Arvert » n'est pas"),
    ({"territory__timezone": "../etc"}, "territory.timezone : « ../etc » n'est pas un fuseau"),
    ({"territory__school_zone": "D"}, "territory.school_zone : « D » : choisir parmi A, B, C"),
    ({"territory__population_vintage": 23}, "territory.population_vintage : 23 n'est pas entre"),
    ({"territory__maire": "x"}, "territory.maire : clé inconnue"),
    ({"settings__upcoming_limits": 2}, "settings.upcoming_limits : réglage inconnu"),
    ({"settings__upcoming_limit": 0}, "settings.upcoming_limit : doit être entre"),
    ({"communes": REMOVED}, "communes : au moins une est nécessaire"),
    ({"communes": []}, "communes : au moins une est nécessaire"),
    ({"communes": "x"}, "communes : on attend ici des tables [[communes]]"),
    ({"venues": REMOVED}, "venues : au moins une est nécessaire"),
    ({"topics": REMOVED}, "topics : au moins une est nécessaire"),
    ({"habitants": {}}, "habitants : clé inconnue"),
]


@pytest.mark.parametrize(("changes", "expected"), BAD)
def test_a_bad_file_is_refused_with_the_key_and_the_reason(
    changes: dict[str, Any], expected: str
) -> None:
    found = refusals(spoiled(**changes))
    assert any(problem.startswith(expected) for problem in found), found


def test_every_problem_is_told_at_once() -> None:
    found = refusals(
        spoiled(
            territory__slug="Deux Rives",
            settings__upcoming_limit=0,
            settings__late="x",
            communes__0__insee_code="1",
            venues__0__sms_name="mairie d’Amont",
        )
    )
    assert {problem.split(" : ")[0] for problem in found} == {
        "communes[1].insee_code",
        "settings.late",
        "settings.upcoming_limit",
        "territory.slug",
        "venues[1].sms_name",
    }


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> TerritoryFile:
    return parse_territory(read_toml(request.param))


def test_each_shipped_territory_is_valid_and_invents_nothing(shipped: TerritoryFile) -> None:
    assert "service.phone" in {warning.key for warning in shipped.warnings}
    assert not any(venue.access.fr or venue.access.en for venue in shipped.venues)
    assert shipped.texts.accessibility_state == "non conforme"


def test_each_shipped_commune_is_served_at_its_town_hall(shipped: TerritoryFile) -> None:
    served = [commune.slug for commune in shipped.communes if commune.bookable]
    assert [venue.commune for venue in shipped.venues] == served
    for venue in shipped.venues:
        (commune,) = (each for each in shipped.communes if each.slug == venue.commune)
        assert (venue.address, venue.postal_line) == (
            commune.town_hall.address,
            commune.town_hall.postal_line,
        )


def test_each_shipped_pair_of_communes_has_its_minutes(shipped: TerritoryFile) -> None:
    count = len(shipped.communes)
    assert len(shipped.travel) == count * (count - 1)


def test_the_ten_topics_are_those_agreed(shipped: TerritoryFile) -> None:
    assert {topic.code: topic.minutes for topic in shipped.topics} == {
        "demarche": 60,
        "motdepasse": 45,
        "email": 45,
        "telephone": 45,
        "ordinateur": 60,
        "sante-en-ligne": 45,
        "proches": 45,
        "achats": 45,
        "emploi": 60,
        "autre": 45,
    }
    assert [topic.code for topic in shipped.topics if topic.sensitive] == ["sante-en-ligne"]


def test_shown_names_use_the_apostrophe_of_the_web(shipped: TerritoryFile) -> None:
    shown = [shipped.name, shipped.service.name, shipped.service.slogan.fr]
    for commune in shipped.communes:
        shown += [commune.name, commune.name_in, commune.name_of, commune.town_hall.postal_line]
    shown += [text for venue in shipped.venues for text in (venue.name, venue.postal_line)]
    shown += [text for topic in shipped.topics for text in (topic.label.fr, topic.bring.fr)]
    assert not [text for text in shown if "'" in text]


def test_the_second_territory_has_a_key_that_is_not_the_population() -> None:
    payers = {payer.code: payer for payer in parse_territory(read_toml("ile-oleron")).payers}
    assert payers["cc-ile-oleron"].commune == ""
    assert payers["cc-ile-oleron"].share_hundredths == 5000
    assert payers["saint-georges-d-oleron"].share_hundredths == 1125
    assert payers["saint-pierre-d-oleron"].share_hundredths == 450


def test_a_commune_of_the_second_territory_pays_without_access() -> None:
    territory = parse_territory(read_toml("ile-oleron"))
    assert [commune.slug for commune in territory.communes if not commune.bookable] == [
        "saint-pierre-d-oleron"
    ]


def test_the_demo_gives_a_fictional_phone_on_every_page() -> None:
    raw = merge_overlay(read_toml("presquile-arvert"), read_toml("demo-overlay"))
    territory = parse_territory(raw)
    assert territory.warnings == ()
    assert territory.service.phone == "05 36 49 00 00"
    assert territory.service.phone_hours.fr == (
        "du lundi au vendredi, de 9\u00a0h à 12\u00a0h et de 14\u00a0h à 17\u00a0h"
    )
