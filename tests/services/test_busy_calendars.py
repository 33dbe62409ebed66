"""The counsellors' own agendas: given, read now and then, forgotten; never bookable over."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine, event, select, update

from app.domain.busy_calendars import CalendarFailure
from app.domain.errors import SlotTaken
from app.domain.journal import JournalAction
from app.domain.slots import Busy
from app.domain.staff_errors import CalendarAddressWrong, SubjectUnknown
from app.gateways.fetching import fetch
from app.models.accounts import Counsellor
from app.models.calendars import BusyCalendar, BusyTime
from app.models.journal import JournalEntry
from app.services.busy_calendars import (
    known_calendars,
    read_due_calendars,
    remove_calendar,
)
from app.services.jobs import JOBS
from app.services.slots import load_facts
from tests.support.agenda_file import HOSTILE, agenda, taken
from tests.support.agenda_server import AgendaServer, agenda_server
from tests.support.own_agenda import DAY, HOUR, MINUTE, NINE_TO_TEN, TAKEN, URL, Own, own
from tests.support.stage import choice, phone
from tests.support.stage_plan import NOW, at

__all__ = ["own"]


def test_what_it_says_is_taken(own: Own) -> None:
    own.set()
    assert own.read() == 1
    assert own.times() == TAKEN
    assert own.busy() == [Busy(own.person, *TAKEN[0])]
    row = own.row()
    assert (row.read_at, row.tried_at, row.failure, row.etag) == (NOW, NOW, None, '"1"')


def test_a_booking_over_it_is_refused(own: Own) -> None:
    own.set()
    own.read()
    token = own.stage.book(choice("2026-11-24T09:00"))
    assert own.stage.where(token)[0] == "karim"
    with pytest.raises(SlotTaken):
        own.stage.book(choice("2026-11-24T09:15"), phone=phone())
    moved = own.stage.book(choice("2026-11-27T09:00"), phone=phone())
    with pytest.raises(SlotTaken):
        own.stage.move(moved, choice("2026-11-24T09:30"))


def test_nothing_more_is_asked_of_the_database(own: Own, engine: Engine) -> None:
    own.set()
    own.read()
    facts = partial(load_facts, own.stage.session, own.stage.catalogue, now=NOW)
    facts()
    asked: list[str] = []
    listen = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    same = facts()
    event.remove(engine, "before_cursor_execute", listen)
    assert len([each for each in asked if each.startswith("SELECT")]) == 1
    assert facts().busy is same.busy


def test_around_a_day_only_its_busy_times_are_read(own: Own) -> None:
    own.stranger.body = agenda(
        taken("20261124T080000Z", "20261124T090000Z"),
        taken("20261126T080000Z", "20261128T090000Z", uid="2"),
    )
    own.set()
    own.read()
    assert len(own.times()) == 4
    assert len(own.busy()) == 4
    tuesday, friday = at("2026-11-24T12:00").date(), at("2026-11-27T12:00").date()
    assert len(own.busy(around=tuesday)) == 1
    # the piece that began on Thursday still holds in the night before Friday
    assert len(own.busy(around=friday)) == 3
    assert len(own.busy(apart_from=999_999)) == 4


def test_it_is_read_every_quarter_of_an_hour_whole_once_a_day(own: Own) -> None:
    own.set()
    assert [own.read(), own.read(), own.read(14 * MINUTE)] == [1, 0, 0]
    assert own.read(15 * MINUTE) == 1
    assert own.stranger.asked == [(URL, None), (URL, '"1"')]
    assert own.row().read_at == NOW + 15 * MINUTE
    assert own.times() == TAKEN
    assert own.read(DAY) == 1
    assert own.stranger.asked[-1] == (URL, None)
    assert own.read(-HOUR) == 1, "a clock put back does not stop it"


def test_what_changed_replaces_what_was_known(own: Own) -> None:
    own.set()
    own.read()
    own.stranger.body, own.stranger.etag = (
        agenda(taken("20261125T080000Z", "20261125T090000Z")),
        None,
    )
    own.read(HOUR)
    assert own.times() == [(at("2026-11-25T09:00"), at("2026-11-25T10:00"))]
    assert own.row().etag is None
    own.stranger.body = agenda()
    own.read(2 * HOUR)
    assert own.times() == []


def test_the_same_rows_are_not_written_again(own: Own) -> None:
    own.set()
    own.read()
    before = own.stage.session.scalars(select(BusyTime.id)).all()
    own.read(DAY)
    assert own.stage.session.scalars(select(BusyTime.id)).all() == before


def test_only_the_booking_window_is_kept(own: Own) -> None:
    own.stranger.body = agenda(taken("20200101T080000Z", "20200101T090000Z", "RRULE:FREQ=DAILY"))
    own.set()
    own.read()
    kept = [start for start, _ in own.times()]
    assert kept[0] == at("2026-11-22T09:00")
    assert kept[-1] == at("2026-11-28T09:00")
    assert len(kept) == 7


def test_what_cannot_be_read_leaves_what_was_known(own: Own) -> None:
    own.set()
    own.read()
    own.stranger.failure = CalendarFailure.TOO_SLOW
    own.read(HOUR)
    row = own.row()
    assert (row.failure, row.read_at, row.tried_at) == ("TOO_SLOW", NOW, NOW + HOUR)
    assert own.times() == TAKEN
    assert own.busy(HOUR) == [Busy(own.person, *TAKEN[0])]
    own.stranger.failure = None
    own.read(2 * HOUR)
    assert own.row().failure is None


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (HOSTILE["secondly"], CalendarFailure.TOO_FREQUENT),
        (HOSTILE["hourly for ever"], CalendarFailure.TOO_FREQUENT),
        (b"<html>", CalendarFailure.NOT_A_CALENDAR),
    ],
)
def test_a_hostile_agenda_changes_nothing(own: Own, body: bytes, failure: CalendarFailure) -> None:
    own.set()
    own.read()
    own.stranger.body, own.stranger.etag = body, None
    own.read(HOUR)
    assert own.row().failure == failure
    assert own.times() == TAKEN


def test_another_address_keeps_what_was_known_until_it_is_read(own: Own) -> None:
    own.set()
    own.read()
    own.set("webcal://autre.example/a.ics", after=MINUTE)
    row = own.row()
    assert (row.url, row.read_at, row.etag) == ("https://autre.example/a.ics", None, None)
    assert own.times() == TAKEN
    own.stranger.body = agenda()
    assert own.read(2 * MINUTE) == 1
    assert own.times() == []


def test_a_wrong_address_is_refused(own: Own) -> None:
    with pytest.raises(CalendarAddressWrong):
        own.set("http://agenda.example/")
    assert own.stage.count(BusyCalendar) == 0


def test_a_removed_one_frees_its_hours(own: Own) -> None:
    own.set()
    own.read()
    for _ in range(2):
        remove_calendar(own.stage.session, own.person, by=own.user, now=NOW)
    assert own.times() == []
    assert own.stage.count(BusyCalendar) == 0
    acts = (JournalAction.BUSY_CALENDAR_SET, JournalAction.BUSY_CALENDAR_REMOVED)
    lines = own.stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action.in_(acts)).order_by(JournalEntry.id)
    ).all()
    assert [(line.action, line.subject_id, line.facts) for line in lines] == [
        (act, own.person, {}) for act in acts
    ]


@pytest.mark.parametrize("failure", [None, CalendarFailure.TOO_SLOW])
@pytest.mark.parametrize("change", ["removed", "another"])
def test_what_changes_while_it_is_read_wins(
    own: Own, change: str, failure: CalendarFailure | None
) -> None:
    own.set()

    def meanwhile() -> None:
        if change == "removed":
            remove_calendar(own.stage.session, own.person, by=own.user, now=NOW)
        else:
            own.set("https://autre.example/")

    own.stranger.meanwhile, own.stranger.failure = meanwhile, failure
    own.read()
    assert own.times() == []
    if change == "another":
        row = own.row()
        assert (row.read_at, row.failure, row.url) == (None, None, "https://autre.example/")


def test_two_at_a_time_the_longest_waiting_first(own: Own) -> None:
    own.set("https://agenda.example/1")
    own.read()
    own.set("https://agenda.example/2", who="karim")
    assert own.read(20 * MINUTE) == 2
    assert [url[-1] for url, _ in own.stranger.asked] == ["1", "2", "1"]


def test_who_left_is_not_read(own: Own) -> None:
    own.set()
    gone = update(Counsellor).where(Counsellor.code == "jeanne")
    own.stage.session.execute(gone.values(active=False))
    own.stage.session.commit()
    assert own.read() == 0
    assert [each.name for each in known_calendars(own.stage.session, now=NOW)] == ["Karim"]
    with pytest.raises(SubjectUnknown):
        own.known()


def test_each_counsellor_is_listed(own: Own) -> None:
    own.set()
    jeanne, karim = known_calendars(own.stage.session, now=NOW)
    assert (jeanne.host, karim.host) == ("agenda.example", None)
    assert not karim.is_late


def test_the_worker_has_the_job() -> None:
    (job,) = [each for each in JOBS if each.step is read_due_calendars]
    assert job.every == MINUTE


@pytest.fixture(scope="module")
def site() -> Iterator[AgendaServer]:
    with agenda_server() as running:
        yield running


def test_over_the_network_a_redirect_inside_changes_nothing(own: Own, site: AgendaServer) -> None:
    read = partial(fetch, network=site.network)
    own.set(site.says("/a.ics", NINE_TO_TEN))
    assert read_due_calendars(own.stage.session, NOW, 200, fetch=read) == 1
    assert own.times() == TAKEN
    site.says("/a.ics", b"", status=302, Location="https://169.254.169.254/latest/meta-data")
    read_due_calendars(own.stage.session, NOW + HOUR, 200, fetch=read)
    assert own.row().failure == CalendarFailure.PRIVATE_ADDRESS
    assert own.times() == TAKEN
