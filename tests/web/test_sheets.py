"""The attendance sheet of a date, as whoever holds it reads it on the telephone."""

from datetime import timedelta

import time_machine

from app.domain.workshops import WorkshopStatus
from app.models.workshops import WorkshopSession
from app.services.transaction import write_transaction
from tests.support.booking_walk import said
from tests.support.team import Team
from tests.support.workshop_day import STARTS_AT, hold_workshops


def test_the_sheet_of_a_date_that_was_cancelled_asks_nothing(
    team: Team, monday: time_machine.Traveller
) -> None:
    hold_workshops(team)
    workshop, date_id = team.subjects["workshop_id"][0], team.subjects["date_id"][0]
    address = f"/agents/ateliers/{workshop}/presence/{date_id}"
    monday.move_to(STARTS_AT + timedelta(minutes=5), tick=False)
    asks = ("Présent", "Une personne de plus", "Un appareil de plus", "Clore la feuille")
    client = team.client("counsellor")
    assert all(each in said(client.get(address)) for each in asks)
    with team.session() as session, write_transaction(session):
        session.get_one(WorkshopSession, date_id).status = WorkshopStatus.CANCELLED
    page = said(client.get(address))
    assert "Cette date est annulée." in page
    assert "Colette Varech" in page
    assert not any(each in page for each in asks)
