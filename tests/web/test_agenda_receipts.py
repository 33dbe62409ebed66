"""The page of an appointment says what was sent and what became of it, never where it went."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, Receipt
from app.domain.sending import Ending, SkipReason
from app.gateways.sms_http import HttpSms, read_gateway
from app.models.outbox import OutboxMessage
from app.services.letters import PostRoom
from app.services.outbox_claims import claim_due
from tests.support.agenda_site import TheDay
from tests.support.booking_walk import said
from tests.support.delivered import deliver
from tests.support.gateway_server import gateway_server
from tests.support.outbox_rows import add_message, closed
from tests.support.presquile import NOW
from tests.support.team import LINKS

SENT, SKIPPED, DEAD = OutboxState.SENT, OutboxState.SKIPPED, OutboxState.DEAD
AN_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (closed(SENT, NOW), "Parti lundi 23 novembre à 10 h."),
        (
            closed(SENT, NOW, receipt=Receipt.DELIVERED, receipt_at=NOW),
            "Reçu lundi 23 novembre à 10 h.",
        ),
        (closed(SENT, NOW, receipt=Receipt.LOST, receipt_at=NOW), "Perdu : appeler."),
        ({}, "En attente."),
        (
            {"due_at": NOW + 200 * AN_HOUR, "expires_at": NOW + 300 * AN_HOUR},
            "En attente : part mardi 1er décembre à 18 h.",
        ),
        (
            {"attempts": 2, "outcome": "TimeoutError", "due_at": NOW},
            "En attente : nouvel essai lundi 23 novembre à 10 h.",
        ),
        (
            closed(DEAD, NOW, outcome="TimeoutError"),
            "Non envoyé : l’envoi a échoué plusieurs fois.",
        ),
        (closed(SKIPPED, NOW, outcome=Ending.UNDONE), "Non envoyé : le changement a été annulé."),
        (closed(DEAD, NOW, outcome=Ending.WORKER_DIED), "Non envoyé : l’envoi a échoué"),
    ],
)
def test_each_state_has_its_words(the_day: TheDay, fate: dict[str, Any], told: str) -> None:
    with the_day.team.session() as session:
        add_message(session, the_day.id, NOW, kind=MessageKind.LATE, **fate)
    page = said(the_day.team.client("desk").get(the_day.page))
    assert f"SMS, conseiller en retard : {told}" in page


def test_a_number_that_the_carrier_refuses_is_told_so(the_day: TheDay) -> None:
    """From the carrier's own answer, through the worker, to the page of the appointment."""
    with the_day.team.session() as session, gateway_server() as carrier:
        session.execute(delete(OutboxMessage))
        session.commit()
        carrier.status = 422
        unsaid = dict.fromkeys(("body", "headers", "secret", "id_path"))
        sender = HttpSms(read_gateway(carrier.address, "CoclicO", **unsaid))
        room = PostRoom({MessageChannel.SMS: sender}, LINKS, "https://rdv.example.fr")
        add_message(session, the_day.id, NOW, kind=MessageKind.LATE, minutes=15)
        (claim,) = claim_due(session, NOW, [MessageChannel.SMS])
        assert deliver(session, claim, NOW, room) is DEAD
    told = "SMS, conseiller en retard : Non envoyé : numéro ou adresse refusés."
    assert told in said(the_day.team.client("desk").get(the_day.page))


def test_each_reason_not_to_send_has_its_words(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        for rank, reason in enumerate(SkipReason):
            fate = closed(SKIPPED, NOW, outcome=reason.value, round=rank)
            add_message(session, the_day.id, NOW, **fate)
    page = said(the_day.team.client("desk").get(the_day.page))
    assert page.count("SMS, rappel : Non envoyé : ") == len(SkipReason)
    assert "l’envoi a échoué" not in page


def test_the_coordinator_alone_reads_the_number_at_the_carrier(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        add_message(session, the_day.id, NOW, **closed(SENT, NOW, provider_id="gw-12"))
    told = "SMS, rappel : Parti lundi 23 novembre à 10 h (n° gw-12 chez l’opérateur)."
    assert told in said(the_day.team.client("coordinator").get(the_day.page))
    assert "gw-12" not in said(the_day.team.client("desk").get(the_day.page))


def test_never_the_address_and_not_for_who_may_not_know(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        channel = MessageChannel.EMAIL
        add_message(session, the_day.id, NOW, channel=channel, **closed(SENT, NOW))
    assert "E-mail, rappel : Parti" in said(the_day.team.client("referent").get(the_day.page))
    assert "E-mail" not in said(the_day.team.client("colleague").get(the_day.page))


def test_without_a_message_there_is_no_title(the_day: TheDay) -> None:
    page = the_day.team.client("desk").get(the_day.page)
    assert "<h2>Messages</h2>" not in page.text
