"""From the reminder in somebody's hand to a place that is free again: two presses."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.gateways.senders import FileSender
from app.models.appointment import Appointment
from app.models.outbox import OutboxMessage
from app.services.catalogue import read_catalogue
from app.services.letters import PostRoom
from app.services.outbox_claims import LEASE, Claim
from app.services.reminders import remind, upcoming_reminders
from tests.support.browser_site import LINKS, LiveSite
from tests.support.browser_staff import session_of
from tests.support.browser_stories import book_a_permanence, cancel
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary
from tests.support.delivered import deliver
from tests.support.presquile import NOW

REMINDERS = (MessageKind.REMINDER, MessageKind.LAST_REMINDER)
MANY = 500


def test_a_reminder_leads_to_cancelling_in_two_presses(
    any_walk: Walk, person: Canary, live_site: LiveSite, tmp_path: Path
) -> None:
    walk = any_walk
    # The last time: for tomorrow, booked in the evening, no reminder comes any more.
    number = int(book_a_permanence(walk, person, "Breuillet", -1))
    text = reminder_of(live_site, number, tmp_path)
    assert f"{str(number)[:3]} {str(number)[3:]}" in text
    (link,) = re.findall(r"https?://\S+", text)
    walk.open(urlsplit(link).path.removeprefix("/en"))
    assert walk.heading == walk.say("Votre rendez-vous")
    cancel(walk)
    assert walk.heading == walk.say("Votre rendez-vous est annulé")
    with session_of(live_site) as session:
        assert _appointment(session, number).status is AppointmentStatus.CANCELLED


def _appointment(session: Session, number: int) -> Appointment:
    return session.scalars(select(Appointment).where(Appointment.reference == number)).one()


def reminder_of(site: LiveSite, number: int, folder: Path) -> str:
    """What the telephone of that person shows, once the hour of the reminder has come."""
    with session_of(site) as session:
        held_id = _appointment(session, number).id
        due_at = _hour_of(session, held_id)
        while remind(session, due_at, MANY) == MANY:
            pass
        row = session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.subject_id == held_id, OutboxMessage.kind.in_(REMINDERS)
            )
        ).one()
        row.leased_until = due_at + LEASE
        claim = Claim(row.id, row.leased_until)
        session.commit()
        senders = {MessageChannel.SMS: FileSender(folder, "Coclic")}
        room = PostRoom(senders, LINKS, site.address)
        assert deliver(session, claim, due_at, room) is OutboxState.SENT
    (file,) = folder.glob("*.txt")
    return file.read_text(encoding="utf-8")


def _hour_of(session: Session, held_id: int) -> datetime:
    catalogue = read_catalogue(session)
    coming = upcoming_reminders(session, catalogue, NOW, NOW.replace(year=NOW.year + 1))
    return next(each.due_at for each in coming if each.appointment_id == held_id)
