"""Workshops in the feeds: title and count for all, first names and initials with details only."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.access import Actor, Role
from app.domain.feeds import FeedLevel
from app.domain.workshops import WorkshopStatus
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.appointment_rows import Act
from app.services.feeds_content import Scope, week_content
from app.services.registrations import cancel_registration, register
from app.services.transaction import write_transaction
from tests.support.feed_reader import HERE, Reader, reader
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW, TODAY, at
from tests.support.workshops import couple, plan_workshop, registration

__all__ = ["reader"]
STARTS_AT = at("2026-11-28T14:00")


def workshop(stage: Stage) -> WorkshopSession:
    found = plan_workshop(stage.session, STARTS_AT, recorded_at=NOW)
    for asked in (registration(found), couple(found)):
        register(stage.session, asked, now=NOW, links=LINKS)
    query = select(WorkshopSession).where(WorkshopSession.workshop_id == found)
    return stage.session.scalars(query).one()


def test_a_busy_feed_tells_title_and_count_and_nobody(stage: Stage, reader: Reader) -> None:
    date = workshop(stage)
    (told,) = reader.events(reader.feed("Jeanne"))
    assert told["UID"] == f"atelier-{date.uid}@rendez-vous.example.fr"
    assert told["SUMMARY"] == "Atelier : Mots de passe et arnaques (3 inscrits)"
    assert told["DESCRIPTION"].replace("\u00a0", " ") == "Public : de 14 h à 16 h"
    assert (told.start, told.end) == (
        STARTS_AT - timedelta(minutes=30),
        STARTS_AT + timedelta(hours=2, minutes=30),
    )
    assert "Rose" not in reader.content(reader.feed("Jeanne", with_travel=True)).decode()
    assert reader.events(reader.feed("Karim")) == []


def test_with_details_first_names_and_initials(stage: Stage, reader: Reader) -> None:
    date = workshop(stage)
    (told,) = reader.events(reader.feed("mairie-amont", level=FeedLevel.DETAIL))
    assert told["SUMMARY"].endswith("(3 inscrits), Jeanne")
    assert "Inscrits : Rose S., Rose S., Paul S." in told["DESCRIPTION"]
    assert told["URL"] == f"{HERE}/agents/ateliers/{date.workshop_id}/presence/{date.id}"
    assert "Serin" not in reader.content(reader.feed("Jeanne", level=FeedLevel.DETAIL)).decode()


def test_a_feed_sees_who_registers_and_what_is_cancelled(stage: Stage, reader: Reader) -> None:
    date, token = workshop(stage), reader.feed("Jeanne")
    states = [reader.etag(token)]
    row = stage.session.scalars(select(Registration).order_by(Registration.id)).first()
    assert row
    cancel_registration(stage.session, row.id, Act(NOW))
    states.append(reader.etag(token))
    with write_transaction(stage.session):
        held = stage.session.get_one(WorkshopSession, date.id)
        held.status, held.updated_at, held.sequence = WorkshopStatus.CANCELLED, NOW, 1
        stage.session.get_one(Workshop, date.workshop_id).sequence += 1
    states.append(reader.etag(token))
    assert len(set(states)) == 3
    (told,) = reader.events(token)
    assert told["STATUS"] == "CANCELLED"
    assert told["SUMMARY"].startswith("ANNULÉ – Atelier")


def test_the_file_of_a_week_has_names_for_who_keeps_the_sheet(stage: Stage) -> None:
    workshop(stage)
    scope = Scope(TODAY, TODAY + timedelta(days=7))
    told = []
    for actor in (
        Actor(1, Role.COUNSELLOR, counsellor_id=stage.counsellor("jeanne")),
        Actor(2, Role.COUNSELLOR, counsellor_id=stage.counsellor("karim")),
        Actor(3, Role.CCAS_AGENT, frozenset({1})),
    ):
        content = week_content(
            stage.session, stage.catalogue, scope, ("Semaine", HERE), reader=actor, now=NOW
        )
        text = content.replace(b"\r\n ", b"").decode()
        assert "Mots de passe et arnaques" in text
        told.append("Rose S." in text)
    assert told == [True, False, False]
