"""The programme as everybody reads it: places, filters, and always the same number of queries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import CommuneUnknown
from app.domain.workshop_errors import WorkshopUnknown
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import Level, WorkshopStatus
from app.models.workshops import Registration, Workshop
from app.services.appointment_rows import Act
from app.services.registrations import cancel_registration, register
from app.services.transaction import write_transaction
from app.services.workshop_reading import (
    list_workshops,
    workshop_by_slug,
    workshops_between,
    workshops_by_id,
)
from tests.support.queries import counted_queries
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

pytestmark = pytest.mark.both_databases
FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def listed(stage: Stage, **filters: Any) -> list[WorkshopFacts]:
    filters = {"now": NOW, "limit": 50} | filters
    return list_workshops(stage.session, stage.catalogue, **filters)


def read(stage: Stage, workshop_id: int, now: datetime = NOW) -> WorkshopFacts:
    stage.session.rollback()
    return workshops_by_id(stage.session, stage.catalogue, [workshop_id], now)[workshop_id]


def test_lists_what_is_to_come_by_date_and_what_is_over_from_the_last(stage: Stage) -> None:
    later = plan_workshop(stage.session, FIRST + timedelta(days=3), recorded_at=NOW)
    cycle = plan_workshop(stage.session, FIRST, dates=3, recorded_at=NOW)
    over = plan_workshop(stage.session, FIRST - WEEK, recorded_at=NOW)
    long_over = plan_workshop(stage.session, FIRST - 2 * WEEK, recorded_at=NOW)
    now = FIRST + timedelta(days=1)
    assert [each.id for each in listed(stage, now=now)] == [cycle, later]
    assert [each.id for each in listed(stage, now=now, limit=1, offset=1)] == [later]
    assert [each.id for each in listed(stage, now=now, past=True)] == [over, long_over]
    dates = listed(stage)[2].sessions
    assert [each.starts_at for each in dates] == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]
    assert dates[0].place_address
    assert dates[0].uid != dates[1].uid


def test_filters_by_commune_level_and_theme(stage: Stage) -> None:
    mine = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    other = plan_workshop(
        stage.session, FIRST + WEEK, recorded_at=NOW, level=Level.ADVANCED, themes=["email"]
    )
    place = read(stage, mine).sessions[0].commune.slug
    elsewhere = next(each for each in stage.catalogue.communes if each.slug != place).slug
    assert [each.id for each in listed(stage, commune_slug=place)] == [mine, other]
    assert listed(stage, commune_slug=elsewhere) == []
    assert [each.id for each in listed(stage, level=Level.ADVANCED)] == [other]
    assert [each.id for each in listed(stage, theme="securite_numerique")] == [mine]
    assert listed(stage, theme="e_ail") == []
    assert listed(stage, theme='%"') == []
    with pytest.raises(CommuneUnknown):
        listed(stage, commune_slug="nulle-part")


def test_tells_the_places_for_everybody_and_for_the_host(stage: Stage) -> None:
    kept = {"kept_places": 3, "kept_until": date(2026, 12, 1)}
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW, **kept)
    add = [couple(workshop_id), couple(workshop_id, commune_slug="aval")]
    for asked in add:
        register(stage.session, asked, now=NOW, links=LINKS)
    facts = read(stage, workshop_id)
    assert (facts.free, facts.free_for_host, facts.waiting, facts.kept_places) == (1, 2, 0, 3)
    after = datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert (read(stage, workshop_id, after).free, read(stage, workshop_id, after).kept_places) == (
        2,
        0,
    )


def test_a_place_that_is_offered_is_not_free(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW, capacity=1)
    for _ in range(3):
        register(stage.session, registration(workshop_id), now=NOW, links=LINKS)
    assert (read(stage, workshop_id).free, read(stage, workshop_id).waiting) == (0, 2)
    first = stage.session.scalars(select(Registration.id).order_by(Registration.id)).first()
    assert first is not None
    cancel_registration(stage.session, first, Act(NOW))
    assert (read(stage, workshop_id).free, read(stage, workshop_id).waiting) == (0, 2)


def test_is_found_by_its_address_even_cancelled(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    with write_transaction(stage.session):
        stage.session.get_one(Workshop, workshop_id).status = WorkshopStatus.CANCELLED
    slug = read(stage, workshop_id).slug
    found = workshop_by_slug(stage.session, stage.catalogue, slug, NOW)
    assert (found.id, found.is_cancelled) == (workshop_id, True)
    assert [each.id for each in listed(stage)] == [workshop_id]
    with pytest.raises(WorkshopUnknown):
        workshop_by_slug(stage.session, stage.catalogue, "nulle-part", NOW)
    assert workshops_by_id(stage.session, stage.catalogue, [], NOW) == {}


def test_a_date_at_any_place_has_its_name_and_the_commune_as_sms_name(stage: Stage) -> None:
    workshop_id = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW)
    with write_transaction(stage.session):
        date_there = stage.session.get_one(Workshop, workshop_id).sessions[0]
        date_there.venue_id, date_there.place_name = None, "Café du Port"
        date_there.status = WorkshopStatus.CANCELLED
    there, here = read(stage, workshop_id).sessions
    assert (there.place_name, there.sms_name) == ("Café du Port", there.commune.name)
    assert there.place_address == f"{there.commune.postal_code} {there.commune.name}"
    assert (there.is_cancelled, there.access_notes) == (True, {})
    assert here.place_name != there.place_name
    assert [each.id for each in read(stage, workshop_id).standing_sessions] == [here.id]


def test_finds_those_with_a_date_in_a_span(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=3, recorded_at=NOW)
    plan_workshop(stage.session, FIRST + timedelta(days=1), recorded_at=NOW)
    place = read(stage, cycle).sessions[0].commune.slug
    elsewhere = next(each for each in stage.catalogue.communes if each.slug != place).slug

    def between(start: datetime, end: datetime, slug: str | None = None) -> list[int]:
        asked = stage.session, stage.catalogue, (start, end)
        return [each.id for each in workshops_between(*asked, now=NOW, commune_slug=slug)]

    assert between(FIRST + WEEK, FIRST + 2 * WEEK) == [cycle]
    assert between(FIRST + WEEK, FIRST + 2 * WEEK, place) == [cycle]
    assert between(FIRST + WEEK, FIRST + 2 * WEEK, elsewhere) == []
    assert between(FIRST - WEEK, FIRST) == []


def test_asks_the_database_four_times_however_long_the_programme(stage: Stage) -> None:
    counts = []
    for half_day in range(2):
        for days in range(5):
            start = FIRST + timedelta(days=days, hours=5 * half_day)
            plan_workshop(stage.session, start, dates=2, recorded_at=NOW)
        catalogue = stage.catalogue
        stage.session.rollback()
        with counted_queries(stage) as said:
            list_workshops(stage.session, catalogue, now=NOW, limit=50)
        counts.append(len([each for each in said if each.startswith("SELECT")]))
    assert counts == [4, 4]
