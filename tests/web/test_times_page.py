"""The groups of times and the filters that booking and moving share."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.domain.availability import AvailabilityKind
from app.domain.slots import Slot
from app.domain.travel import Place
from app.services.catalogue import CommuneEntry, VenueEntry
from app.services.times import Neighbour, ShownDay
from app.web.times_page import day_groups, neighbour_sections, part_chips
from tests.support.page_client import PageClient
from tests.support.presquile import NOW

COMMUNE = CommuneEntry(1, "arvert", "Arvert", "à Arvert", "d’Arvert", "17530", True, None, None, {})
VENUE = VenueEntry(
    1, "mairie-arvert", COMMUNE, "Mairie d’Arvert", "1 place", "17530 Arvert", {}, "", True
)
START = datetime(2026, 12, 8, 9, tzinfo=UTC)


def slot(starts_at: datetime = START, window_minutes: int = 0) -> Slot:
    window = starts_at + timedelta(minutes=window_minutes) if window_minutes else None
    kind = AvailabilityKind.HOME_VISITS if window else AvailabilityKind.PERMANENCE
    return Slot(
        kind=kind,
        counsellor_id=1,
        place=Place(1, None if window else 1),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        window_ends_at=window,
    )


def choose(slot: Slot, venue: VenueEntry | None) -> dict[str, str]:
    return {"value": f"{slot.starts_at:%H:%M}|{venue.slug if venue else ''}"}


DAY = ShownDay(date(2026, 12, 8), VENUE, (slot(), slot(START + timedelta(hours=3))))


def test_a_day_has_its_heading_and_named_times(visitor: PageClient) -> None:
    with visitor.application.test_request_context("/"):
        (group,) = day_groups([DAY], choose, NOW)
    assert (group["heading"], group["note"], group["wide"]) == ("Mardi 8 décembre", None, False)
    assert group["times"][0] == {
        "text": "10\u00a0h",
        "label": "10\u00a0h, mardi 8 décembre",
        "value": "09:00|mairie-arvert",
    }
    assert [time["text"] for time in group["times"]] == ["10\u00a0h", "13\u00a0h"]


def test_where_there_are_several_places_each_time_says_its_own(visitor: PageClient) -> None:
    with visitor.application.test_request_context("/"):
        (group,) = day_groups([DAY], choose, NOW, with_venue=True)
    assert group["note"] == "Mairie d’Arvert, 1 place"
    assert group["times"][0]["label"] == "10\u00a0h, mardi 8 décembre, Mairie d’Arvert"


def test_a_place_without_an_address_is_its_name(visitor: PageClient) -> None:
    unwritten = replace(DAY, venue=replace(VENUE, address=""))
    with visitor.application.test_request_context("/"):
        (group,) = day_groups([unwritten], choose, NOW, with_venue=True)
    assert group["note"] == "Mairie d’Arvert"


def test_a_visit_is_a_window_and_next_year_is_said(visitor: PageClient) -> None:
    next_year = ShownDay(
        date(2027, 1, 1), None, (slot(datetime(2027, 1, 1, 11, tzinfo=UTC), window_minutes=30),)
    )
    with visitor.application.test_request_context("/"):
        (group,) = day_groups([next_year], choose, NOW, with_venue=True)
    assert group["heading"] == "Vendredi 1er janvier 2027"
    assert (group["wide"], group["note"]) == (True, None)
    assert group["times"][0]["text"] == "entre midi et 12\u00a0h\u00a030"


def test_a_day_in_english(visitor: PageClient) -> None:
    french = replace(DAY, slots=(slot(),))
    with visitor.application.test_request_context("/") as page:
        page.request.environ["coclico.language"] = "en"
        (group,) = day_groups([french], choose, NOW)
        parts = part_chips("", lambda part: {"href": part})
    assert group["times"][0]["label"] == "10\u00a0am, Tuesday 8 December"
    assert parts[0]["text"] != "Toute la journée"


def test_the_filter_marks_what_is_chosen(visitor: PageClient) -> None:
    for current, marked in (("", 0), ("matin", 1), ("apres-midi", 2)):
        with visitor.application.test_request_context("/"):
            parts = part_chips(current, lambda part: {"href": f"?moment={part}"})
        assert [part["current"] for part in parts].index(True) == marked
        assert [part["href"] for part in parts] == [
            "?moment=", "?moment=matin", "?moment=apres-midi",
        ]  # fmt: skip
    assert [part["text"] for part in parts] == [
        "Toute la journée", "Plutôt le matin", "Plutôt l’après-midi",
    ]  # fmt: skip


def test_a_place_that_is_no_town_hall_is_named_once(visitor: PageClient) -> None:
    library = replace(VENUE, id=2, name="Médiathèque")
    later = replace(DAY, on=date(2026, 12, 9))
    with visitor.application.test_request_context("/"):
        shown = {
            named: neighbour_sections([Neighbour(COMMUNE, 10, days)], choose, NOW)[0]
            for named, days in {
                "hall": (DAY, later),
                "library": (replace(DAY, venue=library), replace(later, venue=library)),
                "both": (DAY, replace(later, venue=library)),
            }.items()
        }
    notes = {
        named: [each["note"] for each in section["groups"]] for named, section in shown.items()
    }
    assert notes["hall"] == notes["library"] == [None, None]
    assert notes["both"] == ["Mairie d’Arvert", "Médiathèque"]
    assert [shown[named]["place"] for named in shown] == [None, "Médiathèque", None]
