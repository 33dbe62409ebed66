"""Communes, venues, travel minutes and payers of a territory file."""

from datetime import date, time
from typing import Any

import pytest

from app.domain.checks import BothLanguages, InvalidFile
from app.domain.territory import parse_territory
from app.domain.territory_entries import (
    DeclaredPayer,
    DeclaredTravel,
    DeclaredVenue,
    OpeningHours,
    TownHall,
)
from tests.support.territory_sample import REMOVED, SAMPLE, VENUE, spoiled

BAD_COMMUNES = [
    ({"communes__0__slug": "Amont"}, "communes[1].slug : « Amont » n'a pas la forme"),
    ({"communes__1__slug": "amont"}, "communes[2].slug : « amont » est déjà pris"),
    ({"communes__1__insee_code": "17001"}, "communes[2].insee_code : « 17001 » est déjà pris"),
    ({"communes__0__insee_code": "2C001"}, "communes[1].insee_code : « 2C001 » n'a pas la forme"),
    ({"communes__0__postal_code": 17000}, "communes[1].postal_code : on attend ici un texte"),
    ({"communes__0__siren": "12"}, "communes[1].siren : « 12 » n'a pas la forme"),
    ({"communes__0__population": 0}, "communes[1].population : 0 n'est pas entre"),
    ({"communes__0__latitude": 91}, "communes[1].latitude : 91 n'est pas entre"),
    ({"communes__0__longitude": REMOVED}, "communes[1].longitude : manque"),
    ({"communes__0__name_in": REMOVED}, "communes[1].name_in : manque"),
    ({"communes__0__bookable": "oui"}, "communes[1].bookable : on attend ici true ou false"),
    ({"communes__0__mayor": "x"}, "communes[1].mayor : clé inconnue"),
    ({"communes__0__town_hall__fax": "x"}, "communes[1].town_hall.fax : clé inconnue"),
    (
        {"communes__0__town_hall__phone": "05.46"},
        "communes[1].town_hall.phone : « 05.46 » n'a pas la forme",
    ),
    (
        {
            "communes__0__active_from": date(2026, 6, 1),
            "communes__0__active_until": date(2026, 5, 31),
        },
        "communes[1].active_until : 2026-05-31 est avant active_from (2026-06-01)",
    ),
]
HOURS = "communes[1].town_hall.opening_hours"
BAD_HOURS = [
    ({"monday": ["08:30-12:00"]}, f"{HOURS}.monday : clé inconnue"),
    ({"lundi": ["8:30-12:00"]}, f"{HOURS}.lundi : « 8:30-12:00 » n'a pas la forme"),
    ({"lundi": ["08:30"]}, f"{HOURS}.lundi : « 08:30 » n'a pas la forme"),
    ({"lundi": ["12:00-08:30"]}, f"{HOURS}.lundi : « 12:00-08:30 » n'a pas la forme"),
    (
        {"lundi": ["08:30-12:00", "11:00-13:00"]},
        f"{HOURS}.lundi : « 11:00-13:00 » commence avant la fin",
    ),
]
BAD_VENUES = [
    ({"venues__0__commune": "ailleurs"}, "venues[1].commune : « ailleurs » n'est pas une commune"),
    ({"venues__0__commune": REMOVED}, "venues[1].commune : manque"),
    ({"venues__1": VENUE}, "venues[2].slug : « mairie-amont » est déjà pris"),
    ({"venues__0__sms_name": "m" * 21}, "venues[1].sms_name : 21 caractères, 20 au plus"),
    ({"venues__0__sms_name": "Château"}, "venues[1].sms_name : caractères impossibles"),
    ({"venues__0__access": {"fr": "x"}}, "venues[1].access.en : les deux langues"),
]
BAD_TRAVEL = [
    ({"travel__amont": {"aval": -1}}, "travel.amont.aval : -1 n'est pas entre 0 et 240"),
    ({"travel__amont": {"aval": 241}}, "travel.amont.aval : 241 n'est pas entre 0 et 240"),
    ({"travel__amont": {"aval": "25"}}, "travel.amont.aval : on attend ici un nombre entier"),
    ({"travel__amont": {"amont": 0}}, "travel.amont.amont : pas de trajet d'une commune à elle"),
    ({"travel__amont": {"ici": 5}}, "travel.amont.ici : n'est pas une commune du fichier"),
    ({"travel__ici": {"aval": 5}}, "travel.ici : n'est pas une commune du fichier"),
    ({"travel__amont": 5}, "travel.amont : on attend ici une table"),
]
BAD_PAYERS = [
    ({"payers__1__code": "amont"}, "payers[2].code : « amont » est déjà pris"),
    ({"payers__1__commune": "amont"}, "payers[2].commune : « amont » est déjà pris"),
    ({"payers__1__commune": "ici"}, "payers[2].commune : « ici » n'est pas une commune"),
    ({"payers__0__share_hundredths": 10000}, "payers[1].share_hundredths : donner la part de tous"),
    (
        {"payers__0__share_hundredths": 5000, "payers__1__share_hundredths": 4999},
        "payers[1].share_hundredths : la somme des parts fait 9999, il faut 10000",
    ),
    ({"payers__0__share_hundredths": 10001}, "payers[1].share_hundredths : 10001 n'est pas entre"),
    ({"payers__0__iban": "x"}, "payers[1].iban : clé inconnue"),
]
BAD = [
    *BAD_COMMUNES,
    *(({"communes__0__town_hall__opening_hours": hours}, told) for hours, told in BAD_HOURS),
    *BAD_VENUES,
    *BAD_TRAVEL,
    *BAD_PAYERS,
]


