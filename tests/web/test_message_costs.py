"""What text messages cost, by commune; the ceiling is told before it is reached, and when it is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.domain.messages import OutboxState
from app.models.places import Territory
from tests.support.booking_walk import said
from tests.support.outbox_rows import add_message, closed
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import Team

PAGE, TODAY = "/agents/messages", "/agents/aujourdhui"
CENTS = 100


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def sent(team: Team, count: int = 1, *, own: bool = True, **changes: Any) -> None:
    rank = 0 if own else 1
    fate: dict[str, Any] = closed(OutboxState.SENT, NOW, segments=1, cost=5 * CENTS) | changes
    fate["commune_id"] = team.subjects["commune_id"][rank]
    with team.session() as session:
        for number in range(count):
            about = team.subjects["appointment_id"][rank]
            fate["round"] = number + (100 if "closed_at" in changes else 0)
            add_message(session, about, NOW, **fate)


def cells(page: TestResponse) -> list[list[str]]:
    rows = page_of(page).soup.select("main table tr")
    return [
        [cell.get_text().replace("\u00a0", " ") for cell in row.select("th, td")] for row in rows
    ]


def choose(team: Team, **settings: object) -> None:
    with team.session() as session:
        row = session.get_one(Territory, 1)
        values = {"settings": {**row.settings, **settings}, "revision": row.revision + 1}
        session.execute(update(Territory).values(values))
        session.commit()


def test_nothing_sent_costs_nothing(boss: PageClient) -> None:
    page = said(boss.get(PAGE))
    assert "SMS envoyés en novembre 2026 Aucun SMS n’est parti ce mois-là." in page
    assert "Le prix d’un SMS n’est pas réglé." in page
    assert "€" not in page


def test_the_month_by_commune_in_euros(boss: PageClient, team: Team) -> None:
    choose(team, sms_price_hundredths=5 * CENTS)
    sent(team, 30)
    sent(team, own=False)
    page = boss.get(PAGE)
    assert cells(page) == [
        ["Commune", "SMS", "Prix"],
        ["Breuillet", "30", "1,50 €"],
        ["Vaux-sur-Mer", "1", "0,05 €"],
        ["Total", "31", "1,55 €"],
    ]
    assert "n’est pas réglé" not in said(page)


def test_the_month_before(boss: PageClient, team: Team) -> None:
    sent(team)
    sent(team, 2, closed_at=NOW - timedelta(days=30))
    assert cells(boss.get(PAGE))[1] == ["Breuillet", "1"]
    page = boss.get(f"{PAGE}?mois=avant")
    assert "SMS envoyés en octobre 2026" in said(page)
    assert cells(page)[1] == ["Breuillet", "2"]
    assert "Voir ce mois-ci" in said(page)


def test_far_from_the_ceiling_it_is_told_quietly(boss: PageClient, team: Team) -> None:
    choose(team, sms_price_hundredths=5 * CENTS, sms_monthly_ceiling_euros=2)
    sent(team, 2)
    assert "0,10 € dépensés sur 2,00 € ce mois-ci." in said(boss.get(PAGE))
    assert "plafond" not in said(boss.get(TODAY))


def test_near_the_ceiling_the_coordinator_is_alerted(boss: PageClient, team: Team) -> None:
    choose(team, sms_price_hundredths=5 * CENTS, sms_monthly_ceiling_euros=1)
    sent(team, 17)
    assert "Le plafond des SMS de ce mois est presque atteint." in said(boss.get(TODAY))
    sent(team, 3, own=False)
    assert "plus aucun SMS ne part." in said(boss.get(TODAY))
    page = said(boss.get(PAGE))
    assert "1,00 € dépensés sur 1,00 € ce mois-ci. Le plafond est atteint" in page


def test_what_did_not_arrive_is_told_in_the_morning(boss: PageClient, team: Team) -> None:
    about = team.subjects["appointment_id"][0]
    for number, told in ((0, "1 message n’est pas arrivé"), (1, "2 messages ne sont pas arrivés")):
        with team.session() as session:
            fate = closed(OutboxState.DEAD, NOW, version=number)
            add_message(session, about, NOW, **fate)
        assert told in said(boss.get(TODAY))
    assert "arrivé" not in said(team.client("desk").get(TODAY))
