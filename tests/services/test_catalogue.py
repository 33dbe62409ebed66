"""The territory as one snapshot: whole, shared, and thrown away when its revision has grown."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from app.domain import errors
from app.domain.settings import OtherCommune
from app.domain.travel import Place
from app.services.catalogue import NoTerritory, last_known, read_catalogue
from tests.support.databases import Database
from tests.support.stage import Stage
from tests.support.stage_plan import (
    AVAL_TO_BUTTE_MINUTES,
    NOW,
    PARIS,
    TODAY,
    VENUES,
    WINDOW_DAYS,
    territory,
)


def test_without_a_territory_nothing_can_be_read(session: Session) -> None:
    with pytest.raises(NoTerritory):
        read_catalogue(session)


def test_everything_of_the_file_is_in_the_snapshot(stage: Stage) -> None:
    catalogue = stage.catalogue
    assert (catalogue.slug, catalogue.name, catalogue.timezone) == (
        "deux-rives", "Les Deux Rives", PARIS,
    )  # fmt: skip
    assert [commune.slug for commune in catalogue.communes] == [
        "amont", "aval", "butte", "partie", "payeuse",
    ]  # fmt: skip
    assert {venue.slug: venue.commune.slug for venue in catalogue.venues} == VENUES
    assert [topic.code for topic in catalogue.topics] == ["email", "demarche", "ancien"]
    assert catalogue.settings.booking_window_days == WINDOW_DAYS
    assert catalogue.settings.other_commune is OtherCommune.REFUSE
    assert catalogue.loaded_at == NOW
    venue = catalogue.venue("mairie-amont")
    assert (venue.address, venue.sms_name) == ("1 rue Haute", "mairie amont")
    assert venue.access_notes["fr"] == "Plain-pied"


def test_journeys_are_listed_one_way_or_worked_out(stage: Stage) -> None:
    places = {commune.slug: Place(commune.id, None) for commune in stage.catalogue.communes}

    def minutes(start: str, end: str) -> int:
        return stage.catalogue.travel.between(places[start], places[end])

    assert (minutes("amont", "aval"), minutes("aval", "amont")) == (25, 30)
    assert minutes("butte", "amont") == minutes("amont", "butte") == 15
    assert minutes("aval", "butte") == AVAL_TO_BUTTE_MINUTES
    assert minutes("amont", "amont") == 10


def test_the_same_revision_is_read_once(stage: Stage, engine: Engine) -> None:
    with Session(engine) as other:
        assert read_catalogue(other) is stage.catalogue


def test_a_change_is_seen_at_once_and_remembered_while_the_database_is_away(stage: Stage) -> None:
    before = stage.catalogue
    stage.change_territory(territory(upcoming_limit=7))
    assert stage.catalogue is not before
    assert stage.catalogue.settings.upcoming_limit == 7
    assert before.settings.upcoming_limit == 2
    assert last_known() is stage.catalogue


def test_a_changed_timetable_is_another_picture(stage: Stage) -> None:
    before = stage.catalogue.key
    stage.change_timetable(rules=[])
    assert stage.catalogue.key == before
    away = {"counsellor": "jeanne", "from": TODAY, "to": TODAY}
    stage.change_timetable(absences=[away])
    assert stage.catalogue.key != before


def test_a_database_is_told_from_another_one_but_not_by_its_password(
    stage: Stage, database: Database
) -> None:
    address = make_url(database.url)
    if database.dialect == "postgresql":
        address = address.set(password="tournesol")
    engine = create_engine(address)
    with Session(engine) as session:
        key = str(read_catalogue(session).key)
    engine.dispose()
    assert address.database is not None
    assert address.database in key
    assert "tournesol" not in key


# -- who is served, what is offered


def test_only_served_communes_are_offered(stage: Stage) -> None:
    served = [commune.slug for commune in stage.catalogue.served_communes(TODAY)]
    assert served == ["amont", "aval", "butte"]
    last_summer = [commune.slug for commune in stage.catalogue.served_communes(date(2026, 6, 30))]
    assert last_summer == ["amont", "aval", "butte", "partie"]


def test_a_commune_is_served_from_its_first_day_to_its_last(stage: Stage) -> None:
    stage.change_agreement("amont", active_from=TODAY, active_until=TODAY + timedelta(days=1))
    commune = stage.catalogue.commune("amont")
    days = [TODAY + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
    assert [commune.is_served_on(day) for day in days] == [False, True, True, False]


def test_a_commune_that_is_not_served_is_refused(stage: Stage, subtests: pytest.Subtests) -> None:
    reasons = [
        (None, errors.CommuneMissing),
        ("", errors.CommuneMissing),
        ("AMONT", errors.CommuneUnknown),
        ("partie", errors.CommuneDeparted),
        ("payeuse", errors.CommuneDeparted),
    ]
    for slug, refusal in reasons:
        with subtests.test(msg=str(slug)), pytest.raises(refusal) as refused:
            stage.catalogue.served_commune(slug, TODAY)
        if refusal is errors.CommuneDeparted:
            assert refused.value.facts["commune"].slug == slug


def test_retired_topics_are_known_but_not_offered(stage: Stage) -> None:
    catalogue = stage.catalogue
    assert [topic.code for topic in catalogue.offered_topics()] == ["email", "demarche"]
    assert catalogue.topic("ancien", even_retired=True).minutes == 45
    for code, refusal in (
        (None, errors.TopicMissing),
        ("ancien", errors.TopicUnknown),
        ("inconnu", errors.TopicUnknown),
    ):
        with pytest.raises(refusal):
            catalogue.topic(code)
    with pytest.raises(errors.TopicUnknown):
        catalogue.topic("inconnu", even_retired=True)


def test_the_shortest_topic_is_the_shortest_that_is_offered(stage: Stage) -> None:
    raw = territory()
    raw["topics"][2]["minutes"] = 15
    stage.change_territory(raw)
    assert stage.catalogue.shortest_topic_minutes == 45


def test_no_time_is_offered_at_a_venue_that_closed_for_good(stage: Stage) -> None:
    stage.change_timetable(rules=[])
    stage.session.execute(text("UPDATE venue SET active = false WHERE slug = 'mairie-butte'"))
    stage.session.execute(text("UPDATE territory SET revision = revision + 1"))
    stage.session.commit()
    for slug in ("mairie-butte", "nulle-part", None):
        with pytest.raises(errors.SlotNotOffered):
            stage.catalogue.venue(slug)


def test_rows_of_the_past_find_their_venue_and_commune_by_id(stage: Stage) -> None:
    venue = stage.catalogue.venues[2]
    assert stage.catalogue.venue_by_id(venue.id) is venue
    assert stage.catalogue.commune_by_id(venue.commune.id) is venue.commune


def test_today_is_a_day_of_the_territory(stage: Stage) -> None:
    late = NOW.replace(hour=23, minute=30)
    assert stage.catalogue.today(late) == TODAY + timedelta(days=1)
