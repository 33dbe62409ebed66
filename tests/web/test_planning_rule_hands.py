"""Hours that go to a colleague from a day on: until then they are the first one's alone."""

from typing import Any

from app.services.planning_rule_lists import list_rules
from tests.support.planning_pages import PREVIEW, own_rule, soup_of, text_of
from tests.support.presquile import NOW
from tests.support.team import Team

HOURS = "/agents/horaires"
FOREIGN = "Ces horaires sont aussi ceux d’un collègue à cette date."
SATURDAY, JANUARY = "5", "2027-01-04"


def given_away(team: Team) -> tuple[Any, int]:
    """The hours of the own counsellor as they were, and the version that a colleague holds."""
    client, rule = team.client("coordinator"), own_rule(team)
    other = str(team.subjects["counsellor_id"][1])
    form = client.get(f"{HOURS}/plage/{rule.id}")
    shown = client.submit(form, PREVIEW, du=JANUARY, conseiller=other, jour=SATURDAY)
    assert client.submit(shown, "Enregistrer").status_code == 303
    with team.session() as session:
        found = list_rules(session, now=NOW)
    return rule, next(each.id for each in found if (each.code, each.version) == (rule.code, 2))


def refused(client: Any, address: str, **answers: str) -> None:
    """The sentence, and what was typed still there."""
    answer = client.submit(client.get(address), PREVIEW, **answers)
    assert answer.status_code == 409
    assert FOREIGN in text_of(answer.text)
    for name in answers.keys() & {"jour", "du"}:
        assert soup_of(answer.text).select_one(f'input[name="{name}"]')["value"] == answers[name]


def test_until_they_go_to_a_colleague_hours_are_changed_by_who_holds_them(team: Team) -> None:
    rule, later_id = given_away(team)
    now, later = (f"{HOURS}/plage/{each}" for each in (rule.id, later_id))
    day = rule.next_dates[2].isoformat()
    colleague = team.client("colleague")
    assert f'"{later}/dates"' in colleague.get(HOURS).text
    refused(colleague, f"{later}/dates", acte="sauter", jour=day)
    refused(colleague, f"{later}/dates", acte="fin", jour=day)
    refused(colleague, later, du=day)
    own = colleague.submit(colleague.get(later), PREVIEW, du="2027-02-01", a="11:00")
    assert own.status_code == 200
    client = team.client("counsellor")
    page = client.get(HOURS).text
    assert f'"{now}/dates"' in page
    assert f'"{now}"' not in page
    assert client.get(now).status_code == 404
    refused(client, f"{now}/dates", acte="fin", jour=day)
    refused(client, f"{now}/dates", acte="sauter", jour="2027-01-09")
    shown = client.submit(client.get(f"{now}/dates"), PREVIEW, acte="sauter", jour=day)
    saved = client.submit(shown, "Enregistrer")
    assert saved.status_code == 303
    undone = client.submit(client.get(saved.headers["Location"]), "Annuler ce changement")
    assert undone.status_code == 303