@pytest.mark.parametrize(("changes", "expected"), BAD)
def test_a_bad_place_or_payer_is_refused_with_its_key(
    changes: dict[str, Any], expected: str
) -> None:
    with pytest.raises(InvalidFile) as refusal:
        parse_territory(spoiled(**changes))
    found = [str(problem) for problem in refusal.value.problems]
    assert any(problem.startswith(expected) for problem in found), found


def test_a_commune_gives_all_that_it_says() -> None:
    amont, aval = parse_territory(SAMPLE).communes
    assert amont.official_name == "Amont"
    assert (amont.siren, amont.population, amont.latitude) == ("211700001", 1200, 45.7)
    assert amont.bookable
    assert (amont.active_from, amont.active_until) == (None, None)
    assert (aval.official_name, aval.siren, aval.latitude) == ("Aval-sur-Seudre", None, 45.0)
    assert not aval.bookable
    assert aval.town_hall == TownHall("", "", "", ())


def test_a_commune_may_join_and_leave() -> None:
    raw = spoiled(
        communes__0__active_from=date(2026, 1, 1), communes__0__active_until=date(2026, 1, 1)
    )
    commune = parse_territory(raw).communes[0]
    assert (commune.active_from, commune.active_until) == (date(2026, 1, 1), date(2026, 1, 1))


def test_the_hours_of_a_town_hall_are_kept_by_day() -> None:
    town_hall = parse_territory(SAMPLE).communes[0].town_hall
    assert town_hall.opening_hours == (
        OpeningHours(0, time(8, 30), time(12)),
        OpeningHours(0, time(13, 30), time(17)),
        OpeningHours(5, time(9), time(12)),
    )
    assert town_hall.as_json() == {
        "address": "1 rue Haute",
        "postal_line": "17000 Amont",
        "phone": "05 36 49 00 10",
        "opening_hours": [
            {"weekday": 0, "from": "08:30", "to": "12:00"},
            {"weekday": 0, "from": "13:30", "to": "17:00"},
            {"weekday": 5, "from": "09:00", "to": "12:00"},
        ],
        "email": "",
    }


def test_a_town_hall_may_read_answers_itself() -> None:
    changed = spoiled(communes__0__town_hall__email="accueil@amont.example.fr")
    assert parse_territory(changed).communes[0].town_hall.email == "accueil@amont.example.fr"


def test_a_venue_gives_all_that_it_says() -> None:
    assert parse_territory(SAMPLE).venues == (
        DeclaredVenue(
            slug="mairie-amont",
            commune="amont",
            name="Mairie d’Amont",
            address="1 rue Haute",
            postal_line="17000 Amont",
            access=BothLanguages("Plain-pied", "Step-free"),
            sms_name="mairie d'Amont",
            active=True,
        ),
    )


def test_a_pair_listed_once_holds_both_ways() -> None:
    assert parse_territory(SAMPLE).travel == (
        DeclaredTravel("amont", "aval", 25),
        DeclaredTravel("aval", "amont", 25),
    )


def test_a_pair_listed_twice_has_its_own_minutes_each_way() -> None:
    raw = spoiled(travel={"amont": {"aval": 25}, "aval": {"amont": 30}})
    assert [travel.minutes for travel in parse_territory(raw).travel] == [25, 30]


def test_travel_may_be_left_to_the_coordinates() -> None:
    assert parse_territory(spoiled(travel=REMOVED)).travel == ()


def test_a_payer_may_be_no_commune_and_shares_may_be_the_population() -> None:
    assert parse_territory(SAMPLE).payers == (
        DeclaredPayer("amont", "Amont", "amont", None, None),
        DeclaredPayer("syndicat", "Le syndicat", "", None, None),
    )


def test_shares_that_sum_to_one_hundred_percent_are_accepted() -> None:
    raw = spoiled(
        payers__0__share_hundredths=10_000,
        payers__1__share_hundredths=0,
        payers__1__valid_from=date(2019, 1, 1),
    )
    payers = parse_territory(raw).payers
    assert [payer.share_hundredths for payer in payers] == [10_000, 0]
    assert payers[1].valid_from == date(2019, 1, 1)


def test_a_territory_without_payers_is_accepted() -> None:
    assert parse_territory(spoiled(payers=REMOVED)).payers == ()
