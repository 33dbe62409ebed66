"""Communes, venues and travel are set on a page by the rules of the territory file."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import EditedMeanwhile, SettingsRefused, SubjectUnknown
from app.domain.territory import parse_territory
from app.models.appointment import Engagement
from app.models.journal import JournalEntry
from app.models.places import Venue
from app.models.waiting import Offer
from app.models.workshops import WorkshopSession
from app.services.orphans import find_orphans
from app.services.settings_pages import Edit, version_of
from app.services.settings_places import (
    STILL_OPEN,
    commune_values,
    save_commune,
    save_travel,
    save_venue,
    travel_values,
    venue_values,
)
from app.services.territory import load_territory
from app.services.venue_dates import WORKSHOP_AFTER, WORKSHOP_THERE
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, RULES, TODAY, territory
from tests.support.waiting import Waiters
from tests.support.workshops import plan_workshop

COMMUNE, TRAVEL = JournalAction.COMMUNE_CHANGED, JournalAction.TRAVEL_CHANGED
VENUE = JournalAction.VENUE_CHANGED


def commune(stage: Stage, slug: str = "amont") -> int:
    return stage.catalogue.commune(slug).id


def venue(stage: Stage, slug: str = "mairie-amont") -> int:
    return stage.catalogue.venue(slug).id


def edit(
    stage: Stage, kind: JournalSubject, subject_id: int | None, action: JournalAction, **more: Any
) -> Edit:
    by = more.pop("by", None) or clerk(stage, f"c{more.get('version', '')}")
    version = more.get("version") or version_of(stage.session, (kind, subject_id), action)
    return Edit(version, by, NOW)


def told(stage: Stage) -> tuple[JournalAction, int | None, dict[str, Any]]:
    last = select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)
    row = stage.session.scalars(last).one()
    return row.action, row.subject_id, row.facts


def problems(refused: pytest.ExceptionInfo[SettingsRefused]) -> set[str]:
    return set(refused.value.facts["problems"])


# ---- communes


def test_a_commune_joins_and_leaves(stage: Stage) -> None:
    amont = commune(stage)
    given = {"bookable": True, "active_from": date(2026, 1, 1), "active_until": date(2026, 12, 31)}
    asked = edit(stage, JournalSubject.COMMUNE, amont, COMMUNE)
    with pytest.raises(SettingsRefused) as refused:  # its hours have no end yet
        save_commune(stage.session, amont, given, asked)
    assert refused.value.facts["problems"] == {"active_until": STILL_OPEN}
    stage.change_timetable(rules=[{**rule, "valid_until": date(2026, 12, 31)} for rule in RULES])
    before = stage.catalogue
    sooner = given | {"active_until": date(2026, 12, 30)}
    with pytest.raises(SettingsRefused):
        save_commune(stage.session, amont, sooner, asked)
    save_commune(stage.session, amont, given, asked)
    assert stage.catalogue is not before
    assert commune_values(stage.session, amont) == given
    assert stage.catalogue.commune("amont").town_hall["address"] == "1 rue Haute"
    assert told(stage) == (COMMUNE, amont, {"keys": ["active_from", "active_until"]})


def test_nothing_changed_is_no_change(stage: Stage) -> None:
    amont, before = commune(stage), stage.catalogue
    given = commune_values(stage.session, amont)
    save_commune(stage.session, amont, given, edit(stage, JournalSubject.COMMUNE, amont, COMMUNE))
    assert stage.catalogue is before


def test_a_commune_does_not_leave_before_it_joins(stage: Stage) -> None:
    amont = commune(stage)
    given = {"bookable": True, "active_from": TODAY, "active_until": TODAY - timedelta(days=1)}
    with pytest.raises(SettingsRefused) as refused:
        save_commune(
            stage.session, amont, given, edit(stage, JournalSubject.COMMUNE, amont, COMMUNE)
        )
    assert problems(refused) == {"active_until"}
    with pytest.raises(SubjectUnknown):
        commune_values(stage.session, 999)


def test_the_second_of_two_is_told_who_was_first(stage: Stage) -> None:
    amont, by = commune(stage), clerk(stage)
    subject = JournalSubject.COMMUNE, amont
    version = version_of(stage.session, subject, COMMUNE)
    for given, is_late in (({"bookable": False}, False), ({"bookable": True}, True)):
        whole = {"active_from": None, "active_until": None, **given}
        if not is_late:
            save_commune(stage.session, amont, whole, Edit(version, by, NOW))
            continue
        with pytest.raises(EditedMeanwhile) as refused:
            save_commune(stage.session, amont, whole, Edit(version, by, NOW))
        assert refused.value.facts["by"] == "Anne"
    assert commune_values(stage.session, amont)["bookable"] is False
    other = commune(stage, "aval")  # another thing is nobody's business
    whole = {"bookable": True, "active_from": None, "active_until": None}
    fresh = version_of(stage.session, (JournalSubject.COMMUNE, other), COMMUNE)
    save_commune(stage.session, other, whole, Edit(fresh, by, NOW))


def test_a_load_of_the_file_meanwhile_counts_too(stage: Stage) -> None:
    """Whoever changed it last, before that, is not blamed."""
    amont = commune(stage)
    closed = {"bookable": False, "active_from": None, "active_until": None}
    asked = edit(stage, JournalSubject.COMMUNE, amont, COMMUNE)
    save_commune(stage.session, amont, closed, asked)
    seen = version_of(stage.session, (JournalSubject.COMMUNE, amont), COMMUNE)
    loaded_at = NOW + timedelta(hours=2)
    file = parse_territory(territory(upcoming_limit=7))
    load_territory(stage.session, file, overwrite=True, now=loaded_at)
    with pytest.raises(EditedMeanwhile) as refused:
        save_commune(stage.session, amont, closed | {"bookable": True}, Edit(seen, asked.by, NOW))
    assert refused.value.facts == {"by": None, "at": loaded_at}


# ---- venues


def test_a_venue_is_corrected_with_its_card(stage: Stage) -> None:
    number = venue(stage)
    given = venue_values(stage.session, number) | {
        "name": "Mairie annexe", "card.wifi": "oui, sans code", "card.keys": "à l’accueil",
    }  # fmt: skip
    asked = edit(stage, JournalSubject.VENUE, number, VENUE)
    assert save_venue(stage.session, number, given, asked) == number
    assert venue_values(stage.session, number) == given
    row = stage.session.get_one(Venue, number)
    assert (row.slug, row.card) == (
        "mairie-amont", {"wifi": "oui, sans code", "keys": "à l’accueil"},
    )  # fmt: skip
    assert told(stage) == (VENUE, number, {"keys": ["card.keys", "card.wifi", "name"]})


def test_a_new_venue_has_a_name_of_its_own_in_addresses(stage: Stage) -> None:
    given = venue_values(stage.session, None) | {
        "commune": "aval", "name": "Médiathèque d’Amont", "sms_name": "mediatheque Aval",
    }  # fmt: skip
    numbers = [
        save_venue(
            stage.session, None, given, edit(stage, JournalSubject.VENUE, None, VENUE, by=by)
        )
        for by in (clerk(stage), clerk(stage, "Béa"), clerk(stage, "Zoé"))
    ]
    slugs = [stage.session.get_one(Venue, number).slug for number in numbers]
    assert slugs == ["mediatheque-d-amont", "mediatheque-d-amont-2", "mediatheque-d-amont-3"]
    assert told(stage)[:2] == (VENUE, numbers[-1])
    assert stage.catalogue.venues[-1].slug == slugs[-1]
    stage.session.rollback()
    odd = given | {"name": "東京"}
    asked = edit(stage, JournalSubject.VENUE, None, VENUE, by=clerk(stage, "Eve"))
    assert stage.session.get_one(Venue, save_venue(stage.session, None, odd, asked)).slug == "lieu"


def test_what_is_planned_at_a_venue_goes_with_it_to_another_commune(stage: Stage) -> None:
    """From the page, then back by the file; what is over stays where it was counted."""
    over = stage.appointment(stage.book()).engagement
    over.starts_at, over.ends_at = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    over_id, number, amont = over.id, venue(stage), commune(stage)
    stage.session.commit()
    stage.book()
    Waiters(stage).join()  # a place is held at once
    plan_workshop(stage.session, NOW + timedelta(days=4, hours=2), recorded_at=NOW)
    here = venue_values(stage.session, number)
    save_venue(
        stage.session, number, here | {"commune": "aval"},
        edit(stage, JournalSubject.VENUE, number, VENUE),
    )  # fmt: skip
    for expected in (commune(stage, "aval"), amont):
        assert find_orphans(stage.session, now=NOW) == []
        for table in (Engagement, Offer, WorkshopSession):
            to_come = table.ends_at > NOW, table.venue_id == number
            assert set(stage.session.scalars(select(table.commune_id).where(*to_come))) == {
                expected
            }
        assert stage.session.get_one(Engagement, over_id).commune_id == amont
        stage.change_territory(territory())


def test_a_venue_and_a_commune_stay_while_a_workshop_is_planned_there(stage: Stage) -> None:
    number, amont = venue(stage), commune(stage)
    stage.change_timetable(rules=[{**rule, "valid_until": TODAY} for rule in RULES[:1]])
    plan_workshop(stage.session, NOW + timedelta(days=4), recorded_at=NOW)
    with pytest.raises(SettingsRefused) as refused:
        given = venue_values(stage.session, number) | {"active": False}
        asked = edit(stage, JournalSubject.VENUE, number, VENUE, by=clerk(stage, "Béa"))
        tomorrow = replace(asked, now=NOW + timedelta(days=1))
        save_venue(stage.session, number, given, tomorrow)
    assert refused.value.facts["problems"] == {"active": WORKSHOP_THERE}
    with pytest.raises(SettingsRefused) as refused:
        given = {"bookable": True, "active_from": None, "active_until": TODAY + timedelta(days=3)}
        asked = edit(stage, JournalSubject.COMMUNE, amont, COMMUNE)
        save_commune(stage.session, amont, given, asked)
    assert refused.value.facts["problems"] == {"active_until": WORKSHOP_AFTER}


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"name": ""}, {"name"}),
        ({"sms_name": "une mairie beaucoup trop longue"}, {"sms_name"}),
        ({"access.fr": "par la cour", "access.en": ""}, {"access.en"}),
        ({"commune": "ailleurs"}, {"commune"}),
        ({"card.room": "x" * 201, "address": "x" * 201}, {"card.room", "address"}),
        ({"active": False}, {"active"}),
    ],
)
def test_every_wrong_answer_of_a_venue_is_told(
    stage: Stage, changes: dict[str, Any], keys: set[str]
) -> None:
    number = venue(stage)
    given = venue_values(stage.session, number) | changes
    with pytest.raises(SettingsRefused) as refused:
        save_venue(stage.session, number, given, edit(stage, JournalSubject.VENUE, number, VENUE))
    assert problems(refused) == keys
    assert venue_values(stage.session, number)["name"] == "mairie-amont"
    with pytest.raises(SubjectUnknown):
        venue_values(stage.session, 999)


# ---- travel


def test_minutes_of_travel_one_way(stage: Stage) -> None:
    amont = commune(stage)
    values = travel_values(stage.session, amont)
    assert values == {"aval": 25, "butte": 15, "partie": None, "payeuse": None}
    given = {"aval": 40, "butte": None, "partie": 5, "payeuse": None}
    save_travel(stage.session, amont, given, edit(stage, JournalSubject.COMMUNE, amont, TRAVEL))
    assert travel_values(stage.session, amont) == given
    assert travel_values(stage.session, commune(stage, "aval"))["amont"] == 30
    action, number, facts = told(stage)
    assert (action, number, len(facts["keys"])) == (TRAVEL, amont, 3)


def test_no_journey_lasts_a_day(stage: Stage) -> None:
    amont = commune(stage)
    given = travel_values(stage.session, amont) | {"aval": 999}
    with pytest.raises(SettingsRefused) as refused:
        save_travel(stage.session, amont, given, edit(stage, JournalSubject.COMMUNE, amont, TRAVEL))
    assert problems(refused) == {"amont.aval"}
