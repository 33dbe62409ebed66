"""Places of a workshop: how many are left and for whom, who is next, who may register."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointment import Caller, Channel, HelperRelation, MessageChannel, Recipient
from app.domain.booking import Helper, Person, Phone
from app.domain.errors import PhoneMissing, SmsToLandline
from app.domain.settings import Settings
from app.domain.workshop_errors import (
    AlreadyRegistered,
    CompanionMissing,
    DevicesMissing,
    TooManyDevices,
    TooManyPlaces,
    WorkshopCancelled,
    WorkshopStarted,
)
from app.domain.workshops import (
    Companion,
    Queued,
    RegistrationDesk,
    RegistrationRequest,
    Room,
    WorkshopStatus,
    check_devices,
    check_only_once,
    check_open,
    check_people,
    check_places,
    engaged_span,
    in_line,
    kept_on,
    lacks_people,
    position_of,
)

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
SETTINGS = Settings()
MOBILE = Phone("+33639980001", is_mobile=True, is_foreign=False)
LANDLINE = Phone("+33536490001", is_mobile=False, is_foreign=False)
REQUEST = RegistrationRequest(
    workshop_id=1,
    person=Person("Rose", "Serin", MOBILE, None),
    companion=None,
    commune_slug="amont",
    devices_wanted=0,
    may_wait=True,
    accepts_one=False,
    helper=None,
    message_channel=MessageChannel.SMS,
    message_to=Recipient.PERSON,
    language="fr",
    channel=Channel.WEB,
    form_key="key",
)


def queued(number: int, places: int = 1, *, one: bool = False, host: bool = True) -> Queued:
    return Queued(number, places, one, host, FIRST + timedelta(minutes=number))


@pytest.mark.parametrize(
    ("room", "host", "others"),
    [
        (Room(6, 0, 0, 0), 6, 6),
        (Room(6, 0, 0, 2), 6, 4),
        (Room(6, 0, 4, 2), 2, 0),
        (Room(6, 3, 0, 2), 3, 3),
        (Room(6, 2, 3, 2), 1, 1),
        (Room(6, 5, 1, 2), 0, 0),
        (Room(3, 4, 0, 0), 0, 0),
    ],
)
def test_places_are_counted_for_the_host_and_for_others(room: Room, host: int, others: int) -> None:
    assert room.free_for(is_from_host=True) == host
    assert room.free_for(is_from_host=False) == others


rooms = st.builds(
    Room,
    capacity=st.integers(1, 12),
    taken_by_host=st.integers(0, 12),
    taken_by_others=st.integers(0, 12),
    kept_places=st.integers(0, 12),
)
queues = st.lists(st.tuples(st.integers(1, 2), st.booleans(), st.booleans()), max_size=8).map(
    lambda told: [queued(n, p, one=o, host=h) for n, (p, o, h) in enumerate(told)]
)


@given(room=rooms, queue=queues)
def test_nobody_is_asked_for_more_than_is_free_and_the_first_who_fits_is_asked(
    room: Room, queue: list[Queued]
) -> None:
    asked = list(in_line(reversed(queue), room))
    for each, places in asked:
        assert 1 <= places <= min(each.places, room.free_for(is_from_host=each.is_from_host))
        assert places == each.places or each.accepts_one
    ranks = [each.rank for each, _ in asked]
    assert ranks == sorted(ranks)
    left = [each for each in queue if each not in [one for one, _ in asked]]
    for each in left:
        assert each.takes(room.free_for(is_from_host=each.is_from_host)) == 0


@given(room=rooms)
def test_others_never_have_what_is_kept(room: Room) -> None:
    others = room.free_for(is_from_host=False)
    assert 0 <= others <= room.free_for(is_from_host=True)
    if others:
        assert room.taken_by_others + others <= room.capacity - room.kept_places


def test_a_couple_keeps_its_rank_where_one_place_is_free() -> None:
    queue = [queued(1, 2), queued(2), queued(3)]
    assert next(in_line(queue, Room(6, 5, 0, 0))) == (queue[1], 1)
    assert next(in_line(queue, Room(6, 4, 0, 0))) == (queue[0], 2)
    assert position_of(2, queue) == 2
    flexible = [queued(1, 2, one=True)]
    assert next(in_line(flexible, Room(6, 5, 0, 0))) == (flexible[0], 1)
    with pytest.raises(ValueError, match="not in list"):
        position_of(9, queue)


def test_whom_nobody_could_tell_keeps_their_number_and_is_asked_after_the_others() -> None:
    queue = [replace(queued(1), asked_in_vain=True), queued(2)]
    assert [each.registration_id for each, _ in in_line(queue, Room(6, 5, 0, 0))] == [2, 1]
    assert position_of(1, queue) == 1


def test_places_are_kept_until_the_last_day_included() -> None:
    until = date(2026, 12, 1)
    assert kept_on(until, 4, until) == 4
    assert kept_on(until + timedelta(days=1), 4, until) == 0
    assert kept_on(until, 4, None) == 0


def test_one_may_register_until_it_begins() -> None:
    planned, cancelled = WorkshopStatus
    check_open(planned, FIRST, FIRST - timedelta(seconds=1))
    with pytest.raises(WorkshopStarted):
        check_open(planned, FIRST, FIRST)
    with pytest.raises(WorkshopCancelled):
        check_open(cancelled, FIRST, FIRST - timedelta(days=1))


@pytest.mark.parametrize("places", [0, 3, 50, -1])
def test_a_group_calls_the_service(places: int) -> None:
    with pytest.raises(TooManyPlaces):
        check_places(places)
    check_places(1)
    check_places(2)


def test_the_people_of_a_registration_are_complete() -> None:
    check_people(REQUEST, SETTINGS)
    helper = Helper("Marc", LANDLINE, HelperRelation.RELATIVE)
    nobody = replace(REQUEST, person=Person("Rose", "Serin", None, None))
    for request, refusal in (
        (nobody, PhoneMissing),
        (replace(nobody, helper=helper, message_to=Recipient.HELPER), SmsToLandline),
        (replace(REQUEST, companion=Companion("Paul", "")), CompanionMissing),
        (replace(REQUEST, devices_wanted=2), TooManyDevices),
    ):
        with pytest.raises(refusal):
            check_people(request, SETTINGS)
    on_paper = replace(
        nobody, message_channel=MessageChannel.PAPER, desk=RegistrationDesk(1, Caller.PERSON)
    )
    check_people(on_paper, SETTINGS)
    together = replace(REQUEST, companion=Companion("Paul", "Serin"), devices_wanted=2)
    check_people(together, SETTINGS)
    assert (together.places, REQUEST.places) == (2, 1)
    assert replace(nobody, helper=helper).phone == LANDLINE.number
    assert on_paper.phone is None


def test_devices_are_lent_as_far_as_there_are() -> None:
    check_devices(0, 9, 2)
    check_devices(2, 0, 2)
    with pytest.raises(DevicesMissing):
        check_devices(1, 2, 2)


def test_two_may_share_a_telephone_and_one_registers_once() -> None:
    check_only_once([("Rose", "Serin")], "Paul", "Serin")
    with pytest.raises(AlreadyRegistered):
        check_only_once([("Rose", "Serin")], " ROSE", "serin ")


def test_counsellors_are_taken_before_and_after() -> None:
    half_hour = timedelta(minutes=30)
    ends = FIRST + timedelta(hours=2)
    assert engaged_span(FIRST, ends, SETTINGS) == (FIRST - half_hour, ends + half_hour)
    other = replace(SETTINGS, workshop_setup_minutes=45, workshop_tidy_minutes=0)
    assert engaged_span(FIRST, ends, other) == (FIRST - timedelta(minutes=45), ends)


@pytest.mark.parametrize(
    ("registered", "hours", "asked"), [(2, 48, True), (3, 48, False), (2, 49, False), (2, 0, False)]
)
def test_too_few_two_days_before_is_a_question(registered: int, hours: int, asked: bool) -> None:
    now = FIRST - timedelta(hours=hours)
    assert lacks_people(registered, 3, FIRST, now, SETTINGS) is asked
