"""Numbers too long for the database name nothing: never a fault of ours."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from app.web.numbers import MOST, SmallNumber, small_number
from tests.support.page_client import PageClient, page_of
from tests.support.team import Team

TOO_LONG = (str(MOST + 1), "9" * 20, "9" * 5000)


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        ("12", 12),
        (str(MOST), MOST),
        *((each, None) for each in (*TOO_LONG, "", None, "-1", " 1", "1.0", "²", "٣", "x")),
    ],
)
def test_a_small_number_or_nothing(typed: str | None, number: int | None) -> None:
    assert small_number(typed) == number


def test_no_address_takes_a_longer_number(team: Team) -> None:
    """Every address with an id in it, by each of its methods."""
    urls: MapAdapter = team.app.url_map.bind("example.invalid")
    tried = 0
    for rule in team.app.url_map.iter_rules():
        ids = [name for name, kind in rule._converters.items() if isinstance(kind, SmallNumber)]
        for number in (*TOO_LONG, "٣") if ids else ():
            for method in rule.methods or ():
                tried += 1
                with pytest.raises((NotFound, MethodNotAllowed)):
                    urls.match(filled(rule.rule, ids, number), method)
                assert urls.match(filled(rule.rule, ids, str(MOST)), method)
    assert tried > 100


def filled(path: str, ids: list[str], number: str) -> str:
    for name in ids:
        path = path.replace(f"<int:{name}>", number)
    return path


@pytest.mark.parametrize("number", TOO_LONG)
def test_no_question_of_an_address_fails(boss: PageClient, number: str) -> None:
    assert boss.get(f"/agents/personnes/{number}").status_code == 404
    assert boss.get(f"/agents/journal?qui={number}&avant={number}").status_code == 200
    assert boss.get(f"/agents/telephone?personne={number}").status_code == 200
    assert boss.get(f"/agents/agenda/semaine.ics?conseiller={number}").status_code == 200


@pytest.mark.parametrize("number", TOO_LONG)
def test_no_form_fails(team: Team, boss: PageClient, number: str) -> None:
    made = page_of(boss.get("/agents/agendas/nouveau")).soup.select_one("[name=csrf_token]")
    token = {"csrf_token": str(made["value"])}  # type: ignore[index]
    stop = boss.post("/agents/agendas/arret", data=token | {"agenda": number})
    assert stop.status_code == 303
    page = boss.get(f"/agents/horaires/plage/{team.subjects['rule_id'][0]}")
    button = "Voir les rendez-vous touchés"
    assert boss.submit(page, button, du="2027-01-04", plage=number).status_code == 404
    wrong = boss.submit(page, button, du="2027-01-04", rythme="semaines", semaines=number)
    assert wrong.status_code == 422
    asked = {each["name"]: each.get("value", "") for each in page_of(page).soup.select("[name]")}
    answers = {"du": "2027-01-04", f"choix-{number}": "appel"}
    for address in ("apercu", "enregistrer"):
        answer = boss.post(f"/agents/horaires/{address}", data=asked | token | answers)
        assert answer.status_code in (200, 303, 409, 422)
