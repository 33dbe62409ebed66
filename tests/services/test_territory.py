"""Loading a territory file into the database."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.checks import InvalidFile
from app.domain.recurrence import Frequency
from app.domain.territory import parse_territory
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.base import Base
from app.models.places import Commune, Payer, Territory, Topic, TravelTime, Venue
from app.models.schedule import Availability
from app.services.catalogue import read_catalogue
from app.services.changes import Change, ChangeKind
from app.services.territory import TerritoryDiffers, load_territory
from app.services.transaction import write_transaction
from tests.support.territory_sample import REMOVED, TOPIC, VENUE, spoiled
from tests.support.workshops import plan_workshop

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, tzinfo=UTC)


def load(
    session: Session, *, overwrite: bool = False, now: datetime = NOW, **changes: Any
) -> list[Change]:
    return load_territory(
        session, parse_territory(spoiled(**changes)), overwrite=overwrite, now=now
    )


def counts(session: Session) -> dict[str, int]:
    tables: tuple[type[Base], ...] = (Territory, Commune, Venue, TravelTime, Topic, Payer)
    return {
        table.__name__: session.scalars(select(func.count()).select_from(table)).one()
        for table in tables
    }


def told(changes: list[Change]) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.key) for change in changes]


def territory_row(session: Session) -> Territory:
    session.expire_all()
    return session.scalars(select(Territory)).one()


def test_the_first_load_writes_everything(session: Session) -> None:
    changes = load(session)
    assert {change.kind for change in changes} == {ChangeKind.ADDED}
    assert counts(session) == {
        "Territory": 1,
        "Commune": 2,
        "Venue": 1,
        "TravelTime": 2,
        "Topic": 1,
        "Payer": 2,
    }
    catalogue = read_catalogue(session)
    assert catalogue.slug == "deux-rives"
    assert catalogue.settings.upcoming_limit == 3
    assert catalogue.service["phone_hours"] == {"fr": "le matin", "en": "mornings"}
    assert [commune.slug for commune in catalogue.served_communes(NOW.date())] == ["amont"]
    (venue,) = catalogue.venues
    assert venue.access_notes == {"fr": "Plain-pied", "en": "Step-free"}
    amont, aval = catalogue.communes
    assert catalogue.travel.between(Place(amont.id, None), Place(aval.id, None)) == 25


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    load(session)
    assert load(session, now=LATER) == []
    assert load(session, now=LATER, overwrite=True) == []
    territory = territory_row(session)
    assert (territory.revision, territory.loaded_at) == (1, NOW)


def test_another_file_tells_its_differences_and_changes_nothing_by_itself(
    session: Session,
) -> None:
    load(session)
    with pytest.raises(TerritoryDiffers) as refusal:
        load(session, communes__0__population=1300, service__phone="05 36 49 00 99")
    assert refusal.value.changes == (
        Change(ChangeKind.CHANGED, "service.phone", "05 36 49 00 00", "05 36 49 00 99"),
        Change(ChangeKind.CHANGED, "communes[amont].population", 1200, 1300),
    )
    session.expire_all()
    assert session.scalars(select(Commune.population).where(Commune.slug == "amont")).one() == 1200
    assert territory_row(session).revision == 1


def test_a_difference_inside_a_table_is_told_by_its_own_key(session: Session) -> None:
    load(session)
    changes = load(
        session,
        overwrite=True,
        settings={"late_arrival_minutes": 20},
        territory__name="Les Rives",
        topics__0__label__en="Other",
    )
    assert changes == [
        Change(ChangeKind.CHANGED, "territory.name", "Les Deux Rives", "Les Rives"),
        Change(ChangeKind.CHANGED, "settings.upcoming_limit", 3, None),
        Change(ChangeKind.CHANGED, "settings.late_arrival_minutes", None, 20),
        Change(ChangeKind.CHANGED, "topics[autre].label.en", "Something else", "Other"),
    ]


def test_overwriting_makes_what_was_computed_before_stale(session: Session) -> None:
    load(session)
    changes = load(session, overwrite=True, now=LATER, travel__amont__aval=30)
    assert told(changes) == [
        (ChangeKind.CHANGED, "travel[amont > aval].minutes"),
        (ChangeKind.CHANGED, "travel[aval > amont].minutes"),
    ]
    territory = territory_row(session)
    assert (territory.revision, territory.loaded_at) == (2, LATER)


def test_a_territory_never_takes_the_place_of_another(session: Session) -> None:
    load(session)
    with pytest.raises(InvalidFile, match=r"territory.slug : « ailleurs » : cette base sert déjà"):
        load(session, overwrite=True, territory__slug="ailleurs")
    assert territory_row(session).slug == "deux-rives"


def test_a_commune_that_disappears_is_refused_with_the_way_out(session: Session) -> None:
    load(session)
    gone: dict[str, Any] = {"communes__1": REMOVED, "travel": REMOVED}
    with pytest.raises(InvalidFile, match=r"communes\[aval\] : absente du fichier"):
        load(session, overwrite=True, **gone)
    assert counts(session)["TravelTime"] == 2
    changes = load(session, overwrite=True, communes__1__active_until=date(2026, 12, 31))
    assert told(changes) == [(ChangeKind.CHANGED, "communes[aval].active_until")]


def test_a_venue_or_topic_that_disappears_is_only_taken_out_of_use(session: Session) -> None:
    other = {**VENUE, "slug": "salle"}
    second = {**TOPIC, "code": "email"}
    load(session, venues__1=other, topics__1=second)
    changes = load(session, overwrite=True)
    assert told(changes) == [
        (ChangeKind.ENDED, "venues[salle]"),
        (ChangeKind.ENDED, "topics[email]"),
    ]
    assert counts(session)["Venue"] == 2
    assert [topic.code for topic in read_catalogue(session).offered_topics()] == ["autre"]
    assert load(session, overwrite=True) == []
    back = load(session, overwrite=True, venues__1=other, topics__1=second)
    assert told(back) == [
        (ChangeKind.CHANGED, "venues[salle].active"),
        (ChangeKind.CHANGED, "topics[email].active"),
    ]


def test_travel_and_payers_that_disappear_are_removed(session: Session) -> None:
    load(session)
    changes = load(session, overwrite=True, travel=REMOVED, payers__1=REMOVED)
    assert told(changes) == [
        (ChangeKind.REMOVED, "travel[amont > aval]"),
        (ChangeKind.REMOVED, "travel[aval > amont]"),
        (ChangeKind.REMOVED, "payers[syndicat]"),
    ]
    assert counts(session)["TravelTime"] == 0
    assert counts(session)["Payer"] == 1


def test_a_payer_may_be_no_commune(session: Session) -> None:
    load(session)
    payers = {row.code: row for row in session.scalars(select(Payer))}
    assert payers["syndicat"].commune_id is None
    assert payers["amont"].commune_id is not None


def permanence_at(
    session: Session, slug: str, valid_until: date | None, valid_from: date = date(2026, 1, 5)
) -> None:
    with write_transaction(session):
        counsellor = Counsellor(code="jeanne", first_name="Jeanne")
        session.add(counsellor)
        session.flush()
        session.add(
            Availability(
                code="lundi",
                counsellor_id=counsellor.id,
                kind=AvailabilityKind.PERMANENCE,
                venue_id=session.scalars(select(Venue.id).where(Venue.slug == slug)).one(),
                commune_slugs=[],
                frequency=Frequency.WEEKLY,
                weekday=0,
                first_on=date(2026, 1, 5),
                from_time=time(9),
                to_time=time(12),
                valid_from=valid_from,
                valid_until=valid_until,
                skipped_dates=[],
                extra_dates=[],
                recorded_at=NOW,
            )
        )


@pytest.mark.parametrize("valid_until", [None, date(2026, 11, 23)])
def test_a_venue_where_somebody_is_still_expected_cannot_go(
    session: Session, valid_until: date | None
) -> None:
    load(session)
    permanence_at(session, "mairie-amont", valid_until)
    with pytest.raises(InvalidFile, match=r"venues\[mairie-amont\] : l'emploi du temps"):
        load(session, overwrite=True, venues__0__active=False)
    assert read_catalogue(session).venues[0].active


@pytest.mark.parametrize(
    "validity",
    [(date(2026, 11, 22),), (date(2026, 11, 30), date(2027, 1, 4))],
    ids=["over", "replaced before it began"],
)
def test_a_venue_whose_last_permanence_is_over_may_go(
    session: Session, validity: tuple[date, ...]
) -> None:
    load(session)
    permanence_at(session, "mairie-amont", *validity)
    changes = load(session, overwrite=True, venues__0__active=False)
    assert told(changes) == [(ChangeKind.CHANGED, "venues[mairie-amont].active")]


def test_a_venue_and_a_commune_stay_while_a_workshop_is_planned_there(session: Session) -> None:
    load(session)
    permanence_at(session, "mairie-amont", date(2026, 11, 22))
    # From 23:30 on 30 November, in the territory's time.
    plan_workshop(session, datetime(2026, 11, 30, 22, 30, tzinfo=UTC), recorded_at=NOW)
    changes: dict[str, Any]
    for changes, wanted in (
        ({"venues__0__active": False}, r"venues\[mairie-amont\] : un atelier y est encore prévu"),
        (
            {"communes__0__active_until": date(2026, 11, 29)},
            r"communes\[amont\].active_until : un atelier y est prévu après ce jour",
        ),
    ):
        with pytest.raises(InvalidFile, match=wanted):
            load(session, overwrite=True, **changes)
    assert load(session, overwrite=True, communes__0__active_until=date(2026, 11, 30))
    over = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert load(session, overwrite=True, now=over, venues__0__active=False)


def test_a_commune_leaves_only_once_its_hours_end(session: Session) -> None:
    load(session)
    permanence_at(session, "mairie-amont", date(2026, 12, 28))
    wanted = r"communes\[amont\].active_until : l'emploi du temps y continue"
    with pytest.raises(InvalidFile, match=wanted):
        load(session, overwrite=True, communes__0__active_until=date(2026, 12, 27))
    assert read_catalogue(session).commune("amont").active_until is None
    load(session, overwrite=True, communes__0__active_until=date(2026, 12, 28))
    assert read_catalogue(session).commune("amont").active_until == date(2026, 12, 28)
