"""Keys, shares and the closing of a half-year, as their readers open them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from app.models.attendance import HalfYearClosing, SharingKeyRow
from app.models.places import Commune, Payer, Territory
from tests.domain.records import one
from tests.support.page_client import PageClient, page_of
from tests.support.september import BOARD, places, told
from tests.support.team import FOREIGN, OWN, Team
from tests.support.territory_change import change
from tests.web.test_statistics import row

KEYS, NEW, CLOSING = (f"{BOARD}/{end}" for end in ("cles", "cles/nouvelle", "cloture"))


def test_a_key_is_added_and_a_wrong_one_stays_typed(team: Team) -> None:
    boss = team.client("coordinator")
    assert "Ces parts viennent des payeurs" in page_of(boss.get(KEYS)).text
    form = boss.get(NEW)
    refused = boss.submit(
        form, "Enregistrer", valid_from="2026-12-01", part_17021="60,5", part_17064="x"
    )
    assert refused.status_code == 422
    fields = page_of(refused).soup
    assert fields.select_one("#part_17064")["value"] == "x"
    assert "Écrivez une part de 0 à 100" in refused.text
    refused = boss.submit(refused, "Enregistrer", part_17064="39")
    assert "doit faire 100" in refused.text
    assert page_of(refused).soup.select_one("#part_17021")["value"] == "60,5"
    nobody = boss.submit(refused, "Enregistrer", part_17064="39,5", valid_from="")
    assert "premier jour de la clé" in nobody.text
    kept = boss.submit(nobody, "Enregistrer", valid_from="2026-12-01")
    assert kept.status_code == 303
    assert "60,50" in page_of(boss.get(KEYS)).text
    _by_inhabitants(boss)
    with team.session() as session:
        row_, by_people = session.scalars(select(SharingKeyRow).order_by(SharingKeyRow.id))
        assert (by_people.population_vintage, by_people.valid_until) == (2024, None)
        assert sum(part["hundredths"] for part in by_people.parts.values()) == 10_000
        assert [part["hundredths"] for part in by_people.parts.values()][:2] == [7_500, 2_500]
        assert row_.recorded_by_id == team.users["coordinator"]
        assert sum(part["hundredths"] for part in row_.parts.values()) == 10_000
    lines = page_of(boss.get("/agents/journal?acte=SHARING_KEY_ADDED")).text
    told_ = "clé : coût ; valable du : jeudi 1er octobre 2026 ; au : lundi 30 novembre 2026"
    assert told_ in lines.replace("\u00a0", " ")
    _taken_back(boss)
    assert "Retirer" not in page_of(team.client("committee").get(KEYS)).text
    assert team.client("committee").get(NEW).status_code == 403


def test_a_page_left_open_gives_each_its_own_part(team: Team) -> None:
    """A territory that was loaded meanwhile asks for the payers in another order."""
    boss = team.client("coordinator")
    page = boss.get(NEW)
    change(team.database, update(Commune).where(Commune.slug == OWN).values(position=-1))
    typed = {"valid_from": "2026-12-01", "part_17021": "60,5", "part_17064": "39,5"}
    assert boss.submit(page, "Enregistrer", **typed).status_code == 303
    with team.session() as session:
        parts = session.scalars(select(SharingKeyRow)).one().parts
    told_ = {code: part["hundredths"] for code, part in parts.items() if part["hundredths"]}
    assert told_ == {"17021": 6_050, "17064": 3_950}


def test_who_has_left_or_has_not_joined_is_not_billed_by_its_inhabitants(team: Team) -> None:
    """Nothing begins in its field, and a word beside it says why."""
    left = update(Commune).where(Commune.slug == OWN).values(active_until=date(2026, 6, 30))
    joins = update(Commune).where(Commune.slug == FOREIGN).values(active_from=date(2027, 1, 1))
    for statement in (left, joins):
        change(team.database, statement)
    page = page_of(team.client("coordinator").get(f"{NEW}?nombres=habitants"))
    told_ = {
        each.select_one("label").get_text(strip=True): (
            each.select_one("input").get("value", ""),
            " ".join(hint.get_text() for hint in each.select(".govuk-hint")).strip(),
        )
        for each in page.soup.select(".govuk-form-group")
        if each.select("input[name^=part_]")
    }
    assert told_["Breuillet"] == ("", "A quitté le service.")
    number, hint = told_["Vaux-sur-Mer"]
    assert (number, hint.replace("\u00a0", " ")) == (
        "",
        "Rejoint le service le vendredi 1er janvier 2027.",
    )
    number, hint = told_["Arvert"]
    assert number.isdecimal()
    assert hint == ""


@pytest.mark.parametrize("part", ["1e999997", "9e999999", "100,01", "-1", "٣", "0,001"])
def test_a_part_that_is_no_percentage_is_refused_at_once(team: Team, part: str) -> None:
    boss = team.client("coordinator")
    refused = boss.submit(boss.get(NEW), "Enregistrer", part_17021=part)
    assert refused.status_code == 422
    assert "Écrivez une part de 0 à 100" in refused.text


def _taken_back(boss: PageClient) -> None:
    """A key typed wrong; who presses twice is told."""
    page = boss.get(KEYS)
    gone = boss.submit(page, "1er décembre")
    assert gone.status_code == 303
    again = boss.submit(page, "1er décembre")
    assert (again.status_code, "Cette clé est déjà retirée." in page_of(again).text) == (409, True)
    assert "60,50" not in page_of(boss.get(KEYS)).text


def _by_inhabitants(boss: PageClient) -> None:
    """A key that begins before the other one, from people; what is wrong is told beside it."""
    begun = boss.get(f"{NEW}?nombres=habitants")
    known = page_of(begun).soup
    assert known.select_one("#vintage")["value"] == "2023"
    fields = [each["name"] for each in known.select("input[name^=part_]")]
    assert all(known.select_one(f"#{name}")["value"].isdecimal() for name in fields)
    typed = {
        **dict.fromkeys(fields, ""),
        "part_17021": "3 000",
        "part_17064": "mille",
        "vintage": "24",
    }
    refused = boss.submit(begun, "Enregistrer", valid_from="2026-10-01", **typed)
    assert refused.status_code == 422
    assert "Écrivez l’année de la population" in refused.text
    assert "Écrivez un nombre d’habitants" in refused.text
    assert page_of(refused).soup.select_one("#part_17021")["value"] == "3 000"
    nobody = boss.submit(refused, "Enregistrer", vintage="2024", part_17021="", part_17064="")
    assert "au moins une commune" in nobody.text
    kept = boss.submit(nobody, "Enregistrer", part_17021="3 000", part_17064="1000")
    assert kept.status_code == 303
    assert "Selon la population de 2024" in page_of(boss.get(KEYS)).text
    headings = [each.get_text() for each in page_of(boss.get(KEYS)).soup.select("main h3")]
    assert "À partir du jeudi 1er octobre, jusqu’au lundi 30 novembre (en cours)" in [
        each.replace("\u00a0", " ") for each in headings
    ]


def test_closing_is_asked_then_done_once(team: Team) -> None:
    boss = team.client("coordinator")
    told(team, one(places(team)[OWN], date(2025, 9, 9)))
    early = boss.get(f"{CLOSING}?semestre=2026-2")
    assert "peut être clos à partir du" in early.text
    skips = boss.submit(boss.get(f"{CLOSING}?semestre=2026-1"), "Clore ce semestre")
    assert "Le 2e semestre 2025 n’est pas clos. Commencez par lui." in page_of(skips).text
    page = boss.get(page_of(skips).soup.find("a", string="Voir le 2e semestre 2025")["href"])
    assert "1 relevé" in page_of(page).text
    assert "Situation, non communiqué : 1 (100 %)" in page_of(page).text.replace("\u00a0", " ")
    assert boss.submit(page, "Clore ce semestre").status_code == 303
    again = boss.post(CLOSING, data={"semestre": "2025-2", **_token(boss)})
    assert again.status_code == 409
    assert "déjà clos" in again.text
    too_early = boss.post(CLOSING, data={"semestre": "2026-2", **_token(boss)})
    assert too_early.status_code == 409
    assert boss.get(f"{CLOSING}?semestre=1950-1").status_code == 404
    with team.session() as session:
        assert session.scalars(select(HalfYearClosing.half_year)).all() == ["2025-2"]
    assert row(boss, "Activités", "?periode=2025-2")[0] == "1"
    lines = page_of(boss.get("/agents/journal?acte=HALF_YEAR_CLOSED")).text
    assert "semestre : 2025-2" in lines.replace("\u00a0", " ")


def _token(client: PageClient) -> dict[str, str]:
    form = page_of(client.get(NEW)).soup.select_one("form[method=post] [name=csrf_token]")
    return {"csrf_token": str(form["value"])}


def bear_costs(team: Team) -> None:
    """The service costs 24,895.70 € in a year, and a body that is no commune may pay."""
    change(team.database, insert(Payer).values(code="cdc", name="Communauté d’essai"))
    change(team.database, update(Territory).values(settings={"annual_cost_cents": 24_895_70}))


def add_key(boss: PageClient, first: str, kind: str = "COST", **parts: str) -> TestResponse:
    return boss.submit(boss.get(NEW), "Enregistrer", genre=kind, valid_from=first, **parts)


def shares(client: PageClient, query: str = "") -> dict[str, list[str]]:
    """The table of shares: the cells by commune."""
    page = page_of(client.get(BOARD + query))
    table = page.soup.select_one('[aria-label="Part de chaque commune"] table')
    return {
        each.th.get_text().removesuffix(" (à corriger)"): [
            cell.get_text().replace("\u00a0", " ") for cell in each.select("td")
        ]
        for each in table.select("tbody tr")
    }


def test_shares_are_read_on_the_page(team: Team, monday: time_machine.Traveller) -> None:
    """A body pays half; Arvert 30 and Breuillet 20 %, so 60 and 40 % of the time are theirs."""
    bear_costs(team)
    boss = team.client("coordinator")
    assert (
        add_key(boss, "2026-07-01", part_17021="30", part_17064="20", part_cdc="50").status_code
        == 303
    )
    same = add_key(boss, "2026-07-01", part_17021="100")
    assert same.status_code == 422
    assert "Une autre clé commence le même jour" in page_of(same).text
    body = add_key(boss, "2026-12-21", "TIME", part_17021="50", part_cdc="50")
    assert "Une commune sans accès au service ne reçoit pas de temps." in page_of(body).text

    ahead = shares(boss)
    assert len(ahead) == 9, "nothing is held yet: what is planned is told all the same"
    assert ahead["Arvert"][:6] == ["0 h", "–", "–", "–", "0 h", "–"]
    assert ahead["Arvert"][7] > "0"

    monday.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    boss = team.client("coordinator")
    told_ = shares(boss)
    assert len(told_) == 9, "a commune whose first hours are still to come has its line"
    later = [cells for cells in told_.values() if cells[:3] == ["0 h", "0,00 %", "0,00 %"]]
    assert later
    assert all(cells[3:5] == ["0,00", "0 h"] and cells[7] != "–" for cells in later)
    assert any(cells[0] != "0 h" for cells in told_.values())
    assert (told_["Arvert"][2], told_["Breuillet"][2]) == ("60,00 %", "40,00 %")
    assert told_["Arvert"][3:5] == [told_["Arvert"][5], told_["Arvert"][6]], "since July: the same"

    monday.move_to(datetime(2026, 11, 30, 9, tzinfo=UTC))
    for reader, parts in (("coordinator", ["Arvert", "Breuillet"]), ("referent", ["Breuillet"])):
        page = page_of(team.client(reader).get(BOARD)).text.replace("\u00a0", " ")
        _, _, spread = page.partition("partagées par la clé et hors des écarts. ")
        assert [each.split(" : ")[0] for each in spread.split(".")[0].split(" ; ")] == parts


def test_who_pays_is_read_with_the_total_by_who_answers_for_all(team: Team) -> None:
    bear_costs(team)
    boss = team.client("coordinator")
    change(team.database, update(Payer).values(valid_from=date(2026, 7, 2)))
    words = "aucune clé du coût n’est valable le mercredi 1er juillet."
    assert words in page_of(boss.get(BOARD)).text.replace("\u00a0", " ")
    add_key(boss, "2026-07-01", part_17021="30", part_17064="20", part_cdc="50")
    page = page_of(boss.get(BOARD))
    assert "Le coût n’est pas réparti" not in page.text
    assert "Part de chaque commune, 2e semestre 2026" in page.text
    payers = page.soup.select('[aria-label="Qui paie quoi"] tbody tr')
    assert [" ".join(each.get_text(" ").split()) for each in payers] == [
        "Arvert 3 765,05 €",
        "Breuillet 2 510,03 €",
        "Communauté d’essai 6 275,08 €",
        "Total 12 550,16 €",
    ]
    referent = team.client("referent")
    assert list(shares(referent)) == ["Breuillet"]
    assert "Qui paie quoi" not in page_of(referent.get(BOARD)).text
    assert not page_of(team.client("desk").get(BOARD)).soup.select("#parts")


def test_the_shares_of_a_year_are_those_of_its_last_half_that_has_begun(
    team: Team, monday: time_machine.Traveller
) -> None:
    monday.move_to(datetime(2027, 3, 1, 9, tzinfo=UTC))
    boss = team.client("coordinator")
    page = page_of(boss.get(f"{BOARD}?periode=2027"))
    assert "Part de chaque commune, 1er semestre 2027" in page.text
    assert shares(boss, "?periode=2027") == shares(boss, "?periode=2027-1")
    assert add_key(boss, "2027-04-01", "TIME", part_17021="100").status_code == 303
    assert shares(boss)["Arvert"][8] != shares(boss, "?periode=2026-2")["Arvert"][8]


def test_a_half_year_with_records_missing_is_closed_once_they_are_accepted(
    team: Team, monday: time_machine.Traveller
) -> None:
    """The page opens on the half-year that can be closed, not on that of today."""
    monday.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
    boss = team.client("coordinator")
    page = page_of(boss.get(CLOSING))
    assert page.soup.h1.get_text() == "2e semestre 2026"
    listed = page.soup.select("#manquants + ul li")
    assert len(listed) == 2
    assert "Jeanne, Breuillet (venu ou absent" in " ".join(each.get_text() for each in listed)
    refused = boss.submit(boss.get(CLOSING), "Clore ce semestre")
    assert refused.status_code == 422
    assert "Relevés qui manquent : 2." in page_of(refused).text
    assert "Clore sans ces 2 relevés" in page_of(refused).text
    assert page_of(refused).soup.select_one("#confirmation-error")
    accepted = boss.submit(refused, "Clore ce semestre", confirmation="oui")
    assert accepted.status_code == 303
    with team.session() as session:
        closing = session.get_one(HalfYearClosing, "2026-2")
        assert closing.missing == 2
    following = page_of(boss.get(CLOSING))
    assert following.soup.h1.get_text() == "1er semestre 2027"
    assert "peut être clos à partir du" in following.text
